import { isElsewhere } from '../commands.js'
import type { StepRule } from './rule.js'

/**
 * A step ends by its last command, by `return`, or by `fail ID "…"`, which says why and has an exit code that the
 * README lists. `exit` would end the run without a word. In a subshell it ends just that.
 */
export const requireWordsAtTheEnd: StepRule = ({ commands }) =>
  commands.flatMap((command) => {
    const run = command.runs.find(({ kind, name }) => kind === 'builtin' && name === 'exit')
    if (run === undefined || isElsewhere(command)) return []
    const message = 'exit would end the run without saying why'
    const hint = 'end the step by return, or the run by fail ID "what was found"'
    return [{ code: 'E_STEP_EXIT', node: run.word, message, hint }]
  })

/** Nobody waits for what a step leaves behind in the background, and nobody ends it with the replica. */
export const forbidBackground: StepRule = ({ shell, commands }) => {
  const message = 'nobody would wait for what is started here in the background, or end it with the replica'
  const hint = 'let the supervisor start it as an app of its own; a step ends when its work is done'
  const jobs = shell.all('Statement').filter(({ node }) => node.background)
  const leaving = commands.flatMap(({ runs }) =>
    runs.filter(
      ({ kind, name }) => kind === 'tool' && (name === 'setsid' || name === 'nohup' || name === 'at'),
    ),
  )
  return [...jobs.map(({ node }) => node.command), ...leaving.map(({ word }) => word)].map((node) => ({
    code: 'E_STEP_BACKGROUND',
    node,
    message,
    hint,
  }))
}
