import { type ModelPath, showPath } from '../diagnostics/path.js'
import type { ContractVariable } from '../model/contract/variables.js'
import { orderSteps } from '../model/own-steps.js'
import { pathOfVariable, type Replica } from '../model/replica.js'
import { listShape } from '../model/shape.js'
import type { Effects, FunctionEffects } from '../shell/effects.js'
import { failuresOf, reachableFrom, toolsOf } from '../shell/tools.js'
import { docOf, helpersBefore, listConstants } from './lower.js'
import { locateLine, type PrintedScript, type Span } from './print.js'

/** Where each part of run_rep.sh comes from, and what it does. Lines are those of run_rep.sh, the first and the last. */
export interface ScriptMap {
  readonly steps: Readonly<Record<string, MappedStep>>
  readonly variables: Readonly<Record<string, MappedVariable>>
  readonly constants: Readonly<Record<string, MappedConstant>>
  readonly held: Readonly<Record<string, MappedHeld>>
  readonly sources: readonly MappedSource[]
}

export interface MappedStep {
  readonly doc: string
  readonly source: string
  /** The lines of `source`, where they are its own: a table has more of them than its template. */
  readonly sourceLines: readonly [number, number]
  /** The step in the model, if it is the user's. */
  readonly model?: ModelPath
  readonly lines: readonly [number, number]
  readonly reads: readonly string[]
  readonly sets: readonly string[]
  readonly tools: readonly string[]
  readonly failures: readonly string[]
}

export type MappedVariable = Pick<ContractVariable, 'doc' | 'required' | 'setBy' | 'secret'> & {
  readonly default?: string | undefined
  readonly type: string
  readonly what: string
  /** The part of the model that gives the task its value. */
  readonly model?: ModelPath | undefined
}

/** A variable that the model gives its value: the part of the model, and its line. */
export interface MappedConstant {
  readonly model: ModelPath
  readonly line: number
}

/** A setting that the model has the script give the server on its command line. */
export interface MappedHeld {
  readonly model: ModelPath
  readonly value: string
}

/** Where lines come from. */
export interface MappedSource {
  readonly source: string
  readonly lines: readonly [number, number]
  /** Pairs of a line of the script and one of the source; from there both go on line by line to the next pair. */
  readonly runs: readonly (readonly [line: number, sourceLine: number])[]
}

/** The line of a source that printed a line of the script. */
export function sourceLineOf({ runs }: MappedSource, line: number): number {
  const [from, sourceLine] = runs.filter(([start]) => start <= line).at(-1) ?? [line, 1]
  return sourceLine + line - from
}

/**
 * Maps a script: for each step its lines, what it does (`reads`, `sets`, `tools`, `failures`, by itself and through
 * the functions it calls), the lines of the file it comes from, and the part of the model; each variable of the
 * contract, and each that the model gives its value; the settings that it gives the server; for each source its lines.
 */
export function mapScript(
  script: PrintedScript,
  effects: Effects,
  { model, contract }: { readonly model: Replica; readonly contract: readonly ContractVariable[] },
): ScriptMap {
  const { spans } = script
  const steps = orderSteps(model.steps).map((name): [string, MappedStep] => {
    const root = `step_${name}`
    // A step that runs in a process of its own is run by another function.
    const call = effects.functions.find((part) => part.name === 'run')?.calls.find((one) => one.name === root)
    const roots = [...helpersBefore(name, model), root]
    const ways = [...roots, ...(call?.via ?? [])]
    const reached = reachableFrom(effects, roots)
    const parts = effects.functions.filter((part) => reached.includes(part.name))
    const lines = effects.steps.find((step) => step.name === name)
    const own = parts.find((part) => part.name === root)
    const from = lines?.line ?? own?.line ?? 0
    const span = spans.find((candidate) => from >= candidate.from && from <= candidate.to)
    const to = Math.min(lines?.endLine ?? own?.endLine ?? 0, span?.to ?? Number.MAX_SAFE_INTEGER)
    const index = model.steps.findIndex((step) => step.name === name)
    return [
      name,
      {
        doc: docOf(name, model),
        source: span?.source ?? '',
        sourceLines: [locateLine(spans, from)?.line ?? 0, locateLine(spans, to)?.line ?? 0],
        ...(index >= 0 && { model: ['steps', index] }),
        lines: [from, to],
        reads: namesOf(parts, (part) => part.reads),
        sets: namesOf(parts, (part) => part.sets),
        tools: [
          ...new Set(
            roots
              .flatMap((one) => toolsOf(effects, one))
              .map(({ tool, dir }) => (dir === undefined ? tool : `$${dir}/${tool}`)),
          ),
        ],
        failures: [...new Set(ways.flatMap((way) => failuresOf(effects, way)))].sort(),
      },
    ]
  })
  const sources = spans.map(
    (span): MappedSource => ({
      source: span.source,
      lines: [span.from, span.to],
      runs: runsOf(span),
    }),
  )
  const constants = listConstants(model).map(({ name, path }): [string, MappedConstant] => [
    name,
    { model: path, line: lineOf(script, name) },
  ])
  const held = listShape(model).map(({ name, path, value }): [string, MappedHeld] => [
    name,
    { model: path, value },
  ])
  const variables = contract.map(
    ({ name, type, required, default: usual, setBy, secret, doc }): [string, MappedVariable] => [
      name,
      {
        doc,
        type: type.name,
        what: type.what,
        required,
        default: usual,
        setBy,
        secret,
        model: pathOfVariable(model, name),
      },
    ],
  )
  return {
    steps: Object.fromEntries(steps),
    variables: Object.fromEntries(variables),
    constants: Object.fromEntries(constants),
    held: Object.fromEntries(held),
    sources,
  }
}

/** Prints run_rep.map.json; a part of the model stands there as a person writes it. */
export function printMap(map: ScriptMap): string {
  const show = (key: string, value: unknown) =>
    key === 'model' && Array.isArray(value) ? showPath(value) : value
  return `${JSON.stringify(map, show, 2)}\n`.replace(/\[\n\s+(\d+),\n\s+(\d+)\n\s+\]/g, '[$1, $2]')
}

function runsOf({ from, sourceLines }: Span): (readonly [number, number])[] {
  return sourceLines.flatMap((sourceLine, index): (readonly [number, number])[] =>
    index > 0 && sourceLine === (sourceLines[index - 1] ?? 0) + 1 ? [] : [[from + index, sourceLine]],
  )
}

function lineOf({ text }: PrintedScript, constant: string): number {
  return text.split('\n').findIndex((line) => line.startsWith(`${constant}=`)) + 1
}

function namesOf(
  parts: readonly FunctionEffects[],
  pick: (part: FunctionEffects) => readonly { readonly name: string }[],
): string[] {
  return [...new Set(parts.flatMap((part) => pick(part).map(({ name }) => name)))].sort()
}
