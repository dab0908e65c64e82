/** A piece of HTML or SVG. Only this file makes one, so that all text in it is escaped. */
export interface Markup {
  readonly kind: 'element'
  readonly name: string
  readonly attributes: Attributes
  readonly content: readonly Content[]
}

/** What an element may hold: text is text, whatever it holds. */
export type Content = Markup | string | undefined | readonly Content[]

export type Attributes = Readonly<Record<string, string | number | undefined>>

/** Makes an element; an attribute without a value is left out. */
export function element(name: string, attributes: Attributes, ...content: readonly Content[]): Markup {
  if (!isName(name)) throw new Error(`no name of an element: ${name}`)
  return { kind: 'element', name, attributes, content }
}

/** Prints markup; `mask` is asked for each text before it is escaped. An attribute of ours holds names alone. */
export function printMarkup(content: Content, mask: (text: string) => string = (text) => text): string {
  if (content === undefined) return ''
  if (typeof content === 'string') return escapeText(mask(content))
  if (isList(content)) return content.map((one) => printMarkup(one, mask)).join('')
  const { name, attributes } = content
  const start = `<${name}${Object.entries(attributes)
    .map(([key, value]) => printAttribute(key, value))
    .join('')}>`
  const after = ownLine.has(name) ? '\n' : ''
  if (empty.has(name)) return `${start}${after}`
  const inside = name === 'style' ? styleText(content.content) : printMarkup(content.content, mask)
  return `${start}${inside}</${name}>${after}`
}

const empty: ReadonlySet<string> = new Set(['br', 'hr', 'img', 'link', 'meta', 'wbr'])

// So that a file of it can be compared line by line.
const ownLine: ReadonlySet<string> = new Set(
  'article aside dd details div dl dt footer g h1 h2 h3 h4 head header li main meta nav ol p path rect section style summary svg table tbody td text th thead title tr tspan ul'.split(
    ' ',
  ),
)

function isList(content: Markup | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content)
}

function isName(text: string): boolean {
  return /^[A-Za-z][\w:-]*$/.test(text)
}

function printAttribute(name: string, value: string | number | undefined): string {
  if (!isName(name) || /^on/i.test(name)) throw new Error(`no name of an attribute: ${name}`)
  if (value === undefined) return ''
  const text = String(value)
  // Nothing that a page of ours links to lies outside of it.
  if (/^(href|src)$/.test(name) && !text.startsWith('#'))
    throw new Error(`a link that leaves the page: ${text}`)
  return ` ${name}="${escapeText(text)}"`
}

// Text of a style sheet is no text of HTML: nothing in it is escaped, and only its own end tag ends it.
function styleText(content: readonly Content[]): string {
  const text = content.join('')
  if (/<|\\/.test(text)) throw new Error('a style sheet of ours holds no < and no backslash')
  return text
}

/** Nothing invisible may change how the rest is read: it is shown as its number. */
function escapeText(text: string): string {
  return text
    .replace(
      /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu,
      (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    )
    .replace(/[&<>"']/g, (character) => entities[character] ?? '')
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
