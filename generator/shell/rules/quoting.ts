import type { SyntaxNode } from '../parse.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/**
 * Every expansion stands in double quotes (POSIX XCU 2.6.5, 2.6.6: else it is split and globbed). Neither
 * happens to an assignment's value, the word of `case`, a here-document and the inside of `$(( ))`; and
 * `$((…))` itself is one number.
 */
export const requireQuotes: Rule = (shell) => {
  const found: Finding[] = []
  const visit = (node: SyntaxNode, safe: boolean, parent: SyntaxNode | undefined): void => {
    if (!safe && isExpansion(node) && node.text !== allOrNone) {
      found.push(
        findingAt(shell, node, {
          code: 'E_SHELL_UNQUOTED',
          message: `${firstLine(node.text)} is not quoted, so it is split into words and globbed`,
          hint: `write "${firstLine(node.text)}"`,
        }),
      )
    }
    const inside = isSafeInside(node, safe, parent)
    for (const child of shell.children(node)) visit(child, inside, node)
  }
  visit(shell.root, false, undefined)
  return found
}

// Each argument is quoted within it, and without any it is no word.
const allOrNone = '${1+"$@"}'

type Expansion = Extract<SyntaxNode, { type: 'SimpleExpansion' | 'ParameterExpansion' | 'CommandExpansion' }>

function isExpansion(node: SyntaxNode): node is Expansion {
  return (
    node.type === 'SimpleExpansion' || node.type === 'ParameterExpansion' || node.type === 'CommandExpansion'
  )
}

function isSafeInside(node: SyntaxNode, safe: boolean, parent: SyntaxNode | undefined): boolean {
  switch (node.type) {
    case 'DoubleQuoted':
    case 'LocaleString':
    case 'HereDocBody':
    case 'ArithmeticExpansion':
    case 'ArithmeticCommand':
    case 'TestCommand':
      return true
    // As an argument (`export A=$b`) it is an ordinary word in dash and others.
    case 'Assignment':
      return parent?.type === 'Command' && parent.prefix.some((item) => item === node)
    case 'Word':
      return safe || (parent?.type === 'Case' && parent.word === node)
    // A pattern: quotes around the whole do not reach it, and an unquoted value would be a pattern itself.
    case 'Remove':
      return false
    case 'ParameterExpansion':
      return true
    case 'Script':
    case 'ArithmeticCommandExpansion':
      return false
    default:
      return safe
  }
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n')
  return line === text ? text : `${line}…`
}
