import type { Argument, Run } from '../../shell/commands.js'
import type { SyntaxNode } from '../../shell/parse.js'
import { literalOf } from '../../shell/words.js'
import type { StepCommand } from '../commands.js'
import type { StepContext, StepFinding, StepRule } from './rule.js'

/**
 * No value becomes a part of a program: what sed, awk, sh, psql and their like are given as text is written in the
 * step, and values go by arguments, `-v`, variables or standard input. A value of only constants of the step is none.
 */
export const keepValuesOutOfPrograms: StepRule = (context) =>
  context.commands.flatMap((command) => {
    const run = command.runs.at(-1)
    if (run === undefined) return []
    return [...textsOf(run), ...inputsOf(run, command, context)].flatMap((node): StepFinding[] => {
      const found = context.origins.of(context.shell, node, command.owner.name.value)
      if (!found.has('outside') && !isFilledIn(node, command)) return []
      const message = `a value becomes a part of the program that ${run.name} is given`
      return [{ code: 'E_STEP_PROGRAM', node, message, hint: hints.get(run.name) ?? hintFor(run.name) }]
    })
  })

const hints: ReadonlyMap<string, string> = new Map([
  ['awk', 'write awk -v name="$value" \'… name …\''],
  ['sed', 'let awk do it: awk -v name="$value" \'… name …\''],
  ['psql', "write psql -v name=\"$value\" <<'EOF' and :'name' in the text"],
  ['sh', 'write sh -c \'… "$1" …\' sh "$value"'],
])

const hintFor = (name: string) => `give ${name} the value as an argument or by standard input`

// xargs and find put a name in place of {}.
function isFilledIn(node: SyntaxNode, { runs }: StepCommand): boolean {
  return (
    'text' in node &&
    String(node.text).includes('{}') &&
    runs.some(({ name }) => name === 'xargs' || name === 'find') &&
    shells.has(runs.at(-1)?.name ?? '')
  )
}

const shells = new Set(['sh', 'bash', 'dash', 'ksh', 'mksh', 'zsh', 'ash'])
const asOperand = new Map([
  ['awk', /^-f/],
  ['gawk', /^-f/],
  ['mawk', /^-f/],
  ['nawk', /^-f/],
  ['sed', /^(-e|-f|--expression|--file)/],
  ['jq', /^(-f|--from-file)/],
])
/** Options that hold a program, by tool; the option may have it in the same word. */
const byOption = new Map([
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
])
const valued = new Set(['-v', '-F', '-l', '-o', '-h', '-p', '-U', '-d', '--arg', '--argjson'])

function textsOf({ name, args }: Run): Argument[] {
  if (shells.has(name)) return afterOption(args, /^-[a-z]*c$/)
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
  const operand = args.find(
    ({ text }, index) => !/^-./.test(text) && !valued.has(args[index - 1]?.text ?? ''),
  )
  return operand === undefined ? found : [...found, operand]
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

/** Programs that read what to do from standard input, unless they are told by their words. */
function readsProgram({ name, args }: Run): boolean {
  const words = args.map(({ text }) => text)
  if (shells.has(name)) return words.every((word) => /^-[^c]*$/.test(word) || word === '-s')
  if (name === 'psql') return !words.some((word) => /^(-[A-Za-z]*[cfl]|--(command|file|list))/.test(word))
  if (['bc', 'dc', 'ed', 'ex', 'sqlite3', 'mysql', 'sftp'].includes(name)) return true
  return (
    ['perl', 'python', 'python3', 'node', 'ruby', 'lua'].includes(name) && words.every((word) => word === '-')
  )
}

// A here-document, and what comes through a pipe from printf, echo, cat or a here-document.
function inputsOf(run: Run, { node, around }: StepCommand, { shell }: StepContext): SyntaxNode[] {
  if (!readsProgram(run)) return []
  const bodies = node.redirects.flatMap((redirect) => (redirect.type === 'HereDoc' ? [redirect.body] : []))
  const pipeline = around.find(({ type }) => type === 'Pipeline')
  if (pipeline?.type !== 'Pipeline') return bodies
  const before = pipeline.commands[pipeline.commands.indexOf(node) - 1]
  if (before?.type !== 'Command') return bodies
  const name = before.name && literalOf(before.name)
  const words = name === 'printf' || name === 'echo' ? before.args : []
  const given = before.redirects.flatMap((redirect) => (redirect.type === 'HereDoc' ? [redirect.body] : []))
  return [...bodies, ...words, ...given].filter(
    (one) => shell.children(one).length > 0 || one.type === 'Word',
  )
}
