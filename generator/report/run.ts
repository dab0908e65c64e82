import { builtinSteps, type SubCommand, subCommands } from '../model/builtin-steps.js'
import { functionsOf } from '../shell/commands.js'
import { type Live, readLive } from '../shell/live.js'
import { callsIn } from '../shell/live-walk.js'
import { parseShell } from '../shell/parse.js'
import { guardOf, listDecisions } from './decisions.js'
import { type End, groupEnds, listEnds } from './ends.js'
import { bodiesOf, type Draft, listSteps, type Read, readStep, readsOf, toolsOf } from './steps-of-run.js'

/** A run of one script as a picture shows it: read off the text of the script, and nothing else. */
export interface Run {
  /** In the order in which they run. */
  readonly steps: readonly RunStep[]
  readonly subCommands: readonly RunSubCommand[]
}

export interface RunStep {
  readonly name: string
  /** Not one of the built-in ones. */
  readonly isOwn: boolean
  /** What it decides, or does in some runs only, each in a few words. */
  readonly decisions: readonly string[]
  /** Without that it does nothing: `decision is clone`, and the words for when it does nothing. */
  readonly onlyIf?: Guard
  /** What ends the run in it, by exit code. */
  readonly ends: readonly End[]
  /** What from here on ends the run in every step. */
  readonly endsFromHere: readonly End[]
  /** The script begins anew. */
  readonly startsAgain: boolean
  /** The variables of the environment that it reads or hands on, in the order of the alphabet. */
  readonly reads: readonly string[]
  /** The programs that it runs, PostgreSQL's first. */
  readonly tools: readonly string[]
}

export interface Guard {
  readonly variable: string
  readonly word: string
  /** The other words that the variable may hold. */
  readonly others: readonly string[]
}

/** What `sh run_rep.sh NAME` comes to. */
export interface RunSubCommand {
  readonly name: string
  readonly doc: string
  /** The steps that it runs. */
  readonly steps: readonly string[]
  readonly ends: readonly End[]
}

/** Reads a run off the text of a script. What this model's script can never do is left out. */
export function readRun(text: string): Run {
  const shell = parseShell(text)
  const functions = functionsOf(shell)
  const live = readLive(shell, functions)
  const asked = (name: string) => new Map([['sub_command', name]])
  const whole = live({ words: asked('run') })
  const script: Read = { shell, functions, whole, bodies: bodiesOf(shell) }
  const order = listSteps(script)
  const drafts = order.map((step, index): Draft => {
    // What later steps do to variables has not happened yet.
    const next = order[index + 1]?.begin
    return readStep(script, step, next === undefined ? whole : live({ words: asked('run'), until: next }))
  })
  return {
    steps: settle(script, drafts),
    subCommands: subCommands.map((one) => readSubCommand(script, one, live({ words: asked(one.name) }))),
  }
}

/** What no more steps than these have in common is said in each. */
const few = 4

// What each step adds to those before it.
function settle(script: Read, drafts: readonly Draft[]): RunStep[] {
  const lasting = (index: number, end: string) =>
    drafts.length - index > few && drafts.slice(index).every(({ ends }) => ends.includes(end))
  const shown = new Set<string>()
  return drafts.map((draft, index): RunStep => {
    const { name, startsAgain } = draft
    const isSaid = (end: string) => drafts.slice(0, index).some((_, at) => lasting(at, end))
    const own = draft.ends.filter((end) => !isSaid(end))
    const onlyIf = guardOf(script, draft)
    return {
      name,
      isOwn: !builtinSteps.some((step) => step.name === name),
      decisions: listDecisions(script, draft, drafts.slice(index + 1), shown),
      ...(onlyIf && { onlyIf }),
      ends: groupEnds(own.filter((end) => !lasting(index, end))),
      endsFromHere: groupEnds(own.filter((end) => lasting(index, end))),
      startsAgain,
      reads: readsOf(script, draft),
      tools: toolsOf(script, draft),
    }
  })
}

function readSubCommand({ functions }: Read, { name, doc }: SubCommand, live: Live): RunSubCommand {
  const calls = ['main', name].flatMap((one) =>
    live.commandsOf(one).flatMap(({ node }) => callsIn(node, functions)),
  )
  const steps = calls.flatMap((call) => /^step_(.*)$/.exec(call)?.[1] ?? [])
  const ends = new Set(['0', ...listEnds(live, functions, [''])])
  return { name, doc, steps: [...new Set(steps)], ends: groupEnds([...ends]) }
}
