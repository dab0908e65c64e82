import type { MarathonApp, MarathonArtifact, MarathonUpgrade, MarathonVolume } from '../marathon/app.js'
import type { App, AppVolume } from '../model/app.js'

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
    disk: app.disk,
    instances: app.instances,
    env: sortKeys({ ...context.env, ...app.env }),
    fetch: [toArtifact(`${context.publish.replace(/\/+$/, '')}/run_rep.sh`), ...app.fetch.map(toArtifact)],
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port: app.hostPort, protocol: 'tcp', name: app.portName }],
    requirePorts: app.hostPort > 0,
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
        timeoutSeconds: app.health.timeout,
        maxConsecutiveFailures: app.health.maxFailures,
      },
    ],
    upgradeStrategy: app.upgrade ?? chooseUpgrade(app, constraints),
    ...(unreachable !== undefined && { unreachableStrategy: unreachable }),
    killSelection: 'YOUNGEST_FIRST',
    backoffSeconds: app.backoff.seconds,
    backoffFactor: app.backoff.factor,
    maxLaunchDelaySeconds: app.backoff.max,
    taskKillGracePeriodSeconds: app.killGrace,
    ...(Object.keys(app.labels).length > 0 && { labels: sortKeys(app.labels) }),
  }
}

/** Prints marathon.json: the bare object, in the order of keys that `buildApp` gives it. */
export function printApp(app: MarathonApp): string {
  return `${JSON.stringify(app, null, 2)}\n`
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

// A replacement beside the old task needs a second place: there is none for a volume, a fixed port or a
// host of its own. A lone task without any of these goes on serving until its replacement is healthy.
function chooseUpgrade(app: App, constraints: readonly (readonly string[])[]): MarathonUpgrade {
  if (app.instances > 1) return { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 }
  const isPinned =
    app.volume !== undefined || app.hostPort > 0 || constraints.some(([, operator]) => operator === 'UNIQUE')
  const capacity = isPinned || isSingle(app) ? 0 : 1
  return { minimumHealthCapacity: capacity, maximumOverCapacity: capacity }
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

function sortKeys(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
