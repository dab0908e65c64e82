import { type Functions, functionsOf, preparedRuns, runsOf } from '../shell/commands.js'
import { type Effects, effectsOf } from '../shell/effects.js'
import { type ParseFault, parseShell, type Shell } from '../shell/parse.js'
import { rules } from '../shell/rules/all.js'
import type { Finding } from '../shell/rules/rule.js'
import { toolsOf } from '../shell/tools.js'
import { type Rights, readRights, standbyRules } from './standby.js'

// What a run can reach: the steps in their order, and the traps.
const roots = ['run', 'on_signal', 'on_verdict', 'on_exit']

/** What shell text does, and what the rules find in it. Lines count from 1 in the text. */
export interface Analysis {
  /** Faults of syntax: what such a text means is a guess, so nothing else is said of it. */
  readonly errors: readonly ParseFault[]
  readonly effects: Effects
  readonly findings: readonly Finding[]
}

/** Names that shell text may use though it does not define them. */
export interface GivenNames {
  /** The ids that `fail` may name. */
  readonly failureIds: Iterable<string>
  /** Programs besides those of POSIX and of our own list. */
  readonly tools?: Iterable<string>
  /** What functions of it may do that no other may; by default none may anything. */
  readonly rights?: Rights
}

/** Parses shell text, reads off what it does and judges it by every rule. */
export function analyseShell(text: string, given: GivenNames): Analysis {
  const shell = parseShell(text)
  if (shell.errors.length > 0) {
    return { errors: shell.errors, effects: { functions: [], wrappers: [], steps: [] }, findings: [] }
  }
  const functions = functionsOf(shell)
  const effects = effectsOf(shell, functions)
  const findings = judge(shell, { functions, effects, given })
  return {
    errors: [],
    effects,
    findings: findings.sort((a, b) => a.line - b.line || a.column - b.column),
  }
}

interface Judged {
  readonly functions: Functions
  readonly effects: Effects
  readonly given: GivenNames
}

function judge(shell: Shell, { functions, effects, given }: Judged): Finding[] {
  const runs = shell
    .all('Command')
    .flatMap(({ node }) => [...runsOf(node, functions), ...preparedRuns(node, functions)])
  const context = {
    failureIds: new Set(given.failureIds),
    tools: new Set(given.tools ?? []),
    functions: effects.functions,
    known: functions,
    runs,
  }
  const { rights = readRights({}) } = given
  return [
    ...rules.flatMap((rule) => rule(shell, context)),
    ...standbyRules.flatMap((rule) => rule(shell, { ...context, rights })),
  ]
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
