import { literalOf } from '../../shell/words.js'
import type { StepFinding, StepRule } from './rule.js'

/** They print what lies on this machine, or pass text on: where they fail, what they print says so by being empty. */
const harmless = new Set(
  (
    'awk basename cksum comm cut date df diff dirname du env expand find fold getconf getent grep egrep fgrep head ' +
    'hostname id ip join ls lsof mount nl od paste ps readlink realpath sed seq sort ss stat strings tail tee tr ' +
    'tsort uname uniq uptime wc who xargs sleep'
  ).split(' '),
)

/**
 * The status of a pipeline is that of its last command (POSIX XCU 2.9.2), so what fetches, unpacks or computes before
 * it may fail unseen, and the rest goes on with half of it. Not so where its failure is looked at in the pipeline.
 */
export const requireSeenFailures: StepRule = ({ shell, commands }) =>
  commands.flatMap((command): StepFinding[] => {
    const { node, around, runs } = command
    const [outer] = runs
    if (outer?.kind !== 'tool' || harmless.has(outer.name)) return []
    const at = around.findIndex(({ type }) => type === 'Pipeline')
    const pipeline = around[at]
    if (pipeline?.type !== 'Pipeline' || pipeline.commands.length < 2) return []
    const part = at === 0 ? node : around[at - 1]
    if (part === pipeline.commands.at(-1)) return []
    // `{ curl … || fail …; } | tar …`
    if (around.slice(0, at).some(({ type }) => type === 'AndOr' || type === 'If' || type === 'While'))
      return []
    const name =
      node.name === undefined ? '' : (literalOf(node.name) ?? shell.text.slice(node.name.pos, node.name.end))
    const message = `nobody would see that ${name} has failed: a pipeline ends with the status of its last command`
    const hint = `write its output to a file first, or { ${name} … || fail ID "…"; } | …, or ignore ${name} …`
    return [{ code: 'E_STEP_PIPE', node, message, hint }]
  })
