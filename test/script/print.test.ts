import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Chunk, locateLine, printScript } from '../../generator/script/print.js'

const head = (digest: string) => `#!/bin/sh\n# ${digest}\n`
const plain = (source: string, text: string): Chunk => ({ source, text })

describe('printScript', () => {
  test('joins with one blank line and knows the lines', () => {
    const { text, spans } = printScript(
      [plain('a.sh', 'a\nb\n'), { source: 't.hbs', text: 'c\nd', sourceLines: [7, 7] }],
      head,
    )
    expect(text.split('\n').slice(2)).toEqual(['', 'a', 'b', '', 'c', 'd', ''])
    expect(spans).toEqual([
      { source: 'a.sh', from: 4, to: 5, sourceLines: [1, 2] },
      { source: 't.hbs', from: 7, to: 8, sourceLines: [7, 7] },
    ])
  })

  test('an empty chunk leaves no trace, with or without a heading', () => {
    const blank = [
      plain('a', ''),
      plain('b', '\n\n'),
      plain('c', '  '),
      { ...plain('d', ' \n'), heading: '# d' },
    ]
    expect(printScript(blank, head)).toEqual(printScript([], head))
  })

  test('a heading is a line of ours: the file has none for it', () => {
    const { text, spans } = printScript([{ ...plain('a.sh', 'one\ntwo\n'), heading: '# @step a' }], head)
    expect(text.split('\n').slice(3)).toEqual(['# @step a', 'one', 'two', ''])
    expect([4, 5, 6].map((line) => locateLine(spans, line)?.line)).toEqual([1, 1, 2])
  })
})

describe('for any chunks', () => {
  const line = fc.constantFrom('', ' ', '\t', 'a', '  b ', '# @step c', 'x=a\\ ')
  const chunk = fc.record({
    source: fc.constantFrom('a.sh', 'b.sh', 'c.sh'),
    text: fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
  })

  test('each printed line is the line that it is said to be', () => {
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 5 }), (chunks) => {
        const named = chunks.map((item, index) => ({ ...item, source: String(index) }))
        const { text, spans } = printScript(named, head)
        const lines = text.split('\n')
        let last = 2
        for (const { source, from, to } of spans) {
          expect(from).toBe(last + 2)
          expect(locateLine(spans, from - 1)).toBeUndefined()
          last = to
          for (let number = from; number <= to; number += 1) {
            const at = locateLine(spans, number)
            expect(at?.source).toBe(source)
            expect(named[Number(source)]?.text.split('\n')[(at?.line ?? 0) - 1]).toBe(lines[number - 1])
          }
        }
        expect(lines).toHaveLength(last + 1)
        const kept = named.flatMap((item) => item.text.split('\n')).filter((item) => item.trim() !== '')
        expect(lines.slice(2).filter((item) => item.trim() !== '')).toEqual(kept)
      }),
    )
  })
})
