import { diffArrays } from 'diff'

/** One place where two texts differ; a line keeps its line break, so that a missing one at the end shows. */
export interface Difference {
  /** The line of the file found, from 1, at which it begins. */
  readonly line: number
  /** The line of the text wanted. */
  readonly wantedLine: number
  /** The lines that stand there. */
  readonly found: readonly string[]
  /** The lines that should. */
  readonly wanted: readonly string[]
}

/** Of texts that differ in more lines the whole counts as one place: that is another file, and no edited one. */
const mostEdits = 2000

/** The places where `found` differs from `wanted`, in their order; none when they are equal. */
export function compareLines(wanted: string, found: string): Difference[] {
  const want = splitLines(wanted)
  const have = splitLines(found)
  const parts = diffArrays(have, want, { maxEditLength: mostEdits })
  if (parts === undefined) return [{ line: 1, wantedLine: 1, found: have, wanted: want }]
  const differences: Difference[] = []
  let line = 1
  let wantedLine = 1
  let isOpen = false
  for (const { value, added, removed } of parts) {
    const change = { found: removed ? value : [], wanted: added ? value : [] }
    const last = differences.at(-1)
    if (!added && !removed) isOpen = false
    else if (isOpen && last !== undefined) {
      // What is taken out and what comes in its place are two parts of one difference.
      differences.splice(-1, 1, {
        ...last,
        found: [...last.found, ...change.found],
        wanted: [...last.wanted, ...change.wanted],
      })
    } else {
      differences.push({ line, wantedLine, ...change })
      isOpen = true
    }
    if (!added) line += value.length
    if (!removed) wantedLine += value.length
  }
  return differences
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
