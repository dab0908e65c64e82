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

/** The places where `found` differs from `wanted`, in their order; none when they are equal. */
export function compareLines(wanted: string, found: string): Difference[] {
  if (found === wanted) return []
  const want = splitLines(wanted)
  const have = splitLines(found)
  let start = 0
  while (start < want.length && start < have.length && want[start] === have[start]) start += 1
  let end = 0
  const rest = Math.min(want.length, have.length) - start
  while (end < rest && want.at(-1 - end) === have.at(-1 - end)) end += 1
  const middle = { want: want.slice(start, want.length - end), have: have.slice(start, have.length - end) }
  return alignMiddle(middle.want, middle.have).map(({ line, wantedLine, ...lines }) => ({
    line: line + start,
    wantedLine: wantedLine + start,
    ...lines,
  }))
}

function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

// A table of this many cells is 32 MB, and 4000 lines of script; beyond it the whole middle counts as one place.
const largest = 16_000_000

// The longest common subsequence, by its table of lengths from the end.
function alignMiddle(want: readonly string[], have: readonly string[]): Difference[] {
  const width = have.length + 1
  const whole = { line: 1, wantedLine: 1, found: have, wanted: want }
  if (want.length === 0 || have.length === 0 || want.length * width > largest) return [whole]
  const lengths = new Uint16Array((want.length + 1) * width)
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0
  for (let i = want.length - 1; i >= 0; i -= 1) {
    for (let j = have.length - 1; j >= 0; j -= 1) {
      const longest = want[i] === have[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
      lengths[i * width + j] = longest
    }
  }
  const differences: Difference[] = []
  let i = 0
  let j = 0
  while (i < want.length || j < have.length) {
    const from = { i, j }
    while ((i < want.length || j < have.length) && (want[i] !== have[j] || i >= want.length)) {
      if (j >= have.length || (i < want.length && at(i + 1, j) >= at(i, j + 1))) i += 1
      else j += 1
    }
    if (i > from.i || j > from.j) {
      const lines = { found: have.slice(from.j, j), wanted: want.slice(from.i, i) }
      differences.push({ line: from.j + 1, wantedLine: from.i + 1, ...lines })
    }
    while (i < want.length && j < have.length && want[i] === have[j]) {
      i += 1
      j += 1
    }
  }
  return differences
}
