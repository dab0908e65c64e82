import type { Place } from './diagnostic.js'

/** Turns offsets into a text (UTF-16 units) into places, counted as editors do: CR, LF and CRLF end a line. */
export function createPositions(file: string, text: string): (offset: number) => Place {
  const starts = [0]
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length)
  return (offset) => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return { file, line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
