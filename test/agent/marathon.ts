import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Agent, type AgentTask, isTerminal, pathOf } from './agent.js'
import { type App, loadApp, volumeOf } from './app.js'
import type { StatusUpdate } from './task.js'

/** One of the app's instances: a task, and what outlives it. */
export interface Instance {
  readonly id: string
  /** The version of the app that its task has, or is to have. */
  version: number
  /** The name of its volume, if the app has one. */
  readonly volume: string | undefined
  /** Where its volume is, or its task runs. */
  agent: Agent | undefined
  /** How many tasks it has had. */
  incarnation: number
  task: AgentTask | undefined
  state: 'waiting' | 'staging' | 'running' | 'unreachable'
  isHealthy: boolean
}

/** Something that happened, for tests to look at. */
export interface Event {
  readonly update: StatusUpdate
  /** How many instances were healthy then. */
  readonly healthy: number
}

/** As much of Marathon as runs one app on a few agents. */
export interface Marathon {
  readonly instances: readonly Instance[]
  readonly events: readonly Event[]
  /** The app as it is to be. */
  app(): App
  /** POST /v2/apps, or a PUT of a new version: the body is the file as it is. */
  post(body: string): void
  /** PUT with nothing but instances. */
  scale(instances: number): void
  /** Lets the virtual clock go on; what waits for it happens on the way. */
  advance(seconds: number): Promise<void>
  /** Lets it go on until that is so. */
  advanceUntil(what: string, condition: () => boolean, step?: number): Promise<void>
  /** All instances are of the newest version and healthy, and nothing else is left. */
  isDeployed(): boolean
}

/** How long a wait may take on the slowest machine, in real milliseconds; it only ends a wait in vain. */
export const patience = 400_000

/** The master of Mesos misses an agent for so long before it calls its tasks unreachable (agent-recovery.md). */
const agentTimeout = 75

/** The clock goes on by so many seconds at most before Marathon looks around again. */
const stride = 30

/** Opens a Marathon that has these agents' offers. */
export function openMarathon(agents: readonly Agent[]): Marathon {
  let instances: Instance[] = []
  const events: Event[] = []
  const launches = new Set<Promise<void>>()
  // Of this harness; what merely fails a task is not among them.
  const faults: unknown[] = []
  const downSince = new Map<Agent, number>()
  let now = 0
  let version = 0
  let goal: App | undefined
  let backoff: Backoff | undefined
  // Of the version before, in the order in which they give way; with them there may be so many instances.
  let outdated: Instance[] = []
  let capacity = 0

  const app = () => {
    if (goal === undefined) throw new Error('there is no app')
    return goal
  }

  // TaskReplaceActor.scala: so many old tasks are killed at once, and each further one when a new one is healthy.
  const post = (body: string) => {
    goal = loadApp(body)
    refuseUnknown(goal)
    version += 1
    backoff = makeBackoff(goal)
    const { minimumHealthCapacity, maximumOverCapacity } = goal.upgradeStrategy
    outdated = instances.filter(({ task }) => task !== undefined)
    capacity = Math.floor(goal.instances * (1 + maximumOverCapacity))
    const kills = outdated.length - Math.ceil(goal.instances * minimumHealthCapacity)
    for (let count = 0; count < kills; count++) killOutdated()
    for (const one of instances) if (one.task === undefined) one.version = version
    reconcile()
  }

  const killOutdated = () => outdated.shift()?.task?.kill()

  const hear = (instance: Instance, update: StatusUpdate) => {
    const wasHealthy = instance.isHealthy
    instance.isHealthy = isTerminal(update) ? false : (update.healthy ?? wasHealthy)
    if (isTerminal(update)) end(instance, update)
    events.push({ update, healthy: instances.filter(({ isHealthy }) => isHealthy).length })
    if (instance.isHealthy && !wasHealthy && instance.version === version) killOutdated()
    reconcile()
  }

  const end = (instance: Instance, { state, at }: StatusUpdate) => {
    // Condition.scala: a Killed task costs no delay, not even one that its health check has killed.
    if (state !== 'TASK_KILLED' && instance.version === version) backoff?.addDelay(at)
    instance.task = undefined
    instance.version = version
    instance.state = 'waiting'
    outdated = outdated.filter((one) => one !== instance)
    if (instance.volume === undefined) instances = instances.filter((one) => one !== instance)
  }

  // What is missing is launched; a volume that is there comes before a new place.
  const reconcile = () => {
    const { instances: count } = app()
    const isOld = (one: Instance) => one.version !== version && one.task !== undefined
    const most = instances.some(isOld) ? capacity : count
    const lacks = () => instances.filter((one) => one.version === version).length < count
    while (instances.length < most && lacks()) instances.push(newInstance(app(), version))
    if (now < (backoff?.deadline() ?? 0)) return
    for (const instance of instances) {
      const agent = instance.agent ?? findAgent()
      if (instance.state === 'waiting' && agent?.isUp) begin(launch(instance, agent))
    }
  }

  const findAgent = (): Agent | undefined => {
    const isUnique = app().constraints.length > 0
    const load = (agent: Agent) => instances.filter((one) => one.agent === agent).length
    return agents
      .filter((agent) => agent.isUp && !(isUnique && load(agent) > 0))
      .sort((a, b) => load(a) - load(b))[0]
  }

  // The virtual clock stands still while something is launched: that takes the time that it takes.
  const begin = (launch: Promise<void>) => {
    const done = launch.catch((fault) => void faults.push(fault)).finally(() => launches.delete(done))
    launches.add(done)
  }

  const launch = async (instance: Instance, agent: Agent) => {
    instance.state = 'staging'
    instance.agent = agent
    instance.incarnation += 1
    const taskId = `${pathOf(app())}.instance-${instance.id}._app.${instance.incarnation}`
    const { volume } = instance
    instance.task = await agent.launch({ app: app(), taskId, volume, now }, (update) =>
      hear(instance, update),
    )
    instance.state = 'running'
  }

  const watchAgents = () => {
    const { unreachableStrategy: strategy } = app()
    for (const agent of agents) {
      if (agent.isUp) downSince.delete(agent)
      else if (!downSince.has(agent)) downSince.set(agent, now)
    }
    for (const instance of instances) {
      const since = instance.agent && downSince.get(instance.agent)
      if (since === undefined || instance.task === undefined || now < since + agentTimeout) continue
      instance.state = 'unreachable'
      instance.isHealthy = false
      if (strategy !== 'disabled' && now >= since + agentTimeout + strategy.expungeAfterSeconds)
        instances = instances.filter((one) => one !== instance)
    }
    reconcile()
  }

  const advance = async (seconds: number) => {
    const target = now + seconds
    watchAgents()
    do {
      const deadline = backoff?.deadline() ?? 0
      const next = Math.min(target, now + stride, deadline > now ? deadline : target)
      await Promise.all(launches)
      if (faults.length > 0) throw faults[0]
      await Promise.all(instances.map(({ task }) => task?.advance(next)))
      now = next
      watchAgents()
    } while (now < target)
  }

  return {
    get instances() {
      return instances
    },
    events,
    app,
    post,
    scale: (count) => {
      goal = { ...app(), instances: count }
      const surplus = instances.slice(count)
      instances = instances.slice(0, count)
      for (const { task } of surplus) task?.kill()
      reconcile()
    },
    advance,
    advanceUntil: async (what, condition, step = 10) => {
      for (const end = Date.now() + patience; !condition(); await sleep(200)) {
        if (Date.now() > end)
          throw new Error(`waited for ${what}; ${describe(instances)}; ${events.at(-1)?.update.message}`)
        await advance(step)
      }
    },
    isDeployed: () =>
      instances.length === app().instances &&
      instances.every((one) => one.version === version && one.state === 'running' && one.isHealthy),
  }
}

function newInstance(app: App, version: number): Instance {
  return {
    id: randomUUID(),
    version,
    volume: volumeOf(app) && randomUUID(),
    agent: undefined,
    incarnation: 0,
    task: undefined,
    state: 'waiting',
    isHealthy: false,
  }
}

interface Backoff {
  /** The time before which nothing is launched. */
  deadline(): number
  addDelay(now: number): void
}

// RateLimiter.scala: the first delay is backoffSeconds, each further one by the factor longer, up to the longest.
function makeBackoff({ backoffSeconds, backoffFactor, maxLaunchDelaySeconds }: App): Backoff {
  let next = backoffSeconds
  let deadline = 0
  return {
    deadline: () => deadline,
    addDelay: (now) => {
      deadline = now + next
      next = Math.min(next * backoffFactor, maxLaunchDelaySeconds)
    },
  }
}

// What a file asks for and is not here must not be run in another way.
function refuseUnknown({ constraints, requirePorts }: App): void {
  for (const [field = '', operator] of constraints)
    if (!/^@?hostname$/.test(field) || operator !== 'UNIQUE')
      throw new Error(`not run here: the constraint ${field} ${operator}`)
  if (requirePorts) throw new Error('not run here: a host port of its own')
}

// Each with its state and the end of what its task said, for a test that waits in vain.
function describe(instances: readonly Instance[]): string {
  return instances
    .map(({ id, state, isHealthy, task }) => {
      const words = task?.output('stderr').trim().split('\n').slice(-6).join('\n    ') ?? ''
      return `${id} is ${state}${isHealthy ? ', healthy' : ''}\n    ${words}`
    })
    .join('\n')
}
