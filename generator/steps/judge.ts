import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type Functions, functionsOf } from '../shell/commands.js'
import { type Position, parseShell, type Shell } from '../shell/parse.js'
import { requireRealQuotes } from '../shell/rules/literal-quotes.js'
import type { Finding } from '../shell/rules/rule.js'
import { commandsOf, type StepCommand } from './commands.js'
import { type Embedded, embeddedIn } from './embedded.js'
import { requireReadStatus } from './rules/bounded.js'
import { callSharedFunctionsOnly } from './rules/calls.js'
import { keepDataDirectory } from './rules/data.js'
import { forbidBackground, requireWordsAtTheEnd } from './rules/ends.js'
import { keepTheShell } from './rules/lasting.js'
import { requireSeenFailures } from './rules/pipes.js'
import { keepValuesOutOfPrograms } from './rules/programs.js'
import type { StepRule } from './rules/rule.js'
import { keepSecrets } from './rules/secrets.js'
import { forbidSignals } from './rules/signals.js'
import { requireAnswerAtTheEnd } from './rules/status.js'
import { waitForWork } from './rules/work.js'
import { findOrigins, type Given } from './values.js'

/** Every rule on what a step of the user's may do. What it may be written in, the rules of all shell text say. */
export const stepRules: readonly StepRule[] = [
  callSharedFunctionsOnly,
  requireWordsAtTheEnd,
  forbidBackground,
  keepTheShell,
  forbidSignals,
  keepValuesOutOfPrograms,
  keepSecrets,
  keepDataDirectory,
  requireSeenFailures,
  requireAnswerAtTheEnd,
  requireReadStatus,
  waitForWork,
]

/** Of a step they are asked by where its values come from (rules/data.ts). */
const replaced: ReadonlySet<string> = new Set(['E_SHELL_DATA', 'E_SHELL_EMPTY'])
/** They matter only where the script's traps are armed: in a process of its own a step has none of them. */
const aboutTraps: ReadonlySet<string> = new Set(['E_SHELL_SUBSTITUTIONS'])

/** Does a rule for all shell text hold in a step of the user's, too? */
export function holdsForSteps(code: string, runsApart: boolean): boolean {
  return !replaced.has(code) && !(runsApart && aboutTraps.has(code))
}

/** A file of the user's: its name as a person finds it, and its text. */
export interface StepText {
  readonly file: string
  readonly text: string
}

export interface StepWorld extends Given {
  /** The text of the script without the user's files. */
  readonly builtin: string
  /** The functions that run in the script's own shell. */
  readonly lasting: ReadonlySet<string>
  /** What no text may do, whoever runs it: make a master of a standby. */
  readonly forbidden: (shell: Shell, known: Functions) => readonly Finding[]
  /** The functions that run before `$work` is there. */
  readonly early: ReadonlySet<string>
}

/** Judges by every rule what the user's steps do; the places are those in the user's files. */
export function judgeSteps(
  texts: readonly StepText[],
  { builtin, lasting, early, forbidden, ...given }: StepWorld,
): Diagnostic[] {
  if (texts.length === 0) return []
  // Two files may call each other's functions.
  const known = functionsOf(parseShell([builtin, ...texts.map(({ text }) => text)].join('\n')))
  const shared: Functions = { ...known, prepared: new Set() }
  const parts = texts.flatMap(({ file, text }): Part[] => {
    const shell = parseShell(text)
    return withEmbedded({ file, shell, commands: commandsOf(shell, functionsOf(shell, shared)) }, shared)
  })
  const own = new Set(parts.flatMap(({ shell }) => shell.all('Function').map(({ node }) => node.name.value)))
  const all = parts.flatMap(({ commands }) => commands)
  const embedded = new Map(parts.flatMap(({ within }) => (within === undefined ? [] : [within])))
  const origins = findOrigins(all, embedded, given)
  const found = parts.flatMap(({ file, shell, commands, at }): Diagnostic[] => [
    ...stepRules
      .flatMap((rule) => rule({ shell, commands, all, embedded, origins, own, lasting, early }))
      .map(({ code, node, message, hint }) => {
        return { code, place: { file, ...(at ?? shell.place(node)) }, message, hint }
      }),
    // A text within is no part of the script, whose rules therefore never see it, nor what a false quote would hide.
    ...(at === undefined
      ? []
      : [...requireRealQuotes(shell), ...forbidden(shell, functionsOf(shell, shared))].map(
          ({ code, message, hint }) => {
            return { code, place: { file, ...at }, message, hint }
          },
        )),
  ])
  // A function is met once for each way in which it is called.
  return [...new Map(found.map((one) => [JSON.stringify(one), one])).values()]
}

/** A step file, or a text within it. */
interface Part {
  readonly file: string
  readonly shell: Shell
  readonly commands: readonly StepCommand[]
  /** Of a text within: its command, and that command's place. */
  readonly within?: readonly [StepCommand, Embedded]
  readonly at?: Position
}

// The text of `sh -c` is a part of the step, and so is the text within that.
function withEmbedded(part: Part, known: Functions): Part[] {
  const inner = part.commands.flatMap((command): Part[] => {
    const text = embeddedIn(command)
    if (text === undefined) return []
    const { shell, owner } = text
    const commands = commandsOf(shell, functionsOf(shell, known), { owner, outer: command })
    const at = part.at ?? part.shell.place(command.node)
    return withEmbedded({ file: part.file, shell, commands, within: [command, text], at }, known)
  })
  return [part, ...inner]
}
