import type { ModelPath } from '../../diagnostics/path.js'
import type { PrintedLine } from '../target.js'
import type { At, Settled } from './said.js'
import { traceLines } from './yaml.js'

/** The lines of the printed file of these documents, each with the parts of the model that it comes from. */
export function traceDocuments(text: string, documents: readonly Settled[]): PrintedLine[] {
  return traceText(text, (index, at) => originsOf(documents[index]?.marks ?? [], at))
}

/** The lines of a file of YAML or JSON, each with what `originsAt` says of its place; a comment is the next line's. */
export function traceText(
  text: string,
  originsAt: (document: number, at: At) => readonly ModelPath[],
): PrintedLine[] {
  const origins = traceLines(text, originsAt)
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.map((line, index) => ({
    text: line,
    from: origins[line.trimStart().startsWith('#') ? index + 1 : index] ?? [],
  }))
}

/** Of what is known of parts of a document, what the innermost one around a place says of the model. */
function originsOf(marks: Settled['marks'], at: At): readonly ModelPath[] {
  const around = marks.filter(
    (mark) =>
      mark.from !== undefined &&
      (mark.isHead !== true || mark.at.length === at.length) &&
      mark.at.length <= at.length &&
      mark.at.every((key, index) => key === at[index]),
  )
  return (
    around.reduce<(typeof around)[number] | undefined>(
      (best, mark) => (best === undefined || mark.at.length >= best.at.length ? mark : best),
      undefined,
    )?.from ?? []
  )
}
