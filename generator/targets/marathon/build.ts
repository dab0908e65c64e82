import { posix } from 'node:path'
import { type Replica, taskEnv } from '../../model/replica.js'
import { healthTimeout, readMebibytes, sandboxDisk, type Task, usualReadiness } from '../../model/task.js'
import type {
  MarathonApp,
  MarathonArtifact,
  MarathonCheck,
  MarathonPort,
  MarathonUpgrade,
  MarathonVolume,
} from './app.js'
import type { Marathon } from './schema.js'
import { isSince } from './versions.js'

/** Makes the app that Marathon gets: the model's own values, and defaults that depend on each other. */
export function buildApp(marathon: Marathon, replica: Replica): MarathonApp {
  const { task, run, publish } = replica
  const { volume, secrets, health, readiness } = task
  const { role, acceptedResourceRoles, dependencies, backoff } = marathon
  const constraints = marathon.constraints ?? (task.instances > 1 ? [['hostname', 'UNIQUE']] : [])
  const unreachable = describeUnreachable(marathon, task)
  const ports = listPorts(marathon, task)
  // The order of the keys is that of the printed file: what, how big, with what, where, then how it lives.
  return {
    id: marathon.id,
    // dash keeps its own process in front of the last command of -c, unless told to exec: Mesos would
    // take the death of that shell for the end of the task and kill postgres two seconds later.
    cmd: 'exec sh run_rep.sh',
    user: task.user ?? run.user,
    cpus: task.cpus,
    mem: task.mem,
    disk: sandboxDisk(task),
    instances: task.instances,
    env: sortKeys(taskEnv(replica)),
    ...(isFilled(secrets) && { secrets: sortKeys(secrets) }),
    fetch: [toArtifact(`${publish.replace(/\/+$/, '')}/run_rep.sh`), ...marathon.fetch.map(toArtifact)],
    // Before 1.5 every app without an image has the network of its host.
    ...(isSince(marathon.release, '1.5') && { networks: [{ mode: 'host' }] as const }),
    portDefinitions: ports,
    requirePorts: ports.some(({ port }) => port > 0),
    ...(constraints.length > 0 && { constraints }),
    ...(volume !== undefined && {
      container: { type: 'MESOS', volumes: [toVolume(volume, marathon.volume, run.dataDir)] },
    }),
    healthChecks: [
      {
        protocol: 'COMMAND',
        // Mesos runs it by `sh -c` in the sandbox, as the task's user and with the task's environment.
        command: { value: 'exec sh run_rep.sh health' },
        delaySeconds: health.delay,
        gracePeriodSeconds: health.gracePeriod,
        intervalSeconds: health.interval,
        timeoutSeconds: healthTimeout(health),
        maxConsecutiveFailures: health.maxFailures,
      },
    ],
    ...(readiness !== undefined && { check: toCheck(readiness) }),
    upgradeStrategy: marathon.upgrade ?? chooseUpgrade({ marathon, replica, ports, constraints }),
    ...(unreachable !== undefined && { unreachableStrategy: unreachable }),
    killSelection: marathon.killSelection,
    backoffSeconds: backoff.seconds,
    backoffFactor: backoff.factor,
    maxLaunchDelaySeconds: backoff.max,
    taskKillGracePeriodSeconds: task.stopGrace,
    ...(isFilled(marathon.labels) && { labels: sortKeys(marathon.labels) }),
    ...(role !== undefined && { role }),
    ...(acceptedResourceRoles !== undefined && { acceptedResourceRoles }),
    ...(dependencies.length > 0 && { dependencies }),
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
function listPorts({ portName, portLabels, morePorts }: Marathon, { port: own }: Task): MarathonPort[] {
  const first = { name: portName, port: own, protocol: 'tcp' as const, labels: portLabels }
  return [first, ...morePorts].map(({ name, port, protocol, labels }) => ({
    port,
    protocol,
    name,
    ...(isFilled(labels) && { labels: sortKeys(labels) }),
  }))
}

function toCheck(readiness: NonNullable<Task['readiness']>): MarathonCheck {
  const { interval, timeout, delay } = readiness === true ? usualReadiness : readiness
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

function toArtifact(item: Marathon['fetch'][number]): MarathonArtifact {
  if (typeof item === 'string') return { uri: item, extract: false, executable: false, cache: false }
  const { uri, extract, executable, cache, destPath } = item
  return { uri, extract, executable, cache, ...(destPath !== undefined && { destPath }) }
}

function toVolume(
  size: NonNullable<Task['volume']>,
  from: Marathon['volume'],
  dataDir: string,
): MarathonVolume {
  const { type = 'root', maxSize, constraints } = from ?? {}
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

// A replacement beside the old task needs a second place: there is none for a volume, a directory of the host, a
// fixed port or a host of its own. A lone task without any of these goes on serving until its replacement is healthy.
function chooseUpgrade({ marathon, replica, ports, constraints }: Around): MarathonUpgrade {
  const { task, run } = replica
  if (task.instances > 1) return { minimumHealthCapacity: allButOne(task.instances), maximumOverCapacity: 0 }
  const isPinned =
    task.volume !== undefined ||
    posix.isAbsolute(run.dataDir) ||
    ports.some(({ port }) => port > 0) ||
    constraints.some(
      ([, operator, value]) => operator === 'UNIQUE' || (operator === 'MAX_PER' && value === '1'),
    )
  const capacity = isPinned || isSingle(marathon) ? 0 : 1
  return { minimumHealthCapacity: capacity, maximumOverCapacity: capacity }
}

interface Around {
  readonly marathon: Marathon
  readonly replica: Replica
  readonly ports: readonly MarathonPort[]
  readonly constraints: readonly (readonly string[])[]
}

// Marathon keeps ceil(instances * capacity) of them healthy (ComputeRestartStrategy), so the middle between the two
// capacities that say all but one and all but two is safe from rounding.
function allButOne(instances: number): number {
  return instances < 4 ? 0.5 : Math.floor(((instances - 1.5) / instances) * 10_000) / 10_000
}

function isSingle({ labels }: Marathon): boolean {
  return labels.MARATHON_SINGLE_INSTANCE_APP === 'true'
}

function describeUnreachable(
  { unreachable }: Marathon,
  { volume }: Task,
): MarathonApp['unreachableStrategy'] {
  if (unreachable === undefined) return volume === undefined ? undefined : 'disabled'
  if (unreachable === 'disabled') return 'disabled'
  const { inactiveAfter, expungeAfter } = unreachable
  return { inactiveAfterSeconds: inactiveAfter, expungeAfterSeconds: expungeAfter }
}

function sortKeys<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
}
