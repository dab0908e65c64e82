import { similarTo } from '../../similar.js'
import type { Run } from '../commands.js'
import { foreignOption, foreignUtilities, utilities } from '../utilities.js'
import { type Finding, findingAt, type Rule, type RuleContext } from './rule.js'

/**
 * Every program that is run is known: a utility of POSIX with the options that POSIX gives it, one of a short
 * list with reasons, or a tool that a step of the user's names.
 */
export const requireKnownUtilities: Rule = (shell, context) =>
  context.runs.flatMap((run): Finding[] => {
    const judged = run.kind === 'tool' ? judge(run, context) : undefined
    if (judged === undefined) return []
    const [message, hint] = judged
    return [findingAt(shell, run.word, { code: 'E_SHELL_UTILITY', message, hint })]
  })

function judge(
  { name, args }: Run,
  { tools, known }: RuleContext,
): readonly [message: string, hint: string] | undefined {
  if (tools.has(name)) return undefined
  const advice = foreignUtilities.get(name)
  if (advice !== undefined) return [`${name} is not POSIX`, advice]
  if (!utilities.has(name)) return [`nothing is known of ${name}`, hintFor(name, [...known.names])]
  const option = foreignOption(
    name,
    args.map(({ text }) => text),
  )
  return option && [`${name} ${option.word} is not POSIX`, option.hint]
}

// A misspelt function is a program, as far as a shell can tell.
function hintFor(name: string, functions: readonly string[]): string {
  const like = similarTo(name, [...functions, ...utilities.keys()])
  const meant = like === undefined ? '' : `did you mean ${like}? `
  return `${meant}If it is a program that a step needs, name it in the step's tools`
}
