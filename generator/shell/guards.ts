import type { Command, Statement, SyntaxNode } from './parse.js'
import { literalOf } from './words.js'

/**
 * The answers of `have TOOL` that are certain when a command ends true or false: `curl` for yes, `!curl` for
 * no. `have` is the one way in which a tool may be guarded (the analysable subset).
 */
export function guardsWhen(node: SyntaxNode | undefined, outcome: boolean): readonly string[] {
  switch (node?.type) {
    case 'Script':
    case 'CompoundList':
      return guardsWhen(node.commands.at(-1), outcome)
    case 'Statement':
      return node.background ? [] : guardsWhen(node.command, outcome)
    case 'BraceGroup':
    case 'Subshell':
      return guardsWhen(node.body, outcome)
    case 'Redirected':
      return guardsWhen(node.command, outcome)
    case 'Pipeline': {
      const negations = node.prefixes.filter((prefix) => prefix.type === 'Negation').length
      return guardsWhen(node.commands.at(-1), negations % 2 === 0 ? outcome : !outcome)
    }
    case 'AndOr': {
      const decisive = outcome ? '&&' : '||'
      if (!node.operators.every((operator) => operator === decisive)) return []
      return node.commands.flatMap((command) => guardsWhen(command, outcome))
    }
    case 'Command': {
      const tool = askedTool(node)
      return tool === undefined ? [] : [outcome ? tool : `!${tool}`]
    }
    default:
      return []
  }
}

/** What is certain behind a statement that leaves otherwise: `have curl || return 1`. */
export function guardsAfter(statement: Statement): readonly string[] {
  const { command } = statement
  if (statement.background) return []
  if (command.type === 'If') {
    const plain = command.elif.length === 0 && command.else === undefined
    return plain && leaves(command.then) ? guardsWhen(command.clause, false) : []
  }
  if (command.type !== 'AndOr' || !leaves(command.commands.at(-1))) return []
  const last = command.operators.at(-1)
  const others = command.operators.slice(0, -1)
  if (last === undefined || others.includes(last)) return []
  return command.commands.slice(0, -1).flatMap((asked) => guardsWhen(asked, last === '||'))
}

/** Sorted, each once. */
export function joinGuards(a: readonly string[], b: readonly string[]): readonly string[] {
  return b.length === 0 ? a : [...new Set([...a, ...b])].sort()
}

function askedTool(command: Command): string | undefined {
  const [argument] = command.args
  if (command.name?.value !== 'have' || argument?.type !== 'Word') return undefined
  return literalOf(argument)
}

const leaving = new Set(['return', 'exit', 'fail', 'continue', 'break'])

function leaves(node: SyntaxNode | undefined): boolean {
  switch (node?.type) {
    case 'CompoundList':
      return leaves(node.commands.at(-1))
    case 'Statement':
      return !node.background && leaves(node.command)
    case 'BraceGroup':
      return leaves(node.body)
    case 'Command':
      return leaving.has(node.name?.value ?? '')
    default:
      return false
  }
}
