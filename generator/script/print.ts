import { createHash } from 'node:crypto'

/** A piece of the script and the file it comes from: a template, or a step of the user's. */
export interface Chunk {
  readonly source: string
  readonly text: string
  /** The line of the source for each line of a table; other text is the file as it lies. */
  readonly sourceLines?: readonly number[]
  /** A line of ours above the text, such as a `# @step` mark that a file lacks. */
  readonly heading?: string
}

/** Which lines of the script (from 1, both included) a source printed. */
export interface Span {
  readonly source: string
  readonly from: number
  readonly to: number
  /** The line of the source for each line from `from` to `to`; the first for a heading of ours. */
  readonly sourceLines: readonly number[]
}

export interface PrintedScript {
  readonly text: string
  readonly spans: readonly Span[]
}

/**
 * Joins the chunks, one blank line between two, below a head that carries the SHA-256 of all lines below
 * it. Blank lines around a chunk are dropped, and so are chunks of nothing else. `printHead` is called with
 * that digest and must print the same number of lines for any.
 */
export function printScript(chunks: readonly Chunk[], printHead: (digest: string) => string): PrintedScript {
  const pieces = chunks.map(trimChunk).filter(({ text }) => text !== '\n')
  const body = pieces.map(({ text }) => `\n${text}`).join('')
  const head = printHead(digestOf(body))
  const spans: Span[] = []
  let line = countLines(head) + 2
  for (const { text, source, sourceLines } of pieces) {
    const lines = countLines(text)
    spans.push({ source, from: line, to: line + lines - 1, sourceLines })
    line += lines + 1
  }
  return { text: head + body, spans }
}

/** The file and the line in it that printed a line of the script; none for the head and between two chunks. */
export function locateLine(
  spans: readonly Span[],
  line: number,
): { source: string; line: number } | undefined {
  const span = spans.find(({ from, to }) => line >= from && line <= to)
  const at = span?.sourceLines[line - span.from]
  return span === undefined || at === undefined ? undefined : { source: span.source, line: at }
}

/** SHA-256 as sha256sum prints it. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

// Whole blank lines only: a blank at the end of the last line may be escaped and mean something.
function trimChunk({ source, text, sourceLines, heading }: Chunk) {
  const blank = /^(?:[^\S\n]*\n)*/.exec(text)?.[0] ?? ''
  const rest = text.slice(blank.length).replace(/(?:\n[^\S\n]*)+$/, '')
  const above = heading === undefined || rest === '' ? '' : `${heading}\n`
  const kept = `${above}${/^\s*$/.test(rest) ? '' : rest}\n`
  const first = countLines(blank) - countLines(above)
  const numbers = Array.from({ length: countLines(kept) }, (_, index) => Math.max(0, first + index))
  return { source, text: kept, sourceLines: numbers.map((index) => sourceLines?.[index] ?? index + 1) }
}

function countLines(text: string): number {
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
