import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import { readRate } from '../model/rate.js'
import { usualReplica } from '../model/replica.js'

/** How long run_rep.sh lets postgres shut down, in seconds, before it goes on to the harder signal. */
export interface ShutdownLimits {
  readonly fast: number
  readonly immediate: number
}

/** The script's own limits, and 5 seconds to see them through, must end before the supervisor kills the task. */
export function judgeStopGrace({ fast, immediate }: ShutdownLimits, stopGrace: number): Diagnostic[] {
  const needed = fast + immediate + 5
  if (needed <= stopGrace) return []
  const message = `task.stopGrace is ${stopGrace} s, but shutdown may take ${fast} + ${immediate} + 5 = ${needed} s`
  const hint = `set task.stopGrace to at least ${needed}, or lower shutdown.fast`
  return [{ code: 'E_STOP_GRACE', path: pathTo`task.stopGrace`, message, hint }]
}

/** What a health check lets pass before it ends a task (seconds; failures in a row). */
export interface HealthLimits {
  readonly delay: number
  readonly gracePeriod: number
  readonly interval: number
  readonly timeout: number
  readonly maxFailures: number
}

/**
 * Judges the times of a health check against each other. A supervisor that counts the interval from the end of a check,
 * as Mesos does, would ask a server that hangs more slowly than the interval says.
 */
export function judgeHealth({
  delay,
  gracePeriod,
  interval,
  timeout,
  maxFailures,
}: HealthLimits): Diagnostic[] {
  const found: Diagnostic[] = []
  if (timeout > interval) {
    const path = pathTo`task.health.timeout`
    const message = `a check may hang for ${timeout} s, longer than the ${interval} s to the next one: a server that hangs would be ended after ${maxFailures * (timeout + interval)} s, not ${maxFailures * interval}`
    const hint = `set task.health.timeout to ${interval} or less, or raise task.health.interval`
    found.push({ code: 'E_HEALTH_TIMEOUT', path, message, hint })
  }
  if (gracePeriod > 0 && gracePeriod < delay) {
    const path =
      delay === usualReplica.task.health.delay ? pathTo`task.health.gracePeriod` : pathTo`task.health.delay`
    const message = `the grace of ${gracePeriod} s is over before the first check, after ${delay} s`
    const hint = 'raise task.health.gracePeriod, or lower task.health.delay'
    found.push({ code: 'W_HEALTH_GRACE', path, message, hint })
  }
  return found
}

/**
 * What a task may have to wait for: its master, and before it gives up (seconds); `space` (MiB) bounds a clone, and
 * `maxRate` its speed.
 */
export interface Patience {
  readonly masterWait: number
  readonly exitPause: number
  readonly space: number | undefined
  readonly maxRate?: number | string | undefined
}

/** MiB a second that a gigabit link carries at best. */
const linkSpeed = 112

/**
 * A task is not healthy while it waits for its master and while it clones; once the grace is over, that many failures
 * end it, and the next one begins anew. How long a clone takes depends on the master; the room for the data bounds it.
 */
export function judgeHealthGrace(
  limits: HealthLimits,
  { masterWait, exitPause, space, maxRate }: Patience,
): Diagnostic[] {
  const path = pathTo`task.health.gracePeriod`
  const until = Math.max(limits.gracePeriod, limits.delay) + limits.interval * (limits.maxFailures - 1)
  const found: Diagnostic[] = []
  // A pause may be half as long again; a task that is killed is started again without a delay (RateLimiter.scala).
  if (until < exitPause * 1.5) {
    const at = exitPause === usualReplica.run.exitPause ? path : pathTo`run.exitPause`
    const message = `the health check ends a task after ${until} s, in the midst of a pause of about ${exitPause} s before its exit; then the next one is started at once`
    found.push({
      code: 'W_RUN_PAUSE',
      path: at,
      message,
      hint: 'lower run.exitPause, or raise task.health.gracePeriod',
    })
  }
  if (until < masterWait) {
    const message = `the health check ends a task after ${until} s, but it may wait ${masterWait} s for its master`
    const hint = `set task.health.gracePeriod to at least ${masterWait}, or lower run.masterWait`
    return [...found, { code: 'E_HEALTH_GRACE', path, message, hint }]
  }
  const rate = maxRate === undefined ? linkSpeed : readRate(maxRate) / 1024
  const isBound = rate < linkSpeed
  const needed = Math.ceil((space ?? 0) / Math.min(rate, linkSpeed))
  if (until >= needed) return found
  const message = `the health check ends a task after ${until} s; a clone of the ${space} MiB that there is room for takes ${needed} s ${isBound ? `at ${maxRate}${typeof maxRate === 'number' ? ' kB' : ''} a second (clone.maxRate)` : 'over a gigabit link'}`
  const hint = 'raise it to the longest time a clone may take: after the first success it counts no more'
  return [...found, { code: 'W_HEALTH_GRACE', path, message, hint }]
}
