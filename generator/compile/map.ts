import type { ContractVariable } from '../model/contract/variables.js'
import type { Replica } from '../model/replica.js'
import { orderSteps } from '../model/step.js'
import { builtinSteps } from '../model/steps.js'
import type { Effects, FunctionEffects } from '../shell/effects.js'
import { failuresOf, reachableFrom, toolsOf } from '../shell/tools.js'
import type { PrintedScript } from './print.js'

/** run_rep.map.json, parsed. Lines are those of run_rep.sh, the first and the last. */
export interface ScriptMap {
  readonly steps: Readonly<Record<string, MappedStep>>
  readonly variables: Readonly<Record<string, MappedVariable>>
  readonly sources: readonly { readonly source: string; readonly lines: readonly [number, number] }[]
}

export interface MappedStep {
  readonly doc: string
  readonly source: string
  readonly lines: readonly [number, number]
  readonly reads: readonly string[]
  readonly sets: readonly string[]
  readonly tools: readonly string[]
  readonly failures: readonly string[]
}

type MappedVariable = Pick<ContractVariable, 'doc' | 'required' | 'default' | 'setBy' | 'secret'> & {
  readonly type: string
  readonly what: string
}

/**
 * Prints run_rep.map.json: for each step its lines, what it does (`reads`, `sets`, `tools`, `failures`, by
 * itself and through the functions it calls) and the file it comes from; each variable of the contract; for
 * each source its lines.
 */
export function printMap(
  { spans }: PrintedScript,
  effects: Effects,
  { model, contract }: { readonly model: Replica; readonly contract: readonly ContractVariable[] },
): string {
  const steps = orderSteps(model.steps).map((name) => {
    const root = `step_${name}`
    const reached = reachableFrom(effects, [root])
    const parts = effects.functions.filter((part) => reached.includes(part.name))
    const lines = effects.steps.find((step) => step.name === name)
    const own = parts.find((part) => part.name === root)
    const from = lines?.line ?? own?.line ?? 0
    const span = spans.find((candidate) => from >= candidate.from && from <= candidate.to)
    return [
      name,
      {
        doc: docOf(name, model),
        source: span?.source ?? '',
        lines: [from, Math.min(lines?.endLine ?? own?.endLine ?? 0, span?.to ?? Number.MAX_SAFE_INTEGER)],
        reads: namesOf(parts, (part) => part.reads),
        sets: namesOf(parts, (part) => part.sets),
        tools: toolsOf(effects, root).map(({ tool, dir }) => (dir === undefined ? tool : `$${dir}/${tool}`)),
        failures: failuresOf(effects, root),
      },
    ] as const
  })
  const sources = spans.map(({ source, from, to }) => ({ source, lines: [from, to] }))
  const variables = contract.map(({ name, type, required, default: usual, setBy, secret, doc }) => [
    name,
    { doc, type: type.name, what: type.what, required, default: usual, setBy, secret },
  ])
  const map = { steps: Object.fromEntries(steps), variables: Object.fromEntries(variables), sources }
  return `${JSON.stringify(map, null, 2)}\n`.replace(/\[\n\s+(\d+),\n\s+(\d+)\n\s+\]/g, '[$1, $2]')
}

function docOf(name: string, model: Replica): string {
  return [...builtinSteps, ...model.steps].find((step) => step.name === name)?.doc ?? ''
}

function namesOf(
  parts: readonly FunctionEffects[],
  pick: (part: FunctionEffects) => readonly { readonly name: string }[],
): string[] {
  return [...new Set(parts.flatMap((part) => pick(part).map(({ name }) => name)))].sort()
}
