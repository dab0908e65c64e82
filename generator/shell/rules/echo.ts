import { literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** echo only of plain text: options, backslashes and values are printed differently by each shell (XCU echo). */
export const requirePlainEcho: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    if (run.name !== 'echo') return []
    const plain = run.args.every((argument, index) => {
      const text = argument.type === 'Word' ? literalOf(argument) : undefined
      return text !== undefined && !text.includes('\\') && !(index === 0 && text.startsWith('-'))
    })
    if (plain) return []
    const message = 'echo with an option, a backslash or a value prints something else in each shell'
    return [findingAt(shell, run.word, { code: 'E_SHELL_ECHO', message, hint: "use printf '%s\\n' …" })]
  })
