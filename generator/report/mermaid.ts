import type { End } from './ends.js'
import type { Run, RunStep } from './run.js'
import { showEnd, showGuard, showOthers } from './words.js'

/** What a picture says of each step besides what was read off the script. */
export type DocOf = (step: string) => string

/** Draws a run as a flowchart of Mermaid: steps from above to below, what ends a run in them to the side. */
export function drawMermaid({ steps, subCommands }: Run, docOf: DocOf): string {
  const lines = ['flowchart TB', '  begin(["sh run_rep.sh"])']
  for (const [index, step] of steps.entries()) {
    const text = [`<b>${label(step.name)}</b>`, ...textOf(step, docOf).map(label)].join('<br>')
    lines.push(`  ${idOf(step)}["${text}"]`)
    const ends = [
      ...step.ends.map(showIds),
      ...step.endsFromHere.map((end) => `from here on: ${showIds(end)}`),
    ]
    if (ends.length > 0) {
      lines.push(`  ${idOf(step)}_ends["${ends.map(label).join('<br>')}"]`)
      lines.push(`  ${idOf(step)} -.-> ${idOf(step)}_ends`)
    }
    if (step.startsAgain) lines.push(`  ${idOf(step)} -- "starts again" --> begin`)
    lines.push(...arrowsTo(steps, index))
  }
  for (const { name, steps: own, ends } of subCommands) {
    if (name === 'run') continue
    const [first, last] = [own[0], own.at(-1)]
    const codes = ends.map(({ code }) => code).join(', ')
    lines.push(`  sub_${name}(["sh run_rep.sh ${label(name)}<br>ends ${label(codes)}"])`)
    if (first !== undefined && last !== undefined)
      lines.push(`  sub_${name} -. "as far as ${label(last)}" .-> ${idOf({ name: first })}`)
  }
  return `${lines.join('\n')}\n`
}

// No name of a step can be taken for a word of Mermaid.
function idOf({ name }: Pick<RunStep, 'name'>): string {
  return `step_${name}`
}

function textOf(step: RunStep, docOf: DocOf): string[] {
  const guard = showGuard(step)
  return [
    docOf(step.name),
    ...step.decisions.map((text) => `• ${text}`),
    ...(guard === undefined ? [] : [guard]),
  ]
}

function showIds(end: End): string {
  return `${end.code} ${end.failures.length === 0 ? showEnd(end) : end.failures.join(', ')}`
}

// From the step before, and past those that do nothing in some runs.
function arrowsTo(steps: readonly RunStep[], index: number): string[] {
  const step = steps[index]
  const before = steps[index - 1]
  if (step === undefined) return []
  if (before === undefined) return [`  begin --> ${idOf(step)}`]
  const arrows = [
    step.onlyIf === undefined
      ? `  ${idOf(before)} --> ${idOf(step)}`
      : `  ${idOf(before)} -- "${label(step.onlyIf.word)}" --> ${idOf(step)}`,
  ]
  for (let at = index - 1; at > 0; at -= 1) {
    const left = steps[at]
    const from = steps[at - 1]
    if (left?.onlyIf === undefined || from === undefined) break
    arrows.push(`  ${idOf(from)} -- "${label(showOthers(left.onlyIf))}" --> ${idOf(step)}`)
  }
  return arrows
}

// In quotes Mermaid reads entities by number, and HTML.
function label(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, ' ')
    .replace(/[^\p{L}\p{N} .,:;()/_=•’…-]/gu, (character) => `#${character.codePointAt(0)};`)
}
