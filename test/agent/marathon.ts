import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '../pair/harness/wait.js'
import type { Agent, Task } from './agent.js'
import { type App, isResident, loadApp, type Release } from './app.js'
import { type Backoff, makeBackoff } from './backoff.js'
import { chooseRestart, type RestartStrategy } from './deployment.js'
import { describe, type Instance, newInstance } from './instance.js'
import { makeTaskId } from './paths.js'
import { isTerminal, type StatusUpdate } from './protocol.js'
import { LaunchFailed } from './sandbox.js'

/** Something that happened, for tests to look at. */
export interface Event {
  readonly at: number
  readonly instance: string
  readonly update: StatusUpdate
}

/** As much of Marathon as runs one app on a few agents. */
export interface Marathon {
  readonly instances: readonly Instance[]
  readonly events: readonly Event[]
  now(): number
  /** The app as it is to be. */
  app(): App
  /** POST /v2/apps: the body is the file as it is. */
  post(body: string): void
  /** PUT /v2/apps/<id>: what is new is rolled out. */
  put(body: string): void
  /** PUT with nothing but instances. */
  scale(instances: number): void
  /** POST /v2/apps/<id>/restart */
  restart(): void
  /** DELETE /v2/apps/<id>/tasks/<task>?wipe=true: an instance is given up with its volumes. */
  giveUp(instance: Instance): void
  /** DELETE /v2/apps/<id>: the volumes go with it. */
  destroy(): void
  /** Lets the virtual clock go on; what waits for it happens on the way. */
  advance(seconds: number): Promise<void>
  /** Lets it go on until that is so. */
  advanceUntil(what: string, condition: () => Promise<boolean> | boolean, step?: number): Promise<void>
  /** All instances are of the newest version and healthy, and nothing else is left. */
  isDeployed(): boolean
  runningTasks(): Task[]
}

/** The master of Mesos misses an agent for so long before it calls its tasks unreachable (agent-recovery.md). */
const agentTimeout = 75

/** The clock goes on by so many seconds at most before Marathon looks around again. */
const stride = 30

/** Opens a Marathon that has these agents' offers. */
export function openMarathon(agents: readonly Agent[], release: Release = '1.11'): Marathon {
  const instances: Instance[] = []
  const events: Event[] = []
  let now = 0
  let versions = 0
  let goal: { app: App; version: string } | undefined
  let apps = new Map<string, App>()
  let backoff: Backoff | undefined
  let strategy: RestartStrategy | undefined
  const toKill: Instance[] = []
  const launches = new Set<Promise<void>>()
  // Of this harness; what merely fails a task is not among them.
  const faults: unknown[] = []
  const downSince = new Map<Agent, number>()

  const nextVersion = () => {
    versions += 1
    return new Date(Date.UTC(2026, 0, 1, 0, 0, versions)).toISOString()
  }

  const setGoal = (app: App, isConfigChange: boolean) => {
    refuseConstraints(app)
    const version = nextVersion()
    apps = new Map([...apps, [version, app]])
    if (isConfigChange) backoff = makeBackoff(app)
    goal = { app, version }
    // A change of nothing but the number leaves what runs alone.
    if (!isConfigChange) for (const one of instances) one.version = version
  }

  const replace = (app: App) => {
    const running = instances.filter(({ task }) => task !== undefined)
    setGoal(app, true)
    const { instances: count, upgradeStrategy } = app
    strategy = chooseRestart({
      instances: count,
      ...upgradeStrategy,
      isResident: isResident(app),
      running: running.length,
    })
    toKill.push(...running)
    for (let kills = 0; kills < strategy.killAtOnce; kills++) killNextOld()
    for (const one of instances) if (one.task === undefined && goal) one.version = goal.version
    reconcile()
  }

  const killNextOld = () => {
    const next = toKill.shift()
    void next?.task?.kill()
  }

  const hear = (instance: Instance, task: Task | undefined, update: StatusUpdate) => {
    events.push({ at: now, instance: instance.id, update })
    // It was given up while nobody could reach it (KillUnreachable, ExpungeOverdueLost): it is not wanted back.
    if (!instances.includes(instance)) return void (isTerminal(update.state) || task?.kill())
    if (instance.state === 'unreachable' && !isTerminal(update.state)) instance.state = 'running'
    if (update.state === 'TASK_RUNNING') {
      instance.state = 'running'
      backoff?.advance(now)
      const app = apps.get(instance.version)
      const wasHealthy = instance.isHealthy
      instance.isHealthy = update.healthy ?? (app?.healthChecks.length === 0 || instance.isHealthy)
      if (instance.isHealthy && !wasHealthy && instance.version === goal?.version) killNextOld()
    }
    if (!isTerminal(update.state)) return
    if (task !== undefined && instance.task !== task) return
    end(instance, update.state)
  }

  const end = (instance: Instance, state: StatusUpdate['state']) => {
    // Condition.scala: a Killed task costs no delay, not even one that its health check has killed.
    if (state !== 'TASK_KILLED' && instance.version === goal?.version) backoff?.addDelay(now)
    instance.task = undefined
    instance.isHealthy = false
    const index = toKill.indexOf(instance)
    if (index >= 0) toKill.splice(index, 1)
    const isKept = Object.keys(instance.volumes).length > 0 && goal !== undefined
    if (isKept) {
      instance.state = 'reserved'
      if (goal) instance.version = goal.version
    } else {
      instances.splice(instances.indexOf(instance), 1)
    }
    reconcile()
  }

  // What is missing is launched; a reservation comes before a new place.
  const reconcile = () => {
    if (goal === undefined) return
    const { app, version } = goal
    const old = instances.filter((one) => one.version !== version && one.task !== undefined)
    if (old.length === 0) strategy = undefined
    const capacity = strategy?.maxCapacity ?? app.instances
    const isCurrent = (one: Instance) => one.version === version
    while (instances.length < capacity && instances.filter(isCurrent).length < app.instances)
      instances.push(newInstance(app, version))
    if (now < (backoff?.deadline() ?? 0)) return
    for (const instance of [...instances]) {
      if (instance.state !== 'waiting' && instance.state !== 'reserved') continue
      const agent = instance.agent ?? findAgent(app)
      if (agent === undefined || !agent.isOffering || !agent.hasPorts(app)) continue
      begin(launch(instance, agent, app))
    }
  }

  // The virtual clock stands still while something is launched: that takes the time that it takes.
  const begin = (launch: Promise<void>) => {
    const done = launch.catch((fault) => void faults.push(fault)).finally(() => launches.delete(done))
    launches.add(done)
  }

  const findAgent = (app: App): Agent | undefined => {
    const isUnique = app.constraints.length > 0
    const load = (agent: Agent) => instances.filter((one) => one.agent === agent).length
    return [...agents]
      .filter((agent) => agent.isOffering && agent.hasPorts(app) && !(isUnique && load(agent) > 0))
      .sort((a, b) => load(a) - load(b))[0]
  }

  const launch = async (instance: Instance, agent: Agent, app: App) => {
    instance.state = 'staging'
    instance.agent = agent
    instance.incarnation += 1
    instance.since = now
    const { version, volumes } = instance
    const taskId = makeTaskId(app.id, instance.id, instance.incarnation)
    let task: Task | undefined
    const early: StatusUpdate[] = []
    const tell = (update: StatusUpdate) => {
      if (task === undefined) early.push(update)
      else hear(instance, task, update)
    }
    try {
      task = await agent.launch({ app, version, taskId, volumes, now }, tell)
      instance.task = task
      for (const update of early) hear(instance, task, update)
    } catch (error) {
      if (!(error instanceof LaunchFailed)) throw error
      hear(instance, undefined, { state: 'TASK_FAILED', at: now, message: error.message })
    }
  }

  const expunge = (instance: Instance) => {
    for (const [path, uuid] of Object.entries(instance.volumes)) {
      const app = apps.get(instance.version)
      if (app) instance.agent?.destroyVolume(app, path, uuid)
    }
    for (const path of Object.keys(instance.volumes)) delete instance.volumes[path]
  }

  // Scaled away, and the volumes too.
  const kill = async (instance: Instance) => {
    const { task } = instance
    if (task === undefined) {
      expunge(instance)
      instances.splice(instances.indexOf(instance), 1)
      return
    }
    const volumes = { ...instance.volumes }
    for (const path of Object.keys(instance.volumes)) delete instance.volumes[path]
    await task.kill()
    await task.destroyed
    expunge({ ...instance, volumes })
  }

  const watchAgents = () => {
    if (goal === undefined) return
    for (const agent of agents) {
      if (agent.isUp) downSince.delete(agent)
      else if (!downSince.has(agent)) downSince.set(agent, now)
    }
    for (const instance of [...instances]) {
      const { agent } = instance
      const since = agent && downSince.get(agent)
      if (since === undefined && instance.state === 'unreachable') {
        instance.state = 'running'
        instance.isHealthy =
          instance.task?.updates.findLast(({ healthy }) => healthy !== undefined)?.healthy ?? false
      }
      if (since === undefined || instance.task === undefined || now - since < agentTimeout) continue
      instance.state = 'unreachable'
      instance.isHealthy = false
      const unreachable = goal.app.unreachableStrategy
      if (unreachable === 'disabled' || now - since < agentTimeout + unreachable.expungeAfterSeconds) continue
      instances.splice(instances.indexOf(instance), 1)
      reconcile()
    }
  }

  const advance = async (seconds: number) => {
    const target = now + seconds
    watchAgents()
    for (;;) {
      const deadline = backoff?.deadline() ?? 0
      const next = Math.min(target, now + stride, deadline > now ? deadline : target)
      await Promise.all(launches)
      if (faults.length > 0) throw faults[0]
      await Promise.all(instances.map((one) => one.task?.advance(next)))
      now = next
      watchAgents()
      reconcile()
      if (now >= target) return
    }
  }

  const isDeployed = () =>
    goal !== undefined &&
    instances.length === goal.app.instances &&
    instances.every((one) => one.version === goal?.version && one.state === 'running' && one.isHealthy)

  return {
    instances,
    events,
    now: () => now,
    app: () => {
      if (goal === undefined) throw new Error('there is no app')
      return goal.app
    },
    post: (body) => {
      setGoal(loadApp(body, release), true)
      reconcile()
    },
    put: (body) => {
      const app = loadApp(body, release)
      if (goal) refuseResize(goal.app, app)
      replace(app)
    },
    scale: (count) => {
      if (goal === undefined) return
      const isYoungestFirst = goal.app.killSelection === 'YOUNGEST_FIRST'
      setGoal({ ...goal.app, instances: count }, false)
      const surplus = [...instances]
        .sort((a, b) => (isYoungestFirst ? b.since - a.since : a.since - b.since))
        .slice(0, Math.max(0, instances.length - count))
      for (const instance of surplus) void kill(instance)
      reconcile()
    },
    restart: () => {
      if (goal) replace(goal.app)
    },
    giveUp: (instance) => {
      instances.splice(instances.indexOf(instance), 1)
      expunge(instance)
      reconcile()
    },
    destroy: () => {
      goal = undefined
      for (const instance of [...instances]) void kill(instance)
    },
    advance,
    advanceUntil: async (what, condition, step = 10) => {
      await waitFor(
        () => `${what}; ${describe(instances)}; ${events.at(-1)?.update.message}`,
        async () => {
          if (await condition()) return true
          await advance(step)
          await sleep(200)
          return false
        },
        120_000,
      )
    },
    isDeployed,
    runningTasks: () => instances.flatMap(({ task }) => task ?? []),
  }
}

// Of the ways to place tasks only the one is here that our presets use.
function refuseConstraints({ constraints }: App): void {
  for (const [field = '', operator] of constraints)
    if (!/^@?hostname$/.test(field) || operator !== 'UNIQUE')
      throw new Error(`not run here: the constraint ${field} ${operator}`)
}

// AppDefinition.scala: a resident app keeps the size that it was given.
function refuseResize(old: App, app: App): void {
  if (!isResident(old)) return
  const sizes = ({ cpus, mem, disk, requirePorts, container, portDefinitions }: App) =>
    JSON.stringify([cpus, mem, disk, requirePorts, container, portDefinitions.map(({ port }) => port)])
  if (sizes(old) === sizes(app)) return
  throw new Error(
    '422: cpus, mem, disk, volumes and host ports of an app with persistent volumes cannot change',
  )
}
