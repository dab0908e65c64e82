import type { Argument } from './commands.js'
import type { Command, SyntaxNode, Word } from './parse.js'
import { asName, literalOf, variableOf } from './words.js'

/** How a variable gets its value; `environment` is `NAME=value command`, gone when that command ends. */
export type SetBy =
  | 'assignment'
  | 'environment'
  | 'read'
  | 'for'
  | 'getopts'
  | 'default'
  | 'arithmetic'
  | 'declaration'

/** What one node itself does to variables; its children say theirs. */
export type VariableUse =
  | { readonly kind: 'read'; readonly name: string; readonly guarded: boolean; readonly node: SyntaxNode }
  | { readonly kind: 'set'; readonly name: string; readonly by: SetBy; readonly node: SyntaxNode }
  | { readonly kind: 'export' | 'unset'; readonly name: string; readonly node: SyntaxNode }
  | { readonly kind: 'dynamic'; readonly name: string; readonly node: SyntaxNode }

/**
 * The variables that a node by itself reads, sets, exports or unsets. Knows the built-ins that name variables
 * in plain words (read, getopts, export, readonly, unset) and names inside `$(( ))`, which the parser shows as
 * bare words.
 */
export function usesOf(node: SyntaxNode, parent: SyntaxNode | undefined): VariableUse[] {
  switch (node.type) {
    case 'SimpleExpansion':
      return readOf(node, variableOf(node), false)
    case 'ParameterExpansion': {
      const name = variableOf(node)
      const operator = node.operation?.type === 'Default' ? node.operation.operator : undefined
      const uses = readOf(node, name, operator !== undefined)
      if (name && operator?.endsWith('=')) uses.push({ kind: 'set', name, by: 'default', node })
      return uses
    }
    case 'Assignment':
      return assignmentUses(node.name, node.append === true, node, parent)
    case 'For':
    case 'Select':
      return nameUse(node.name, (name) => ({ kind: 'set', name, by: 'for', node }))
    case 'ArithmeticWord':
      return arithmeticUses(node.value, node, parent)
    case 'Command':
      return commandUses(node)
    default:
      return []
  }
}

/** The names that `${NAME+…}` and `${NAME:+…}` prove to be set within their own operand. */
export function provenBy(node: SyntaxNode): string | undefined {
  if (node.type !== 'ParameterExpansion' || node.operation?.type !== 'Default') return undefined
  return node.operation.operator.endsWith('+') ? variableOf(node) : undefined
}

function readOf(node: SyntaxNode, name: string | undefined, guarded: boolean): VariableUse[] {
  return name === undefined ? [] : [{ kind: 'read', name, guarded, node }]
}

function assignmentUses(
  name: string,
  append: boolean,
  node: SyntaxNode,
  parent: SyntaxNode | undefined,
): VariableUse[] {
  const uses: VariableUse[] = append ? readOf(node, name, false) : []
  if (parent?.type !== 'Command' || parent.name === undefined) {
    uses.push({ kind: 'set', name, by: 'assignment', node })
  } else if (parent.prefix.some((item) => item === node)) {
    uses.push({ kind: 'set', name, by: 'environment', node })
  } else {
    uses.push({ kind: 'set', name, by: 'declaration', node })
    if (parent.name.value === 'export') uses.push({ kind: 'export', name, node })
  }
  return uses
}

const arithmeticAssignments = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|='])

function arithmeticUses(value: string, node: SyntaxNode, parent: SyntaxNode | undefined): VariableUse[] {
  const name = asName(value.replace(/^\$/, ''))
  if (name === undefined) return []
  const read: VariableUse = { kind: 'read', name, guarded: false, node }
  const set: VariableUse = { kind: 'set', name, by: 'arithmetic', node }
  if (parent?.type === 'ArithmeticUnary' && /^(\+\+|--)$/.test(parent.operator)) return [read, set]
  const isTarget =
    parent?.type === 'ArithmeticBinary' && parent.left === node && arithmeticAssignments.has(parent.operator)
  if (!isTarget) return [read]
  return parent.operator === '=' ? [set] : [read, set]
}

function commandUses(command: Command): VariableUse[] {
  const operands = command.args.filter((argument) => !/^-./.test(argument.text))
  switch (command.name?.value) {
    case 'read':
      return afterOptions(command.args, 'ptndua').flatMap((word) => setUse(word, 'read'))
    case 'getopts':
      return operands
        .slice(1, 2)
        .flatMap((word) => setUse(word, 'getopts'))
        .concat(
          ...['OPTARG', 'OPTIND'].map(
            (name) => ({ kind: 'set', name, by: 'getopts', node: command }) as const,
          ),
        )
    case 'export':
      return operands.flatMap((word) => nameUse(word, (name) => ({ kind: 'export', name, node: word })))
    case 'unset':
      if (command.args[0]?.text === '-f') return []
      return operands.flatMap((word) => nameUse(word, (name) => ({ kind: 'unset', name, node: word })))
    default:
      return []
  }
}

function setUse(word: Argument, by: SetBy): VariableUse[] {
  return nameUse(word, (name) => ({ kind: 'set', name, by, node: word }))
}

// A word that names a variable; when its text is not literal, nobody can say which one.
function nameUse(word: Argument | Word, use: (name: string) => VariableUse): VariableUse[] {
  if (word.type === 'Assignment') return []
  const literal = literalOf(word)
  if (literal === undefined) return [{ kind: 'dynamic', name: word.text, node: word }]
  const name = asName(literal)
  return name === undefined ? [] : [use(name)]
}

function afterOptions(args: readonly Argument[], valued: string): readonly Argument[] {
  let at = 0
  while (at < args.length && /^-./.test(args[at]?.text ?? '')) {
    const text = args[at]?.text ?? ''
    at += 1
    if (text === '--') break
    if (valued.includes(text.at(-1) ?? '-')) at += 1
  }
  return args.slice(at)
}
