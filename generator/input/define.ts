import type { ReplicaInput } from './replica-input.js'

export type { ReplicaInput } from './replica-input.js'

/**
 * States a replica, in `replica.config.ts` or for `generate`. It gives the literal its type and returns the same object,
 * and throws nothing: the values are judged when the model is compiled, where each finding has its place in your file.
 */
export function defineReplica(model: ReplicaInput): ReplicaInput {
  return model
}
