import type { Run } from '../../shell/commands.js'
import type { Command, Shell, SyntaxNode } from '../../shell/parse.js'
import { usesOf, type VariableUse } from '../../shell/variables.js'
import { isElsewhere, type StepCommand } from '../commands.js'
import type { StepFinding, StepRule } from './rule.js'

/**
 * A step whose variables must last runs in the script's own shell, and there it changes nothing else: no directory, no
 * option, no trap. All other steps run in a process of their own, where such a change ends with them.
 */
export const keepTheShell: StepRule = ({ shell, commands, all, lasting }) => {
  const here = inTheShell(all, lasting)
  const own = commands.filter((one) => here.has(one.owner) && !isElsewhere(one))
  const loops = shell
    .all('For')
    .filter(({ node }) => own.some(({ around }) => around.includes(node)) && kept.has(node.name.value))
  return [...own.flatMap(changesIn), ...loops.map(({ node }) => settingOf(node.name, node.name.value))]
}

/** What all of the script relies on: how words are split, the language of messages, where `cd` looks. */
const kept = new Set(['IFS', 'LC_ALL', 'CDPATH', 'ENV', 'PS4'])

// A function that is only called in a subshell or a substitution changes nothing here.
function inTheShell(all: readonly StepCommand[], lasting: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set([...lasting].filter((name) => name.startsWith('step_')))
  for (const name of found) {
    for (const command of all.filter((one) => one.owner === name && !isElsewhere(one))) {
      for (const run of command.runs)
        if (run.kind === 'function' && lasting.has(run.name)) found.add(run.name)
    }
  }
  return found
}

function changesIn({ shell, node, runs }: StepCommand): StepFinding[] {
  const settings = [node, ...shell.children(node).flatMap((child) => withChildren(shell, child))]
    .flatMap((one) => usesOf(one, node))
    .flatMap((use) => (isLasting(use) && kept.has(use.name) ? [settingOf(use.node, use.name)] : []))
  const run = runs.findLast(({ kind }) => kind === 'builtin')
  if (run === undefined) return settings
  return [...settings, ...changesBy(run, node)]
}

function withChildren(shell: Shell, node: SyntaxNode): SyntaxNode[] {
  if (node.type === 'CommandExpansion') return []
  return [node, ...shell.children(node).flatMap((child) => withChildren(shell, child))]
}

const isLasting = (use: VariableUse) =>
  use.kind === 'unset' || use.kind === 'export' || (use.kind === 'set' && use.by !== 'environment')

const settingOf = (node: SyntaxNode, name: string) =>
  finding(node, name, `write ${name}=… before the command that needs it`)

function changesBy(run: Run, node: Command): StepFinding[] {
  const first = run.args[0]?.text ?? ''
  switch (run.name) {
    case 'cd':
    case 'trap':
      return [finding(run.word, run.name)]
    case 'umask':
      return run.args.length === 0 || first === '-S' ? [] : [finding(run.word, 'umask')]
    case 'ulimit':
      return run.args.every(({ text }) => text.startsWith('-')) ? [] : [finding(run.word, 'ulimit')]
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
