import { type Functions, functionsOf, preparedRuns, type Run, runsOf } from './commands.js'
import { errexitOf, type Unchecked } from './errexit.js'
import { type Flow, flowOf } from './flow.js'
import { type Step, stepsOf } from './marks.js'
import type { FunctionNode, Position, Script, Shell, SyntaxNode } from './parse.js'
import { type Scope, walkScoped } from './scope.js'
import { type SetBy, usesOf, type VariableUse } from './variables.js'
import { literalOf } from './words.js'

/** A place of a name; `inTrap` tells that it runs later, when the signal comes. */
export interface Mention extends Position {
  readonly name: string
  readonly inTrap: boolean
}

export interface VariableRead extends Mention {
  /** By `${X:-}`, `${X+}`, `${X:?}` and the like: an unset variable does no harm here. */
  readonly guarded: boolean
}

export interface VariableSet extends Mention {
  readonly by: SetBy
}

/** A function called, or an external command run; `guards` are the `have` answers that reach it. */
export interface CommandUse extends Mention {
  /** Sorted; `curl`: `have curl` was true, `!curl`: it was false, `=curl`: a `case` chose this word. */
  readonly guards: readonly string[]
  /** The wrappers that it goes through, outermost first. */
  readonly via: readonly string[]
}

export interface ToolRun extends CommandUse {
  /** The variable that holds its directory, for `"$pg_bin"/psql`. */
  readonly dir?: string
}

/** What cannot be read off the text: a command word, the name of a variable, or a failure id that is computed. */
export interface Dynamic extends Mention {
  readonly kind: 'command' | 'variable' | 'failure'
}

/** What one function does by itself; `''` is the top level. Lists are in order of name, then place. */
export interface FunctionEffects {
  readonly name: string
  readonly line: number
  readonly endLine: number
  readonly reads: readonly VariableRead[]
  readonly sets: readonly VariableSet[]
  readonly exports: readonly Mention[]
  readonly unsets: readonly Mention[]
  readonly calls: readonly CommandUse[]
  readonly tools: readonly ToolRun[]
  readonly builtins: readonly CommandUse[]
  /** `fail ID`: the literal ids. */
  readonly failures: readonly Mention[]
  readonly dynamic: readonly Dynamic[]
  /** The functions that it calls in a condition. */
  readonly asked: readonly string[]
  /** Commands whose failure only `set -e` would see. */
  readonly unchecked: readonly Unchecked[]
  readonly flow: Flow
}

export interface Effects {
  /** The top level first, then by name. */
  readonly functions: readonly FunctionEffects[]
  /** Functions that run their own arguments, and how many of them they drop first. */
  readonly wrappers: readonly { readonly name: string; readonly skip: number }[]
  readonly steps: readonly Step[]
}

/** The same function where its lines have other numbers, as in a longer text. */
export function moveLines(item: FunctionEffects, toLine: (line: number) => number): FunctionEffects {
  const move = <T extends { readonly line: number }>(list: readonly T[]) =>
    list.map((one) => ({ ...one, line: toLine(one.line) }))
  return {
    ...item,
    line: toLine(item.line),
    endLine: toLine(item.endLine),
    reads: move(item.reads),
    sets: move(item.sets),
    exports: move(item.exports),
    unsets: move(item.unsets),
    calls: move(item.calls),
    tools: move(item.tools),
    builtins: move(item.builtins),
    failures: move(item.failures),
    dynamic: move(item.dynamic),
    unchecked: move(item.unchecked),
  }
}

/** What a script does by its functions, its wrappers and its steps: plain data, the same for the same text. */
export function effectsOf(shell: Shell, functions: Functions = functionsOf(shell)): Effects {
  return {
    functions: functionEffectsOf(shell, functions),
    wrappers: [...functions.wrappers]
      .map(([name, skip]) => ({ name, skip }))
      .sort((a, b) => compare(a.name, b.name)),
    steps: stepsOf(shell),
  }
}

/** What each function reads, sets, calls and runs; the top level first, then by name. */
export function functionEffectsOf(shell: Shell, functions: Functions): FunctionEffects[] {
  const found: FunctionEffects[] = []
  const pending: Unit[] = [{ name: '', owner: shell.root, body: shell.root }]
  for (let unit = pending.shift(); unit !== undefined; unit = pending.shift()) {
    found.push(collect(shell, functions, unit, pending))
  }
  return found.sort((a, b) => compare(a.name, b.name) || a.line - b.line)
}

/** A function, or the whole script, and what it runs. */
interface Unit {
  readonly name: string
  readonly owner: FunctionNode | Script
  readonly body: SyntaxNode
}

/** By code unit, so that the order is the same in every locale. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function collect(
  shell: Shell,
  functions: Functions,
  { name, owner, body }: Unit,
  pending: Unit[],
): FunctionEffects {
  const reads: VariableRead[] = []
  const sets: VariableSet[] = []
  const exports: Mention[] = []
  const unsets: Mention[] = []
  const calls: CommandUse[] = []
  const tools: ToolRun[] = []
  const builtins: CommandUse[] = []
  const failures: Mention[] = []
  const dynamic: Dynamic[] = []
  const mention = (name: string, node: SyntaxNode, { inTrap }: Scope): Mention => {
    const { line, column } = shell.place(node)
    return { name, line, column, inTrap }
  }

  const noteUse = (use: VariableUse, scope: Scope): void => {
    const at = mention(use.name, use.node, scope)
    if (use.kind === 'read') reads.push({ ...at, guarded: use.guarded || scope.proven.includes(use.name) })
    else if (use.kind === 'set') sets.push({ ...at, by: use.by })
    else if (use.kind === 'export') exports.push(at)
    else if (use.kind === 'unset') unsets.push(at)
    else dynamic.push({ ...at, kind: 'variable' })
  }

  const noteRun = (run: Run, via: readonly string[], scope: Scope): void => {
    const { line, column } = shell.place(run.word)
    const at = { name: run.name, line, column, inTrap: scope.inTrap, guards: scope.guards, via }
    if (run.kind === 'function') calls.push(at)
    else if (run.kind === 'builtin') builtins.push(at)
    else if (run.kind === 'tool') tools.push(run.dir === undefined ? at : { ...at, dir: run.dir })
    else if (run.kind === 'dynamic' || name === '')
      dynamic.push({ ...mention(run.name, run.word, scope), kind: 'command' })
    if (run.name === 'fail' && run.kind !== 'forward') noteFailure(run, scope)
  }

  const noteFailure = ({ word, args: [argument] }: Run, scope: Scope): void => {
    const id = argument?.type === 'Word' ? literalOf(argument) : undefined
    if (id === undefined)
      dynamic.push({ ...mention(argument?.text ?? '', argument ?? word, scope), kind: 'failure' })
    else failures.push(mention(id, argument ?? word, scope))
  }

  const inner = walkScoped(shell, body, (node, parent, scope) => {
    for (const use of usesOf(node, parent)) noteUse(use, scope)
    if (node.type !== 'Command') return
    for (const runs of [runsOf(node, functions), preparedRuns(node, functions)]) {
      const via: string[] = []
      for (const run of runs) {
        noteRun(run, via.slice(), scope)
        via.push(run.name)
      }
    }
  })
  pending.push(...inner.map((node) => ({ name: node.name.value, owner: node, body: node.body })))

  return {
    name,
    line: shell.place(owner).line,
    endLine: shell.endLine(owner),
    reads: sortMentions(reads),
    sets: sortMentions(sets),
    exports: sortMentions(exports),
    unsets: sortMentions(unsets),
    calls: sortMentions(calls),
    tools: sortMentions(tools),
    builtins: sortMentions(builtins),
    failures: sortMentions(failures),
    dynamic: sortMentions(dynamic),
    ...errexitOf(shell, body, functions),
    flow: flowOf(shell, owner, functions),
  }
}

function sortMentions<T extends Mention>(mentions: readonly T[]): T[] {
  return [...mentions].sort((a, b) => compare(a.name, b.name) || a.line - b.line || a.column - b.column)
}

/** The innermost function that a line stands in, by its name. */
export function functionAt(
  functions: readonly Pick<FunctionEffects, 'name' | 'line' | 'endLine'>[],
  line: number,
): string | undefined {
  return functions
    .filter((item) => item.name !== '' && item.line <= line && line <= item.endLine)
    .sort((a, b) => b.line - a.line)[0]?.name
}
