import type { Diagnostic } from '../compile/diagnostic.js'
import { type Functions, functionsOf } from '../shell/commands.js'
import { parseShell } from '../shell/parse.js'
import { commandsOf } from './commands.js'
import { callSharedFunctionsOnly } from './rules/calls.js'
import { keepDataDirectory } from './rules/data.js'
import { forbidBackground, requireWordsAtTheEnd } from './rules/ends.js'
import { keepTheShell } from './rules/lasting.js'
import { requireSeenFailures } from './rules/pipes.js'
import { keepValuesOutOfPrograms } from './rules/programs.js'
import type { StepRule } from './rules/rule.js'
import { keepSecrets } from './rules/secrets.js'
import { forbidSignals } from './rules/signals.js'
import { findOrigins, type Given } from './values.js'

/** Every rule on what a step of the user's may do. What it may be written in, the rules of all shell text say. */
const stepRules: readonly StepRule[] = [
  callSharedFunctionsOnly,
  requireWordsAtTheEnd,
  forbidBackground,
  keepTheShell,
  forbidSignals,
  keepValuesOutOfPrograms,
  keepSecrets,
  keepDataDirectory,
  requireSeenFailures,
]

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
}

/** Judges by every rule what the user's steps do; the places are those in the user's files. */
export function judgeSteps(
  texts: readonly StepText[],
  { builtin, lasting, ...given }: StepWorld,
): Diagnostic[] {
  if (texts.length === 0) return []
  // Two files may call each other's functions.
  const all = functionsOf(parseShell([builtin, ...texts.map(({ text }) => text)].join('\n')))
  const shared: Functions = { ...all, prepared: new Set() }
  const files = texts.map(({ file, text }) => {
    const shell = parseShell(text)
    return { file, shell, commands: commandsOf(shell, functionsOf(shell, shared)) }
  })
  const own = new Set(files.flatMap(({ shell }) => shell.all('Function').map(({ node }) => node.name.value)))
  const origins = findOrigins(files, shared, given)
  return files.flatMap(({ file, shell, commands }) =>
    stepRules
      .flatMap((rule) => rule({ shell, commands, origins, own, lasting }))
      .map(({ code, node, message, hint }): Diagnostic => {
        return { code, place: { file, ...shell.place(node) }, message, hint }
      }),
  )
}
