import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { become, type Identity } from '../pair/harness/identity.js'
import { makeMemoryGroup } from '../pair/harness/memory.js'
import { killTree, type Process, readProcess, signal } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import type { App } from './app.js'
import { makeHealthChecker } from './health.js'

/** A status update (mesos.proto, TaskStatus), as far as it matters here. TASK_GONE is the agent's own. */
export interface StatusUpdate {
  readonly state: 'TASK_RUNNING' | 'TASK_FINISHED' | 'TASK_FAILED' | 'TASK_KILLED' | 'TASK_GONE'
  /** The time of the virtual clock, in seconds. */
  readonly at: number
  /** Set once a health check has told something. */
  readonly healthy?: boolean
  readonly message?: string
  /** Whether SIGKILL had to follow SIGTERM. */
  readonly isEscalated?: boolean
}

export interface TaskOptions {
  readonly app: App
  readonly sandbox: string
  readonly user: Identity
  /** Words that run the rest on the agent's host, with what is mounted for the task. */
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  /**
   * How a container ends: with all that is in its cgroup (Mesos linux_launcher.cpp), or with what its own process
   * group and session has, which the command has left (launcher.cpp, posix).
   */
  readonly launcher: 'linux' | 'posix'
  /** Seconds that what outlives the command has to end by itself, before the launcher ends it. */
  readonly linger: number
  readonly now: number
  tell(update: StatusUpdate): void
}

/** One task: a command in a container, as mesos-executor runs it (Mesos src/launcher/executor.cpp). */
export interface Task {
  readonly sandbox: string
  /** The process that Mesos watches: its end is the task's. */
  readonly pid: number
  /** When the container is gone with all that the launcher found. */
  readonly destroyed: Promise<void>
  kill(): void
  /** Lets the virtual clock go on; done when the health checks are that were due. */
  advance(to: number): Promise<void>
  /** SIGKILL to everything in the container, as for want of memory. */
  destroy(): Promise<void>
  output(name: 'stdout' | 'stderr'): string
  /** Processes of the task besides the watched one that live, wherever they went. */
  others(): Process[]
  /** What the task had not ended by itself: a server as the command ended, anything else after the time to linger. */
  left(): readonly Process[]
}

/** What Mesos adds to the memory of a command task, for the executor. */
const executorMemory = 32

/** How much slower than an agent a machine may be on which a health check must be done in time. */
const slowness = 6

const serverPattern = /^(\S*\/postgres -D|postgres: )/

/** Starts the app's command in a container of its own (needs root); its processes end with the space at the latest. */
export function startTask(space: Space, options: TaskOptions): Task {
  const { app, sandbox, user, launcher, tell } = options
  const group = makeMemoryGroup(space, app.mem + executorMemory)
  // More than anybody reads, so that it is there for whoever should not.
  const input = join(space.dir, 'stdin')
  writeFileSync(input, 'touch stdin-was-read\n'.repeat(1000))
  const environment = Object.entries(options.environment).map(([name, value]) => `${name}=${value}`)
  const words = [...group.words, ...options.words, ...become(user), 'env', '-i', ...environment]

  // As the user, in the sandbox, in a session of its own: the task's command, and each of its health checks.
  const run = (command: string): ChildProcess & { pid: number } => {
    const files = [
      openSync(input, 'r'),
      ...['stdout', 'stderr'].map((name) => openSync(join(sandbox, name), 'a')),
    ]
    const child = spawn(words[0] ?? '', [...words.slice(1), 'sh', '-c', command], {
      cwd: sandbox,
      env: { PATH: process.env.PATH ?? '' },
      detached: true,
      stdio: files,
    })
    for (const file of files) closeSync(file)
    if (child.pid === undefined) throw new Error(`could not start ${command}`)
    return Object.assign(child, { pid: child.pid })
  }

  let now = options.now
  let isOver = false
  let escalation: NodeJS.Timeout | undefined
  let isEscalated = false
  let isUnhealthy = false
  let left: readonly Process[] = []

  const child = run(app.cmd)
  const others = () =>
    group
      .pids()
      .filter((pid) => pid !== child.pid)
      .flatMap((pid) => readProcess(pid) ?? [])
      .filter(({ state }) => state !== 'Z')

  const kill = () => {
    if (isOver || escalation !== undefined) return
    escalation = setTimeout(() => {
      isEscalated = true
      killTree(child.pid, 'SIGKILL')
    }, app.taskKillGracePeriodSeconds * 1000)
    killTree(child.pid, 'SIGTERM')
  }

  // The kernel has killed one process: the isolator lets all the others follow (cgroups/subsystems/memory.cpp).
  const memory = setInterval(() => {
    if (group.oomKills() > 0) void destroy()
  }, 200)

  const destroyed = new Promise<readonly [number | null, NodeJS.Signals | null]>((resolve) => {
    child.once('exit', (code, name) => resolve([code, name]))
  }).then(async ([code, name]) => {
    isOver = true
    clearInterval(memory)
    clearTimeout(escalation)
    const isMemory = group.oomKills() > 0
    const servers = others().filter(({ args }) => serverPattern.test(args))
    const message =
      name === null ? `Command exited with status ${code}` : `Command terminated with signal ${name}`
    if (isMemory) tell({ state: 'TASK_FAILED', at: now, message: 'Memory limit exceeded' })
    else if (escalation === undefined)
      tell({ state: code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', at: now, message })
    else tell({ state: 'TASK_KILLED', at: now, message, isEscalated, ...(isUnhealthy && { healthy: false }) })
    if (launcher === 'posix') return
    for (const end = Date.now() + options.linger * 1000; others().length > 0 && Date.now() < end; )
      await sleep(50)
    left = [...servers, ...others()]
    await group.kill()
  })

  const destroy = async () => {
    // One that was started a moment ago may not be in its group yet.
    if (!isOver) signal(child.pid, 'SIGKILL')
    await group.kill()
  }
  space.track(async () => {
    await destroy()
    await destroyed
  })

  const check = app.healthChecks[0]
  const checker = check && makeHealthChecker(check, now)
  const isHealthy = (command: string, timeout: number) =>
    new Promise<boolean>((resolve) => {
      const asked = run(command)
      const limit = setTimeout(() => killTree(asked.pid, 'SIGKILL'), timeout * 1000 * slowness)
      asked.once('exit', (code) => {
        clearTimeout(limit)
        resolve(code === 0)
      })
    })

  tell({ state: 'TASK_RUNNING', at: now })
  return {
    sandbox,
    pid: child.pid,
    destroyed,
    kill,
    // What waits waits by the virtual clock; a check itself takes the time that it takes. None is run once a kill
    // has begun.
    advance: async (to) => {
      const isWatched = () => !isOver && escalation === undefined
      while (check && checker && isWatched() && checker.due() <= to) {
        now = Math.max(now, checker.due())
        const result = checker.conclude(await isHealthy(check.command.value, check.timeoutSeconds), now)
        if (result === undefined || !isWatched()) continue
        tell({ state: 'TASK_RUNNING', at: now, healthy: result.healthy })
        isUnhealthy = result.kill
        if (result.kill) kill()
      }
      now = Math.max(now, to)
    },
    destroy,
    output: (name) => readFileSync(join(sandbox, name), 'utf8'),
    others,
    left: () => left,
  }
}
