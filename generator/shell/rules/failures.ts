import type { Finding, Rule } from './rule.js'

/** `fail ID …` names a literal id of the table of failures (generator/model/exits.ts). */
export const requireKnownFailures: Rule = (_shell, { functions, failureIds }) =>
  functions.flatMap(({ failures, dynamic }): Finding[] => [
    ...failures
      .filter(({ name }) => !failureIds.has(name))
      .map(({ name, line, column }) => finding(`fail ${name}: no failure has this id`, line, column)),
    ...dynamic
      .filter(({ kind }) => kind === 'failure')
      .map(({ name, line, column }) => finding(`fail ${name}: the id is not a literal word`, line, column)),
  ])

function finding(message: string, line: number, column: number): Finding {
  return { code: 'E_SHELL_FAIL_ID', message, line, column, hint: 'name one of the table of failures' }
}
