import { type Finding, findingAt, type Rule } from './rule.js'

/** `read -r NAME…` and nothing else: without -r a backslash is eaten, other options are not POSIX (XCU read). */
export const requireRawRead: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    if (run.name !== 'read') return []
    const options = run.args.filter(({ text }) => /^-./.test(text)).map(({ text }) => text)
    const message = options.some((option) => option !== '-r' && option !== '--')
      ? `read ${options.join(' ')} is not POSIX`
      : options.includes('-r')
        ? run.args.length > options.length
          ? undefined
          : 'read without a name is not POSIX'
        : 'read without -r eats backslashes'
    if (message === undefined) return []
    return [findingAt(shell, run.word, { code: 'E_SHELL_READ', message, hint: 'write read -r NAME' })]
  })
