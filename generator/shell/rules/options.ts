import { literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** Only shell options of POSIX (XCU set): `pipefail` ends dash at once, even behind `|| :`. */
export const requirePosixOptions: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    if (run.name !== 'set') return []
    const found: Finding[] = []
    for (const [index, argument] of run.args.entries()) {
      const { text } = argument
      if (text === '--' || !/^[-+]/.test(text)) break
      const next = run.args[index + 1]
      const named = text.endsWith('o') && next?.type === 'Word' ? literalOf(next) : undefined
      const bad = [...text.slice(1)].some((letter) => !'abCefhmnouvx'.includes(letter))
        ? text
        : named !== undefined && !names.has(named)
          ? named
          : undefined
      if (bad !== undefined) {
        const message = `${bad} is no shell option of POSIX`
        found.push(findingAt(shell, argument, { code: 'E_SHELL_OPTION', message, hint: 'leave it out' }))
      }
      if (text.endsWith('o')) break
    }
    return found
  })

const names = new Set(
  'allexport errexit ignoreeof monitor noclobber noexec noglob nolog notify nounset verbose vi xtrace'.split(
    ' ',
  ),
)
