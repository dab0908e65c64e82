import type { Functions } from '../shell/commands.js'
import { type FunctionEffects, moveLines } from '../shell/effects.js'
import type { Finding } from '../shell/rules/rule.js'
import type { Mark } from '../shell/steps.js'
import { type Analysis, analyseShell, type GivenNames, type KnownPart } from './analyse.js'
import { digestOf, type PrintedScript } from './print.js'

/**
 * What the analysis says of the shipped shell, found once when the package is built, as object files are: by
 * the digest of each piece of the script, with lines that count from its first. Plain data.
 */
export interface Facts {
  /** The functions among which the pieces were analysed, and the wrappers: a name is a function or a tool. */
  readonly names: readonly string[]
  readonly wrappers: Readonly<Record<string, number>>
  readonly pieces: Readonly<Record<string, PieceFacts>>
}

interface PieceFacts {
  readonly functions: readonly FunctionEffects[]
  readonly findings: readonly Finding[]
  readonly marks: readonly Mark[]
}

/** The facts of a script that was analysed as a whole: of each piece that only defines functions. */
export function collectFacts(
  script: PrintedScript,
  { effects, findings, functions, marks }: Analysis,
): Facts {
  const lines = script.text.split('\n')
  const loose = effects.functions.find(({ name }) => name === '')
  const topLevel =
    loose === undefined ? [] : Object.values(loose).flatMap((list) => (Array.isArray(list) ? list : []))
  const pieces = script.spans.flatMap(({ from, to }): [string, PieceFacts][] => {
    const within = ({ line }: { readonly line: number }) => from <= line && line <= to
    if (topLevel.some(within)) return []
    const own = {
      functions: effects.functions.filter((item) => item.name !== '' && within(item)),
      findings: findings.filter(within),
      marks: marks.filter(within),
    }
    return [[digestOf(lines.slice(from - 1, to).join('\n')), movePiece(own, 1 - from)]]
  })
  return {
    names: [...functions.names],
    wrappers: Object.fromEntries(functions.wrappers),
    pieces: Object.fromEntries(pieces),
  }
}

/**
 * Analyses a printed script, and takes over what the facts say of pieces that are the same to the byte: unless
 * another function than then gives one of their words another meaning.
 */
export function analyseScript(script: PrintedScript, given: GivenNames, facts: Facts | undefined): Analysis {
  const known = facts === undefined ? [] : findKnown(script, facts)
  if (facts === undefined || known.length === 0) return analyseShell(script.text, given)
  const defined = known.flatMap((part) => part.functions.map(({ name }) => name))
  const others: Functions = {
    names: new Set(defined),
    wrappers: new Map(Object.entries(facts.wrappers).filter(([name]) => defined.includes(name))),
    prepared: new Set(),
  }
  const analysis = analyseShell(script.text, given, { known, others })
  const rest = analysis.effects.functions.filter(
    ({ line }) => !known.some((part) => part.from <= line && line <= part.to),
  )
  const means = new Set(known.flatMap((part) => part.functions.flatMap(wordsOf)))
  const changed = difference(analysis.functions.names, new Set(facts.names))
  const isClash = rest.some(({ name }) => others.names.has(name)) || changed.some((name) => means.has(name))
  return analysis.errors.length === 0 && isClash ? analyseShell(script.text, given) : analysis
}

function findKnown({ text, spans }: PrintedScript, { pieces }: Facts): KnownPart[] {
  const lines = text.split('\n')
  return spans.flatMap(({ from, to }): KnownPart[] => {
    const piece = pieces[digestOf(lines.slice(from - 1, to).join('\n'))]
    return piece === undefined ? [] : [{ from, to, ...movePiece(piece, from - 1) }]
  })
}

// All that a function runs: names that would mean something else if a function of that name came or went.
function wordsOf({ calls, tools, builtins }: FunctionEffects): string[] {
  return [...calls, ...tools, ...builtins].map(({ name }) => name)
}

function difference(a: ReadonlySet<string>, b: ReadonlySet<string>): string[] {
  return [...[...a].filter((name) => !b.has(name)), ...[...b].filter((name) => !a.has(name))]
}

function movePiece({ functions, findings, marks }: PieceFacts, by: number): PieceFacts {
  return {
    functions: functions.map((item) => moveLines(item, (line) => line + by)),
    findings: move(findings, by),
    marks: move(marks, by),
  }
}

function move<T extends { readonly line: number }>(items: readonly T[], by: number): T[] {
  return items.map((item) => ({ ...item, line: item.line + by }))
}
