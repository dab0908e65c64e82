import { type Argument, type Run, setArguments } from '../../shell/commands.js'
import type { SyntaxNode } from '../../shell/parse.js'
import { literalOf } from '../../shell/words.js'
import { filesOf, plain, type StepCommand } from '../commands.js'
import { pathOf } from '../paths.js'
import { placesOf } from '../places.js'
import type { StepContext, StepFinding, StepRule } from './rule.js'

/** Programs and functions that only read the files they are given, as long as `writtenBy` says nothing else of them. */
const readers = new Set(
  (
    'b2sum base32 base64 basename cat cksum cmp comm cut df diff dirname du env fincore find findmnt fold getfacl grep ' +
    'head hexdump join jq less ls lsattr lsof md5sum mountpoint namei nice nl od paste pathchk pg_controldata ' +
    'pg_isready pg_verifybackup pg_waldump postgres psql readlink realpath rg sha1sum sha224sum sha256sum sha384sum ' +
    'sha512sum stat strings sum sync tail timeout tr tree vmtouch wc xargs yq zcat zgrep awk gawk mawk sed sort uniq ' +
    'cp ln install rsync scp tar gzip bzip2 xz zstd curl dd openssl xxd file pg_checksums ' +
    'log fail tell_fault ignore have bounded free_mb free_inodes need_room words_of is_path is_absolute_path is_text ' +
    'quote_conf quote_conninfo read_control control_field setting pause'
  ).split(' '),
)

/**
 * Nothing in the data directory is written, truncated, moved or removed by a step, by whatever program, redirection or
 * pattern: what lies there decides whether the server is a standby, and may be all that is left of it. Reading is free,
 * and so is `$work`, a directory for small files that goes with the run. No tree is removed or moved of which nobody
 * can tell where it begins.
 */
export const keepDataDirectory: StepRule = (context) =>
  context.commands.flatMap((command) => {
    const run = command.runs.at(-1)
    const words = wordsIn(command, context)
    return [
      ...redirectionsIn(command, context),
      ...words.map((word) => {
        const what = word === run?.word ? `what ${run.name} takes here` : textOf(word)
        return finding(
          word,
          `${what} may lie in the data directory or hold it, and ${run?.name} could change it`,
        )
      }),
      ...(words.length > 0 ? [] : treesIn(command, context)),
    ]
  })

function finding(
  node: SyntaxNode,
  message: string,
  hint = 'a step may read there; write to "$work" or elsewhere',
): StepFinding {
  return { code: 'E_STEP_DATA', node, message, hint }
}

function textOf(node: SyntaxNode): string {
  return 'text' in node ? String(node.text) : ''
}

function redirectionsIn(command: StepCommand, context: StepContext): StepFinding[] {
  const compound = command.around.filter((node) => 'redirects' in node)
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
  const { runs, node } = command
  const run = runs.at(-1)
  // A function of the step's own, and the text of `sh -c`, are judged by what they do with their arguments.
  const isJudged = run === undefined || context.own.has(run.name) || context.embedded.has(command)
  if (isJudged || run.kind === 'builtin' || setArguments(node) !== undefined) return []
  const given = node.prefix.flatMap((item) => (item.type === 'Assignment' ? [item.value as SyntaxNode] : []))
  const written = [...writtenBy(run), ...(readers.has(run.name) ? [] : given)].filter((word) =>
    isInData(word, command, context, isRecursive(run)),
  )
  if (written.length > 0 || !changesFiles(run)) return written
  // `find "$pgdata" … | xargs rm`, `find "$pgdata" -exec rm`, and what writes to where it runs.
  const outer = runs.find(({ name }) => name === 'xargs' || name === 'find')
  const isGiven =
    (outer?.name === 'xargs' && context.origins.input(command).has('data')) ||
    runs.some(
      ({ name, args }) =>
        name === 'env' && valuesOf(args, /^(-C|--chdir)/).some((word) => isInData(word, command, context)),
    )
  const operands = outer?.name === 'find' ? outer.args : []
  const found = operands.filter((word) => isInData(word, command, context, true)).slice(0, 1)
  if (found.length > 0) return found
  const isHere = writesHere(run) && placesOf(command, context).has('data')
  return isGiven || isHere ? [run.word] : []
}

// Does it write files, or is it not known whether it does?
function changesFiles(run: Run): boolean {
  return writtenBy(run).length > 0 || !readers.has(run.name) || writesHere(run)
}

/** Programs that put files where they run. */
const unpackers = new Set('pax cpio unzip tar split csplit ar git patch wget make 7z unrar'.split(' '))

function writesHere(run: Run): boolean {
  const { name, args } = run
  if (name === 'curl') return args.some(({ text }) => /^(-[A-Za-z#]*O|--remote-name)/.test(text))
  if (unpackers.has(name)) return name !== 'tar' || isUnpacking(run)
  return !readers.has(name) && args.every(({ text }) => text.startsWith('-'))
}

/** The words of a command by which files may be changed. */
function writtenBy(run: Run): readonly Argument[] {
  const { name, args } = run
  const operands = args.filter(({ text }) => !text.startsWith('-'))
  const has = (pattern: RegExp) => args.some(({ text }) => pattern.test(text))
  switch (name) {
    case 'cp':
    case 'ln':
    case 'install':
    case 'rsync':
    case 'scp': {
      if (has(/^--remove-source/) || (name === 'install' && has(/^-[a-zA-Z]*d/))) return args
      const into = valuesOf(args, /^(-t|--target-directory)/)
      return into.length > 0 ? into : operands.slice(-1)
    }
    case 'dd':
      return args.filter((word) => !/^"?if=/.test(word.text))
    case 'curl':
      return valuesOf(
        args,
        /^(-[A-Za-z#]*[oDc]|--(output|dump-header|cookie-jar|output-dir|trace|trace-ascii|stderr)$)/,
      )
    case 'psql':
      return valuesOf(args, /^(-[A-Za-z]*[oL]|--(output|log-file)(?==|$))/)
    case 'openssl':
      return valuesOf(args, /^-(out|keyout)$/)
    case 'uniq':
    case 'xxd':
      return operands.filter(({ text }) => !/^\d+$/.test(text)).slice(1)
    case 'sed':
      return has(/^(-[A-Za-z]*i|--in-place)/) || has(/(^|[;{/gp\d$]|['"])\s*w\s+["']?[^\s"']/) ? args : []
    case 'sort':
      return valuesOf(args, /^(-[A-Za-z]*o|--output(?==|$))/)
    case 'find':
      return has(/^-(delete|fprint|fls|fprintf|fprint0)$/) ? args : []
    case 'tar':
      if (isUnpacking(run)) return args
      return valuesOf(args, /^(-[A-Za-z]*f|--file(?==|$))/).concat(
        /^[A-Za-z]*f$/.test(args[0]?.text ?? '') ? args.slice(1, 2) : [],
      )
    case 'gzip':
    case 'bzip2':
    case 'xz':
    case 'zstd':
      return has(/^(-[A-Za-z]*[ctl]|--(stdout|to-stdout|test|list))/) ? [] : args
    case 'pg_checksums':
      return has(/^(-[A-Za-z]*[ed]|--(enable|disable))$/) ? args : []
    case 'awk':
    case 'gawk':
    case 'mawk':
      return has(/\bprintf?\b[^;}]*>\s*["\w(]|\bsystem\s*\(/) || has(/^inplace$/) ? args : []
    default:
      return readers.has(name) ? [] : args
  }
}

// Its first word is its mode, with a dash or without.
function isUnpacking({ args }: Run): boolean {
  return args.some(
    ({ text }, index) =>
      (index === 0 && /^-?[A-Za-z]*[xru]/.test(text)) ||
      /^-[A-Za-z]*[xru]|^--(extract|get|remove-files|delete|append|update)/.test(text),
  )
}

// The values of options, in the next word or in the same.
function valuesOf(args: readonly Argument[], option: RegExp): Argument[] {
  return args.flatMap((word, index) => {
    const match = option.exec(word.text)
    if (match === null) return []
    if (match[0].length < word.text.length) return [word]
    const next = args[index + 1]
    return next === undefined ? [] : [next]
  })
}

// Does it go through trees?
function isRecursive({ name, args }: Run): boolean {
  return (
    name === 'mv' ||
    name === 'find' ||
    args.some(({ text }) => /^-[A-Za-z]*[rR]|^--(recursive|delete)/.test(text))
  )
}

function isInData(word: SyntaxNode, command: StepCommand, context: StepContext, goesDeep = false): boolean {
  const found = context.origins.of(context.shell, word, command.owner)
  if (found.has('data') || (goesDeep && found.has('around'))) return true
  if (!isRelative(word) && !found.has('here')) return false
  const places = placesOf(command, context)
  return (
    places.has('data') ||
    (goesDeep && found.has('here') && places.has('sandbox')) ||
    (places.has('work') && /^["']?\.\.(\/|["']?$)/.test(textOf(word)))
  )
}

function isRelative(word: SyntaxNode): boolean {
  return word.type === 'Word' && !/^["']?[/$~-]/.test(literalOf(word) ?? word.text)
}

// `rm -r` and `mv`, and `find` that does the like, of a path that may begin anywhere.
function treesIn(command: StepCommand, context: StepContext): StepFinding[] {
  const { runs, owner, shell } = command
  const run = runs.at(-1)
  const outer = runs.find(({ name }) => name === 'find')
  const operands = (run?.args ?? []).filter(({ text }) => !text.startsWith('-'))
  const trees =
    outer !== undefined && run !== undefined && changesFiles(run)
      ? outer.args.slice(
          0,
          Math.max(
            0,
            outer.args.findIndex(({ text }) => /^[-!(]/.test(text)),
          ),
        )
      : run?.name === 'rm' && isRecursive(run)
        ? operands
        : run?.name === 'mv'
          ? operands.slice(0, -1).filter((word) => !isOwnFile(word, command, context))
          : []
  const isFree = (one: SyntaxNode) =>
    context.origins.of(shell, one, owner).has('anywhere') && !/^\$\{\w+:\?/.test(textOf(one))
  return trees
    .filter(
      (word) =>
        context.origins.of(shell, word, owner).has('anywhere') ||
        (run?.name === 'rm' && word.type === 'Word' && pathOf(word).rest.some(isFree)),
    )
    .map((word) => {
      const message = `nobody can tell what ${run?.name} takes here: ${textOf(word)} may be empty, or begin anywhere`
      const hint =
        'let the path begin with a constant directory or "$work", and write ${name:?} for $name in it'
      return finding(word, message, hint)
    })
}

// A name or an ending of its own, or a file that the step itself has written.
function isOwnFile(word: Argument, { owner }: StepCommand, { all }: StepContext): boolean {
  if (/[./][\w.-]+"?$/.test(word.text) && !/\/(data|tablespaces|replica|clone\.\w+)"?$/.test(word.text))
    return true
  const name = plain(word.text)
  return all.some(
    (one) =>
      one.owner === owner &&
      (filesOf(one, /^>[>|]?$/).includes(name) ||
        one.runs.some(
          (run) => run.name === 'curl' && writtenBy(run).some(({ text }) => plain(text) === name),
        )),
  )
}
