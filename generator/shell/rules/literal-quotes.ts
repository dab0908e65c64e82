import type { Shell, SyntaxNode } from '../parse.js'
import { type Finding, findingAt } from './rule.js'

/**
 * A here-document and `$(( ))` are read as if they stood in double quotes: there a quote is text (XCU 2.7.4, 2.6.4),
 * also in the word of `${x:+…}`. Our parser takes it for a quote, as yash does; elsewhere what it seems to hold is run,
 * and no rule has seen it. In a pattern (`${x#'…'}`) and in a substitution quotes are quotes again.
 */
export const requireRealQuotes = (shell: Shell): Finding[] =>
  [...shell.all('HereDocBody'), ...shell.all('ArithmeticExpansion')]
    .flatMap(({ node }) => quotesIn(shell, node))
    .map((node): Finding => {
      const message = 'quotes are text here, and what they hold is run'
      const hint =
        node.type === 'DoubleQuoted'
          ? 'leave them out: $((_x_n + 1))'
          : 'leave them out, or give the text to a variable before'
      return findingAt(shell, node, { code: 'E_SHELL_QUOTE', message, hint })
    })

function quotesIn(shell: Shell, node: SyntaxNode): SyntaxNode[] {
  return shell.children(node).flatMap((child): SyntaxNode[] => {
    if (child.type === 'Script' || child.type === 'Remove') return []
    // Its own entry says what is wrong in it.
    if (child.type === 'ArithmeticExpansion') return []
    const isText =
      child.type === 'SingleQuoted' || (child.type === 'DoubleQuoted' && node.type === 'ArithmeticWord')
    return isText ? [child] : quotesIn(shell, child)
  })
}
