import { isElsewhere, type StepCommand } from '../commands.js'
import type { StepFinding, StepRule } from './rule.js'

/**
 * A step whose variables must last runs in the script's own shell, and there it changes nothing else: no directory, no
 * option, no trap. All other steps run in a process of their own, where such a change ends with them.
 */
export const keepTheShell: StepRule = ({ shell, commands, lasting }) => {
  const own = commands.filter((one) => lasting.has(one.owner.name.value) && !isElsewhere(one))
  const settings = shell
    .all('Assignment')
    .filter(({ node, parent }) => node.name === 'IFS' && own.some(({ node: command }) => command === parent))
    .filter(({ parent }) => parent?.type === 'Command' && parent.name === undefined)
  return [
    ...own.flatMap(changesIn),
    ...settings.map(({ node }) => finding(node, 'IFS', 'write IFS=… before the read that needs it')),
  ]
}

function changesIn({ node, runs }: StepCommand): StepFinding[] {
  const run = runs.find(({ kind }) => kind === 'builtin')
  if (run === undefined) return []
  const first = run.args[0]?.text ?? ''
  switch (run.name) {
    case 'cd':
    case 'trap':
      return [finding(run.word, run.name)]
    case 'umask':
      return run.args.length === 0 || first === '-S' ? [] : [finding(run.word, 'umask')]
    case 'ulimit':
      return run.args.length === 0 ? [] : [finding(run.word, 'ulimit')]
    case 'readonly':
      return first === '' || first === '-p' ? [] : [finding(run.word, 'readonly')]
    case 'set':
      return /^[-+][A-Za-z]/.test(first) ? [finding(run.word, `set ${first}`)] : []
    case 'unset':
      return first === '-f' ? [finding(run.word, 'unset -f')] : []
    case 'exec':
      return [
        finding(
          run.word,
          'exec',
          node.redirects.length > 0 ? 'open the file for the command that needs it' : 'leave exec out',
        ),
      ]
    default:
      return []
  }
}

function finding(
  node: StepFinding['node'],
  what: string,
  hint = 'put it into a subshell: ( … )',
): StepFinding {
  const message = `${what} would last: this step sets variables for others, so it runs in the script's own shell`
  return { code: 'E_STEP_SHELL', node, message, hint }
}
