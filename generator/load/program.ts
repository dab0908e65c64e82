import type { Diagnostic, Place } from '../diagnostics/diagnostic.js'
import type { Packed } from './crossing.js'
import type { Literal } from './places.js'

/** The JavaScript of one file of the user's, and the source map back to it. */
export interface Emitted {
  readonly code: string
  readonly map: string
}

/** A checked program, ready to be run in a process of its own. All of it is plain data. */
export interface Program {
  /** Absolute path of the configuration, and its name as the user gave it. */
  readonly entry: string
  readonly shown: string
  /** The environments that models are wanted for, as choose.ts says; none means whatever there is. */
  readonly envs: readonly string[]
  /** What process.argv holds. */
  readonly argv: readonly string[]
  /** TypeScript, and JavaScript with `import` and `export`, by absolute path. */
  readonly emitted: ReadonlyMap<string, Emitted>
  /** The texts of JSON files, by absolute path. */
  readonly json: ReadonlyMap<string, string>
  /** Which of these a specifier means, by the file that says it; Node resolves all others. */
  readonly links: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** The object and array literals by their numbers. */
  readonly literals: readonly Literal[]
  /** What `specifier` means wherever it is imported: our own API, or the module in a file. */
  readonly given: { readonly specifier: string; readonly module: string | undefined }
}

/** What the process says before it runs a file, and at the end. */
export type Report = { readonly kind: 'running'; readonly file: string } | Evaluation

/** What a program came to. */
export type Evaluation =
  | Models
  | { readonly kind: 'fault'; readonly fault: Fault }
  | Thrown
  | { readonly kind: 'exit'; readonly code: string; readonly at: SourcePoint | undefined }
  /** It waits for something that nobody will bring; `file` is the one that was run last. */
  | { readonly kind: 'stuck'; readonly file: string | undefined }
  /** It was ended since its time was over. */
  | { readonly kind: 'late'; readonly file: string | undefined }
  /** It ended without a word: a signal, or an exit behind our back. */
  | { readonly kind: 'gone'; readonly how: string }

/** The models, each for the environment at its place in `envs`; `names` are all environments that there are. */
export interface Models {
  readonly kind: 'models'
  readonly envs: readonly (string | undefined)[]
  readonly names: readonly string[]
  readonly packed: Packed
}

export interface Thrown {
  readonly kind: 'thrown'
  readonly message: string
  readonly at: SourcePoint | undefined
  /** The configuration is a function, so that what it was told may be the reason. */
  readonly isFunction: boolean
}

/** What is wrong with the exports as a whole. */
export type Fault = Pick<Diagnostic, 'code' | 'message' | 'hint'>

/** A place in a file of the user's, by absolute path, as its source map says; or where it imports `specifier`. */
export type SourcePoint = Place | { readonly file: string; readonly specifier: string }
