import type { Diagnostic } from '../../../diagnostics/diagnostic.js'
import type { ModelPath } from '../../../diagnostics/path.js'

/** A model in the making: nested objects, as a person would write them. */
export type Draft = Record<string, unknown>

/** What a taker of a member of the app works with. */
export interface Taking {
  readonly app: Readonly<Record<string, unknown>>
  readonly draft: Draft
  /** Puts a value into the model, by its path. */
  set(path: ModelPath, value: unknown): void
  /** Another way to write the same, which Marathon gave up or never took. */
  reform(message: string, hint?: string): void
  /** Something that the model has no place for. */
  lose(message: string, hint?: string): void
  /** Something that the model does in another way, with the reason. */
  change(message: string, hint?: string): void
}

/** What the compiler makes of a draft; it is asked, since a target does not know the compiler. */
export interface Trial {
  /** The whole model, where the schema takes the draft. */
  readonly model?: object
  readonly diagnostics: readonly Diagnostic[]
  /** The files of its targets, by name. */
  readonly files: Readonly<Record<string, string>>
}

export type TryModel = (draft: Draft) => Trial
