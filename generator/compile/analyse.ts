import { type Functions, functionsOf, preparedRuns, runsOf } from '../shell/commands.js'
import { compare, type Effects, type FunctionEffects, functionEffectsOf } from '../shell/effects.js'
import { type ParseFault, parseShell, type Shell } from '../shell/parse.js'
import { rules } from '../shell/rules/all.js'
import type { Finding } from '../shell/rules/rule.js'
import { type Mark, marksOf, stepsBetween } from '../shell/steps.js'
import { toolsOf } from '../shell/tools.js'
import { standbyRules } from './standby.js'

// What a run can reach: the steps in their order, and the traps.
const roots = ['run', 'on_signal', 'on_verdict', 'on_exit']

/** What shell text does, and what the rules find in it. Lines count from 1 in the text. */
export interface Analysis {
  /** Faults of syntax: what such a text means is a guess, so nothing else is said of it. */
  readonly errors: readonly ParseFault[]
  readonly effects: Effects
  readonly findings: readonly Finding[]
  readonly functions: Functions
  readonly marks: readonly Mark[]
}

/** Names that shell text may use though it does not define them. */
export interface GivenNames {
  /** The ids that `fail` may name. */
  readonly failureIds: Iterable<string>
  /** Programs besides those of POSIX and of our own list. */
  readonly tools?: Iterable<string>
}

/** What is known already of a part of the text: it was analysed among the same functions. */
export interface KnownPart {
  readonly from: number
  readonly to: number
  readonly functions: readonly FunctionEffects[]
  readonly findings: readonly Finding[]
  readonly marks: readonly Mark[]
}

/**
 * Parses shell text, reads off what it does and judges it by every rule. `known` parts are taken over instead;
 * `others` are the functions that they define.
 */
export function analyseShell(
  text: string,
  given: GivenNames,
  { known = [], others }: { known?: readonly KnownPart[]; others?: Functions } = {},
): Analysis {
  const shell = parseShell(known.length === 0 ? text : blankOut(text, known))
  if (shell.errors.length > 0) {
    const functions = {
      names: new Set<string>(),
      wrappers: new Map<string, number>(),
      prepared: new Set<never>(),
    }
    const effects = { functions: [], wrappers: [], steps: [] }
    return { errors: shell.errors, effects, findings: [], functions, marks: [] }
  }
  const functions = functionsOf(shell, others)
  const own = functionEffectsOf(shell, functions)
  const all = [...own, ...known.flatMap((part) => part.functions)]
  const marks = [...marksOf(shell), ...known.flatMap((part) => part.marks)].sort((a, b) => a.line - b.line)
  return {
    errors: [],
    effects: {
      functions: all.sort((a, b) => compare(a.name, b.name) || a.line - b.line),
      wrappers: [...functions.wrappers]
        .map(([name, skip]) => ({ name, skip }))
        .sort((a, b) => compare(a.name, b.name)),
      steps: stepsBetween(marks, text),
    },
    findings: [...judge(shell, { functions, own, given }), ...known.flatMap((part) => part.findings)].sort(
      (a, b) => a.line - b.line || a.column - b.column,
    ),
    functions,
    marks,
  }
}

interface Judged {
  readonly functions: Functions
  readonly own: readonly FunctionEffects[]
  readonly given: GivenNames
}

function judge(shell: Shell, { functions, own, given }: Judged): Finding[] {
  const runs = shell
    .all('Command')
    .flatMap(({ node }) => [...runsOf(node, functions), ...preparedRuns(node, functions)])
  const context = {
    failureIds: new Set(given.failureIds),
    tools: new Set(given.tools ?? []),
    functions: own,
    known: functions,
    runs,
  }
  return [...rules, ...standbyRules].flatMap((rule) => rule(shell, context))
}

// Blank lines instead, so that the lines of the rest stay where they are.
function blankOut(text: string, parts: readonly KnownPart[]): string {
  const lines = text.split('\n')
  for (const { from, to } of parts) lines.fill('', from - 1, to)
  return lines.join('\n')
}

/**
 * The commands that every run needs: reached without a question whether they are here (`have X`), and
 * looked for in PATH. PostgreSQL's own tools are called by their directory and have checks of their own.
 */
export function listNeededTools(effects: Effects): string[] {
  const tools = roots
    .flatMap((root) => toolsOf(effects, root))
    .filter(({ dir, guardedBy }) => dir === undefined && guardedBy.length === 0)
  return [...new Set(tools.map(({ tool }) => tool))].filter((tool) => tool !== 'sh').sort()
}
