import { isBuiltin, opaqueRunners, runners } from './builtins.js'
import type { Assignment, Command, Shell, SyntaxNode, Word } from './parse.js'
import { isAllArguments, literalOf, programOf } from './words.js'

export type Argument = Word | Assignment

/** The innermost function that a node stands in, by its place in the text: two functions may share a line. */
export function functionAround(shell: Shell, node: SyntaxNode): string | undefined {
  const { start: at } = shell.span(node)
  const around = shell.all('Function').findLast(({ node: one }) => {
    const { start: from, end } = shell.span(one)
    return from <= at && at < end
  })
  return around?.node.name.value
}

/**
 * One thing that a command runs. `forward` is the caller's own arguments run as a command (`"$@"`), `dynamic`
 * a command word that cannot be read off the text.
 */
export interface Run {
  readonly kind: 'function' | 'builtin' | 'tool' | 'forward' | 'dynamic'
  readonly name: string
  /** The variable that holds the program's directory: `"$pg_bin"/psql`. */
  readonly dir?: string
  readonly word: Word
  readonly args: readonly Argument[]
}

/** The functions of a script by name, with how many arguments a wrapper drops before it runs the rest. */
export interface Functions {
  readonly names: ReadonlySet<string>
  /** `name → n`: the function runs its arguments from the n-th on (0 = all of them) as a command. */
  readonly wrappers: ReadonlyMap<string, number>
  /** The commands `set -- WORD…` that prepare one: the function that they stand in runs `"$@"` as a command. */
  readonly prepared: ReadonlySet<Command>
  /** What each command of the script runs, as `runsOf` gives it: every analysis asks for it. */
  readonly runs: ReadonlyMap<Command, readonly Run[]>
}

/**
 * All that one simple command runs, outermost first: `ignore env A=b psql` is the function, env and psql
 * (the analysable subset: literal names, `"$dir"/name`, and wrappers of these).
 */
export function runsOf(command: Command, functions: Functions): readonly Run[] {
  const known = functions.runs.get(command)
  if (known !== undefined) return known
  return command.name === undefined ? [] : follow([command.name, ...command.args], functions)
}

/** What `set -- psql -c …` will run once `"$@"` is run; [] when it sets anything else, as words to loop over. */
export function preparedRuns(command: Command, functions: Functions): readonly Run[] {
  if (!functions.prepared.has(command)) return []
  const [run, ...inner] = follow(setArguments(command) ?? [], functions)
  return run === undefined || run.kind === 'forward' || run.kind === 'dynamic' || run.name.startsWith('-')
    ? []
    : [run, ...inner]
}

/** Finds the functions and, to a fixed point, which of them are wrappers; `others` stand elsewhere. */
export function functionsOf(shell: Shell, others: Functions = noFunctions): Functions {
  const functions = shell.all('Function').map(({ node }) => node)
  const names = new Set([...others.names, ...functions.map(({ name }) => name.value)])
  const wrappers = new Map(others.wrappers)
  const candidates = functions
    .filter((node) => /"\$(@|\{@\})"/.test(textOf(shell, node)))
    .map(({ name, body }) => ({ name: name.value, commands: ownCommands(shell, body) }))
  const known = { names, wrappers, prepared: new Set<Command>(), runs: new Map<Command, readonly Run[]>() }
  for (let changed = true; changed; ) {
    changed = false
    for (const { name, commands } of candidates) {
      const skip = wrappers.has(name) ? undefined : wrapperSkip(commands, known)
      if (skip !== undefined) {
        wrappers.set(name, skip)
        changed = true
      }
    }
  }
  for (const { node } of shell.all('Command')) known.runs.set(node, runsOf(node, known))
  const bodies = [ownCommands(shell, shell.root), ...candidates.map(({ commands }) => commands)]
  for (const commands of bodies) {
    if (!commands.some(({ node }) => runsOf(node, known).at(-1)?.kind === 'forward')) continue
    for (const { node } of commands) if (setArguments(node) !== undefined) known.prepared.add(node)
  }
  return known
}

const noFunctions: Functions = { names: new Set(), wrappers: new Map(), prepared: new Set(), runs: new Map() }

function textOf(shell: Shell, node: SyntaxNode): string {
  const { start, end } = shell.span(node)
  return shell.text.slice(start, end)
}

function mentionsArguments(argument: Argument): boolean {
  return argument.type === 'Word' && isAllArguments(argument)
}

function follow(words: readonly Argument[], functions: Functions): Run[] {
  const [word, ...args] = words
  if (word === undefined || word.type !== 'Word') return []
  const run = classify(word, args, functions)
  if (run.kind === 'function') {
    const skip = functions.wrappers.get(run.name)
    return skip === undefined ? [run] : [run, ...follow(args.slice(skip), functions)]
  }
  if (run.kind !== 'builtin' && run.kind !== 'tool') return [run]
  const inner = commandInside(run.name, args)
  if (inner !== undefined && inner.length > 0) return [run, ...follow(inner, functions)]
  const forwards = takesCommand(run) ? args.find(mentionsArguments) : undefined
  return forwards?.type === 'Word' ? [run, forward(forwards, [])] : [run]
}

function takesCommand({ name, args }: Run): boolean {
  return opaqueRunners.has(name) || (name === 'sh' && args[0]?.text === '-c')
}

function classify(word: Word, args: readonly Argument[], functions: Functions): Run {
  if (isAllArguments(word)) return forward(word, args)
  const program = programOf(word)
  if (program !== undefined) return { kind: 'tool', ...program, word, args }
  const name = literalOf(word)
  if (name === undefined || name === '') return { kind: 'dynamic', name: word.text, word, args }
  if (functions.names.has(name)) return { kind: 'function', name, word, args }
  return { kind: isBuiltin(name) ? 'builtin' : 'tool', name, word, args }
}

function forward(word: Word, args: readonly Argument[]): Run {
  return { kind: 'forward', name: '"$@"', word, args }
}

// The command within a runner's words; [] when it only asks (`command -v`), undefined when not a runner.
function commandInside(name: string, args: readonly Argument[]): readonly Argument[] | undefined {
  const runner = runners.get(name)
  if (runner === undefined) return undefined
  let at = 0
  let operands = runner.operands
  for (; at < args.length; at += 1) {
    const text = args[at]?.text ?? ''
    if (text === '--') {
      at += 1
      break
    }
    if (name === 'command' && /^-[pvV]*[vV]/.test(text)) return []
    if (runner.valued.includes(text)) at += 1
    else if (runner.assignments && /^[A-Za-z_]\w*=/.test(text)) continue
    else if (!text.startsWith('-') && !text.startsWith('"-')) {
      if (operands === 0) break
      operands -= 1
    }
  }
  return args.slice(at + (args[at - 1]?.text === '--' ? operands : 0))
}

interface OwnCommand {
  readonly node: Command
  readonly inLoop: boolean
}

function ownCommands(shell: Shell, body: SyntaxNode): OwnCommand[] {
  const found: OwnCommand[] = []
  const visit = (node: SyntaxNode, inLoop: boolean): void => {
    if (node.type === 'Function') return
    if (node.type === 'Command') found.push({ node, inLoop })
    const loop = inLoop || node.type === 'While' || node.type === 'For'
    for (const child of shell.children(node)) visit(child, loop)
  }
  visit(body, false)
  return found
}

// How many arguments are gone when `"$@"` first runs, or undefined when it never does, or when the arguments
// are the function's own (`set -- psql …`) by then, or when a loop shifts them.
function wrapperSkip(commands: readonly OwnCommand[], functions: Functions): number | undefined {
  let skip = 0
  for (const { node, inLoop } of commands) {
    const name = node.name?.value
    if (name === 'shift') {
      const count = Number(node.args[0]?.type === 'Word' ? (literalOf(node.args[0]) ?? Number.NaN) : 1)
      if (inLoop || !Number.isInteger(count)) return undefined
      skip += count
    }
    if (setArguments(node)?.some(mentionsArguments) === false) return undefined
    if (runsOf(node, functions).at(-1)?.kind === 'forward') return skip
  }
  return undefined
}

/** The words of `set -- WORD…`, or undefined for any other command. */
export function setArguments(command: Command): readonly Argument[] | undefined {
  const at = command.args.findIndex((argument) => argument.text === '--')
  if (command.name?.value !== 'set' || at < 0) return undefined
  return command.args.slice(at + 1)
}
