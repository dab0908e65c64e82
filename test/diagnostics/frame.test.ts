import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codeFrame } from '../../generator/diagnostics/frame.js'
import { createPositions } from '../../generator/diagnostics/position.js'

const at = (line: number, column: number) => ({ file: 'r.ts', line, column })
const lines = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`).join('\n')

describe('a code frame', () => {
  it('shows two lines before and after, numbered in one width', () => {
    expect(codeFrame(at(9, 3), lines(12))).toBe(
      [
        '   7 | line 7',
        '   8 | line 8',
        '>  9 | line 9',
        '     |   ^',
        '  10 | line 10',
        '  11 | line 11',
      ].join('\n'),
    )
  })

  it('is cut at the first and the last line', () => {
    expect(codeFrame(at(1, 1), 'a\nb')).toBe('> 1 | a\n    | ^\n  2 | b')
    expect(codeFrame(at(2, 1), 'a\r\nb')).toBe('  1 | a\n> 2 | b\n    | ^')
  })

  it('shows what follows the last line end only for a finding there', () => {
    expect(codeFrame(at(1, 1), 'a\n')).toBe('> 1 | a\n    | ^')
    expect(codeFrame(at(2, 1), 'a\n')).toBe('  1 | a\n> 2 |\n    | ^')
  })

  it('is empty for a line that is not there', () => {
    expect(codeFrame(at(3, 1), 'a\nb')).toBe('')
    expect(codeFrame(at(0, 1), 'a\nb')).toBe('')
  })

  it('puts the caret at the end of the line for a column beyond it', () => {
    expect(codeFrame(at(1, 99), 'ab')).toBe('> 1 | ab\n    |   ^')
  })

  it('lets nothing through that drives a terminal', () => {
    expect(codeFrame(at(1, 3), '\u001b[31mx\u202ey\u0007')).toBe('> 1 | ·[31mx·y·\n    |   ^')
  })

  it('cuts long lines around the column, all at the same place', () => {
    const long = `${'a'.repeat(150)}X${'b'.repeat(150)}`
    const [before, line, caret, after] = codeFrame(at(2, 151), `short\n${long}\n${'c'.repeat(400)}`).split(
      '\n',
    )
    expect(before).toBe('  1 |')
    expect(line?.length).toBeLessThanOrEqual(110)
    expect(line?.[caret?.indexOf('^') ?? 0]).toBe('X')
    expect(line).toMatch(/^> 2 \| …a+Xb+…$/)
    expect(after).toMatch(/^ {2}3 \| …c+…$/)
  })

  it('has its caret under the column and at most 110 columns, whatever the line', () => {
    const character = fc.constantFrom('a', ' ', '\t', 'é', '\u0000')
    const text = fc.string({ unit: character, maxLength: 400 })
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [line = '', caret = ''] = codeFrame(at(1, before.length + 1), `${before}#${after}`).split('\n')
        expect(line[caret.indexOf('^')]).toBe('#')
        expect(line.length).toBeLessThanOrEqual(110)
      }),
    )
  })
})

describe('positions', () => {
  it('agree with splitting the text', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\n', '\r', '\u2028', '😀') }),
        fc.nat(),
        (text, number) => {
          const offset = number % (text.length + 1)
          const { line, column } = createPositions('f', text)(offset)
          // An offset between CR and LF still belongs to the line that they end.
          const isInside = text.slice(offset - 1, offset + 1) === '\r\n'
          const before = text.slice(0, isInside ? offset - 1 : offset).split(/\r\n|\n|\r/)
          if (isInside) before.push(`${before.pop()}\r`)
          expect([line, column]).toEqual([before.length, (before.at(-1)?.length ?? 0) + 1])
        },
      ),
    )
  })
})
