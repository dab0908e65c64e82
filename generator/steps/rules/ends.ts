import type { SyntaxNode } from '../../shell/parse.js'
import { isElsewhere, isJob } from '../commands.js'
import type { StepRule } from './rule.js'

/**
 * A step ends by its last command, by `return`, or by `fail ID "…"`, which says why and has an exit code that the
 * templates/run_rep/README.md lists. `exit` would end the run without a word. In a subshell it ends just that.
 */
export const requireWordsAtTheEnd: StepRule = ({ commands }) =>
  commands.flatMap((command) => {
    const run = command.runs.find(({ kind, name }) => kind === 'builtin' && name === 'exit')
    if (run === undefined || isElsewhere(command)) return []
    const message = 'exit would end the run without saying why'
    const hint = 'end the step by return, or the run by fail ID "what was found"'
    return [{ code: 'E_STEP_EXIT', node: run.word, message, hint }]
  })

/** Programs that leave something running behind them. */
const leavers = new Set(
  'setsid nohup at batch crontab daemon daemonize start-stop-daemon systemd-run screen tmux'.split(' '),
)

/**
 * Nobody waits for what a step leaves behind in the background, and nobody ends it with the replica. What the step
 * itself waits for, in the same function and process, is a part of it; in the script's own shell there are others.
 */
export const forbidBackground: StepRule = ({ shell, commands, lasting }) => {
  const jobs = shell.all('Statement').filter(({ node }) => {
    const inside = isJob(node) ? commands.find(({ around }) => around.includes(node)) : undefined
    if (inside === undefined) return isJob(node)
    const scope = processOf(inside.around.slice(inside.around.indexOf(node) + 1))
    const isWaitedFor = commands.some(
      ({ runs, node: { pos }, owner, around }) =>
        runs.at(-1)?.name === 'wait' &&
        pos > node.pos &&
        owner === inside.owner &&
        processOf(around) === scope,
    )
    return lasting.has(inside.owner) || !isWaitedFor
  })
  const leaving = commands.flatMap(({ runs }) =>
    runs.filter(({ kind, name }) => kind === 'tool' && leavers.has(name)),
  )
  return [...jobs.map(({ node }) => node.command), ...leaving.map(({ word }) => word)].map((node) => ({
    code: 'E_STEP_BACKGROUND',
    node,
    message: 'nobody would wait for what is started here in the background, or end it with the replica',
    hint: 'let the step wait for it, or let the supervisor start it by itself',
  }))
}

function processOf(around: readonly SyntaxNode[]): SyntaxNode | undefined {
  return around.find((node) => isJob(node) || node.type === 'Subshell' || node.type === 'CommandExpansion')
}
