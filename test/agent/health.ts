import type { HealthCheck } from './app.js'

/** What one check led to: the executor ends the task at once when `kill` is set. */
export interface HealthResult {
  readonly healthy: boolean
  readonly kill: boolean
}

export interface HealthChecker {
  /** When the next check is due. */
  due(): number
  /** Tells how the check ended that was due; undefined for what Mesos keeps to itself. */
  conclude(isSuccess: boolean, now: number): HealthResult | undefined
}

/**
 * Mesos's health_checker.cpp. The first check comes `delaySeconds` after the fork, each further one
 * `intervalSeconds` after the end of the one before. Failures are ignored until the first success, or until the grace
 * period is over, whichever comes first. Then so many of them in a row end the task; 0 is the first one.
 */
export function makeHealthChecker(settings: Omit<HealthCheck, 'command'>, start: number): HealthChecker {
  const { delaySeconds, gracePeriodSeconds, intervalSeconds, maxConsecutiveFailures } = settings
  let due = start + delaySeconds
  let isInitializing = true
  let failures = 0
  let told: boolean | undefined
  return {
    due: () => due,
    conclude: (isSuccess, now) => {
      due = now + intervalSeconds
      if (isSuccess) {
        isInitializing = false
        failures = 0
        if (told === true) return undefined
        told = true
        return { healthy: true, kill: false }
      }
      if (isInitializing && gracePeriodSeconds > 0 && now - start <= gracePeriodSeconds) return undefined
      failures += 1
      told = false
      return { healthy: false, kill: failures >= maxConsecutiveFailures }
    },
  }
}
