import type { Argument } from '../shell/commands.js'
import { parseShell, type Shell } from '../shell/parse.js'
import { literalOf } from '../shell/words.js'
import { isShell, type StepCommand } from './commands.js'

/** The text of a command that is shell itself, and constant: `sh -c '…' sh WORD…`, or `sh -s WORD… <<'EOF'`. */
export interface Embedded {
  readonly shell: Shell
  /** The name under which it is judged, as a function is. */
  readonly owner: string
  /** What its `$1`, `$2`, … are. */
  readonly args: readonly Argument[]
  /** What its `$0` is. */
  readonly zero?: Argument | undefined
}

/** Reads it off a command; undefined where there is none, or where a value is a part of it. */
export function embeddedIn({ shell, node, runs, owner }: StepCommand): Embedded | undefined {
  const run = runs.at(-1)
  if (run === undefined || !(isShell(run.name) || run.name === 'su' || run.name === 'runuser'))
    return undefined
  const name = `${owner} > ${shell.span(node).start}`
  const at = run.args.findIndex(({ text }) => /^-[a-z]*c$/.test(text))
  const word = run.args[at + 1]
  if (at >= 0) {
    const text = word?.type === 'Word' ? literalOf(word) : undefined
    return text === undefined ? undefined : made(text, name, run.args.slice(at + 3), run.args[at + 2])
  }
  const [body] = node.redirects.flatMap((redirect) => (redirect.type === 'HereDoc' ? [redirect.body] : []))
  const operands = run.args.filter(({ text }) => !text.startsWith('-'))
  if (body === undefined || shell.children(body).length > 0) return undefined
  if (operands.length > 0 && !run.args.some(({ text }) => /^-[a-z]*s$/.test(text))) return undefined
  return made(body.text, name, operands)
}

function made(text: string, owner: string, args: readonly Argument[], zero?: Argument): Embedded | undefined {
  const shell = parseShell(text)
  return shell.errors.length > 0 ? undefined : { shell, owner, args, zero }
}
