import type { Argument } from '../../shell/commands.js'
import type { SyntaxNode } from '../../shell/parse.js'
import { callersOf, plain, redirectsOf, type StepCommand } from '../commands.js'
import { looksSecret, showsEnvironment } from '../values.js'
import type { StepContext, StepFinding, StepRule } from './rule.js'

/**
 * No secret on a command line, in the environment of a process, or in the log: every process of the agent can read
 * the first (/proc/PID/cmdline), and whoever looks at the task the last.
 */
export const keepSecrets: StepRule = (context) =>
  context.commands.flatMap((command) => [
    ...inEnvironment(command, context),
    ...onCommandLine(command, context),
    ...inLog(command, context),
  ])

function finding(node: SyntaxNode, message: string): StepFinding {
  const hint = 'give it by a file with mode 0600, or by standard input: printf \'%s\' "$value" | …'
  return { code: 'E_STEP_SECRET', node, message, hint }
}

function inEnvironment({ node, runs, owner }: StepCommand, { shell, origins }: StepContext): StepFinding[] {
  const exported = runs[0]?.name === 'export' ? node.args : []
  return [...node.prefix, ...exported]
    .filter((item) => item.type === 'Assignment' || item.type === 'Word')
    .filter(
      (item) =>
        (item.type === 'Assignment' &&
          (item.name === 'PGPASSWORD' ||
            (runs.length > 0 && origins.of(shell, item, owner).has('secret')))) ||
        (item.type === 'Word' && origins.variable(item.text).has('secret')),
    )
    .map((item) =>
      finding(item, `${'name' in item ? item.name : item.text} would stand in the environment of a process`),
    )
}

function onCommandLine({ runs, owner }: StepCommand, { shell, origins }: StepContext): StepFinding[] {
  const words = runs
    .filter(({ kind }) => kind === 'tool')
    .flatMap(({ name, args }) =>
      args.filter(
        (word, at) =>
          origins.of(shell, word, owner).has('secret') ||
          (!searching.has(name) && looksSecret(word.text)) ||
          isPassword(name, args[at - 1]?.text ?? '', word),
      ),
    )
  return [...new Set(words)].map((word) =>
    finding(word, `${word.text} would stand on the command line, which every process can read`),
  )
}

/** Their words are what is looked for. */
const searching = new Set(['grep', 'sed', 'awk'])
/** Short options that hold a password, in the next word or the same. */
const shortOptions: readonly (readonly [RegExp, string])[] = [
  [/^(sshpass|mongo\w*|7z)$/, '-p'],
  [/^redis-cli$/, '-a'],
  [/^ldap\w+$/, '-w'],
  [/^(zip|unzip|mosquitto_\w+|ipmitool)$/, '-P'],
]

// `--password word`, `-u name:word`, and the like; not where a file or a descriptor is named.
function isPassword(tool: string, before: string, { text }: Argument): boolean {
  const value = plain(text)
  const isPair = /^[^:/]+:[^/]/.test(value) && /[^\d:]/.test(value)
  if (/^(-u|--user|--proxy-user|-U|-a|--auth)$/.test(before) && isPair) return true
  if ((tool === 'curl' && /^-u[^:]+:./.test(value)) || (/^(mysql|mariadb)/.test(tool) && /^-p./.test(value)))
    return true
  const short = shortOptions.find(([name]) => name.test(tool))?.[1]
  const isLong = /^--?(?!no-)[\w-]*(password|passwd|passphrase|token|secret|pass)$/i.test(before)
  if (isLong || before === short) return !/^-|^(file|env|fd):|^stdin$/.test(value)
  return short !== undefined && value.startsWith(short) && value !== short
}

const tellers = new Set(['log', 'fail', 'tell_fault'])
/** They print what they are given, or read. */
const printers = new Set('printf echo cat sed awk head tail tee tr cut grep sort base64 od'.split(' '))

function inLog(command: StepCommand, context: StepContext): StepFinding[] {
  const { shell, commands, origins } = context
  const { runs, owner } = command
  const run = runs.at(-1)
  if (run === undefined) return []
  if (run.kind === 'function' && tellers.has(run.name)) {
    const words = run.args.filter((word) => origins.of(shell, word, owner).has('secret'))
    return words.map((word) => finding(word, `${word.text} would stand in the log`))
  }
  if (run.name === 'set' && run.args.some(({ text }) => /^-[a-z]*x|^xtrace$/.test(text))) {
    const hasSecret = commands.some(({ node, owner: other }) => origins.of(shell, node, other).has('secret'))
    return hasSecret ? [finding(run.word, 'with set -x the secret of this step would stand in the log')] : []
  }
  const isQuiet = run.name === 'grep' && run.args.some(({ text }) => /^-[a-zA-Z]*[qc]/.test(text))
  if (!(printers.has(run.name) || showsEnvironment(run)) || isQuiet || !isToLog(command, context)) return []
  const isSecret = origins.printed(command).has('secret') || origins.input(command).has('secret')
  return isSecret ? [finding(run.word, `what ${run.name} prints here would stand in the log`)] : []
}

// Its own output is that of the step, unless it is taken up on the way.
function isToLog(
  command: StepCommand,
  { all }: Pick<StepContext, 'all'>,
  seen: readonly StepCommand[] = [],
): boolean {
  const { node, around } = command
  const isTaken = redirectsOf(command).some(
    ({ operator, descriptor }) =>
      /^>[>|]?$/.test(operator) &&
      (descriptor === undefined || ('value' in descriptor && descriptor.value === 1)),
  )
  const isPiped = around.some(
    (one, index) =>
      one.type === 'CommandExpansion' ||
      (one.type === 'Pipeline' && one.commands.at(-1) !== [node, ...around][index]),
  )
  if (isTaken || isPiped) return false
  const callers = callersOf(command, all)
  if (callers.length === 0 || seen.includes(command)) return true
  return callers.some((caller) => isToLog(caller, { all }, [...seen, command]))
}
