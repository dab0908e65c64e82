import { randomInt, randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { mesosPath } from '../pair/harness/agent.js'
import { become, chownTo, findUser, type Identity } from '../pair/harness/identity.js'
import { type Mount, mountWords, shellMounts } from '../pair/harness/mounts.js'
import type { Host } from '../pair/harness/network.js'
import type { Space } from '../pair/harness/space.js'
import { type App, volumeOf } from './app.js'
import { type StatusUpdate, startTask, type Task } from './task.js'

export interface AgentOptions {
  readonly hostname: string
  readonly host: Host
  readonly launcher?: 'linux' | 'posix'
  /** How a persistent volume gets into the sandbox: mounted there, or by a symbolic link. */
  readonly filesystem?: 'linux' | 'posix'
  /** What /bin/sh is there; default dash. */
  readonly shell?: string
  /** What is mounted for every task, such as /etc/hosts of the agent. */
  readonly mounts?: readonly Mount[]
  /** Mesos waits a second (executor.cpp, selfTerminate); a slow machine is no reason to find something left. */
  readonly linger?: number
}

/** What Marathon sends with an accepted offer. */
export interface Launch {
  readonly app: App
  readonly taskId: string
  /** The name of the volume, where the app has one. */
  readonly volume: string | undefined
  readonly now: number
}

/** A task on an agent. */
export interface AgentTask extends Task {
  readonly ports: readonly number[]
  /** What Marathon has been told. */
  readonly updates: readonly StatusUpdate[]
}

/** A Mesos agent: a host with a work_dir, which runs tasks and keeps volumes. */
export interface Agent {
  readonly hostname: string
  readonly host: Host
  readonly isUp: boolean
  /** The directory of a volume. */
  volumeDir(app: App, volume: string): string
  launch(launch: Launch, tell: (update: StatusUpdate) => void): Promise<AgentTask>
  /** The host loses its power: nothing is told, and only what lies on its disk is left. */
  cutPower(): Promise<void>
  /** It comes back without its tasks, of which it tells that they are gone. */
  boot(): Promise<void>
}

/** True for a state that a task does not leave any more. */
export function isTerminal({ state }: StatusUpdate): boolean {
  return state !== 'TASK_RUNNING'
}

/** Opens an agent whose work_dir lies in the space (needs root). */
export function openAgent(space: Space, options: AgentOptions): Agent {
  const { hostname, host, launcher = 'linux', filesystem = 'linux', linger = 30 } = options
  // As long as on a real agent, so that a path that is too long for something is too long here, too.
  const workDir = join(space.dir, hostname, 'var/lib/mesos')
  mkdirSync(workDir, { recursive: true })
  const tasks: { destroy(): Promise<void>; bury(): void }[] = []
  const usedPorts = new Set<number>()
  // The kernel makes another one at each boot.
  const bootId = join(space.dir, hostname, 'boot_id')
  const newBoot = () => writeFileSync(bootId, `${randomUUID()}\n`)
  newBoot()
  let isUp = true

  const volumeDir = (app: App, volume: string) => {
    const name = `${pathOf(app)}#${volumeOf(app)?.containerPath}#${volume}`
    return join(workDir, 'volumes/roles', app.role ?? 'slave_public', name)
  }

  return {
    hostname,
    host,
    get isUp() {
      return isUp
    },
    volumeDir,
    launch: async ({ app, taskId, volume, now }, tell) => {
      const user = findUser(app.user)
      if (user === undefined) throw new Error(`no user ${app.user}`)
      const sandbox = makeSandbox(workDir, taskId, user)
      const mounts: Mount[] = [
        { from: bootId, over: '/proc/sys/kernel/random/boot_id' },
        ...(options.mounts ?? []),
        ...shellMounts(options.shell),
      ]
      const disk = volumeOf(app)
      if (disk && volume !== undefined) {
        const from = volumeDir(app, volume)
        makeVolume(from, disk.persistent.type === 'mount', user)
        const over = join(sandbox, disk.containerPath)
        if (filesystem === 'posix') symlinkSync(from, over)
        else mkdirSync(over)
        if (filesystem === 'linux') mounts.push({ from, over })
      }
      const words = [...host.words, ...mountWords(mounts)]
      for (const { uri } of app.fetch) {
        const fetch = [...words, ...become(user), 'curl', '-q', '-s', '-S', '-f', '-O', '--', uri]
        await execa(fetch[0] ?? '', fetch.slice(1), { cwd: sandbox })
      }
      const ports = app.portDefinitions.map(() => givePort(usedPorts))
      const updates: StatusUpdate[] = []
      const hear = (update: StatusUpdate) => {
        if (!isUp || updates.some(isTerminal)) return
        updates.push(update)
        tell(update)
      }
      const environment = buildEnvironment(app, { taskId, sandbox, hostname, ports })
      const task = startTask(space, {
        ...{ app, sandbox, user, words, environment, launcher, linger, now },
        tell: hear,
      })
      const bury = () => hear({ state: 'TASK_GONE', at: now, message: 'the host was rebooted' })
      tasks.push({ destroy: task.destroy, bury })
      return { ...task, ports, updates }
    },
    cutPower: async () => {
      isUp = false
      // The cable first: a kernel that goes on would tell the master that its connections are closed.
      await host.setLink?.('down')
      await Promise.all(tasks.map(({ destroy }) => destroy()))
      await host.forgetConnections?.()
    },
    boot: async () => {
      newBoot()
      await host.setLink?.('up')
      isUp = true
      for (const { bury } of tasks) bury()
    },
  }
}

/** An app's id as it stands in names of files and tasks. */
export function pathOf({ id }: App): string {
  return id.replace(/^\//, '').replaceAll('/', '_')
}

// The working directory of a task, of its user and nobody else (Mesos paths.cpp): 200 to 260 bytes on a real agent.
function makeSandbox(workDir: string, taskId: string, user: Identity): string {
  const [master, container] = [randomUUID(), randomUUID()]
  const above = `slaves/${master}-S0/frameworks/${master}-0000/executors/${taskId}/runs`
  const sandbox = join(workDir, above, container)
  mkdirSync(sandbox, { recursive: true })
  chmodSync(sandbox, 0o750)
  chownTo(sandbox, user)
  for (const name of ['stdout', 'stderr']) {
    writeFileSync(join(sandbox, name), '')
    chownTo(join(sandbox, name), user)
  }
  return sandbox
}

// Made once, as root (slave.cpp); at each start only the directory itself is given to the user.
function makeVolume(dir: string, isDisk: boolean, user: Identity): void {
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true })
    // A disk of its own is a file system of its own.
    if (isDisk) mkdirSync(join(dir, 'lost+found'), { mode: 0o700 })
  }
  chownTo(dir, user)
}

// Of what an agent offers by default (slave/constants.hpp). None is given twice, so that a test for the next task's
// being another one cannot go wrong by chance.
function givePort(used: Set<number>): number {
  for (;;) {
    const port = randomInt(31_000, 32_001)
    if (used.has(port)) continue
    used.add(port)
    return port
  }
}

interface Place {
  readonly taskId: string
  readonly sandbox: string
  readonly hostname: string
  readonly ports: readonly number[]
}

// What a task can count on, and nothing of the agent's own: there is no HOME, USER or LANG (Mesos slave.cpp,
// Marathon EnvironmentHelper.scala). The app's env beats all.
function buildEnvironment(app: App, { taskId, sandbox, hostname, ports }: Place): Record<string, string> {
  const byPort = app.portDefinitions.flatMap(({ name }, index) => [
    [`PORT${index}`, String(ports[index])],
    [`PORT_${name.toUpperCase()}`, String(ports[index])],
  ])
  const own = Object.entries(app.env).map(([name, value]) => {
    if (typeof value !== 'string') throw new Error(`not run here: the secret ${name}`)
    return [name, value]
  })
  return {
    PATH: mesosPath,
    MESOS_SANDBOX: sandbox,
    MESOS_TASK_ID: taskId,
    MARATHON_APP_ID: app.id,
    HOST: hostname,
    ...Object.fromEntries([...byPort, ...own]),
  }
}
