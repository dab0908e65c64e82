import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
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
  return [{ code: 'E_KILL_GRACE', path: pathTo`app.killGrace`, message, hint }]
}

/** A check is over before the next one begins (docs/checks.md). */
export function judgeCheck(check: MarathonApp['check']): Diagnostic[] {
  if (check === undefined || check.timeoutSeconds < check.intervalSeconds) return []
  const message = `Marathon wants a check to end (timeout ${check.timeoutSeconds} s) before the next begins (interval ${check.intervalSeconds} s)`
  return [{ code: 'E_APP_CHECK', path: pathTo`app.check.timeout`, message, hint: 'raise app.check.interval' }]
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
 * Judges the times of a health check against each other. Mesos counts the interval from the end of a check, so that
 * checks which hang would follow each other slower than the interval says; of its two other kinds of checks Marathon
 * refuses that itself.
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
    const path = pathTo`app.health.timeout`
    const message = `a check may hang for ${timeout} s, longer than the ${interval} s to the next one: a server that hangs would be ended after ${maxFailures * (timeout + interval)} s, not ${maxFailures * interval}`
    const hint = `set app.health.timeout to ${interval} or less, or raise app.health.interval`
    found.push({ code: 'E_HEALTH_TIMEOUT', path, message, hint })
  }
  if (gracePeriod > 0 && gracePeriod < delay) {
    const path = delay === usual.delay ? pathTo`app.health.gracePeriod` : pathTo`app.health.delay`
    const message = `the grace of ${gracePeriod} s is over before the first check, after ${delay} s`
    const hint = 'raise app.health.gracePeriod, or lower app.health.delay'
    found.push({ code: 'W_HEALTH_GRACE', path, message, hint })
  }
  return found
}

/** What the schema takes where a model says nothing: of two numbers the other one is blamed. */
const usual = { delay: 15, exitPause: 30, backoffMax: 3600 }

/** What a task may have to wait for: its master, and before it gives up (seconds); `space` (MiB) bounds a clone. */
export interface Patience {
  readonly masterWait: number
  readonly exitPause: number
  readonly space: number | undefined
}

/** MiB a second that a gigabit link carries at best. */
const linkSpeed = 112

/**
 * A task is not healthy while it waits for its master and while it clones; once the grace is over, that many failures
 * end it, and the next one begins anew. How long a clone takes depends on the master; the room for the data bounds it.
 */
export function judgeHealthGrace(
  limits: HealthLimits,
  { masterWait, exitPause, space }: Patience,
): Diagnostic[] {
  const path = pathTo`app.health.gracePeriod`
  const until = Math.max(limits.gracePeriod, limits.delay) + limits.interval * (limits.maxFailures - 1)
  const found: Diagnostic[] = []
  // A pause may be half as long again; a task that is killed is started again without a delay (RateLimiter.scala).
  if (until < exitPause * 1.5) {
    const at = exitPause === usual.exitPause ? path : pathTo`run.exitPause`
    const message = `the health check ends a task after ${until} s, in the midst of a pause of about ${exitPause} s before its exit; then the next one is started at once`
    found.push({
      code: 'W_RUN_PAUSE',
      path: at,
      message,
      hint: 'lower run.exitPause, or raise app.health.gracePeriod',
    })
  }
  if (until < masterWait) {
    const message = `the health check ends a task after ${until} s, but it may wait ${masterWait} s for its master`
    const hint = `set app.health.gracePeriod to at least ${masterWait}, or lower run.masterWait`
    return [...found, { code: 'E_HEALTH_GRACE', path, message, hint }]
  }
  const needed = Math.ceil((space ?? 0) / linkSpeed)
  if (until >= needed) return found
  const message = `the health check ends a task after ${until} s; a clone of the ${space} MiB that there is room for takes ${needed} s over a gigabit link`
  const hint = 'raise it to the longest time a clone may take: after the first success it counts no more'
  return [...found, { code: 'W_HEALTH_GRACE', path, message, hint }]
}

interface Backoff {
  readonly seconds: number
  readonly factor: number
  readonly max: number
}

/** Judges the pauses between failed tasks (RateLimiter.scala), in seconds. */
export function judgeBackoff({ seconds, factor, max }: Backoff): Diagnostic[] {
  if (seconds > max) {
    const path = max === usual.backoffMax ? pathTo`app.backoff.seconds` : pathTo`app.backoff.max`
    const message = `the first pause of ${seconds} s is longer than the longest, ${max} s`
    return [{ code: 'W_APP_BACKOFF', path, message, hint: 'raise app.backoff.max' }]
  }
  if (seconds > 0 && factor === 1 && max !== usual.backoffMax && max > seconds) {
    const message = `with app.backoff.factor = 1 every pause is of ${seconds} s, and none of ${max} s`
    return [
      { code: 'W_APP_BACKOFF', path: pathTo`app.backoff.max`, message, hint: 'raise app.backoff.factor' },
    ]
  }
  if (seconds > 0) return []
  const message =
    'no pause is ever made: whatever 0 is multiplied by, each failed task is followed by the next at once'
  return [{ code: 'W_APP_BACKOFF', path: pathTo`app.backoff.seconds`, message, hint: 'use 1 or more' }]
}
