import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareLines } from '../../generator/commands/compare.js'

describe('compareLines', () => {
  const text = 'a\nb\nc\nd\n'
  test.each([
    ['equal', text, []],
    ['empty', '', [{ line: 1, wantedLine: 1, found: [], wanted: ['a\n', 'b\n', 'c\n', 'd\n'] }]],
    [
      'only the last line differs',
      'a\nb\nc\nx\n',
      [{ line: 4, wantedLine: 4, found: ['x\n'], wanted: ['d\n'] }],
    ],
    ['cut within a line', 'a\nb\nc', [{ line: 3, wantedLine: 3, found: ['c'], wanted: ['c\n', 'd\n'] }]],
    [
      'two places',
      'a\nx\ny\nc\nz\n',
      [
        { line: 2, wantedLine: 2, found: ['x\n', 'y\n'], wanted: ['b\n'] },
        { line: 5, wantedLine: 4, found: ['z\n'], wanted: ['d\n'] },
      ],
    ],
  ])('%s', (_title, found, differences) => {
    expect(compareLines(text, found)).toEqual(differences)
  })

  test('applied to what was found, the differences give what is wanted', () => {
    const texts = fc
      .array(fc.constantFrom('a\n', 'b\n', 'c\n', '\n'), { maxLength: 12 })
      .map((lines) => lines.join(''))
    fc.assert(
      fc.property(texts, texts, (wanted, found) => {
        const have = found.match(/[^\n]*\n/g) ?? []
        const made: string[] = []
        let at = 0
        for (const difference of compareLines(wanted, found)) {
          made.push(...have.slice(at, difference.line - 1))
          expect(difference.wantedLine).toBe(made.length + 1)
          expect(have.slice(difference.line - 1, difference.line - 1 + difference.found.length)).toEqual(
            difference.found,
          )
          made.push(...difference.wanted)
          at = difference.line - 1 + difference.found.length
        }
        expect([...made, ...have.slice(at)].join('')).toBe(wanted)
      }),
    )
  })

  test('texts that have nothing in common are one place, however long', () => {
    const long = (word: string) => Array.from({ length: 5000 }, (_, index) => `${word} ${index}\n`).join('')
    expect(compareLines(long('a'), long('b'))).toHaveLength(1)
  })
})
