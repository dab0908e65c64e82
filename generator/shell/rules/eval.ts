import { literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** No value is ever parsed as shell: no eval, no dot, no alias, no `sh -c` of a computed text. */
export const forbidEval: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    const finding = (message: string, hint: string): Finding[] => [
      findingAt(shell, run.word, { code: 'E_SHELL_EVAL', message, hint }),
    ]
    if (run.name === 'eval') return finding('eval parses a value as shell', 'use case, set -- and "$@"')
    if (run.name === '.' || run.name === 'source') {
      return finding(`${run.name} runs the text of another file`, 'make it part of the script')
    }
    if (run.name === 'alias') return finding('alias rewrites later commands', 'write a function')
    if (!interpreters.has(run.name)) return []
    const at = run.args.findIndex((argument) => /^-[a-z]*c$/.test(argument.text))
    const text = run.args[at + 1]
    if (at < 0 || text === undefined || (text.type === 'Word' && literalOf(text) !== undefined)) return []
    return finding(`${run.name} -c parses a value as shell`, `write ${run.name} -c '… "$1"' name "$value"`)
  })

const interpreters = new Set(['sh', 'bash', 'dash', 'ksh', 'su', 'runuser'])
