import type { ModelPath } from '../diagnostics/path.js'
import type { PrintedLine } from '../targets/target.js'
import { type Content, element } from './markup.js'
import type { Page, Section } from './page.js'
import { code, idOf, paragraph } from './parts.js'

/** What the targets print, and for each line what it is for, and where in the model it comes from. */
export function filesSection({ values, showPart }: Page): Section | undefined {
  const files = values.targets.flatMap(({ name, trace }) =>
    Object.entries(trace?.() ?? {}).map(([file, lines]) => ({ target: name, file, lines })),
  )
  if (files.length === 0) return undefined
  return {
    id: 'files',
    title: 'What starts it',
    content: files.map(({ target, file, lines }) =>
      element(
        'details',
        { id: idOf('file', file) },
        element('summary', {}, element('h3', {}, code(file)), ` for ${target}, ${lines.length} lines`),
        paragraph('Each line, what it is for, and the part of the model that makes it what it is.'),
        element(
          'ol',
          { class: 'lines' },
          lines.map((line) => lineOf(line, showPart)),
        ),
      ),
    ),
  }
}

function lineOf({ text, from = [], why }: PrintedLine, showPart: (path: ModelPath) => string): Content {
  const where = from.length === 0 ? undefined : from.map(showPart).join(', ')
  const notes = [why, where].filter((one) => one !== undefined)
  return element(
    'li',
    {},
    code(text === '' ? ' ' : text),
    notes.length === 0 ? undefined : element('small', {}, notes.join(' · ')),
  )
}
