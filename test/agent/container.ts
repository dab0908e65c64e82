import { spawn } from 'node:child_process'
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { chownTo, type Identity } from '../pair/harness/identity.js'
import { makeMemoryGroup } from '../pair/harness/memory.js'
import { type Mount, mountWords } from '../pair/harness/mounts.js'
import { killTree, type Process, readProcess, signal } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import type { Order, Report, StatusUpdate, TaskInfo } from './protocol.js'

/**
 * How a container is held together: by a cgroup that knows every process of it (Mesos linux_launcher.cpp), or by
 * nothing but sessions, process groups and parents (launcher.cpp).
 */
export type Launcher = 'linux' | 'posix'

export interface ContainerOptions {
  readonly launcher: Launcher
  readonly task: Omit<TaskInfo, 'control'>
  /** The program to run as the executor. */
  readonly executor: string
  readonly user: Identity
  /** Words that run the rest on the agent's host. */
  readonly hostWords: readonly string[]
  /** What is mounted in the container only. */
  readonly mounts: readonly Mount[]
  /** MiB of the task; above them the kernel kills. For the linux launcher only. */
  readonly memory: number
  /** What the agent's own standard input is. */
  readonly stdin: 'null' | 'data'
}

export interface Container {
  readonly pid: number
  /** Ends with the executor. */
  readonly exit: Promise<void>
  /** Hears everything that the executor says, from its first update on; gives the way to stop. */
  subscribe(hear: (update: StatusUpdate) => void): Promise<() => void>
  kill(grace?: number): Promise<void>
  /** Lets the executor's clock go on; done when its checks are. */
  advance(to: number): Promise<void>
  /** What the launcher does once the executor is gone, or when it is to go; only once. */
  destroy(): Promise<void>
  isOutOfMemory(): boolean
  /** Processes that were started in it and live on: for tests, since a launcher may not find them. */
  orphans(): Process[]
  /** Those that were there when the launcher came to end it. */
  leftToLauncher(): readonly Process[]
}

/** What our executor takes beside the task: it is a Node process, and Mesos's own gets 32 MiB. */
const executorMemory = 96

// Mesos closes every descriptor above 2, whoever left it open. With a pipe for standard input bash would read ~/.bashrc.
const closeAll =
  'for fd in /proc/$$/fd/*; do fd=${fd##*/}; [ "$fd" -le 2 ] || exec {fd}>&-; done 2>/dev/null; exec "$@"'

let containers = 0

/** Starts an executor with its task, as `mesos-containerizer launch` does: in a session of its own. */
export async function startContainer(space: Space, options: ContainerOptions): Promise<Container> {
  containers += 1
  const { launcher, task, executor, user, hostWords, mounts, stdin } = options
  // Not in the sandbox: the path of a socket has 107 bytes at most.
  const home = join(space.dir, `c${containers}`)
  mkdirSync(home)
  chownTo(home, user)
  const control = join(home, 'control')
  const info: TaskInfo = { ...task, control }
  writeFileSync(join(home, 'task.json'), JSON.stringify(info))
  chmodSync(join(home, 'task.json'), 0o644)
  // The posix launcher has none: there it only tells a test who lives, wherever he went, and ends all with the space.
  const group = makeMemoryGroup(space, launcher === 'linux' ? options.memory + executorMemory : undefined)
  const words = [
    ...['bash', '--norc', '-c', closeAll, 'sh'],
    ...group.words,
    ...hostWords,
    ...mountWords(mounts),
    ...['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--'],
    ...[process.execPath, executor, join(home, 'task.json')],
  ]
  const log = openSync(join(home, 'log'), 'a')
  // More than anybody reads, so that it is there for whoever should not.
  writeFileSync(join(home, 'stdin'), 'touch stdin-was-read\n'.repeat(1000))
  const input = openSync(stdin === 'null' ? '/dev/null' : join(home, 'stdin'), 'r')
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    detached: true,
    stdio: [input, log, log],
  })
  closeSync(log)
  closeSync(input)
  let isOver = false
  const exit = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => {
      isOver = true
      resolve()
    })
  })
  const { pid } = child
  if (pid === undefined) throw new Error(`no executor: ${words.join(' ')}`)
  const orphans = () =>
    group
      .pids()
      .filter((one) => one !== pid)
      .flatMap((one) => readProcess(one) ?? [])
      .filter(({ state }) => state !== 'Z')
  let left: readonly Process[] = []
  const end = async () => {
    left = orphans()
    if (launcher === 'posix') killTree(pid, 'SIGKILL')
    else {
      // One that was started a moment ago may not be in its group yet.
      if (!isOver) signal(pid, 'SIGKILL')
      await group.kill()
    }
    await exit
  }
  // Only once: later its number may be another's.
  let ending: Promise<void> | undefined
  const destroy = () => {
    ending ??= end()
    return ending
  }
  space.track(destroy)
  await waitFor(
    () => `the executor of ${task.sandbox}`,
    () => isOver || existsSync(control),
  )
  return {
    pid,
    exit,
    subscribe: async (hear) => {
      const line = await dial(control, (report) => {
        if (report.kind === 'update') hear(report)
      })
      line?.send({ kind: 'subscribe' })
      return () => line?.hangUp()
    },
    kill: async (grace) => {
      const line = await dial(control, () => undefined)
      line?.send({ kind: 'kill', ...(grace !== undefined && { grace }) })
      line?.end()
    },
    advance: async (to) => {
      const line = await dial(control, (report) => {
        if (report.kind === 'arrived') line?.hangUp()
      })
      line?.send({ kind: 'advance', to })
      await line?.closed
    },
    destroy,
    isOutOfMemory: () => group.oomKills() > 0,
    orphans,
    leftToLauncher: () => left,
  }
}

interface Line {
  send(order: Order): void
  /** Says no more, and lets what was said arrive. */
  end(): void
  hangUp(): void
  readonly closed: Promise<void>
}

// Undefined when nobody answers: the executor is gone.
async function dial(path: string, hear: (report: Report) => void): Promise<Line | undefined> {
  const socket = connect(path)
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve())
  })
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true))
    socket.on('error', () => resolve(false))
  })
  if (!isOpen) return undefined
  createInterface(socket)
    .on('line', (line) => hear(JSON.parse(line)))
    .on('error', () => undefined)
  return {
    send: (order) => void socket.write(`${JSON.stringify(order)}\n`),
    end: () => void socket.end(),
    hangUp: () => void socket.destroy(),
    closed,
  }
}
