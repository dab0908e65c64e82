import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findUser } from '../pair/harness/identity.js'
import { type Mount, shellMounts } from '../pair/harness/mounts.js'
import type { Host } from '../pair/harness/network.js'
import type { Process } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import type { App } from './app.js'
import { type Container, type Launcher, startContainer } from './container.js'
import { buildEnvironment } from './environment.js'
import { makeIds, type TaskIds, volumeOf } from './paths.js'
import { makePorts } from './ports.js'
import type { Programs } from './programs.js'
import { isTerminal, type StatusUpdate } from './protocol.js'
import { LaunchFailed, makeSandbox, makeVolume, runFetcher } from './sandbox.js'

export interface AgentOptions {
  readonly hostname: string
  readonly host: Host
  readonly programs: Programs
  readonly launcher?: Launcher
  /** How a persistent volume gets into the sandbox: mounted there, or by a symbolic link. */
  readonly filesystem?: 'linux' | 'posix'
  /** What /bin/sh is there; default dash. */
  readonly shell?: string
  /** What is mounted for every task, such as /etc/hosts of the agent. */
  readonly mounts?: readonly Mount[]
  readonly stdin?: 'null' | 'data'
  readonly secrets?: Readonly<Record<string, string>>
}

/** What Marathon sends with an accepted offer. */
export interface Launch {
  readonly app: App
  readonly version: string
  readonly taskId: string
  /** The uuid of the volume for each containerPath. */
  readonly volumes: Readonly<Record<string, string>>
  readonly now: number
}

/** One task on an agent. */
export interface Task {
  readonly taskId: string
  readonly sandbox: string
  readonly ports: readonly number[]
  /** What Marathon has been told. */
  readonly updates: readonly StatusUpdate[]
  /** When the container is gone with all that the launcher found. */
  readonly destroyed: Promise<void>
  /** The process that Mesos watches, once it runs. */
  readonly pid: number | undefined
  kill(grace?: number): Promise<void>
  advance(to: number): Promise<void>
  /** SIGKILL to everything in the container, as for want of memory. */
  destroy(): Promise<void>
  output(name: 'stdout' | 'stderr'): string
  /** Processes of the task that still live, though nobody may know of them. */
  orphans(): Process[]
  /** Those that the launcher had to end, since the task did not. */
  leftToLauncher(): readonly Process[]
}

/** A Mesos agent: a host with a work_dir, which runs tasks and keeps volumes. */
export interface Agent {
  readonly hostname: string
  readonly host: Host
  readonly tasks: readonly Task[]
  readonly isUp: boolean
  /** Whether its offers come in: it is up, and stays. */
  readonly isOffering: boolean
  /** Whether an offer of it has the host ports that the app asks for. */
  hasPorts(app: App): boolean
  /** The directory of a volume that exists. */
  volume(app: App, containerPath: string, uuid: string): string
  launch(launch: Launch, tell: (update: StatusUpdate) => void): Promise<Task>
  destroyVolume(app: App, containerPath: string, uuid: string): void
  /** The agent's own process ends; tasks and executors live on. */
  stop(): void
  /** It comes back, and hears of its executors what it has missed. */
  start(): Promise<void>
  /** It leaves for good, and ends its tasks before it does (slave.cpp, shutdownExecutor). */
  drain(): Promise<void>
  /** The host loses its power: nothing is told, and only what lies on its disk is left. */
  cutPower(): Promise<void>
  /** It comes back without its tasks, of which it tells that they are gone. */
  boot(): Promise<void>
}

/** The agent's --executor_shutdown_grace_period, in seconds. */
const executorShutdownGrace = 5

const gone = (now: number): StatusUpdate => ({
  state: 'TASK_GONE',
  at: now,
  message: 'the host was rebooted',
})

/** Opens an agent whose work_dir lies in the space (needs root). */
export function openAgent(space: Space, options: AgentOptions): Agent {
  const { hostname, host, launcher = 'linux', filesystem = 'linux' } = options
  // As long as on a real agent, so that a path that is too long for something is too long here, too.
  const workDir = join(space.dir, hostname, 'var/lib/mesos')
  mkdirSync(workDir, { recursive: true })
  const ids = makeIds()
  const tasks: RunningTask[] = []
  const ports = makePorts()
  // The kernel makes another one at each boot.
  const bootId = join(space.dir, hostname, 'boot_id')
  const newBoot = () => writeFileSync(bootId, `${randomUUID()}\n`)
  newBoot()
  let isUp = true
  let isDrained = false
  const whenUp: (() => void)[] = []
  const comeUp = () => {
    isUp = true
    for (const goOn of whenUp.splice(0)) goOn()
  }
  const untilUp = () => (isUp ? Promise.resolve() : new Promise<void>((resolve) => whenUp.push(resolve)))

  const volumeDir = (app: App, path: string, uuid: string) =>
    volumeOf(workDir, app.role ?? 'slave_public', app.id, path, uuid)

  return {
    hostname,
    host,
    tasks,
    get isUp() {
      return isUp
    },
    get isOffering() {
      return isUp && !isDrained
    },
    hasPorts: ports.canGive,
    volume: volumeDir,
    launch: async ({ app, version, taskId, volumes, now }, tell) => {
      const user = findUser(app.user ?? 'root')
      if (user === undefined) throw new LaunchFailed(`Failed to get user information for '${app.user}'`)
      const taskIds: TaskIds = { ...ids, taskId, containerId: randomUUID() }
      const sandbox = makeSandbox(workDir, taskIds, user)
      const inside: Mount[] = [
        { from: bootId, over: '/proc/sys/kernel/random/boot_id' },
        ...(options.mounts ?? []),
        ...shellMounts(options.shell),
      ]
      for (const volume of app.container?.volumes ?? []) {
        const dir = volumeDir(app, volume.containerPath, volumes[volume.containerPath] ?? '')
        makeVolume(dir, volume, user)
        const over = join(sandbox, volume.containerPath)
        if (filesystem === 'posix') symlinkSync(dir, over)
        else mkdirSync(over)
        if (filesystem === 'linux') inside.push({ from: dir, over })
      }
      await runFetcher(app, sandbox, user, options)
      const given = ports.give(app)
      const context = {
        ...{ app, version, sandbox, hostname, ports: given, secrets: options.secrets ?? {} },
        ...taskIds,
      }
      const container = await startContainer(space, {
        launcher,
        executor: options.programs.executor,
        user,
        hostWords: host.words,
        mounts: inside,
        memory: app.mem,
        stdin: options.stdin ?? 'null',
        task: {
          command: app.cmd,
          sandbox,
          environment: buildEnvironment(context),
          ports: given,
          now,
          ...(app.healthChecks[0] && { healthCheck: app.healthChecks[0] }),
          ...(app.taskKillGracePeriodSeconds !== undefined && { killGrace: app.taskKillGracePeriodSeconds }),
        },
      })
      const task = watchTask({ taskId, sandbox, ports: given, container, tell, untilUp, now, app })
      tasks.push(task)
      void task.destroyed.then(() => ports.takeBack(given))
      await task.connect()
      await waitFor('TASK_RUNNING', () => task.updates.length > 1)
      return task
    },
    destroyVolume: (app, path, uuid) => rmSync(volumeDir(app, path, uuid), { recursive: true, force: true }),
    stop: () => {
      isUp = false
      for (const task of tasks) task.disconnect()
    },
    start: async () => {
      comeUp()
      await Promise.all(tasks.map((task) => task.connect()))
    },
    drain: async () => {
      isDrained = true
      await Promise.all(tasks.map((task) => task.shutDown()))
      isUp = false
    },
    cutPower: async () => {
      isUp = false
      for (const task of tasks) task.disconnect()
      // The cable first: a kernel that goes on would tell the master that its connections are closed.
      await host.setLink?.('down')
      await Promise.all(tasks.map((task) => task.destroy()))
      await host.forgetConnections?.()
    },
    boot: async () => {
      newBoot()
      await host.setLink?.('up')
      comeUp()
      for (const task of tasks) task.bury()
    },
  }
}

interface RunningTask extends Task {
  connect(): Promise<void>
  disconnect(): void
  /** The executor has to end its task; its container does not outlive the time for it. */
  shutDown(): Promise<void>
  /** Tells that it is gone, unless it was told to have ended. */
  bury(): void
}

interface Watched extends Pick<Task, 'taskId' | 'sandbox' | 'ports'> {
  readonly container: Container
  readonly tell: (update: StatusUpdate) => void
  readonly untilUp: () => Promise<void>
  readonly now: number
  readonly app: App
}

// Hears the executor, tells Marathon what is new, and destroys the container when the executor is gone.
function watchTask({ taskId, sandbox, ports, container, tell, untilUp, now, app }: Watched): RunningTask {
  const updates: StatusUpdate[] = []
  let hangUp: () => void = () => undefined
  let latest = now
  const isOver = () => updates.some(({ state }) => isTerminal(state))
  const hear = (update: StatusUpdate) => {
    if (isOver()) return
    latest = Math.max(latest, update.at)
    updates.push(update)
    tell(update)
  }
  // The kernel has killed one process: the isolator lets all the others follow (cgroups/subsystems/memory.cpp).
  const memory = setInterval(() => {
    if (!container.isOutOfMemory()) return
    clearInterval(memory)
    hear({ state: 'TASK_FAILED', at: latest, message: 'Memory limit exceeded' })
    void container.destroy()
  }, 200)
  const destroyed = container.exit.then(async () => {
    clearInterval(memory)
    await untilUp()
    await container.destroy()
    hear({ state: 'TASK_FAILED', at: latest, message: 'Executor terminated' })
  })
  return {
    taskId,
    sandbox,
    ports,
    updates,
    destroyed,
    get pid() {
      return updates.find(({ pid }) => pid !== undefined)?.pid
    },
    kill: (grace) => container.kill(grace),
    advance: async (to) => {
      latest = to
      if (!isOver()) await container.advance(to)
    },
    destroy: () => container.destroy(),
    orphans: () => container.orphans(),
    leftToLauncher: () => container.leftToLauncher(),
    output: (name) => {
      const path = join(sandbox, name)
      return existsSync(path) ? readFileSync(path, 'utf8') : ''
    },
    connect: async () => {
      let seen = 0
      hangUp = await container.subscribe((update) => {
        seen += 1
        if (seen > updates.length) hear(update)
      })
    },
    disconnect: () => hangUp(),
    shutDown: async () => {
      const { taskKillGracePeriodSeconds: killGrace } = app
      const grace = killGrace === undefined ? executorShutdownGrace : killGrace + 2
      const end = setTimeout(() => void container.destroy(), grace * 1000)
      // executor.cpp, shutdown: a kill that has two seconds less, which is what any kill has.
      await container.kill()
      await destroyed
      clearTimeout(end)
    },
    bury: () => hear(gone(latest)),
  }
}
