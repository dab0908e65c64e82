// Myers' algorithm, for which ours needed a table of 32 MB.
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
  const differences: { line: number; wantedLine: number; found: string[]; wanted: string[] }[] = []
  let [line, wantedLine] = [1, 1]
  let isOpen = false
  for (const { value, added, removed } of parts) {
    const isDifference = added || removed
    // What was taken out and what comes in its place are neighbours, and one difference.
    if (isDifference && !isOpen) differences.push({ line, wantedLine, found: [], wanted: [] })
    isOpen = isDifference
    if (removed) differences.at(-1)?.found.push(...value)
    if (added) differences.at(-1)?.wanted.push(...value)
    if (!added) line += value.length
    if (!removed) wantedLine += value.length
  }
  return differences
}

/** The lines of a text, each with its line break. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}
