import type { Place } from './diagnostic.js'
import { maskWithOffsets } from './mask.js'

const CONTEXT = 2
const WIDTH = 100

/**
 * The lines around a place, numbered, with a caret under its column. Of long lines only about 100 columns
 * around the place are shown, of all lines the same, and no secret in any. Empty when the text has no such line.
 */
export function codeFrame(place: Place, source: string, room = WIDTH): string {
  const width = Math.min(WIDTH, Math.max(40, room))
  const { lines, column } = readMasked(place, source.replace(/^\uFEFF/, ''))
  const line = lines[place.line - 1]
  if (line === undefined) return ''
  const first = Math.max(1, place.line - CONTEXT)
  // What follows the last line end is a line only where the finding is there, at the end of the text.
  const count = lines.at(-1) === '' && place.line < lines.length ? lines.length - 1 : lines.length
  const last = Math.min(count, place.line + CONTEXT)
  const caret = expand(line.slice(0, Math.max(0, column - 1))).length
  const start = Math.max(0, caret >= width ? caret - Math.floor(width / 2) : 0)
  const gutter = String(last).length

  const frame: string[] = []
  for (let number = first; number <= last; number++) {
    const text = cut(expand(lines[number - 1] ?? ''), start, width)
    const mark = number === place.line ? '>' : ' '
    frame.push(`${mark} ${String(number).padStart(gutter)} | ${text}`.trimEnd())
    if (number === place.line) frame.push(`  ${' '.repeat(gutter)} | ${' '.repeat(caret - start)}^`)
  }
  return frame.join('\n')
}

// The place is moved by what a secret before it in its line was longer, or shorter, than its mark.
function readMasked(place: Place, source: string): { readonly lines: string[]; readonly column: number } {
  const { text, moved } = maskWithOffsets(source)
  const lines = text.split(/\r\n|\n|\r/)
  if (text === source) return { lines, column: place.column }
  const starts = [0, ...[...source.matchAll(/\r\n|\n|\r/g)].map(({ index, 0: end }) => index + end.length)]
  const start = starts[place.line - 1]
  if (start === undefined) return { lines, column: place.column }
  return { lines, column: moved(start + place.column - 1) - moved(start) + 1 }
}

/** One character of text is one column: a tab is two blanks, and what could drive a terminal is a dot. */
function expand(text: string): string {
  return text.replaceAll('\t', '  ').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·')
}

function cut(text: string, start: number, width: number): string {
  const end = start + width
  const shown = text.slice(start, end)
  const before = start > 0 && text.length > start ? '…' : ''
  const after = text.length > end ? '…' : ''
  return `${before}${shown.slice(before.length)}${after}`
}
