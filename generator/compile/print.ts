import { createHash } from 'node:crypto'

/** A piece of the script and the file it comes from: a template, or a step of the user's. */
export interface Chunk {
  readonly source: string
  readonly text: string
}

/** Which lines of the script (from 1, both included) a source printed. */
export interface Span {
  readonly source: string
  readonly from: number
  readonly to: number
}

export interface PrintedScript {
  readonly text: string
  readonly spans: readonly Span[]
}

/**
 * Joins the chunks, one blank line between two, below a head that carries the SHA-256 of all lines below
 * it. `printHead` is called with that digest and must print the same number of lines for any.
 */
export function printScript(chunks: readonly Chunk[], printHead: (digest: string) => string): PrintedScript {
  const texts = chunks.map(({ text }) => `${text.trim()}\n`)
  const body = `\n${texts.join('\n')}`
  const head = printHead(digestOf(body))
  const spans: Span[] = []
  let line = countLines(head) + 2
  for (const [index, text] of texts.entries()) {
    const lines = countLines(text)
    spans.push({ source: chunks[index]?.source ?? '', from: line, to: line + lines - 1 })
    line += lines + 1
  }
  return { text: head + body, spans }
}

/** SHA-256 as sha256sum prints it. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex')
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}
