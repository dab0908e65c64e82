import type { Diagnostic, Place } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'

/** What reading a user's model gives: the value as written, not yet judged, and where each part was written. */
export interface Loaded {
  /** The raw model value; undefined when there is an error. */
  readonly value: unknown
  readonly diagnostics: readonly Diagnostic[]
  /** The place of a model path: exact where a literal wrote it, else the nearest written around it. */
  readonly placeOf: (path: ModelPath) => Place | undefined
  /** The doc comments on members of the model's `env`, by variable. */
  readonly docs: Readonly<Record<string, string>>
}

/** One of the models that a configuration exports. */
export interface LoadedModel extends Omit<Loaded, 'diagnostics'> {
  /** The environment that it is for; undefined where the configuration was asked for none. */
  readonly env: string | undefined
}

/** What reading a configuration gives: the models that were asked for, none when there is an error. */
export interface LoadedModels {
  readonly diagnostics: readonly Diagnostic[]
  readonly models: readonly LoadedModel[]
  /** All environments that the configuration names; empty where it names none. */
  readonly names: readonly string[]
  /** The files that it was read from, also those that it looked for in vain: absolute. */
  readonly dependencies: readonly string[]
}

/** A configuration file that was found and holds text. */
export interface ModelFile {
  /** The name as the user gave it, which is the name in places. */
  readonly shown: string
  readonly absolute: string
  readonly text: string
}

/** The result of a model that cannot be used. */
export function createFailure(diagnostics: readonly Diagnostic[]): Loaded {
  return { value: undefined, diagnostics, placeOf: () => undefined, docs: {} }
}

/** The result of a configuration that cannot be used. */
export function createFailures(
  diagnostics: readonly Diagnostic[],
  dependencies: readonly string[],
): LoadedModels {
  return { diagnostics, models: [], names: [], dependencies }
}
