import { type Functions, type Run, runsOf } from './commands.js'
import type { Command, Position, Shell, SyntaxNode } from './parse.js'

/** A command whose failure nothing looks at but `set -e`. */
export interface Unchecked extends Position {
  readonly name: string
  /** A program, or a function in a substitution, where its `fail` ends nothing but that. */
  readonly kind: 'tool' | 'function'
}

/**
 * What depends on `set -e`, and what switches it off: in a condition (`if`, `while`, `!`, and before `&&` or `||`)
 * it has no effect, neither there nor in the functions that are called there (POSIX XCU 2.14, set -e).
 */
export interface Errexit {
  /** The functions that are called in a condition. */
  readonly asked: readonly string[]
  readonly unchecked: readonly Unchecked[]
}

/** Reads both off the body of one function, or off the top level. The last command of a function is its answer. */
export function errexitOf(shell: Shell, body: SyntaxNode, functions: Functions): Errexit {
  const asked = new Set<string>()
  const unchecked: Unchecked[] = []

  const note = (run: Run): void => {
    const { kind, name } = run
    if (kind === 'function') unchecked.push({ name, kind, ...shell.place(run.word) })
    else if (isFallible(run)) unchecked.push({ name, kind: 'tool', ...shell.place(run.word) })
  }

  const visit = (node: SyntaxNode, how: How): void => {
    if (node.type === 'Function') return
    if (node.type === 'Command') {
      const runs = runsOf(node, functions)
      if (how.inCondition) for (const { kind, name } of runs) if (kind === 'function') asked.add(name)
      const [outer] = runs
      if (
        !how.isChecked &&
        !how.isLast &&
        outer !== undefined &&
        (isFallible(outer) || isWriter(outer, node))
      ) {
        unchecked.push({ name: outer.name, kind: 'tool', ...shell.place(outer.word) })
      }
      const value = node.name === undefined && !how.isChecked && !how.isLast
      for (const child of shell.children(node)) visit(child, { ...elsewhere, isValue: value })
      return
    }
    if (node.type === 'CommandExpansion' && how.isValue) {
      // The status of an assignment is that of its last substitution.
      for (const run of lastRuns(node)) note(run)
    }
    const kids = shell.children(node)
    for (const [index, child] of kids.entries())
      visit(child, within(node, child, how, index === kids.length - 1))
  }

  const lastRuns = (node: SyntaxNode): Run[] =>
    lastCommands(node).flatMap((last) => {
      const [outer, ...inner] = runsOf(last, functions)
      if (outer === undefined) return []
      // A wrapper answers for what it runs, and a filter of a pipe fails only where nothing works any more.
      if (isPiped(node) && filters.has(outer.name)) return []
      return inner.length > 0 && outer.kind === 'function' ? [] : [outer]
    })

  const isPiped = (node: SyntaxNode): boolean =>
    node.type === 'Pipeline' ? node.commands.length > 1 : shell.children(node).some(isPiped)

  // Those whose failure is that of the whole: of `a && b` either.
  const lastCommands = (node: SyntaxNode): readonly Command[] => {
    switch (node.type) {
      case 'Command':
        return [node]
      case 'AndOr':
        return node.operators.includes('||') ? [] : node.commands.flatMap(lastCommands)
      case 'If':
      case 'Case':
      case 'While':
      case 'For':
        return []
      default: {
        const last = shell
          .children(node)
          .filter(({ type }) => type !== 'Redirect')
          .at(-1)
        return last === undefined ? [] : lastCommands(last)
      }
    }
  }

  visit(body, { ...elsewhere, isLast: true })
  return { asked: [...asked].sort(), unchecked }
}

const filters = new Set(['awk', 'cut', 'head', 'sed', 'sort', 'tail', 'tr', 'wc'])

function isFallible({ kind, name }: Run): boolean {
  return kind === 'tool' || (kind === 'builtin' && name === 'cd')
}

// What a built-in writes to a full disk is lost.
function isWriter({ name, kind }: Run, { redirects }: Command): boolean {
  return (
    kind === 'builtin' &&
    (name === 'printf' || name === 'echo') &&
    redirects.some(({ operator }) => operator === '>' || operator === '>>')
  )
}

/** How a node stands in its function. */
interface How {
  readonly inCondition: boolean
  readonly isChecked: boolean
  readonly isLast: boolean
  readonly isValue: boolean
}

const elsewhere: How = { inCondition: false, isChecked: false, isLast: false, isValue: false }

function within(node: SyntaxNode, child: SyntaxNode, how: How, isLastChild: boolean): How {
  switch (node.type) {
    case 'If':
    case 'While':
      if (child === node.clause || (node.type === 'If' && node.elif.some(({ clause }) => clause === child))) {
        return { ...how, inCondition: true, isChecked: true }
      }
      return node.type === 'While' ? { ...how, isLast: false } : how
    case 'For':
      return { ...how, isLast: false }
    case 'Statement':
      return node.background ? { ...how, isChecked: true } : how
    case 'AndOr': {
      const isFinal = child === node.commands.at(-1)
      return isFinal ? how : { ...how, inCondition: true, isChecked: true }
    }
    case 'Pipeline':
      if (node.prefixes.some(({ type }) => type === 'Negation')) {
        return { ...how, inCondition: true, isChecked: true }
      }
      return child === node.commands.at(-1) ? how : { ...how, isChecked: true }
    // What a substitution ends with is its own answer.
    case 'CommandExpansion':
      return { ...elsewhere, isLast: true }
    case 'CompoundList':
    case 'Script':
      return { ...how, isLast: how.isLast && isLastChild }
    default:
      return how
  }
}
