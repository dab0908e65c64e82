import { literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** The format of printf is a constant, and POSIX's (XCU printf; XBD 5): a value in it would be parsed. */
export const requireConstantFormat: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    if (run.name !== 'printf') return []
    const [first, second] = run.args
    const format = first?.text === '--' ? second : first
    const text = format?.type === 'Word' ? literalOf(format) : undefined
    const message =
      text === undefined
        ? 'the format of printf is not a constant'
        : /^-./.test(text) && first === format
          ? 'the format of printf looks like an option'
          : /%[-+ #0-9.*]*[q(]|\\[xeEuU]/.test(text)
            ? 'the format of printf holds what POSIX does not know'
            : undefined
    if (message === undefined) return []
    const hint = 'write printf \'%s\\n\' "$value"'
    return [findingAt(shell, format ?? run.word, { code: 'E_SHELL_PRINTF', message, hint })]
  })
