import type { Shell } from '../shell/parse.js'
import type { Finding } from '../shell/rules/rule.js'
import { literalOf } from '../shell/words.js'

/** The programs that preflight looks for, each with its line: the words of `need WORD` in a script. */
export function listNeeds(shell: Shell): ReadonlyMap<string, number> {
  return new Map(
    shell.all('Command').flatMap(({ node }): [string, number][] => {
      const [word] = node.args
      const tool = word?.type === 'Word' ? literalOf(word) : undefined
      return node.name?.value !== 'need' || tool === undefined ? [] : [[tool, shell.place(node).line]]
    }),
  )
}

/** Judges them by what the script runs. */
export function judgeNeeds(needs: ReadonlyMap<string, number>, tools: readonly string[]): Finding[] {
  const [first = 1] = needs.values()
  const finding = (message: string, line: number): Finding => {
    const hint = 'print the list from the analysis: templates/run_rep/needed-tools.sh.hbs'
    return { code: 'E_SHELL_NEED', message, hint, line, column: 1 }
  }
  const wanted = new Set(['sh', ...tools])
  return [
    ...[...wanted]
      .filter((tool) => !needs.has(tool))
      .map((tool) => finding(`the script runs ${tool}, and preflight does not look for it`, first)),
    ...[...needs]
      .filter(([tool]) => !wanted.has(tool))
      .map(([tool, line]) => finding(`preflight looks for ${tool}, which nothing runs`, line)),
  ]
}
