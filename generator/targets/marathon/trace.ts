import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import { pathOfVariable, type Replica } from '../../model/replica.js'
import type { At } from '../document/said.js'
import { traceText } from '../document/trace.js'
import type { PrintedLine } from '../target.js'

/** The lines of marathon.json, each with the parts of the model that it comes from. */
export function traceApp(text: string, replica: Replica): PrintedLine[] {
  return traceText(text, (_document, at) => originsAt(at, replica))
}

function originsAt([key, ...rest]: At, replica: Replica): readonly ModelPath[] {
  const [first, second] = rest
  switch (key) {
    case 'env': {
      const path = pathOfVariable(replica, String(first))
      return path === undefined ? [] : [path]
    }
    case 'fetch':
      if (first === undefined) return []
      return first === 0 ? [pathTo`publish`] : [pathTo`targets.marathon.fetch.${Number(first) - 1}`]
    case 'portDefinitions':
      if (first === undefined || second === undefined) return []
      if (first !== 0) return [pathTo`targets.marathon.morePorts.${Number(first) - 1}.${second}`]
      return portOrigins[second] ?? []
    case 'healthChecks':
      return healthOrigins[String(second)] ?? []
    case 'container':
      return containerOrigins[String(rest.at(-1))] ?? [pathTo`task.volume`]
    case 'labels':
      return first === undefined ? [] : [pathTo`targets.marathon.labels.${first}`]
    default:
      return appOrigins[String(key)] ?? []
  }
}

const marathon = (key: string) => [pathTo`targets.marathon.${key}`]
const task = (key: string) => [pathTo`task.${key}`]

const appOrigins: Readonly<Record<string, readonly ModelPath[]>> = {
  id: marathon('id'),
  user: [pathTo`task.user`, pathTo`run.user`],
  cpus: task('cpus'),
  mem: task('mem'),
  disk: task('disk'),
  instances: task('instances'),
  secrets: task('secrets'),
  networks: marathon('release'),
  requirePorts: [pathTo`task.port`, pathTo`targets.marathon.morePorts`],
  constraints: marathon('constraints'),
  check: task('readiness'),
  upgradeStrategy: marathon('upgrade'),
  unreachableStrategy: marathon('unreachable'),
  killSelection: marathon('killSelection'),
  backoffSeconds: [pathTo`targets.marathon.backoff.seconds`],
  backoffFactor: [pathTo`targets.marathon.backoff.factor`],
  maxLaunchDelaySeconds: [pathTo`targets.marathon.backoff.max`],
  taskKillGracePeriodSeconds: task('stopGrace'),
  role: marathon('role'),
  acceptedResourceRoles: marathon('acceptedResourceRoles'),
  dependencies: marathon('dependencies'),
}

const portOrigins: Readonly<Record<string, readonly ModelPath[]>> = {
  port: task('port'),
  name: marathon('portName'),
  labels: marathon('portLabels'),
}

const health = (key: string) => [pathTo`task.health.${key}`]

const healthOrigins: Readonly<Record<string, readonly ModelPath[]>> = {
  delaySeconds: health('delay'),
  gracePeriodSeconds: health('gracePeriod'),
  intervalSeconds: health('interval'),
  timeoutSeconds: health('timeout'),
  maxConsecutiveFailures: health('maxFailures'),
}

const containerOrigins: Readonly<Record<string, readonly ModelPath[]>> = {
  containerPath: [pathTo`run.dataDir`],
  type: [pathTo`targets.marathon.volume.type`],
  maxSize: [pathTo`targets.marathon.volume.maxSize`],
  constraints: [pathTo`targets.marathon.volume.constraints`],
}
