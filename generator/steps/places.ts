import { callersOf, isElsewhere, type StepCommand } from './commands.js'
import type { StepContext } from './rules/rule.js'

/** Where a command may run, as far as it matters: in the data directory, in `$work`, in the sandbox, or elsewhere. */
export type Directory = 'data' | 'work' | 'sandbox' | 'elsewhere'

/**
 * By the `cd` before it, in its own function or in one that was called before, else by where its function is called. A
 * step begins in the sandbox, and so does a `cd` to a path that may be empty.
 */
export function placesOf(
  command: StepCommand,
  context: StepContext,
  seen: readonly StepCommand[] = [],
): ReadonlySet<Directory> {
  const { all } = context
  if (seen.includes(command)) return new Set()
  const before = all.filter(
    (one) => one.owner === command.owner && one.node.pos < command.node.pos && isKept(one, command),
  )
  const moves = before.flatMap((one) => movesOf(one, context))
  if (moves.length > 0) return new Set(moves)
  const callers = callersOf(command, all)
  if (callers.length === 0) return new Set(['sandbox'])
  return new Set(callers.flatMap((caller) => [...placesOf(caller, context, [...seen, command])]))
}

// What happens in a subshell stays there.
function isKept({ around }: StepCommand, command: StepCommand): boolean {
  const scope = around.find(({ type }) => type === 'Subshell' || type === 'CommandExpansion')
  return scope === undefined || command.around.includes(scope)
}

// Where a command goes: by `cd`, or by a function that does.
function movesOf(
  { shell, runs, owner }: StepCommand,
  context: StepContext,
  seen: readonly string[] = [],
): Directory[] {
  const run = runs.at(-1)
  if (run?.kind === 'function' && context.own.has(run.name) && !seen.includes(run.name)) {
    return context.all
      .filter((one) => one.owner === run.name && !isElsewhere(one))
      .flatMap((one) => movesOf(one, context, [...seen, run.name]))
  }
  if (run?.kind !== 'builtin' || run.name !== 'cd') return []
  const found = new Set(run.args.flatMap((word) => [...context.origins.of(shell, word, owner)]))
  if (found.has('data')) return ['data']
  if (found.has('work')) return ['work']
  return found.has('anywhere') || found.has('around') || found.has('here')
    ? ['elsewhere', 'sandbox']
    : ['elsewhere']
}
