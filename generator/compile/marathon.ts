import { posix } from 'node:path'
import type {
  MarathonApp,
  MarathonArtifact,
  MarathonCheck,
  MarathonPort,
  MarathonUpgrade,
  MarathonVolume,
} from '../marathon/app.js'
import { isSince } from '../marathon/versions.js'
import { type App, type AppVolume, healthTimeout, sandboxDisk } from '../model/app.js'

/** What the app takes from the rest of the model. */
export interface AppContext {
  readonly runUser: string
  /** Where the data lies, relative to the sandbox: a persistent volume is put there. */
  readonly dataDir: string
  /** The URL of the folder that the artefacts are served from. */
  readonly publish: string
  /** The variables of the contract that the model sets. */
  readonly env: Readonly<Record<string, string>>
}

/** Makes the app that Marathon gets: the model's own values, and defaults that depend on each other. */
export function buildApp(app: App, context: AppContext): MarathonApp {
  const constraints = app.constraints ?? (app.instances > 1 ? [['hostname', 'UNIQUE']] : [])
  const unreachable = describeUnreachable(app)
  // The order of the keys is that of the printed file: what, how big, with what, where, then how it lives.
  return {
    id: app.id,
    // dash keeps its own process in front of the last command of -c, unless told to exec: Mesos would
    // take the death of that shell for the end of the task and kill postgres two seconds later.
    cmd: 'exec sh run_rep.sh',
    user: app.user ?? context.runUser,
    cpus: app.cpus,
    mem: app.mem,
    disk: sandboxDisk(app),
    instances: app.instances,
    env: sortKeys({ ...context.env, ...app.env }),
    ...(isFilled(app.secrets) && { secrets: sortKeys(app.secrets) }),
    fetch: [toArtifact(`${context.publish.replace(/\/+$/, '')}/run_rep.sh`), ...app.fetch.map(toArtifact)],
    // Before 1.5 every app without an image has the network of its host.
    ...(isSince(app.marathon, '1.5') && { networks: [{ mode: 'host' }] as const }),
    portDefinitions: listPorts(app),
    requirePorts: listPorts(app).some(({ port }) => port > 0),
    ...(constraints.length > 0 && { constraints }),
    ...(app.volume !== undefined && {
      container: { type: 'MESOS', volumes: [toVolume(app.volume, context.dataDir)] },
    }),
    healthChecks: [
      {
        protocol: 'COMMAND',
        // Mesos runs it by `sh -c` in the sandbox, as the task's user and with the task's environment.
        command: { value: 'exec sh run_rep.sh health' },
        delaySeconds: app.health.delay,
        gracePeriodSeconds: app.health.gracePeriod,
        intervalSeconds: app.health.interval,
        timeoutSeconds: healthTimeout(app.health),
        maxConsecutiveFailures: app.health.maxFailures,
      },
    ],
    ...(app.check !== undefined && { check: toCheck(app.check) }),
    upgradeStrategy: app.upgrade ?? chooseUpgrade(app, constraints, context),
    ...(unreachable !== undefined && { unreachableStrategy: unreachable }),
    killSelection: app.killSelection,
    backoffSeconds: app.backoff.seconds,
    backoffFactor: app.backoff.factor,
    maxLaunchDelaySeconds: app.backoff.max,
    taskKillGracePeriodSeconds: app.killGrace,
    ...(isFilled(app.labels) && { labels: sortKeys(app.labels) }),
    ...(app.role !== undefined && { role: app.role }),
    ...(app.acceptedResourceRoles !== undefined && { acceptedResourceRoles: app.acceptedResourceRoles }),
    ...(app.dependencies.length > 0 && { dependencies: app.dependencies }),
  }
}

/**
 * The variables that Marathon makes of ports besides PostgreSQL's (EnvironmentHelper.scala), each with a port that it
 * could give: a step of the user's that declares one in `env` may count on it.
 */
export function listPortVariables({ portDefinitions }: MarathonApp): Record<string, string> {
  const names = portDefinitions
    .slice(1)
    .flatMap(({ name }, index) => [`PORT${index + 1}`, `PORT_${name.toUpperCase()}`])
  return Object.fromEntries(names.map((name) => [name, '31000']))
}

/** Prints marathon.json: the bare object, in the order of keys that `buildApp` gives it. */
export function printApp(app: MarathonApp): string {
  return `${JSON.stringify(app, null, 2)}\n`
}

// PostgreSQL's is PORT0, so it comes first.
function listPorts({ hostPort, portName, portLabels, morePorts }: App): MarathonPort[] {
  const own = { name: portName, port: hostPort, protocol: 'tcp' as const, labels: portLabels }
  return [own, ...morePorts].map(({ name, port, protocol, labels }) => ({
    port,
    protocol,
    name,
    ...(isFilled(labels) && { labels: sortKeys(labels) }),
  }))
}

function toCheck(check: NonNullable<App['check']>): MarathonCheck {
  const { interval, timeout, delay } = check === true ? { interval: 60, timeout: 20, delay: 15 } : check
  return {
    exec: { command: { shell: 'exec sh run_rep.sh ready' } },
    intervalSeconds: interval,
    timeoutSeconds: timeout,
    delaySeconds: delay,
  }
}

function isFilled(record: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(record).length > 0
}

function toArtifact(item: App['fetch'][number]): MarathonArtifact {
  if (typeof item === 'string') return { uri: item, extract: false, executable: false, cache: false }
  const { uri, extract, executable, cache, destPath } = item
  return { uri, extract, executable, cache, ...(destPath !== undefined && { destPath }) }
}

function toVolume(volume: AppVolume, dataDir: string): MarathonVolume {
  const given = typeof volume === 'object' ? volume : { size: volume, type: 'root' as const }
  const { size, type, maxSize, constraints } = { maxSize: undefined, constraints: undefined, ...given }
  return {
    containerPath: dataDir.replace(/^\.\//, ''),
    mode: 'RW',
    persistent: {
      type,
      size: readMebibytes(size),
      ...(maxSize !== undefined && { maxSize: readMebibytes(maxSize) }),
      ...(constraints !== undefined && { constraints }),
    },
  }
}

/** What a persistent volume holds, in MiB. */
export function readVolumeSize(volume: AppVolume): number {
  return readMebibytes(typeof volume === 'object' ? volume.size : volume)
}

function readMebibytes(size: number | string): number {
  if (typeof size === 'number') return size
  const factor = size.endsWith('TiB') ? 1_048_576 : size.endsWith('GiB') ? 1024 : 1
  return Number.parseInt(size, 10) * factor
}

// A replacement beside the old task needs a second place: there is none for a volume, a directory of the host, a
// fixed port or a host of its own. A lone task without any of these goes on serving until its replacement is healthy.
function chooseUpgrade(
  app: App,
  constraints: readonly (readonly string[])[],
  { dataDir }: AppContext,
): MarathonUpgrade {
  if (app.instances > 1) return { minimumHealthCapacity: allButOne(app.instances), maximumOverCapacity: 0 }
  const isPinned =
    app.volume !== undefined ||
    posix.isAbsolute(dataDir) ||
    listPorts(app).some(({ port }) => port > 0) ||
    constraints.some(
      ([, operator, value]) => operator === 'UNIQUE' || (operator === 'MAX_PER' && value === '1'),
    )
  const capacity = isPinned || isSingle(app) ? 0 : 1
  return { minimumHealthCapacity: capacity, maximumOverCapacity: capacity }
}

// Marathon keeps ceil(instances * capacity) of them healthy (ComputeRestartStrategy), so the middle between the two
// capacities that say all but one and all but two is safe from rounding.
function allButOne(instances: number): number {
  return instances < 4 ? 0.5 : Math.floor(((instances - 1.5) / instances) * 10_000) / 10_000
}

function isSingle(app: App): boolean {
  return app.labels.MARATHON_SINGLE_INSTANCE_APP === 'true'
}

function describeUnreachable(app: App): MarathonApp['unreachableStrategy'] {
  if (app.unreachable === undefined) return app.volume === undefined ? undefined : 'disabled'
  if (app.unreachable === 'disabled') return 'disabled'
  const { inactiveAfter, expungeAfter } = app.unreachable
  return { inactiveAfterSeconds: inactiveAfter, expungeAfterSeconds: expungeAfter }
}

function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
