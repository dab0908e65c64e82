import Handlebars, { type HelperOptions } from 'handlebars'

/**
 * Fills a template from a view. Every name must be in the view: a missing one throws, also in `{{#if}}`
 * and `{{#each}}`, which Handlebars by itself takes as empty. Nothing is escaped: values come ready to print.
 */
export function renderTemplate(text: string, view: Readonly<Record<string, unknown>>): string {
  return compileTemplate(text)(view)
}

const engine = Handlebars.create()
engine.registerHelper('if', renderIf)
engine.registerHelper('each', renderEach)
/** Some tables are printed twice, before the script is analysed and after. */
const compiled = new Map<string, HandlebarsTemplateDelegate>()

function compileTemplate(text: string): HandlebarsTemplateDelegate {
  const known = compiled.get(text)
  if (known !== undefined) return known
  const template = engine.compile(text, {
    noEscape: true,
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
  })
  compiled.set(text, template)
  return template
}

/**
 * Fills a template like `renderTemplate`, and tells for each printed line the line of the template that it comes
 * from. A value of several lines belongs to the line that it stands in.
 */
export function renderLines(
  text: string,
  view: Readonly<Record<string, unknown>>,
): { readonly text: string; readonly lines: readonly number[] } {
  const written = text.split('\n')
  const marked = written
    .map((line, index) => (isBlockTag(line) ? line : `${line}${mark}${index + 1}`))
    .join('\n')
  const printed = renderTemplate(marked, view).split('\n')
  const lines: number[] = []
  // From below, since the mark stands behind the last line of a value.
  for (const line of [...printed].reverse()) {
    const [, number] = line.split(mark)
    lines.unshift(number === undefined ? (lines[0] ?? written.length) : Number(number))
  }
  return { text: printed.map((line) => line.split(mark)[0]).join('\n'), lines }
}

// No value may hold a control character, so none can be taken for a mark.
const mark = '\u0001'

// Handlebars drops such a line whole, but only while nothing else stands in it.
function isBlockTag(line: string): boolean {
  return /^\s*\{\{(#.*|\/.*|else)\}\}\s*$/.test(line)
}

// They too are silent on a missing name, and a table needs none of them. `{{#name}}` is the last one.
const silentBuiltIns = ['unless', 'with', 'log', 'lookup', 'blockHelperMissing'] as const
for (const name of silentBuiltIns) engine.registerHelper(name, () => refuseBuiltIn(name))

function refuseBuiltIn(name: string): never {
  throw new Error(
    `a template uses ${name === 'blockHelperMissing' ? '{{#name}}' : name}; only if and each are allowed`,
  )
}

function renderIf(this: unknown, condition: unknown, options: HelperOptions): string {
  if (condition === undefined) throw new Error('a template asks {{#if}} about a name that its view lacks')
  if (typeof condition !== 'boolean')
    throw new Error('a template asks {{#if}} about a value that is no boolean')
  return condition ? options.fn(this) : options.inverse(this)
}

function renderEach(this: unknown, items: unknown, options: HelperOptions): string {
  if (!Array.isArray(items))
    throw new Error('a template asks {{#each}} of a name that is no list in its view')
  return items
    .map((item: unknown, index) => {
      const data = Handlebars.createFrame(options.data)
      Object.assign(data, { index, first: index === 0, last: index === items.length - 1 })
      return options.fn(item, { data, blockParams: [item, index] })
    })
    .join('')
}
