import type { z } from 'zod'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'
import type { Replica } from '../model/replica.js'
import type { EnvValue } from '../model/task.js'
import type { DataSpace } from '../postgres/resources.js'

/**
 * Whatever starts run_rep.sh. A target knows the parts of a model that are everybody's, and its own section,
 * `targets.<name>`; nothing that compiles knows what it is. To add one, write its folder and name it in all.ts.
 */
export interface Target<Schema extends z.ZodType = z.ZodType> {
  /** Its own part of the model. */
  readonly schema: Schema
  /** Whether its files are published beside the script, for hosts to fetch and to check by SHA256SUMS. */
  readonly isPublished: boolean
  /** Its own codes of findings, each with a sentence for `explain`. */
  readonly codes: Readonly<Record<string, string>>
  /** What the model comes to for it. */
  compile(section: z.output<Schema>, replica: Replica): Started
}

/** A target's document, before it is text, and what is to be said of it. */
export interface Started {
  readonly document: object
  /** By its own rules, and by those of the supervisor. */
  readonly diagnostics: readonly Diagnostic[]
  readonly given: Given
  /** The text of each file, by its name; `published` are those that lie beside it whatever the target is. */
  readonly print: (published: Files) => Files
  /** What its rules say of that, once it is text. */
  readonly judgePrinted?: (printed: Files) => readonly Diagnostic[]
  /** The lines of each of these files with what they come from, for `explain`. */
  readonly trace?: (published: Files) => Readonly<Record<string, readonly PrintedLine[]>>
  /** By what its supervisor tells it from all others. */
  readonly identity?: Identity
  /** The files of those that are published which its hosts fetch from `publish`; none where it has them itself. */
  readonly fetches?: readonly string[]
  /** What stands in the way of an update where files of an earlier model, by the same names, are in force. */
  readonly judgeUpdate?: (before: Files) => readonly Diagnostic[]
}

/** The name by which a supervisor knows what it runs: under another name it is another one, and the former stays. */
export interface Identity {
  /** What has the name, as a sentence has it: 'Marathon app'. */
  readonly what: string
  readonly name: string
  /** The part of the model that says it. */
  readonly path: ModelPath
  /** The name in files that were printed before; undefined where they hold none, or where each name has a file of its own. */
  readonly read?: (before: Files) => string | undefined
}

/** Texts of files, by their names. */
export type Files = Readonly<Record<string, string>>

/** A line of a printed file, and what it comes from. */
export interface PrintedLine {
  readonly text: string
  /** The parts of the model that make it what it is; none where every model has the same. */
  readonly from?: readonly ModelPath[]
  /** What it is for, where the parts do not say it. */
  readonly why?: string
}

/** What the script will be given: the compiler holds it against the contract and against the limits of the model. */
export interface Given {
  /** The environment, by the document and by the supervisor itself; of the latter each value as it could be. */
  readonly env: Readonly<Record<string, EnvValue>>
  /** As whom the script is started. */
  readonly user: string
  /** Seconds from SIGTERM to SIGKILL. */
  readonly stopGrace: number
  /** Whether it ends a task that the health check says is not well. */
  readonly asksHealth: boolean
  /** Whether the next task finds the data of the one before. */
  readonly keepsData: boolean
  /** What bounds the data, and which part of the model says so; undefined where nothing does. */
  readonly space: DataSpace | undefined
}
