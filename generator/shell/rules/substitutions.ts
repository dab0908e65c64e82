import type { Shell, SyntaxNode } from '../parse.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/**
 * One command substitution in a simple command, those within it not counted. While bash 5.2 reads the text of a
 * second one it runs the traps that became due during the first, takes their action for a part of that text
 * ("unexpected EOF while looking for matching `)'"), and the command fails: a SIGTERM ends the script with 2.
 */
export const requireOneSubstitution: Rule = (shell) =>
  shell.all('Command').flatMap(({ node }): Finding[] => {
    const second = substitutionsIn(shell, node)[1]
    if (second === undefined) return []
    return [
      findingAt(shell, second, {
        code: 'E_SHELL_SUBSTITUTIONS',
        message: 'two command substitutions in one command: bash 5.2 fails when a signal comes between them',
        hint: 'give one to a variable in a command of its own',
      }),
    ]
  })

function substitutionsIn(shell: Shell, node: SyntaxNode): SyntaxNode[] {
  return shell
    .children(node)
    .flatMap((child) =>
      child.type === 'CommandExpansion'
        ? [child]
        : child.type === 'Script'
          ? []
          : substitutionsIn(shell, child),
    )
}
