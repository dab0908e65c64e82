import { readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawRun } from '../../generator/commands/page.js'
import { printMarkup } from '../../generator/report/markup.js'
import { drawMermaid } from '../../generator/report/mermaid.js'
import { readRun } from '../../generator/report/run.js'
import { drawSvg } from '../../generator/report/svg.js'
import { breakText } from '../../generator/report/text-width.js'
import { valuesOf } from './models.js'

/** The picture that README.md shows: `postgres-rep-marathon graph --format svg` of the embedded model. */
const picture = 'generator/report/run.svg'
const { values } = valuesOf({})
const run = readRun(values.script.text)
const drawn = drawRun(values, 'svg')
const isUpdate = process.env.UPDATE_README === '1' || process.env.UPDATE_GOLDEN === '1'

test('the picture of a run is that of the embedded model', () => {
  if (isUpdate) writeFileSync(picture, drawn)
  expect(readFileSync(picture, 'utf8'), 'UPDATE_README=1 draws it anew').toBe(drawn)
})

test('README.md shows it', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(`](${picture})`)
})

test('the image is text: a title, a description, and each step and exit code', () => {
  expect(drawn).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 360 \d+" /)
  expect(drawn).toContain('role="img" aria-labelledby="run-title run-description"')
  expect(drawn).toContain('prefers-color-scheme: dark')
  for (const { name, ends } of run.steps) {
    expect(drawn).toContain(`>${name}</text>`)
    for (const { code } of ends) expect(drawn).toContain(`>${code}</tspan>`)
  }
  expect(drawn).not.toMatch(/<script|<image|<foreignObject|href=/)
})

// The grammar of what we print: flowchart, a node, an arrow with or without a text.
const id = '[a-z_0-9]+'
const quoted = '"(?:[\\p{L}\\p{N} .,:;()/_=•’…-]|#\\d+;|<br>|<b>|</b>)*"'
const line = new RegExp(
  `^(?:flowchart TB|  ${id}(?:\\[${quoted}\\]|\\(\\[${quoted}\\]\\))|  ${id} (?:-->|-\\.->|-- ${quoted} -->|-\\. ${quoted} \\.->) ${id})$`,
  'u',
)

test('Mermaid is a flowchart in which every arrow joins two nodes, whatever a step is said to do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (doc) => {
      const lines = drawMermaid(run, () => doc)
        .trimEnd()
        .split('\n')
      expect(lines.filter((one) => !line.test(one))).toEqual([])
      const nodes = new Set(lines.flatMap((one) => /^ {2}(\w+)[[(]/.exec(one)?.[1] ?? []))
      const ends = lines.flatMap((one) => /^ {2}(\w+) -.*> (\w+)$/.exec(one)?.slice(1) ?? [])
      expect(ends.filter((one) => !nodes.has(one))).toEqual([])
    }),
    { numRuns: 20 },
  )
})

test('an image is well formed, and none of its lines is too wide, whatever a step is said to do', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (doc) => {
      const image = printMarkup(drawSvg(run, () => doc))
      expect(image).not.toMatch(/&(?!(?:amp|lt|gt|quot|#39);)/)
      for (const text of breakText(doc, 16)) expect(text.length).toBeLessThanOrEqual(52)
    }),
    { numRuns: 20 },
  )
})
