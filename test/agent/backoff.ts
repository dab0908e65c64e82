/** The three numbers of an app that say how fast a failed task is started again (seconds). */
export interface BackoffSettings {
  readonly backoffSeconds: number
  readonly backoffFactor: number
  readonly maxLaunchDelaySeconds: number
}

export interface Backoff {
  /** The time before which nothing is launched. */
  deadline(): number
  /** A task Failed, Finished, or was Dropped or Gone; a Killed one does not count. */
  addDelay(now: number): void
  /** A task was staged or runs. */
  advance(now: number): void
  /** The configuration changed, or somebody deleted the delay. */
  reset(): void
}

/**
 * Marathon's RateLimiter.scala (1.11), for one version of one app. The first delay is backoffSeconds, each further one
 * by the factor longer, none longer than maxLaunchDelaySeconds. What runs keeps it from being forgotten for so long:
 * a task that lives longer than maxLaunchDelaySeconds is started again after backoffSeconds.
 */
export function makeBackoff({
  backoffSeconds,
  backoffFactor,
  maxLaunchDelaySeconds: most,
}: BackoffSettings): Backoff {
  let delay: number | undefined
  let reference = 0
  return {
    deadline: () => (delay === undefined ? 0 : reference + delay),
    addDelay: (now) => {
      if (now > reference + most) delay = undefined
      delay = Math.min(delay === undefined ? backoffSeconds : delay * backoffFactor, most)
      reference = now
    },
    advance: (now) => {
      reference = now
    },
    reset: () => {
      delay = undefined
    },
  }
}
