import type { Run } from '../commands.js'
import { literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/**
 * `[ ]` and test in the forms that POSIX defines (XCU test): one unary or one binary primary, its operator
 * literal. With more than three operands the result is unspecified, so no `-a`, `-o` or parentheses.
 */
export const requirePosixTest: Rule = (shell, { runs }) =>
  runs.flatMap((run): Finding[] => {
    const judged = run.name === '[' || run.name === 'test' ? judge(run) : undefined
    if (judged === undefined) return []
    const [message, hint] = judged
    return [findingAt(shell, run.word, { code: 'E_SHELL_TEST', message, hint })]
  })

const unary = new Set([...'bcdefghLnprSstuwxz'].map((letter) => `-${letter}`))
const binary = new Set('= != -eq -ne -gt -ge -lt -le -nt -ot -ef'.split(' '))

function judge({ name, args }: Run): readonly [message: string, hint: string] | undefined {
  const closed = name === '[' && args.at(-1)?.text === ']'
  const given = closed ? args.slice(0, -1) : args
  const operands = given.length > 1 && given[0]?.text === '!' ? given.slice(1) : given
  const [first, second] = operands
  if (operands.length > 3) {
    return ['[ ] with more than three operands is unspecified', 'join several [ ] by && or ||']
  }
  const operator = operands.length === 3 ? second : operands.length === 2 ? first : undefined
  if (operator === undefined) return undefined
  const text = operator.type === 'Word' ? literalOf(operator) : undefined
  if (text !== undefined && (operands.length === 3 ? binary : unary).has(text)) return undefined
  return [
    `${operator.text} is no operator of [ ] in POSIX`,
    text === '==' ? 'use =' : 'use = != -eq … or case',
  ]
}
