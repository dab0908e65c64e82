import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isError } from '../../generator/compile/diagnostic.js'
import { compile, list } from '../compile/sources.js'

interface Case {
  readonly title: string
  readonly code: string | undefined
  readonly text: string
  readonly options: Readonly<Record<string, readonly string[]>>
}

/** Sections begin with `### title`, or `### CODE title`; lines `### key: words` say more of the step. */
function readCases(name: string): Case[] {
  const text = readFileSync(new URL(name, import.meta.url), 'utf8')
  return text
    .split(/^### (?![a-z]+: )/m)
    .slice(1)
    .map((section) => {
      const [heading = '', ...lines] = section.split('\n')
      const [, code, title = ''] = /^([EW]_\w+)? ?(.*)$/.exec(heading) ?? []
      const options = lines.flatMap((line): [string, string[]][] => {
        const [, key, words = ''] = /^### ([a-z]+): (.*)$/.exec(line) ?? []
        return key === undefined ? [] : [[key, words.split(' ')]]
      })
      const kept = lines.filter((line) => !line.startsWith('### '))
      return { title, code, text: kept.join('\n'), options: Object.fromEntries(options) }
    })
}

/** The errors that a model with these steps has; the file of each is named as the step. */
function judge(cases: readonly (Case & { readonly name: string })[]): string[] {
  const secrets = cases.flatMap(({ options }) => options.secrets ?? [])
  const env = Object.fromEntries(secrets.map((name) => [name, { type: 'text', secret: true }]))
  const steps = cases.map(({ name, options: { tools = [], after } }) => {
    const place = after === undefined ? { before: 'serve' } : { after: after[0] }
    return { name, doc: 'does something', file: `./${name}.sh`, tools, ...place }
  })
  const stepFiles = Object.fromEntries(cases.map(({ name, text }) => [`./${name}.sh`, text]))
  return list(compile({ env, steps }, { stepFiles }).diagnostics.filter(isError))
}

const [good, bad] = [readCases('good.sh'), readCases('bad.sh')]

test('there are enough of both', () => {
  expect(good.length).toBeGreaterThanOrEqual(50)
  expect(bad.length).toBeGreaterThanOrEqual(50)
})

// All in one model, each with names of its own: an analysis of the script for each would take a minute.
describe('passes', () => {
  const named = good.map((one, index) => {
    const text = one.text.replaceAll('step_x', `step_x${index}`).replaceAll('_x_', `_x${index}_`)
    return { ...one, name: `x${index}`, text }
  })
  const found = judge(named)
  test.each(named)('$title', ({ name }) => {
    expect(found.filter((line) => line.includes(` ${name}.sh:`))).toEqual([])
  })
  test('and nothing else is found', () => {
    expect(found).toEqual([])
  })
})

describe('refuses', () => {
  test.each(bad)('$code: $title', (one) => {
    const found = judge([{ ...one, name: 'x' }])
    expect(found.map((line) => line.split(' ')[0])).toContain(one.code)
    // At a line of the step's own file.
    expect(found.filter((line) => line.startsWith(`${one.code} x.sh:`))).not.toEqual([])
  })
})
