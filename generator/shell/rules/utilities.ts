import type { Run } from '../commands.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** No utility or option that POSIX lacks and that is known to differ between systems: the list is the rule. */
export const forbidForeignUtilities: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    const hint = run.kind === 'tool' ? adviceFor(run) : undefined
    if (hint === undefined) return []
    const message = `${run.name}${foreignOption(run) ?? ''} is not POSIX`
    return [findingAt(shell, run.word, { code: 'E_SHELL_UTILITY', message, hint })]
  })

const utilities: ReadonlyMap<string, string> = new Map([
  ['which', 'use command -v'],
  ['mktemp', 'use a directory named by "$$", made by mkdir'],
  ['seq', 'use while and $((i + 1))'],
  ['tac', 'use sed -n'],
  ['egrep', 'use grep -E'],
  ['fgrep', 'use grep -F'],
])

const options: ReadonlyMap<string, { pattern: RegExp; hint: string }> = new Map([
  ['sed', { pattern: /^(-[nEs]*i|--in-place|-[nEs]*r$|-[nEi]*z$)/, hint: 'write a new file, then mv' }],
  ['grep', { pattern: /^(-[A-Za-z]*P|--perl)/, hint: 'use grep -E, sed or awk' }],
  ['date', { pattern: /^(-d|--date|-Is?|--iso|-r$)/, hint: 'use date -u +FORMAT' }],
  ['cp', { pattern: /^(-[A-Za-z]*a|--archive)/, hint: 'use cp -R -p' }],
  ['head', { pattern: /^(-\d|-c|-n$-)/, hint: 'use head -n N' }],
  ['tail', { pattern: /^-\d/, hint: 'use tail -n N' }],
  ['find', { pattern: /^-(maxdepth|mindepth|printf|delete|regex|empty)$/, hint: 'use -prune, -exec or ls' }],
])

function adviceFor(run: Run): string | undefined {
  const hint = utilities.get(run.name)
  return hint ?? (foreignOption(run) === undefined ? undefined : options.get(run.name)?.hint)
}

function foreignOption({ name, args }: Run): string | undefined {
  const pattern = options.get(name)?.pattern
  const end = name === 'find' ? -1 : args.findIndex(({ text }) => text === '--')
  const found = pattern && args.slice(0, end < 0 ? args.length : end).find(({ text }) => pattern.test(text))
  return found && ` ${found.text}`
}
