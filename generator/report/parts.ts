import { type Content, element, type Markup } from './markup.js'

/** A table that a phone shows as a list: each cell then says its own heading. */
export function table(
  label: string,
  heads: readonly string[],
  rows: readonly (readonly Content[])[],
  ids: readonly (string | undefined)[] = [],
): Markup {
  return element(
    'table',
    { role: 'table', 'aria-label': label },
    element(
      'thead',
      { role: 'rowgroup' },
      element(
        'tr',
        { role: 'row' },
        heads.map((head) => element('th', { role: 'columnheader', scope: 'col' }, head)),
      ),
    ),
    element(
      'tbody',
      { role: 'rowgroup' },
      rows.map((cells, row) =>
        element(
          'tr',
          { role: 'row', id: ids[row] },
          cells.map((cell, column) =>
            column === 0
              ? element('th', { role: 'rowheader', scope: 'row' }, cell)
              : element(
                  'td',
                  { role: 'cell', 'data-label': heads[column], class: isEmpty(cell) ? 'nothing' : undefined },
                  element('div', {}, cell),
                ),
          ),
        ),
      ),
    ),
  )
}

/** Pairs of a word and what is to be said of it; those of which there is nothing are left out. */
export function pairs(items: readonly (readonly [term: string, content: Content])[]): Markup {
  const shown = items.filter(([, content]) => !isEmpty(content))
  return element(
    'dl',
    {},
    shown.map(([term, content]) => element('div', {}, element('dt', {}, term), element('dd', {}, content))),
  )
}

export function paragraph(...content: readonly Content[]): Markup {
  return element('p', {}, ...content)
}

export function code(text: string): Markup {
  return element('code', {}, text)
}

export function link(id: string, ...content: readonly Content[]): Markup {
  return element('a', { href: `#${id}` }, ...content)
}

/** Several things in a row, with a comma between them. */
export function inARow(items: readonly Content[]): Content {
  return items.map((item, index) => (index === 0 ? item : [', ', item]))
}

/** An id for a link, from a name that may hold anything. */
export function idOf(kind: string, name: string): string {
  return `${kind}-${[...name].map((one) => (/[\w-]/.test(one) ? one : `.${one.codePointAt(0)?.toString(16)}.`)).join('')}`
}

function isEmpty(content: Content): boolean {
  if (content === undefined || content === '') return true
  return Array.isArray(content) && content.every(isEmpty)
}
