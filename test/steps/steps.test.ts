import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { isError } from '../../generator/diagnostics/diagnostic.js'
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

describe('files of any kind', () => {
  const step = (name: string, file = `./${name}.sh`) => ({
    name,
    doc: 'does something',
    file,
    before: 'serve',
  })
  const find = (steps: object[], stepFiles: Readonly<Record<string, string>>) =>
    list(compile({ steps }, { stepFiles }).diagnostics.filter(isError))

  test.each([
    ['an empty one', '', ['E_STEP_FUNCTION steps.0.file']],
    ['comments only', '# nothing\n', ['E_STEP_FUNCTION steps.0.file']],
    ['a function that is not closed', 'step_a() {\n  sh -c "\n', ['E_SHELL_SYNTAX', 'E_SHELL_SYNTAX']],
    ['carriage returns', 'step_a() {\r\n  :\r\n}\r\n', ['E_STEP_FILE a.sh:1:11']],
    ['no shell in sh -c', "step_a() {\n  sh -c 'if then ('\n}\n", []],
    ['a promotion in sh -c', "step_a() {\n  sh -c 'pg_ctl promote'\n}\n", ['E_SHELL_MASTER a.sh:2']],
    [
      'a new master in what sh reads',
      "step_a() {\n  sh <<'IN'\ninitdb -D x\nIN\n}\n",
      ['E_SHELL_MASTER a.sh:2'],
    ],
    ['a server in sh -c', "step_a() {\n  sh -c 'exec postgres -D x'\n}\n", ['E_SHELL_START a.sh:2']],
    ['a marker in sh -c', "step_a() {\n  sh -c 'rm -f x/standby.signal'\n}\n", ['E_SHELL_MARKER a.sh:2']],
    [
      'a function of a name that has rights, in sh -c',
      "step_a() {\n  sh -c 'start_server() { postgres -D x; }; start_server'\n}\n",
      ['E_SHELL_START a.sh:2'],
    ],
    ['a step that calls itself', 'step_a() {\n  rm -f "$1"\n  step_a "$1/x"\n}\n', []],
    ['a bracket that is never closed', 'step_a() {\n  rm -f -- "[" [x\n}\n', []],
  ])('%s', (_title, text, expected) => {
    const found = find([step('a')], { './a.sh': text })
    expect(found.map((line, index) => line.slice(0, expected[index]?.length ?? 0))).toEqual(expected)
  })

  test('two steps in one file, and functions of another', () => {
    const stepFiles = {
      './a.sh': 'step_a() {\n  tell one\n}\n\nstep_b() {\n  tell two\n}\n',
      './c.sh': 'step_c() {\n  tell three\n  step_b\n}\n\ntell() {\n  log INFO "$1"\n}\n',
    }
    expect(find([step('a'), step('b', './a.sh'), step('c')], stepFiles)).toEqual([])
  })

  test('a value goes from file to file', () => {
    const stepFiles = {
      './a.sh': 'step_a() {\n  drop "$pgdata/x"\n}\n',
      './b.sh': 'step_b() {\n  :\n}\n\ndrop() {\n  rm -f -- "$1"\n}\n',
    }
    expect(find([step('a'), step('b')], stepFiles)).toEqual(['E_STEP_DATA b.sh:6:12'])
  })
})
