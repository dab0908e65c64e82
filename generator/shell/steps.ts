import type { Shell } from './parse.js'

/** The lines of one step, from its `# @step NAME` to the line before the next mark. */
export interface Step {
  readonly name: string
  readonly line: number
  readonly endLine: number
}

/** The steps that comments of the form `# @step NAME` begin; `# @end` ends one where no other begins. */
export function stepsOf(shell: Shell): Step[] {
  const marks: { name: string | undefined; line: number }[] = []
  const lines = shell.text.split('\n')
  const texts = textLines(shell)
  for (const [index, text] of lines.entries()) {
    const mark = /^\s*#\s*@(?:step\s+(\S+)|end\b)/.exec(text)
    if (mark !== null && !texts.has(index + 1)) marks.push({ name: mark[1], line: index + 1 })
  }
  const last = lines.at(-1) === '' ? lines.length - 1 : lines.length
  return marks.flatMap(({ name, line }, index) =>
    name === undefined ? [] : [{ name, line, endLine: (marks[index + 1]?.line ?? last + 1) - 1 }],
  )
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
