import type { Shell, SyntaxNode } from '../../shell/parse.js'
import { callersOf, isElsewhere, type StepCommand } from '../commands.js'
import { fateOf } from '../fate.js'
import type { StepFinding, StepRule } from './rule.js'

/**
 * `bounded` (templates/run_rep/lib/process.sh) leaves the status of its command in `$status` and is true itself, so a
 * condition on it sees nothing; and it replaces a process by its command, which a function cannot do.
 */
export const requireReadStatus: StepRule = ({ commands, all }) =>
  commands.flatMap((command): StepFinding[] => {
    const { shell, node, around, runs, outer } = command
    const at = runs.findIndex(({ kind, name }) => kind === 'function' && name === 'bounded')
    const [run, inner] = [runs[at], runs[at + 1]]
    if (run === undefined || outer !== undefined) return []
    const found = (message: string, hint: string): StepFinding[] => [
      { code: 'E_STEP_BOUNDED', node: run.word, message, hint },
    ]
    if (inner?.kind === 'function' || (inner?.kind === 'builtin' && !programs.has(inner.name))) {
      return found(`bounded runs a program, and ${inner.name} is none`, 'bound the programs in it')
    }
    // It says itself that the command may fail.
    if (runs.slice(0, at).some(({ name }) => name === 'ignore')) return []
    const look = 'look at its status: bounded …; [ "$status" -eq 0 ] || fail ID "…"'
    if (fateOf(shell, [node, ...around], false) === 'asked') {
      return found('bounded itself is always true: the status of its command is in $status', look)
    }
    return isRead(command, all) ? [] : found('nobody reads the $status that bounded leaves', look)
  })

/** Built-ins that are programs, too. */
const programs = new Set(['[', 'echo', 'false', 'kill', 'printf', 'pwd', 'test', 'true'])

// Behind it, or anywhere in a loop around it, in the same process; else behind each call of its function.
function isRead(command: StepCommand, all: readonly StepCommand[], seen: readonly string[] = []): boolean {
  const { shell, node, around, owner } = command
  const process = around.find(isApart) ?? around.at(-1)
  const loop = around.slice(0, around.indexOf(process as SyntaxNode)).findLast(isLoop)
  const from = loop === undefined ? shell.span(node).end : shell.span(loop).start
  const until = process === undefined ? from : shell.span(process).end
  if (readsOf(shell).some((at) => at >= from && at < until)) return true
  if (isElsewhere(command) || seen.includes(owner)) return false
  const callers = callersOf(command, all)
  return callers.length > 0 && callers.every((one) => isRead(one, all, [...seen, owner]))
}

function isApart(node: SyntaxNode): boolean {
  return (
    node.type === 'Subshell' ||
    node.type === 'CommandExpansion' ||
    (node.type === 'Pipeline' && node.commands.length > 1)
  )
}

function isLoop(node: SyntaxNode): boolean {
  return node.type === 'While' || node.type === 'For'
}

function readsOf(shell: Shell): number[] {
  const nodes = [
    ...shell.all('SimpleExpansion').filter(({ node }) => node.text === '$status'),
    ...shell.all('ParameterExpansion').filter(({ node }) => node.parameter === 'status'),
    ...shell.all('ArithmeticWord').filter(({ node }) => node.value === 'status'),
  ]
  return nodes.map(({ node }) => shell.span(node).start)
}
