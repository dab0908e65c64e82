import fc from 'fast-check'
import { expect, test } from 'vitest'
import { element, printMarkup } from '../../generator/report/markup.js'

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '</script>',
        '<!--',
        ']]>',
        '"',
        "'",
        '&lt;',
        '&',
        '<',
        '>',
        '`',
        '=',
        '\u202e',
        '\u2066',
        '\0',
        '\r',
        '\ud800',
      ),
    )
    .map((parts) => parts.join('')),
)

test('text stays text, in an element and in an attribute', () => {
  fc.assert(
    fc.property(hostile, hostile, (inside, attribute) => {
      const printed = printMarkup(element('p', { title: attribute }, inside))
      const [, value = '', text = ''] =
        /^<p title="([^"<>]*)">([^<>]*)<\/p>\n$/.exec(printed) ?? expect.fail(printed)
      expect([decode(value), decode(text)]).toEqual([shown(attribute), shown(inside)])
      expect(printed).not.toMatch(/[\p{Cs}\p{Bidi_Control}\0\r]/u)
    }),
  )
})

test('no name, link or style of an element can be anything else', () => {
  expect(() => element('p onclick', {})).toThrow('no name of an element')
  expect(() => printMarkup(element('p', { 'a b': 1 }))).toThrow('no name of an attribute')
  expect(() => printMarkup(element('p', { onclick: 'x' }))).toThrow('no name of an attribute')
  for (const href of ['http://x', '//x', 'javascript:x', 'data:x', ''])
    expect(() => printMarkup(element('a', { href }))).toThrow('leaves the page')
  expect(() => printMarkup(element('style', {}, '</style><p>'))).toThrow('style sheet')
})

test('what is masked is masked before it is escaped', () => {
  const mask = (text: string) => text.replaceAll('a<b', '***')
  expect(printMarkup(element('p', {}, 'x a<b y'), mask)).toBe('<p>x *** y</p>\n')
})

function decode(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')
}

// What is invisible is shown by its number.
function shown(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu,
    (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`,
  )
}
