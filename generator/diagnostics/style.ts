import { styleText } from 'node:util'

/** How a text is shown: how wide the terminal is (no limit in a pipe), and whether it takes colours. */
export interface Style {
  readonly width: number
  readonly isColoured: boolean
}

/** What a pipe, a file and a test get: lines as they are. */
export const plain: Style = { width: Number.POSITIVE_INFINITY, isColoured: false }

/** A stream as far as its style goes. */
export interface Screen {
  readonly isTTY?: boolean | undefined
  readonly columns?: number | undefined
}

/**
 * Colours are for terminals: FORCE_COLOR asks for them anywhere (0 or false: nowhere), NO_COLOR with any text refuses
 * them (no-color.org), and where both are there FORCE_COLOR decides, as in Node.js. A dumb terminal has none.
 */
export function styleOf(stream: Screen, env: Readonly<Record<string, string | undefined>>): Style {
  const isTerminal = stream.isTTY === true
  const width = isTerminal && (stream.columns ?? 0) >= 40 ? (stream.columns ?? 0) : Number.POSITIVE_INFINITY
  return { width, isColoured: takesColours(isTerminal, env) }
}

function takesColours(isTerminal: boolean, env: Readonly<Record<string, string | undefined>>): boolean {
  const { FORCE_COLOR: forced, NO_COLOR: refused, TERM: terminal } = env
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  if (refused !== undefined && refused !== '') return false
  return isTerminal && terminal !== 'dumb'
}

type Format = Parameters<typeof styleText>[0]

/** The text in a colour, where there are colours. */
export function paint(format: Format, text: string, { isColoured }: Style): string {
  return isColoured && text !== '' ? styleText(format, text, { validateStream: false }) : text
}

/**
 * Breaks a line at blanks so that each piece fits; the pieces after the first begin with `indent`. A word that is too
 * long, as a path or a URL, stays whole, so that it can be copied.
 */
export function wrap(line: string, { width }: Pick<Style, 'width'>, indent = ''): string {
  if (line.length <= width) return line
  const start = /^\s*/.exec(line)?.[0] ?? ''
  const lines: string[] = []
  let current = start
  for (const word of line.slice(start.length).split(' ')) {
    const isFirst = current === start || current === indent
    if (!isFirst && current.length + 1 + word.length > width) {
      lines.push(current)
      current = indent + word
    } else {
      current += isFirst ? word : ` ${word}`
    }
  }
  return [...lines, current].join('\n')
}
