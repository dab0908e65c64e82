import type { Shell, SyntaxNode } from '../../shell/parse.js'
import type { StepCommand } from '../commands.js'
import type { Embedded } from '../embedded.js'
import type { Origins } from '../values.js'

/** What a rule objects to in a step file. */
export interface StepFinding {
  readonly code: `E_STEP_${string}`
  readonly node: SyntaxNode
  readonly message: string
  readonly hint: string
}

/** A step file, or the text of `sh -c` in it, and what is known of it. */
export interface StepContext {
  readonly shell: Shell
  readonly commands: readonly StepCommand[]
  /** Those of all files. */
  readonly all: readonly StepCommand[]
  readonly embedded: ReadonlyMap<StepCommand, Embedded>
  readonly origins: Origins
  /** The functions of the user's own files. */
  readonly own: ReadonlySet<string>
  /** Those of them that run in the script's own shell, where what they change lasts. */
  readonly lasting: ReadonlySet<string>
  /** Those that run before `$work` is there. */
  readonly early: ReadonlySet<string>
}

/** One judgement on what a step may do. */
export type StepRule = (context: StepContext) => StepFinding[]
