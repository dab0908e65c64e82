import { type Functions, runsOf } from '../shell/commands.js'
import { compare } from '../shell/effects.js'
import type { Live } from '../shell/live.js'
import { callsIn } from '../shell/live-walk.js'
import type { Command, Shell, SyntaxNode } from '../shell/parse.js'
import { literalOf, variableOf } from '../shell/words.js'
import { listEnds } from './ends.js'

/** A script, and what is live in it when it runs. */
export interface Read {
  readonly shell: Shell
  readonly functions: Functions
  readonly whole: Live
  readonly bodies: ReadonlyMap<string, SyntaxNode>
}

/** A step as the text has it, before it is compared with the others. */
export interface Draft {
  readonly name: string
  readonly roots: readonly string[]
  /** What is live when the steps behind it have not run. */
  readonly live: Live
  readonly reached: readonly string[]
  /** As listEnds has them. */
  readonly ends: readonly string[]
  readonly startsAgain: boolean
}

/** The bodies of all functions. */
export function bodiesOf(shell: Shell): ReadonlyMap<string, SyntaxNode> {
  return new Map(shell.all('Function').map(({ node }) => [node.name.value, node.body]))
}

export interface StepOfRun {
  readonly name: string
  readonly begin: Command
  /** What it calls. */
  readonly roots: readonly string[]
}

/** `run` names each step before it calls what belongs to it. */
export function listSteps({ functions, whole }: Read): StepOfRun[] {
  const steps: { name: string; begin: Command; roots: string[] }[] = []
  for (const { node } of whole.commandsOf('run')) {
    const [prefix] = node.prefix
    const name =
      node.name === undefined &&
      prefix?.type === 'Assignment' &&
      prefix.name === 'step' &&
      prefix.value?.type === 'Word'
        ? literalOf(prefix.value)
        : undefined
    if (name !== undefined) steps.push({ name, begin: node, roots: [] })
    else steps.at(-1)?.roots.push(...callsIn(node, functions))
  }
  return steps
}

/** Reads off one step what it can reach. */
export function readStep({ functions }: Read, { name, roots }: StepOfRun, live: Live): Draft {
  const here = live.reachedHere(roots).flatMap((one) => live.commandsOf(one))
  const startsAgain = here.some(
    ({ node, isApart }) =>
      !isApart && node.name?.value === 'exec' && node.args.some(({ text }) => text === '"$script"'),
  )
  return {
    name,
    roots,
    live,
    reached: live.reached(roots),
    ends: listEnds(live, functions, roots),
    startsAgain,
  }
}

/** The variables of the environment that a step reads or hands on. */
export function readsOf({ shell }: Read, { reached, live }: Draft): string[] {
  const names = new Set<string>()
  // What stands in another script is a command of its own.
  const look = (node: SyntaxNode): void => {
    if (node.type === 'Script') return
    const name = variableOf(node)
    if (name !== undefined && /^[A-Z]/.test(name)) names.add(name)
    for (const child of shell.children(node)) look(child)
  }
  for (const { node } of reached.flatMap((name) => live.commandsOf(name))) {
    look(node)
    for (const { text } of node.name?.value === 'export' ? node.args : [])
      if (/^[A-Z]\w*$/.test(text)) names.add(text)
  }
  return [...names].sort(compare)
}

/** The programs that it runs, PostgreSQL's own first. */
export function toolsOf({ functions }: Read, { reached, live }: Draft): string[] {
  const runs = reached.flatMap((name) => live.commandsOf(name).flatMap(({ node }) => runsOf(node, functions)))
  const tools = runs.filter(({ kind }) => kind === 'tool')
  const names = (isOwn: boolean) =>
    [...new Set(tools.filter(({ dir }) => (dir !== undefined) === isOwn).map(({ name }) => name))].sort(
      compare,
    )
  return [...names(true), ...names(false)]
}
