import type { SyntaxNode } from '../parse.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** `export x="$(cmd)"` ends with the status of export: `set -e` does not see that cmd has failed (XCU 2.9.1). */
export const forbidMaskedStatus: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    if (run.kind !== 'builtin' || (run.name !== 'export' && run.name !== 'readonly')) return []
    return run.args.filter(holdsSubstitution).map((word) =>
      findingAt(shell, word, {
        code: 'E_SHELL_MASKED',
        message: `${run.name} hides whether the command in ${word.text.split('=')[0]} has failed`,
        hint: 'assign it first, then export the name',
      }),
    )
  })

function holdsSubstitution(node: SyntaxNode): boolean {
  return /\$\((?!\()|`/.test('text' in node ? String(node.text) : '')
}
