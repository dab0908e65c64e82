import type { Diagnostic } from '../compile/diagnostic.js'
import type { MarathonApp } from './app.js'

/** How long run_rep.sh lets postgres shut down, in seconds, before it goes on to the harder signal. */
export interface ShutdownLimits {
  readonly fast: number
  readonly immediate: number
}

/** The script's own limits, and 5 seconds to see them through, must end before Mesos kills the task. */
export function judgeKillGrace({ fast, immediate }: ShutdownLimits, killGrace: number): Diagnostic[] {
  const needed = fast + immediate + 5
  if (needed <= killGrace) return []
  const message = `app.killGrace is ${killGrace} s, but shutdown may take ${fast} + ${immediate} + 5 = ${needed} s`
  const hint = `set app.killGrace to at least ${needed}, or lower shutdown.fast`
  return [{ code: 'E_KILL_GRACE', path: 'app.killGrace', message, hint }]
}

/** A check is over before the next one begins (docs/checks.md). */
export function judgeCheck(check: MarathonApp['check']): Diagnostic[] {
  if (check === undefined || check.timeoutSeconds < check.intervalSeconds) return []
  const message = `Marathon wants a check to end (timeout ${check.timeoutSeconds} s) before the next begins (interval ${check.intervalSeconds} s)`
  return [{ code: 'E_APP_CHECK', path: 'app.check.timeout', message, hint: 'raise app.check.interval' }]
}

/** What a health check lets pass before it ends a task (seconds; failures in a row). */
export interface HealthLimits {
  readonly gracePeriod: number
  readonly interval: number
  readonly maxFailures: number
}

/** MiB a second that a gigabit link carries at best. */
const linkSpeed = 112

/**
 * A task is not healthy while it waits for its master (`masterWait`, seconds) and while it clones; once the grace is
 * over, that many failures end it, and the next one begins anew. How long a clone takes depends on the master;
 * `space` (MiB), which the data may fill, bounds it.
 */
export function judgeHealthGrace(
  { gracePeriod, interval, maxFailures }: HealthLimits,
  { masterWait, space }: { readonly masterWait: number; readonly space: number | undefined },
): Diagnostic[] {
  const path = 'app.health.gracePeriod'
  const until = gracePeriod + interval * (maxFailures - 1)
  if (until < masterWait) {
    const message = `the health check ends a task after ${until} s, but it may wait ${masterWait} s for its master`
    const hint = `set app.health.gracePeriod to at least ${masterWait}, or lower run.masterWait`
    return [{ code: 'E_HEALTH_GRACE', path, message, hint }]
  }
  const needed = Math.ceil((space ?? 0) / linkSpeed)
  if (until >= needed) return []
  const message = `the health check ends a task after ${until} s; a clone of the ${space} MiB that there is room for takes ${needed} s over a gigabit link`
  const hint = 'raise it to the longest time a clone may take: after the first success it counts no more'
  return [{ code: 'W_HEALTH_GRACE', path, message, hint }]
}
