import { type Argument, type Run, setArguments } from '../../shell/commands.js'
import type { SyntaxNode } from '../../shell/parse.js'
import { literalOf } from '../../shell/words.js'
import type { StepCommand } from '../commands.js'
import type { StepContext, StepFinding, StepRule } from './rule.js'

/** Programs and functions that only read the files they are given, as long as `writes` says nothing else of them. */
const readers = new Set(
  (
    '[ test cat cksum cmp comm cut df diff du egrep fgrep file find fold grep head join jq ls md5sum nl od paste ' +
    'pg_controldata pg_waldump pg_verifybackup pg_isready psql readlink realpath basename dirname sha1sum sha256sum ' +
    'sha512sum stat strings sum sync tail tr uniq wc awk gawk mawk sed sort cp ln tar gzip zcat curl echo printf ' +
    'log fail tell_fault ignore have cd pwd read export unset local : true false return set shift pathchk lsof ' +
    'is_owned is_ours is_finished read_control control_field free_mb free_inodes need_room words_of setting bounded ' +
    'quote_conf quote_conninfo xargs env command timeout nice is_path is_absolute_path is_text dd openssl'
  ).split(' '),
)

/** Of these the last operand is what is written. */
const targetLast = new Set(['cp', 'ln', 'install', 'rsync', 'scp', 'mv'])

/**
 * Nothing in the data directory is written, truncated, moved or removed by a step, by whatever program, redirection or
 * pattern: what lies there decides whether the server is a standby, and may be all that is left of it. Reading is free,
 * and so is `$work`, a directory for small files that goes with the run.
 */
export const keepDataDirectory: StepRule = (context) =>
  context.commands.flatMap((command) => [
    ...redirectionsIn(command, context),
    ...wordsIn(command, context).map((word) =>
      finding(word, `${textOf(word)} may lie in the data directory, and ${nameOf(command)} could change it`),
    ),
  ])

function finding(node: SyntaxNode, message: string): StepFinding {
  const hint = 'a step may read there; write to "$work" or elsewhere'
  return { code: 'E_STEP_DATA', node, message, hint }
}

function textOf(node: SyntaxNode): string {
  return 'text' in node ? String(node.text) : ''
}

function nameOf({ runs }: StepCommand): string {
  return runs.at(-1)?.name ?? 'it'
}

function redirectionsIn(command: StepCommand, context: StepContext): StepFinding[] {
  const compound = command.around.filter(({ type }) => type === 'Redirected')
  // A compound command is met with each command in it; its first one speaks for it.
  const redirects = [command.node, ...compound.filter((node) => isFirstIn(node, command, context))].flatMap(
    (node) => ('redirects' in node ? [...node.redirects] : []),
  )
  return redirects
    .filter(({ operator }) => /^(>|>>|>\||<>|&>|&>>)$/.test(operator))
    .flatMap((redirect) => ('target' in redirect && redirect.target ? [redirect.target] : []))
    .filter((target) => isInData(target, command, context))
    .map((target) => finding(target, `${target.text} may lie in the data directory, and would be written`))
}

function isFirstIn(node: SyntaxNode, command: StepCommand, { commands }: StepContext): boolean {
  return commands.find(({ around }) => around.includes(node)) === command
}

function wordsIn(command: StepCommand, context: StepContext): SyntaxNode[] {
  const run = command.runs.at(-1)
  if (run === undefined || setArguments(command.node) !== undefined) return []
  // A function of the step's own is judged by what it does with its arguments.
  if (run.kind === 'function' && context.own.has(run.name)) return []
  const written = writtenBy(run).filter((word) => isInData(word, command, context))
  if (written.length > 0) return written
  // `find "$pgdata" … | xargs rm`, and `find "$pgdata" -exec rm`.
  const outer = command.runs.find(({ name }) => name === 'xargs' || name === 'find')
  if (outer === undefined || outer === run || (readers.has(run.name) && !changes(run))) return []
  const names = outer.name === 'find' ? outer.args : namesFor(command)
  return names.filter((word) => isInData(word, command, context)).slice(0, 1)
}

// What a pipeline gives to xargs.
function namesFor({ node, around }: StepCommand): Argument[] {
  const pipeline = around.find(({ type }) => type === 'Pipeline')
  if (pipeline?.type !== 'Pipeline') return []
  return pipeline.commands
    .slice(0, pipeline.commands.indexOf(node))
    .flatMap((part) => (part.type === 'Command' ? [...part.args] : []))
}

/** The words of a command by which files may be changed. */
function writtenBy(run: Run): readonly Argument[] {
  const { name, args } = run
  const operands = args.filter(({ text }) => !/^-/.test(text))
  if (
    targetLast.has(name) &&
    name !== 'mv' &&
    !/remove-source/.test(args.map(({ text }) => text).join(' '))
  ) {
    const into = args.findIndex(({ text }) => text === '-t' || text === '--target-directory')
    return into >= 0 ? args.slice(into + 1, into + 2) : operands.slice(-1)
  }
  if (name === 'dd') return args.filter(({ text }) => /^"?of=/.test(text))
  if (name === 'curl')
    return afterOptions(args, /^(-o|--output|-D|--dump-header|-c|--cookie-jar|--output-dir)$/)
  if (!readers.has(name) || changes(run)) return args
  return []
}

// Options by which a program that reads writes as well.
function changes({ name, args }: Run): boolean {
  const words = args.map(({ text }) => text)
  const has = (pattern: RegExp) => words.some((word) => pattern.test(word))
  switch (name) {
    case 'sed':
      return has(/^(-[A-Za-z]*i|--in-place)/) || has(/(^|[;'"\s}\d$/])w\s+\S/)
    case 'sort':
      return has(/^(-[A-Za-z]*o|--output)/)
    case 'find':
      return has(/^-(delete|fprint|fls|fprintf|fprint0)$/)
    case 'tar':
      return (
        has(/^-?[A-Za-z]*x|^--(extract|get|remove-files|delete|append|update)/) ||
        has(/^-?[A-Za-z]*[ru][A-Za-z]*f/)
      )
    case 'gzip':
      return !has(/^(-[A-Za-z]*[ctl]|--(stdout|to-stdout|test|list))/)
    case 'awk':
    case 'gawk':
    case 'mawk':
      return has(/\bprintf?\b[^;}]*>\s*["\w(]|\bsystem\s*\(/) || has(/^inplace$/)
    case 'openssl':
      return has(/^-out/)
    default:
      return false
  }
}

function afterOptions(args: readonly Argument[], option: RegExp): Argument[] {
  return args.flatMap((word, index) => (option.test(args[index - 1]?.text ?? '') ? [word] : []))
}

function isInData(word: SyntaxNode, command: StepCommand, context: StepContext): boolean {
  const owner = command.owner.name.value
  if (context.origins.of(context.shell, word, owner).has('data')) return true
  return isRelative(word) && isWithinData(command, context)
}

function isRelative(word: SyntaxNode): boolean {
  if (word.type !== 'Word') return false
  const text = literalOf(word) ?? word.text
  return !/^["']?[/$~-]/.test(text) && !/^\/dev\//.test(text)
}

// Behind a `cd` into the data directory, in the same subshell, a relative name lies there.
function isWithinData(command: StepCommand, { commands, origins, shell }: StepContext): boolean {
  const owner = command.owner.name.value
  return commands.some((other) => {
    const run = other.runs.at(-1)
    if (other.owner !== command.owner || run?.name !== 'cd' || other.node.pos >= command.node.pos)
      return false
    if (!run.args.some((word) => origins.of(shell, word, owner).has('data'))) return false
    const scope = other.around.find(({ type }) => type === 'Subshell' || type === 'CommandExpansion')
    return scope === undefined || command.around.includes(scope)
  })
}
