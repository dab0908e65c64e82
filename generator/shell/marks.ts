import type { Shell } from './parse.js'

/** The lines of one step, from its `# @step NAME` to the line before the next mark. */
export interface Step {
  readonly name: string
  readonly line: number
  readonly endLine: number
}

/** A comment `# @step NAME`, which begins a step, or `# @end`, which ends one where no other begins. */
export interface Mark {
  readonly name?: string
  readonly line: number
}

/** The steps that the comments of a script mark. */
export function stepsOf(shell: Shell): Step[] {
  return stepsBetween(marksOf(shell), shell.text)
}

/** From each mark, in the order of their lines, to the next, or to the end of the text. */
function stepsBetween(marks: readonly Mark[], text: string): Step[] {
  const last = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  return marks.flatMap(({ name, line }, index) =>
    name === undefined ? [] : [{ name, line, endLine: (marks[index + 1]?.line ?? last + 1) - 1 }],
  )
}

/** The marks in comments, in the order of their lines. */
export function marksOf(shell: Shell): Mark[] {
  const texts = textLines(shell)
  return shell.text.split('\n').flatMap((text, index) => {
    const mark = /^\s*#\s*@(?:step\s+(\S+)|end\b)/.exec(text)
    if (mark === null || texts.has(index + 1)) return []
    return [{ ...(mark[1] === undefined ? {} : { name: mark[1] }), line: index + 1 }]
  })
}

// Lines that are data: in a here-document, or within a quoted word of several lines.
function textLines(shell: Shell): Set<number> {
  const lines = new Set<number>()
  const add = (from: number, to: number): void => {
    for (let line = from; line <= to; line += 1) lines.add(line)
  }
  for (const { node } of shell.all('HereDocBody')) add(shell.place(node).line, shell.endLine(node))
  for (const kind of ['SingleQuoted', 'DoubleQuoted'] as const) {
    for (const { node } of shell.all(kind)) add(shell.place(node).line + 1, shell.endLine(node))
  }
  return lines
}
