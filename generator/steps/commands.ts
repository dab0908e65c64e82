import { type Argument, type Functions, type Run, runsOf, setArguments } from '../shell/commands.js'
import type { Command, Shell, SyntaxNode, Word } from '../shell/parse.js'
import { utilities } from '../shell/utilities.js'
import { isAllArguments } from '../shell/words.js'

/** A simple command of a step file, all that it runs, and what it stands in. */
export interface StepCommand {
  readonly shell: Shell
  readonly node: Command
  /** Outermost first. For `find … -exec` and `xargs` also what they run. */
  readonly runs: readonly Run[]
  /** The nodes around it, the nearest first, up to the function. */
  readonly around: readonly SyntaxNode[]
  /** The name of the function that it stands in; of the text of `sh -c` a name of its own. */
  readonly owner: string
  /** In the text of `sh -c`, the command that has it. */
  readonly outer?: StepCommand | undefined
}

/** Every simple command in the functions of a step file, or in the text of `sh -c`, in the order of the text. */
export function commandsOf(
  shell: Shell,
  known: Functions,
  within?: { readonly owner: string; readonly outer: StepCommand },
): StepCommand[] {
  const found: StepCommand[] = []
  const visit = (node: SyntaxNode, around: readonly SyntaxNode[], owner: string | undefined): void => {
    if (node.type === 'Function') {
      for (const child of shell.children(node)) visit(child, [node], node.name.value)
      return
    }
    if (node.type === 'Command' && owner !== undefined) {
      for (const runs of allRuns(node, known))
        found.push({ shell, node, runs, around, owner, outer: within?.outer })
    }
    for (const child of shell.children(node)) visit(child, [node, ...around], owner)
  }
  visit(shell.root, [], within?.owner)
  return found.flatMap((command) => withArguments(command, found, known))
}

// `"$@"` is what the function is called with, or what it has set: seen as if it stood there.
function withArguments(command: StepCommand, all: readonly StepCommand[], known: Functions): StepCommand[] {
  const run = command.runs.at(-1)
  const at = run?.args.findIndex((word) => word.type === 'Word' && isAllArguments(word)) ?? -1
  if (run === undefined || (at < 0 && run.kind !== 'forward')) return [command]
  const given = all.flatMap(({ node, runs, owner }) => {
    const set = owner === command.owner && node !== command.node ? setArguments(node) : undefined
    const calls = runs.flatMap(({ kind, name, args }) =>
      kind === 'function' && name === command.owner ? [args] : [],
    )
    return [...(set === undefined ? [] : [set]), ...calls]
  })
  const outer = command.runs.slice(0, -1)
  const seen = given.flatMap((words): StepCommand[] => {
    if (run.kind !== 'forward') {
      return [{ ...command, runs: [...outer, { ...run, args: run.args.toSpliced(at, 1, ...words) }] }]
    }
    const [name, ...args] = words
    const more = name === undefined ? [] : allRuns({ ...command.node, name, args } as Command, known)
    return more.map((inner) => ({ ...command, runs: [...outer, ...inner] }))
  })
  return seen.length === 0 ? [command] : seen
}

// For `find … -exec … -exec …` one for each.
function allRuns(node: Command, known: Functions): Run[][] {
  const extend = (runs: readonly Run[]): Run[][] => {
    const last = runs.at(-1)
    const inner = last === undefined ? [] : commandsWithin(last)
    const longer = inner
      .map(([name, ...args]) => runsOf({ ...node, name, args } as Command, known))
      .filter((more) => more.length > 0)
    return longer.length === 0 ? [[...runs]] : longer.flatMap((more) => extend([...runs, ...more]))
  }
  return extend(runsOf(node, known))
}

// What find runs, and a program that is not known to us: its words from the first that names a utility or a shell.
function commandsWithin({ kind, name, args }: Run): (readonly Argument[])[] {
  if (kind !== 'tool') return []
  if (name === 'find') {
    return args.flatMap(({ text }, at) =>
      /^-(exec|execdir|ok|okdir)$/.test(text) ? [args.slice(at + 1)] : [],
    )
  }
  const isKnown = (utilities.has(name) && name !== 'busybox') || isShell(name) || name === 'ssh'
  const at = args.findIndex(({ text }) => isShell(text) || (utilities.has(text) && !userNames.has(text)))
  return isKnown || at < 0 ? [] : [args.slice(at)]
}

/** Utilities whose names are users, too: `sudo -u postgres rm`. */
const userNames = new Set(['postgres', 'backup', 'mail', 'at'])

/** Does it stand where another process runs it: in a subshell, a substitution, one part of a pipeline, `sh -c`? */
export function isElsewhere({ around, outer }: StepCommand): boolean {
  if (outer !== undefined) return true
  return around.some(
    (node) =>
      node.type === 'Subshell' ||
      node.type === 'CommandExpansion' ||
      isJob(node) ||
      (node.type === 'Pipeline' && node.commands.length > 1),
  )
}

/** Is it a command with `&` behind it? */
export function isJob(node: SyntaxNode): boolean {
  return node.type === 'Statement' && node.background === true
}

/** The commands whose output a command gets by a pipe, with those of the functions that are called there. */
export function feedersOf({ node, around }: StepCommand, commands: readonly StepCommand[]): StepCommand[] {
  const parts = [node, ...around].flatMap((outer, index, all) => {
    if (outer.type !== 'Pipeline') return []
    const mine = all[index - 1]
    return outer.commands.slice(0, Math.max(0, outer.commands.indexOf(mine as never)))
  }) as readonly SyntaxNode[]
  const found = commands.filter((one) => parts.some((part) => one.node === part || one.around.includes(part)))
  const called = new Set<string>()
  for (const { runs } of found) {
    for (const { kind, name } of runs) {
      if (kind !== 'function' || called.has(name)) continue
      called.add(name)
      found.push(...commands.filter(({ owner }) => owner === name))
    }
  }
  return found
}

/** Who calls the function that a command stands in; of the text of `sh -c`, the command that has it. */
export function callersOf(
  { owner, outer }: StepCommand,
  all: readonly StepCommand[],
): readonly StepCommand[] {
  if (outer !== undefined) return [outer]
  return all.filter(({ runs }) => runs.some(({ kind, name }) => kind === 'function' && name === owner))
}

type Redirection = Command['redirects'][number]
type HereDocBody = Extract<SyntaxNode, { type: 'HereDocBody' }>

/** The redirections that hold for a command: its own, and those of what it stands in. */
export function redirectsOf({ node, around }: StepCommand): Redirection[] {
  const chain = [node, ...around]
  return chain.flatMap((outer, index) => {
    const inner = chain[index - 1]?.type
    // A substitution in the words, or in a here-document, of another command runs before that is redirected.
    const isBefore = index > 0 && (outer.type === 'Command' || inner === 'HereDoc' || inner === 'Redirect')
    return 'redirects' in outer && !isBefore ? outer.redirects : []
  })
}

/** The words of its redirections, by their operators: `<`, `>`, … */
export function wordsOf(command: StepCommand, operators: RegExp): Word[] {
  return redirectsOf(command).flatMap((one) =>
    operators.test(one.operator) && 'target' in one && one.target ? [one.target] : [],
  )
}

/** Its here-documents. */
export function bodiesOf(command: StepCommand): HereDocBody[] {
  return redirectsOf(command).flatMap((one) => (one.type === 'HereDoc' ? [one.body] : []))
}

/** The same, without quotes. */
export function filesOf(command: StepCommand, operators: RegExp): string[] {
  return wordsOf(command, operators).map(({ text }) => plain(text))
}

/** A word without its quotes: how a file is recognised as the one that was written before. */
export function plain(text: string): string {
  return text.replace(/["']/g, '')
}

const shells = new Set(['sh', 'bash', 'dash', 'ksh', 'mksh', 'yash', 'zsh', 'ash'])

export function isShell(name: string): boolean {
  return shells.has(name)
}
