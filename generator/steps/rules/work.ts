import { functionAround } from '../../shell/commands.js'
import type { SyntaxNode } from '../../shell/parse.js'
import { variableOf } from '../../shell/words.js'
import type { StepCommand } from '../commands.js'
import type { StepFinding, StepRule } from './rule.js'

/**
 * `$work` is empty until inspect_master has made the directory, and a shell of its own does not get it: `"$work"/x`
 * would be `/x` there, and `cd "$work"` stay where the step is. `${work:?}` ends instead.
 */
export const waitForWork: StepRule = ({ shell, commands, early }) => {
  const outer = commands.find((one) => one.shell === shell)?.outer
  return [...shell.all('SimpleExpansion'), ...shell.all('ParameterExpansion')].flatMap(
    ({ node }): StepFinding[] => {
      if (variableOf(node) !== 'work' || isHarmless(node)) return []
      if (outer !== undefined && !givesWork(outer)) {
        return [
          finding(
            node,
            'the shell that runs this has no $work',
            'give it as an argument: sh -c … sh "$work"',
          ),
        ]
      }
      if (!early.has(functionAround(shell, node) ?? ownerOf(outer) ?? '')) return []
      const hint = 'put the step after inspect_master, or take a directory of mktemp -d'
      return [finding(node, 'there is no $work yet when this step runs', hint)]
    },
  )
}

function finding(node: SyntaxNode, message: string, hint: string): StepFinding {
  return { code: 'E_STEP_WORK', node, message, hint }
}

// `${work:?}` and `${#work}`.
function isHarmless(node: SyntaxNode): boolean {
  if (node.type !== 'ParameterExpansion') return false
  return node.prefix === '#' || (node.operation?.type === 'Default' && node.operation.operator === ':?')
}

// `work=$work sh -c …`, and the same by env.
function givesWork({ node, runs }: StepCommand): boolean {
  return (
    node.prefix.some((item) => item.type === 'Assignment' && item.name === 'work') ||
    runs.some(({ name, args }) => name === 'env' && args.some(({ text }) => text.startsWith('work=')))
  )
}

// The function of the step file in which a text of `sh -c` stands.
function ownerOf(command: StepCommand | undefined): string | undefined {
  return command?.outer === undefined ? command?.owner : ownerOf(command.outer)
}
