/** How a running app is replaced by a new version of itself. */
export interface RestartStrategy {
  /** Old tasks that are killed at once; each further one when a new one is healthy. */
  readonly killAtOnce: number
  /** Old and new tasks together. */
  readonly maxCapacity: number
}

export interface Replacement {
  readonly instances: number
  readonly minimumHealthCapacity: number
  readonly maximumOverCapacity: number
  readonly isResident: boolean
  /** Tasks that run when it begins. */
  readonly running: number
}

/** Marathon's TaskReplaceActor.scala, computeRestartStrategy. */
export function chooseRestart(replacement: Replacement): RestartStrategy {
  const { instances, minimumHealthCapacity, maximumOverCapacity, isResident, running } = replacement
  const minHealthy = Math.ceil(instances * minimumHealthCapacity)
  const maxCapacity = Math.floor(instances * (1 + maximumOverCapacity))
  const killAtOnce = Math.max(0, running - minHealthy)
  // Else nothing could ever be replaced.
  const isStuck = minHealthy === maxCapacity && maxCapacity <= running
  if (isStuck && isResident) return { killAtOnce: running - minHealthy + 1, maxCapacity }
  return { killAtOnce, maxCapacity: isStuck ? maxCapacity + 1 : maxCapacity }
}
