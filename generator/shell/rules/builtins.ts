import { foreignBuiltins } from '../builtins.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** Only built-ins that POSIX has, with the options that POSIX gives them (XCU 2.14 and 4). */
export const requirePosixBuiltins: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    const instead = run.kind === 'builtin' ? foreignBuiltins.get(run.name) : undefined
    if (instead !== undefined) {
      const message = `${run.name} is not POSIX`
      return [findingAt(shell, run.word, { code: 'E_SHELL_BUILTIN', message, hint: `use ${instead}` })]
    }
    const letters = run.kind === 'builtin' ? options.get(run.name) : undefined
    const option = letters === undefined ? undefined : run.args[0]?.text
    if (option === undefined || !/^-[A-Za-z]/.test(option)) return []
    if ([...option.slice(1)].every((letter) => letters?.includes(letter))) return []
    const message = `${run.name} ${option} is not POSIX`
    const hint = letters === '' ? 'it takes no options' : `it takes -${letters} only`
    return [findingAt(shell, run.word, { code: 'E_SHELL_BUILTIN', message, hint })]
  })

const options: ReadonlyMap<string, string> = new Map([
  ['cd', 'LP'],
  ['command', 'pvV'],
  ['exec', ''],
  ['export', 'p'],
  ['getopts', ''],
  ['hash', 'r'],
  ['jobs', 'lp'],
  ['pwd', 'LP'],
  ['readonly', 'p'],
  ['type', ''],
  ['ulimit', 'f'],
  ['umask', 'S'],
  ['unset', 'fv'],
  ['wait', ''],
])
