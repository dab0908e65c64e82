import type { Run } from '../../shell/commands.js'
import type { SyntaxNode } from '../../shell/parse.js'
import { isElsewhere, type StepCommand } from '../commands.js'
import type { StepFinding, StepRule } from './rule.js'

/**
 * No secret on a command line, in the environment of one command, or in the log: every process of the agent can read
 * the first (/proc/PID/cmdline), and whoever looks at the task the last.
 */
export const keepSecrets: StepRule = ({ shell, commands, origins }) =>
  commands.flatMap((command): StepFinding[] => {
    const { node, runs, owner } = command
    const name = owner.name.value
    const isSecret = (word: SyntaxNode) => origins.of(shell, word, name).has('secret')
    const given = node.prefix.flatMap((item) => (item.type === 'Assignment' ? [item] : []))
    const passwords = given.filter(
      (item) => item.name === 'PGPASSWORD' || (runs.length > 0 && isSecret(item)),
    )
    const run = runs.at(-1)
    const words = run === undefined ? [] : shownBy(run, command, runs)
    const shown = words.filter((word) => isSecret(word) || looksSecret(word.text))
    const pairs = words.filter((word, index) => isSecretPair(words[index - 1]?.text, word.text))
    return [
      ...passwords.map((item) => finding(item, `${item.name} would stand in the environment of a process`)),
      ...[...new Set([...shown, ...pairs])].map((word) => finding(word, `${word.text} would ${where(run)}`)),
    ]
  })

function finding(node: SyntaxNode, message: string): StepFinding {
  const hint = 'give it by a file with mode 0600, or by standard input: printf \'%s\' "$value" | …'
  return { code: 'E_STEP_SECRET', node, message, hint }
}

const tellers = new Set(['log', 'fail', 'tell_fault'])

// The words that others get to see: those of a program, and those that go to the log.
function shownBy({ kind, name, args }: Run, command: StepCommand, runs: readonly Run[]): Run['args'] {
  if (kind === 'tool' || (kind === 'function' && tellers.has(name))) return args
  if (runs.some((outer) => outer.kind === 'tool')) return args
  const isPrinter = kind === 'builtin' && (name === 'printf' || name === 'echo')
  const toLog = command.node.redirects.every(
    (redirect) => 'target' in redirect && /^[12]$/.test(redirect.target?.text ?? ''),
  )
  return isPrinter && toLog && !isElsewhere(command) ? args : []
}

function where(run: Run | undefined): string {
  return run?.kind === 'tool' ? 'stand on the command line, which every process can read' : 'stand in the log'
}

// A password that stands there as it is, or is put into a URL or a connection string.
function looksSecret(text: string): boolean {
  return (
    /(^|[\s"'&?;])(password|passwd|pwd|token|secret|api_?key)=[^\s"'&$]/i.test(text) ||
    /^--?(password|passwd|pass|token|secret)=./i.test(text) ||
    /:\/\/[^\s/:@"']+:[^\s/@"']+@/.test(text) ||
    /^["']?(authorization|x-[\w-]*(token|key)):\s*\S/i.test(text)
  )
}

// `curl -u name:password`, `--password word`.
function isSecretPair(option: string | undefined, text: string): boolean {
  if (option === undefined) return false
  if (/^(-u|--user|--proxy-user|-U)$/.test(option)) return /^["']?[^:"'\s]+:[^"'\s]/.test(text)
  return /^--?(password|passwd|token|secret)$/i.test(option) && !text.startsWith('-')
}
