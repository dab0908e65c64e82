import type { App } from './app.js'
import type { TaskIds } from './paths.js'

/** What Mesos sets PATH to when nobody else does (stout os.hpp, DEFAULT_PATH). */
export const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export interface EnvironmentContext extends TaskIds {
  readonly app: App
  readonly version: string
  readonly sandbox: string
  /** The agent's name in offers. */
  readonly hostname: string
  /** The ports that were given to the task, in the order of portDefinitions. */
  readonly ports: readonly number[]
  /** What the secret store holds, by source. */
  readonly secrets: Readonly<Record<string, string>>
}

/**
 * The environment of a command task, whole: nothing of the agent's own is inherited, so there is no HOME, USER or
 * LANG. Mesos first (slave.cpp, executorEnvironment), then Marathon (EnvironmentHelper.scala: context, ports, the
 * app's own), so that the app's env beats all, PORT0 too.
 */
export function buildEnvironment(context: EnvironmentContext): Record<string, string> {
  return { ...mesosPart(context), ...contextPart(context), ...portPart(context), ...appPart(context) }
}

function mesosPart({ app, sandbox, taskId, frameworkId, agentId, hostname }: EnvironmentContext) {
  const grace = app.taskKillGracePeriodSeconds
  return {
    PATH: defaultPath,
    LIBPROCESS_PORT: '0',
    MESOS_AGENT_ENDPOINT: `${hostname}:5051`,
    MESOS_ALLOCATION_ROLE: app.role ?? '*',
    MESOS_CHECKPOINT: '1',
    MESOS_DIRECTORY: sandbox,
    MESOS_EXECUTOR_ID: taskId,
    MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD: grace === undefined ? '5secs' : `${grace + 2}secs`,
    MESOS_FRAMEWORK_ID: frameworkId,
    MESOS_HTTP_COMMAND_EXECUTOR: '0',
    MESOS_RECOVERY_TIMEOUT: '15mins',
    MESOS_SANDBOX: sandbox,
    MESOS_SLAVE_ID: agentId,
    MESOS_SLAVE_PID: `slave(1)@${hostname}:5051`,
    MESOS_SUBSCRIPTION_BACKOFF_MAX: '2secs',
  }
}

function contextPart({ app, version, taskId }: EnvironmentContext): Record<string, string> {
  const labels = Object.entries(app.labels).map(([name, value]) => [labelName(name), value] as const)
  return {
    MESOS_TASK_ID: taskId,
    MARATHON_APP_ID: app.id,
    MARATHON_APP_VERSION: version,
    MARATHON_APP_RESOURCE_CPUS: double(app.cpus),
    MARATHON_APP_RESOURCE_MEM: double(app.mem),
    MARATHON_APP_RESOURCE_DISK: double(app.disk),
    MARATHON_APP_RESOURCE_GPUS: '0',
    MARATHON_APP_ENFORCE_GROUP_ROLE: 'false',
    MARATHON_APP_LABELS: labels.map(([name]) => name).join(' '),
    ...Object.fromEntries(labels.map(([name, value]) => [`MARATHON_APP_LABEL_${name}`, value])),
  }
}

function portPart({ app, ports, hostname }: EnvironmentContext): Record<string, string> {
  const named = app.portDefinitions.flatMap(({ name, port }, index) => {
    const given = String(ports[index])
    // Only upper case is made of a name: a dash stays, and no shell can read that variable.
    const byName = name === undefined ? [] : [[`PORT_${name.toUpperCase()}`, given] as const]
    return [
      [`PORT${index}`, given] as const,
      [`PORT_${port === 0 ? given : port}`, given] as const,
      ...byName,
    ]
  })
  const first = ports[0] === undefined ? {} : { PORT: String(ports[0]) }
  return { HOST: hostname, PORTS: ports.join(), ...first, ...Object.fromEntries(named) }
}

function appPart({ app, secrets }: EnvironmentContext): Record<string, string> {
  const entries = Object.entries(app.env).map(([name, value]) => {
    if (typeof value === 'string') return [name, value]
    const source = app.secrets[value.secret]?.source ?? ''
    return [name, secrets[source] ?? '']
  })
  return Object.fromEntries(entries)
}

function labelName(name: string): string {
  return name.replace(/[^A-Za-z0-9_]+/g, '_').toUpperCase()
}

// As Scala prints a Double.
function double(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value)
}
