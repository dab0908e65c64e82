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
