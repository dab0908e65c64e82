import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { renderDiagnostics } from '../../generator/diagnostics/render.js'
import { styleOf, wrap } from '../../generator/diagnostics/style.js'

describe('colours', () => {
  const screen = { isTTY: true, columns: 80 }
  test.each([
    ['on a terminal', screen, {}, true],
    ['not in a pipe', {}, {}, false],
    ['not where NO_COLOR has any text', screen, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR says nothing', screen, { NO_COLOR: '' }, true],
    ['in a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['nowhere with FORCE_COLOR=0', screen, { FORCE_COLOR: '0' }, false],
    ['FORCE_COLOR decides', screen, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['not on a dumb terminal', screen, { TERM: 'dumb' }, false],
  ] as const)('%s', (_title, stream, env, isColoured) => {
    expect(styleOf(stream, env).isColoured).toBe(isColoured)
  })

  test('change nothing but the colours', () => {
    const found: Diagnostic[] = [
      {
        code: 'E_X',
        message: 'wrong',
        hint: 'mend it',
        path: ['a'],
        place: { file: 'f.ts', line: 1, column: 3 },
      },
      { code: 'W_Y', message: 'odd', line: 4 },
    ]
    const shown = renderDiagnostics(found, () => 'a = b\n', {
      width: Number.POSITIVE_INFINITY,
      isColoured: true,
    })
    expect(shown).not.toBe(stripVTControlCharacters(shown))
    expect(stripVTControlCharacters(shown)).toBe(renderDiagnostics(found, () => 'a = b\n'))
  })
})

describe('the width of a terminal', () => {
  test('is none in a pipe, or where it is too narrow to read', () => {
    expect(styleOf({}, {}).width).toBe(Number.POSITIVE_INFINITY)
    expect(styleOf({ isTTY: true, columns: 20 }, {}).width).toBe(Number.POSITIVE_INFINITY)
    expect(styleOf({ isTTY: true, columns: 80 }, {}).width).toBe(80)
  })

  test('breaks lines at blanks, and no word', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-'), minLength: 1, maxLength: 30 })
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 40, max: 120 }),
        (words, width) => {
          const lines = wrap(words.join(' '), { width }, '    ').split('\n')
          expect(lines.join(' ').split(/ +/).filter(Boolean)).toEqual(words)
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
        },
      ),
    )
  })

  test('holds for a whole finding', () => {
    const found: Diagnostic[] = [
      {
        code: 'E_LONG',
        message: 'a sentence of many words '.repeat(12),
        hint: 'another one of many words '.repeat(9),
        place: { file: 'f.ts', line: 1, column: 150 },
      },
    ]
    const text = renderDiagnostics(found, () => 'word '.repeat(60), { width: 70, isColoured: false })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(70)
  })
})
