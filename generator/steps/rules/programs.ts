import type { Argument, Run } from '../../shell/commands.js'
import type { SyntaxNode } from '../../shell/parse.js'
import { bodiesOf, feedersOf, filesOf, isShell, plain, type StepCommand } from '../commands.js'
import type { StepContext, StepFinding, StepRule } from './rule.js'

/**
 * No value becomes a part of a program: what sed, awk, sh, psql and their like are given as text, by a word, a file or
 * a pipe, is written in the step, and values go by arguments, `-v`, variables or standard input. A value of only
 * constants of the step is none.
 */
export const keepValuesOutOfPrograms: StepRule = (context) =>
  context.commands.flatMap((command) => {
    const run = command.runs.at(-1)
    if (run === undefined) return []
    const { origins } = context
    const built = [
      ...textsOf(run).filter(
        (word) => origins.of(context.shell, word, command.owner).has('outside') || isFilledIn(word, command),
      ),
      ...filesIn(run, command)
        .filter(({ name }) => origins.written(name)?.has('outside'))
        .map(({ node }) => node),
      ...inputsOf(run, command, context),
      ...(runsText(run, command, context) ? [run.word] : []),
    ]
    return [...new Set(built)].map((node): StepFinding => {
      const message = `a value becomes a part of the program that ${run.name} is given`
      return { code: 'E_STEP_PROGRAM', node, message, hint: hints.get(run.name) ?? hintFor(run.name) }
    })
  })

const hints: ReadonlyMap<string, string> = new Map([
  ['awk', 'write awk -v name="$value" \'… name …\', and let the step run what awk prints'],
  ['sed', 'let awk do it: awk -v name="$value" \'… name …\''],
  ['psql', "write psql -v name=\"$value\" <<'EOF' and :'name' in the text"],
  ['sh', 'write sh -c \'… "$1" …\' sh "$value"'],
])

const hintFor = (name: string) => `give ${name} the value as an argument or by standard input`

/** Programs whose first operand is a program, with the options that hold it instead. */
const asOperand: ReadonlyMap<string, RegExp> = new Map([
  ...['awk', 'gawk', 'mawk', 'nawk'].map((name) => [name, /^-f|^--file/] as const),
  ['sed', /^(-[nEr]*[ef]|--expression|--file)/],
  ['jq', /^(-f|--from-file)/],
  ['yq', /^(-f|--from-file)/],
])
/** Options that hold a program; the option may have it in the same word. */
const byOption: ReadonlyMap<string, RegExp> = new Map([
  ['sed', /^(-[nEr]*e|--expression)(=?)/],
  ['psql', /^(-[A-Za-z]*c|--command)(=?)/],
  ['perl', /^-[a-z]*[eE]$/],
  ['ruby', /^-[a-z]*e$/],
  ['python', /^-c$/],
  ['python3', /^-c$/],
  ['node', /^(-e|--eval|-p|--print)$/],
  ['php', /^-r$/],
  ['lua', /^-e$/],
  ['mysql', /^(-e|--execute)(=?)/],
  ['su', /^(-c|--command)(=?)/],
  ['runuser', /^(-c|--command)(=?)/],
  ['script', /^(-c|--command)(=?)/],
  ['flock', /^(-c|--command)(=?)/],
])
/** How many words the value of an option takes, before the program. */
const valued: ReadonlyMap<string, number> = new Map(
  Object.entries({
    '-v': 1,
    '-F': 1,
    '-l': 1,
    '-o': 1,
    '--arg': 2,
    '--argjson': 2,
    '--slurpfile': 2,
    '--rawfile': 2,
  }),
)

function textsOf({ name, kind, args }: Run): readonly Argument[] {
  if (kind === 'builtin') return name === 'eval' ? args : []
  if (isShell(name)) return afterOption(args, /^-[a-z]*c$/)
  // The other side joins its words and gives them to a shell.
  if (name === 'ssh')
    return args.slice(
      1 +
        Math.max(
          0,
          args.findIndex(({ text }) => !text.startsWith('-')),
        ),
    )
  if (name === 'sqlite3') return args.filter(({ text }) => !text.startsWith('-')).slice(1)
  const option = byOption.get(name)
  const found = option === undefined ? [] : afterOption(args, option)
  const elsewhere = asOperand.get(name)
  if (elsewhere === undefined || args.some(({ text }) => elsewhere.test(text))) return found
  let at = 0
  while (args[at]?.text.startsWith('-')) at += 1 + (valued.get(args[at]?.text ?? '') ?? 0)
  return [...found, ...args.slice(at, at + 1)]
}

function afterOption(args: readonly Argument[], option: RegExp): Argument[] {
  return args.flatMap((word, index) => {
    const match = option.exec(word.text)
    if (match === null) return []
    if (match[0].length < word.text.length) return [word]
    const next = args[index + 1]
    return next === undefined ? [] : [next]
  })
}

// xargs and find put a name in place of {}; in awk it may be a block that does nothing.
function isFilledIn(word: Argument, { runs }: StepCommand): boolean {
  const name = runs.at(-1)?.name ?? ''
  const giver = runs.find((run) => run.name === 'xargs' || run.name === 'find')
  const given = giver?.name === 'xargs' ? afterOption(giver.args, /^-I/)[0]?.text.replace(/^-I/, '') : '{}'
  return giver !== undefined && word.text.includes(given ?? '{}') && !name.endsWith('awk')
}

const interpreters = new Set(['perl', 'python', 'python3', 'node', 'ruby', 'lua', 'php'])

// The files that hold the program: `-f FILE`, `sh FILE`, `<FILE`, and `cat FILE |`.
function filesIn(run: Run, command: StepCommand): { name: string; node: SyntaxNode }[] {
  const { name, args } = run
  const isScript = isShell(name) || interpreters.has(name)
  const script = isScript && !args.some(({ text }) => /^-[a-z]*[ceErs]$/.test(text)) ? args.slice(0, 1) : []
  const given =
    name === 'psql' || asOperand.has(name) ? afterOption(args, /^(-[nEr]*f|--file|--from-file)(=?)/) : []
  const byInput = readsProgram(run) ? filesOf(command, /^<$/) : []
  return [
    ...[...script, ...given].map((word) => ({ name: word.text.replace(/^--[\w-]+=/, ''), node: word })),
    ...byInput.map((file) => ({ name: file, node: run.word })),
  ]
}

/** Programs that read what to do from standard input, unless they are told by their words. */
function readsProgram(run: Run): boolean {
  const { name, args } = run
  const words = args.map(({ text }) => text)
  const isInput = (word: string) => word === '-' || word === '/dev/stdin'
  if (
    afterOption(args, /^(-[nEr]*f|--file|--from-file)(=?)/).some(({ text }) =>
      isInput(text.replace(/^(--[\w-]+=|-f)/, '')),
    )
  ) {
    return name === 'psql' || asOperand.has(name)
  }
  if (isShell(name))
    return words.every((word) => /^-[^c]*$/.test(word)) || words.some((word) => /^-[a-z]*s$/.test(word))
  if (name === 'psql') return !words.some((word) => /^(-[A-Za-z]*[cfl]|--(command|file|list))/.test(word))
  if (name === 'ssh') return textsOf(run).every(({ text }) => isShell(text))
  if (['bc', 'dc', 'ed', 'ex', 'sqlite3', 'mysql', 'sftp'].includes(name)) return true
  return interpreters.has(name) && (words[0] ?? '-') === '-'
}

// A here-document, and what comes through a pipe from printf, echo, a here-document or a file of the step.
function inputsOf(run: Run, command: StepCommand, { all, origins }: StepContext): SyntaxNode[] {
  if (!readsProgram(run)) return []
  return [command, ...feedersOf(command, all)].flatMap((one): SyntaxNode[] => {
    const { node, shell, runs, owner } = one
    const { name = '', kind } = runs.at(-1) ?? {}
    const bodies = bodiesOf(one)
    const words = one !== command && (name === 'printf' || name === 'echo') ? node.args : []
    const isFile = one !== command && node.args.some(({ text }) => origins.written(text)?.has('outside'))
    // What awk makes of its input can be anything, and so can what comes to a shell from any filter.
    const isMade =
      one !== command && (name.endsWith('awk') || (isShell(run.name) && kind === 'tool' && name !== 'cat'))
    const isBuilt = [...bodies, ...words].some((word) => origins.of(shell, word, owner).has('outside'))
    return isFile || isMade || isBuilt ? [one === command ? (bodies[0] ?? node) : run.word] : []
  })
}

// awk gives a computed text to a shell; psql takes a variable as it is.
function runsText({ name, args }: Run, command: StepCommand, { shell, origins }: StepContext): boolean {
  if (name.endsWith('awk')) return args.some(({ text }) => computedCommand.test(text))
  if (name !== 'psql') return false
  const texts = bodiesOf(command).map(({ text }) => text)
  return afterOption(args, /^(-v|--set|--variable)(=?)/)
    .filter((word) => origins.of(shell, word, command.owner).has('outside'))
    .map(({ text }) => /^(?:--\w+=)?(\w+)=/.exec(plain(text))?.[1] ?? '')
    .some((one) => one !== '' && texts.some((text) => new RegExp(`(^|[^:\\w'"]):${one}\\b`).test(text)))
}

const computedCommand =
  /\bsystem\s*\((?!\s*"[^"]*"\s*\))|[\w)]\s*\|\s*getline|\bprintf?\b[^;}]*[^|]\|\s*[\w$(]/
