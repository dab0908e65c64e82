import type { Run } from '../commands.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/**
 * `cd` and `rm` never act on an empty value: `cd ""` stays where it is (XCU cd), and `rm -r "$x/"*` with an
 * empty x begins at the root. `${x:?}` ends the script instead.
 */
export const requireValues: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] =>
    operandsAtRisk(run).map((word) =>
      findingAt(shell, word, {
        code: 'E_SHELL_EMPTY',
        message: `${run.name} ${word.text} would do something else if the value were empty`,
        hint: 'write ${name:?} for $name, which ends the script then',
      }),
    ),
  )

function operandsAtRisk({ kind, name, args }: Run): Run['args'] {
  const end = args.findIndex(({ text }) => text === '--')
  const options = args.filter(({ text }, index) => text.startsWith('-') && (end < 0 || index < end))
  const operands = args.filter((word, index) => index !== end && !options.includes(word))
  if (kind === 'builtin' && name === 'cd') return operands.filter(({ text }) => !beginsWithValue.test(text))
  if (name !== 'rm') return []
  const isRecursive = options.some(({ text }) => /^-[a-zA-Z]*[rR]|^--recursive/.test(text))
  return operands.filter(
    ({ text }) => (isRecursive || /[*?]/.test(text.replace(/\$\{?[*?]|:\?/g, ''))) && mayBeEmpty(text),
  )
}

// A constant, `${x:?}`, or a substitution of something that always prints.
const beginsWithValue = /^"?([^"$`]|\$\{\w+:\?|\$\((dirname|pwd)\b|\$PWD\b|\$\{PWD\})/

function mayBeEmpty(text: string): boolean {
  return /\$(?!\{\w+:\?)|`/.test(text)
}
