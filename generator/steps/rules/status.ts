import type { SyntaxNode } from '../../shell/parse.js'
import type { StepCommand } from '../commands.js'
import { endsRun, fateOf } from '../fate.js'
import type { StepFinding, StepRule } from './rule.js'

/**
 * `[ -s "$file" ] && log INFO "…"` as the last command makes the function fail where the test is false: nothing was
 * wrong, and the run ends with status 1 and without a word. The same at the end of a loop, a branch or a subshell.
 */
export const requireAnswerAtTheEnd: StepRule = ({ commands, all }) =>
  commands.flatMap((command): StepFinding[] => {
    const { shell, owner, outer } = command
    const list = outer === undefined && isQuestion(command) ? listOf(command) : []
    const [node] = list
    if (node === undefined || !endsRun(fateOf(shell, list, false), owner, all)) return []
    const message = `where that is false, ${owner} fails, and the run ends with it`
    return [{ code: 'E_STEP_STATUS', node, message, hint: 'write if …; then …; fi' }]
  })

// The list that is true only if it is, and what stands around that.
function listOf({ node, around }: StepCommand): readonly SyntaxNode[] {
  const nodes = [node, ...around]
  const at = nodes.findIndex(
    (one, index) => index > 0 && (!grouping.has(one.type) || isConditionOf(one, nodes[index - 1])),
  )
  const list = nodes[at]
  return list?.type === 'AndOr' ? nodes.slice(at) : []
}

const grouping = new Set(
  'AndOr BraceGroup CompoundList Pipeline Redirected Statement Subshell'.split(' ') as SyntaxNode['type'][],
)

function isConditionOf(node: SyntaxNode, part: SyntaxNode | undefined): boolean {
  if (node.type !== 'AndOr' || node.commands.at(-1) === part) return false
  const parts: readonly (SyntaxNode | undefined)[] = node.commands
  return !node.operators.slice(parts.indexOf(part)).includes('||')
}

// False is one of its answers, and no failure.
function isQuestion({ runs: [run], around: [outer] }: StepCommand): boolean {
  if (outer?.type === 'Pipeline' && outer.prefixes.some(({ type }) => type === 'Negation')) return true
  const first = run?.args[0]?.text ?? ''
  switch (run?.name) {
    case '[':
    case 'test':
    case 'have':
    case 'cmp':
      return true
    case 'grep':
      return run.args.some(({ text }) => /^-[a-zA-Z]*q/.test(text))
    case 'command':
      return /^-[vV]$/.test(first)
    case 'kill':
      return first === '-0'
    default:
      return run?.kind === 'function' && /^(is|has)_/.test(run.name)
  }
}
