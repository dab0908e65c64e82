import type { Functions, Run } from '../commands.js'
import type { FunctionEffects } from '../effects.js'
import type { Position, Shell, SyntaxNode } from '../parse.js'

/** What a rule objects to: a code, a place in the shell text, what is wrong, what to write instead. */
export interface Finding extends Position {
  readonly code: `E_SHELL_${string}`
  readonly message: string
  readonly hint: string
}

/** What all rules share, made once for a script. */
export interface RuleContext {
  readonly failureIds: ReadonlySet<string>
  /** Programs that the user's steps say they need. */
  readonly tools: ReadonlySet<string>
  readonly functions: readonly FunctionEffects[]
  /** Which names are functions, and which of these are wrappers. */
  readonly known: Functions
  /** All that the script's simple commands run, through wrappers too, in the order of the text. */
  readonly runs: readonly Run[]
}

/** One judgement on a script. A rule sees the whole tree and has no state. */
export type Rule = (shell: Shell, context: RuleContext) => Finding[]

/** A finding at a node. */
export function findingAt(
  shell: Shell,
  node: SyntaxNode,
  { code, message, hint }: Pick<Finding, 'code' | 'message' | 'hint'>,
): Finding {
  return { code, message, hint, ...shell.place(node) }
}
