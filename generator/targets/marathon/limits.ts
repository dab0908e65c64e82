import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'
import { marathonSchema } from './schema.js'

/** A check is over before the next one begins (docs/checks.md). */
export function judgeCheck(check: MarathonApp['check']): Diagnostic[] {
  if (check === undefined || check.timeoutSeconds < check.intervalSeconds) return []
  const message = `Marathon wants a check to end (timeout ${check.timeoutSeconds} s) before the next begins (interval ${check.intervalSeconds} s)`
  return [
    {
      code: 'E_APP_CHECK',
      path: pathTo`task.readiness.timeout`,
      message,
      hint: 'raise task.readiness.interval',
    },
  ]
}

const usualMax = marathonSchema.parse({}).backoff.max

interface Backoff {
  readonly seconds: number
  readonly factor: number
  readonly max: number
}

/** Judges the pauses between failed tasks (RateLimiter.scala), in seconds. */
export function judgeBackoff({ seconds, factor, max }: Backoff): Diagnostic[] {
  if (seconds > max) {
    const path =
      max === usualMax ? pathTo`targets.marathon.backoff.seconds` : pathTo`targets.marathon.backoff.max`
    const message = `the first pause of ${seconds} s is longer than the longest, ${max} s`
    return [{ code: 'W_APP_BACKOFF', path, message, hint: 'raise targets.marathon.backoff.max' }]
  }
  if (seconds > 0 && factor === 1 && max !== usualMax && max > seconds) {
    const message = `with targets.marathon.backoff.factor = 1 every pause is of ${seconds} s, and none of ${max} s`
    return [
      {
        code: 'W_APP_BACKOFF',
        path: pathTo`targets.marathon.backoff.max`,
        message,
        hint: 'raise targets.marathon.backoff.factor',
      },
    ]
  }
  if (seconds > 0) return []
  const message =
    'no pause is ever made: whatever 0 is multiplied by, each failed task is followed by the next at once'
  return [
    { code: 'W_APP_BACKOFF', path: pathTo`targets.marathon.backoff.seconds`, message, hint: 'use 1 or more' },
  ]
}
