import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import { healthTimeout, usualReadiness } from '../../model/task.js'
import { script } from '../containers/environment.js'
import { noted, said, type Tree } from '../document/said.js'
import type { Kubernetes } from './schema.js'

/** The probes of a replica: until the first health the startup probe alone counts, which lets a clone take its time. */
export function buildProbes({ readiness }: Kubernetes, { task }: Replica): { [key: string]: Tree } {
  const { health } = task
  const times = task.readiness === undefined || task.readiness === true ? usualReadiness : task.readiness
  const interval = said(health.interval, pathTo`task.health.interval`)
  const timeout = said(healthTimeout(health), pathTo`task.health.timeout`)
  const grace = Math.max(1, Math.ceil(health.gracePeriod / health.interval))
  const from = readiness === 'health' ? pathTo`task.health` : pathTo`task.readiness`
  const asked = readiness === 'health' ? { interval: health.interval, timeout: healthTimeout(health) } : times
  return {
    startupProbe: {
      exec: { command: ['sh', script, 'health'] },
      initialDelaySeconds: said(health.delay, pathTo`task.health.delay`),
      periodSeconds: interval,
      timeoutSeconds: timeout,
      failureThreshold: noted(
        `${grace} times ${health.interval} s: a clone may take as long.`,
        said(grace, pathTo`task.health.gracePeriod`, pathTo`task.health.interval`),
      ),
    },
    livenessProbe: {
      exec: { command: ['sh', script, 'health'] },
      periodSeconds: interval,
      timeoutSeconds: timeout,
      failureThreshold: said(health.maxFailures, pathTo`task.health.maxFailures`),
    },
    readinessProbe: {
      exec: { command: ['sh', script, said(readiness, pathTo`targets.kubernetes.readiness`)] },
      periodSeconds: said(asked.interval, pathTo`${from}.interval`),
      timeoutSeconds: said(asked.timeout, pathTo`${from}.timeout`),
      failureThreshold: 1,
    },
  }
}
