import type { ReplicaInput } from './replica-input.js'

/**
 * What a configuration is told whose default export is a function:
 * `export default ({ env }: Environment) => defineReplica({ … })`.
 */
export interface Environment {
  /** What `--env` of the command line says, as it stands there; undefined without it. */
  readonly env: string | undefined
}

/**
 * States one replica for each of several environments, by its name, in `replica.config.ts`. `--env production` chooses
 * one; without it `generate` and `check` take all of them. What they have in common is an object that each spreads.
 * Like `defineReplica` it gives the literals their types, and throws nothing.
 */
export function defineReplicas<Name extends string>(
  models: Readonly<Record<Name, ReplicaInput>>,
): Readonly<Record<Name, ReplicaInput>> {
  // The keys are names of the user's: only a mark that no JSON and no literal has tells them from the keys of a model.
  return Object.defineProperty({ ...models }, mark, { value: true })
}

/** Did `defineReplicas` make this? */
export function isByEnvironment(value: unknown): boolean {
  return typeof value === 'object' && value !== null && mark in value
}

// load/choose.ts knows it by that name; another copy of this package may have made it.
const mark = Symbol.for('postgres-rep-marathon.defineReplicas')
