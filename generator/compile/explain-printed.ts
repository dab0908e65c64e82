import type { ModelPath } from '../diagnostics/path.js'
import type { PrintedLine } from '../targets/target.js'
import type { StartedTarget } from './targets.js'

/** How a part of the model is shown: its path, and its place in the user's file. */
export type ShowPart = (path: ModelPath) => string

/** Explains a file that a target prints, or with `:<line>` behind its name that line; undefined when there is none. */
export function explainFile(
  what: string,
  targets: readonly StartedTarget[],
  showPart: ShowPart,
): string | undefined {
  const [, name = '', number] = /^(.*?)(?::(\d+))?$/.exec(what) ?? []
  const target = targets.find(({ trace }) => Object.hasOwn(trace?.() ?? {}, name))
  const lines = target?.trace?.()[name]
  if (target === undefined || lines === undefined) return undefined
  const numbered = lines.map((line, index) => ({ ...line, at: index + 1 }))
  const chosen = numbered.filter(({ at, text }) =>
    number === undefined ? text !== '' : at === Number(number),
  )
  if (chosen.length === 0) return undefined
  const shown = chosen.map((line) => showLine(line, showPart))
  return [`file ${name}: printed for targets.${target.name}`, ...shown].join('\n')
}

/** The names of these files. */
export function printedNames(targets: readonly StartedTarget[]): string[] {
  return targets.flatMap(({ trace }) => Object.keys(trace?.() ?? {}))
}

function showLine(
  { text, from = [], why, at }: PrintedLine & { readonly at: number },
  showPart: ShowPart,
): string {
  const rows = [
    ...(why === undefined ? [] : [`what for       ${why}`]),
    ...(from.length === 0 ? [] : [`in the model   ${from.map(showPart).join(', ')}`]),
  ]
  return [`${String(at).padStart(4)}  ${text}`, ...rows.map((row) => `        ${row}`)].join('\n')
}
