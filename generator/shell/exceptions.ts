import { type FunctionEffects, functionAt } from './effects.js'
import type { Finding } from './rules/rule.js'

/** One place where a rule does not hold, and why it need not. */
export interface ShellException {
  /** The code of the finding. */
  readonly rule: Finding['code']
  /** The text of its line without the indentation, or the name of the function that it is in. */
  readonly where: string
  readonly reason: string
}

/** All exceptions of the shipped script. One that nothing needs any more is itself a finding. */
export const shellExceptions: readonly ShellException[] = [
  {
    rule: 'E_SHELL_DYNAMIC',
    where: 'forget_pg_variables',
    reason: 'every PG* variable that is not in the contract is unset, whatever its name is',
  },
  {
    rule: 'E_SHELL_ECHO',
    where: 'log_plainly',
    reason: 'for mksh printf is a program, which it cannot start; the texts are our own',
  },
  {
    rule: 'E_SHELL_UTILITY',
    where: 'free_inodes',
    reason: 'df -i counts inodes on GNU, BusyBox and the BSDs; where it fails, nothing is said of them',
  },
]

/** Leaves out the findings that an exception allows, and adds one for each exception that allows none. */
export function applyExceptions(
  text: string,
  functions: readonly FunctionEffects[],
  { findings, exceptions }: { findings: readonly Finding[]; exceptions: readonly ShellException[] },
): Finding[] {
  const lines = text.split('\n')
  const used = new Set<ShellException>()
  const left = findings.filter((finding) => {
    const allowing = exceptions.filter(
      ({ rule, where }) =>
        rule === finding.code &&
        (where === lines[finding.line - 1]?.trim() || where === functionAt(functions, finding.line)),
    )
    for (const exception of allowing) used.add(exception)
    return allowing.length === 0
  })
  const unused = exceptions
    .filter((exception) => !used.has(exception))
    .map(
      ({ rule, where }): Finding => ({
        code: 'E_SHELL_EXCEPTION',
        message: `no ${rule} is found at "${where}", so its exception is not needed`,
        hint: 'take it out of the list of exceptions',
        line: 1,
        column: 1,
      }),
    )
  return [...left, ...unused]
}
