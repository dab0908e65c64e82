import type { Shell, SyntaxNode } from '../shell/parse.js'
import type { StepCommand } from './commands.js'

/**
 * What becomes of a status: a condition asks for it, nobody looks, it is the answer of the function, or `set -e` ends
 * the process by it.
 */
export type Fate = 'asked' | 'lost' | 'answer' | 'ends'

/**
 * Follows it outwards from the first of `nodes`, each of which stands in the next. What `isPlain` ends the process
 * wherever it stands: a simple command, a subshell. An AND list is not, since `set -e` passes over it (XCU 2.14, set).
 */
export function fateOf(shell: Shell, nodes: readonly SyntaxNode[], isPlain: boolean): Fate {
  let plain = isPlain
  for (let at = 1; at < nodes.length; at += 1) {
    const [inner, outer] = [nodes[at - 1], nodes[at]]
    switch (outer?.type) {
      case 'AndOr':
        if (inner !== outer.commands.at(-1)) return 'asked'
        break
      case 'Pipeline':
        if (outer.prefixes.some(({ type }) => type === 'Negation')) return 'asked'
        if (inner !== outer.commands.at(-1)) return 'lost'
        plain ||= outer.commands.length > 1
        break
      case 'If':
        if ([outer, ...outer.elif].some(({ clause }) => clause === inner)) return 'asked'
        break
      case 'While':
        if (outer.clause === inner) return 'asked'
        // That loop ends by break only.
        if (!plain && /^(:|true)$/.test(textOf(shell, outer.clause))) return 'lost'
        break
      case 'Statement':
        if (outer.background) return 'lost'
        break
      case 'CompoundList':
      case 'Script':
        if (!plain && inner !== outer.commands.at(-1)) return 'lost'
        break
      case 'Subshell':
        plain = true
        break
      case 'CommandExpansion': {
        // The status of an assignment is that of its substitution; of any other command it is not.
        const holder = nodes.findIndex((node, index) => index > at && holders.has(node.type))
        const command = nodes[holder]
        if (command?.type !== 'Command' || command.name !== undefined) return 'lost'
        plain = true
        at = holder
        break
      }
      case 'Command':
        // The action of a trap.
        return 'lost'
      default:
    }
  }
  return plain ? 'ends' : 'answer'
}

const holders = new Set(['Command', 'Case', 'For', 'Redirected', 'CommandExpansion'])

/** Would that end the run? Not in a function that is only asked, where `set -e` is off. */
export function endsRun(
  fate: Fate,
  owner: string,
  all: readonly StepCommand[],
  seen: readonly string[] = [],
): boolean {
  if (fate === 'asked' || fate === 'lost' || seen.includes(owner)) return false
  const callers = all.filter(({ runs: [run] }) => run?.kind === 'function' && run.name === owner)
  if (owner.startsWith('step_') || callers.length === 0) return true
  return callers.some(({ shell, node, around, owner: caller }) =>
    endsRun(fateOf(shell, [node, ...around], true), caller, all, [...seen, owner]),
  )
}

function textOf(shell: Shell, node: SyntaxNode): string {
  const { start, end } = shell.span(node)
  return shell.text.slice(start, end)
}
