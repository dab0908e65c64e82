import type { SyntaxNode } from '../../shell/parse.js'
import { literalOf } from '../../shell/words.js'
import type { StepCommand } from '../commands.js'
import type { StepFinding, StepRule } from './rule.js'

/** They print what lies on this machine, or pass text on: where they fail, what they print says so by being empty. */
const harmless = new Set(
  (
    'awk base64 basename cat cksum comm cut date df diff dirname du egrep env expand fgrep find fold ' +
    'getconf getent grep head hostname id ip join ls lsof md5sum mount nl od paste ps readlink realpath ' +
    'sed seq sha256sum sleep sort ss stat strings tail tee tr tsort uname uniq uptime wc who xargs'
  ).split(' '),
)

/** Runners, whose own command counts. */
const runners = new Set(['command', 'env', 'nice', 'timeout', 'bounded', 'time', 'ionice'])

/**
 * The status of a pipeline is that of its last command (POSIX XCU 2.9.2), so what fetches, unpacks or computes before
 * it may fail unseen, and the rest goes on with half of it. Not so where its failure is looked at in the pipeline.
 */
export const requireSeenFailures: StepRule = ({ shell, commands, all }) =>
  commands.flatMap((command): StepFinding[] => {
    const { node, around } = command
    if (!isUnseen(command, all)) return []
    const at = around.findIndex(({ type }) => type === 'Pipeline' || type === 'CommandExpansion')
    const pipeline = around[at]
    if (pipeline?.type !== 'Pipeline' || pipeline.commands.length < 2) return []
    const part = at === 0 ? node : around[at - 1]
    if (part === pipeline.commands.at(-1) || isLooked([node, ...around.slice(0, at)])) return []
    const name =
      node.name === undefined ? '' : (literalOf(node.name) ?? shell.text.slice(node.name.pos, node.name.end))
    const message = `nobody would see that ${name} has failed: a pipeline ends with the status of its last command`
    const hint = `write its output to a file first, or { ${name} … || fail ID "…"; } | …, or ignore ${name} …`
    return [{ code: 'E_STEP_PIPE', node, message, hint }]
  })

// `{ curl … || fail …; } | tar …`, and not `(cd … && curl …) | tar …`. From the command outwards.
function isLooked(nodes: readonly SyntaxNode[]): boolean {
  return nodes.some((node, index) => {
    const inner = nodes[index - 1]
    if (node.type === 'AndOr') return node.operators.includes('||') && inner !== node.commands.at(-1)
    if (node.type === 'While') return inner === node.clause
    return node.type === 'If' && [node, ...node.elif].some(({ clause }) => clause === inner)
  })
}

// A program that can fail, or a function of the step's own that runs one and does not look.
function isUnseen({ runs }: StepCommand, all: readonly StepCommand[], seen: readonly string[] = []): boolean {
  const run = runs.find(({ name }) => !runners.has(name))
  if (run?.kind === 'tool')
    return runs.some(({ kind, name }) => kind === 'tool' && !runners.has(name) && !harmless.has(name))
  if (run?.kind !== 'function' || run.name === 'ignore' || seen.includes(run.name)) return false
  return all.some(
    (one) =>
      one.owner === run.name &&
      !isLooked([one.node, ...one.around]) &&
      isUnseen(one, all, [...seen, run.name]),
  )
}
