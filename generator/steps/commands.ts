import { type Functions, type Run, runsOf } from '../shell/commands.js'
import type { Command, FunctionNode, Shell, SyntaxNode } from '../shell/parse.js'

/** A simple command of a step file, all that it runs, and what it stands in. */
export interface StepCommand {
  readonly node: Command
  /** Outermost first. For `find … -exec` and `xargs` also what they run. */
  readonly runs: readonly Run[]
  /** The nodes around it, the nearest first, up to the function. */
  readonly around: readonly SyntaxNode[]
  /** The function that it stands in. */
  readonly owner: FunctionNode
}

/** Every simple command in the functions of a step file, in the order of the text. */
export function commandsOf(shell: Shell, known: Functions): StepCommand[] {
  const found: StepCommand[] = []
  const visit = (node: SyntaxNode, around: readonly SyntaxNode[], owner: FunctionNode | undefined): void => {
    if (node.type === 'Function') {
      for (const child of shell.children(node)) visit(child, [], node)
      return
    }
    if (node.type === 'Command' && owner !== undefined) {
      found.push({ node, runs: allRuns(node, known), around, owner })
    }
    for (const child of shell.children(node)) visit(child, [node, ...around], owner)
  }
  visit(shell.root, [], undefined)
  return found
}

function allRuns(node: Command, known: Functions): Run[] {
  const runs = runsOf(node, known)
  const last = runs.at(-1)
  if (last?.name !== 'find') return runs
  const at = last.args.findIndex(({ text }) => /^-(exec|execdir|ok|okdir)$/.test(text))
  const [name, ...args] = at < 0 ? [] : last.args.slice(at + 1)
  return name === undefined ? runs : [...runs, ...runsOf({ ...node, name, args } as Command, known)]
}

/** Does it stand where another process runs it: in a subshell, a substitution, or one part of a pipeline? */
export function isElsewhere({ around }: StepCommand): boolean {
  return around.some(
    (node) =>
      node.type === 'Subshell' ||
      node.type === 'CommandExpansion' ||
      (node.type === 'Pipeline' && node.commands.length > 1),
  )
}
