import { describe, expect, test } from 'vitest'
import { parseModel } from '../../generator/compile/parse-model.js'
import { withoutParts } from '../../generator/compile/salvage.js'
import { compile } from './sources.js'

const codesOf = (model: object, stepFiles: Readonly<Record<string, string>> = {}) =>
  compile(model, { stepFiles }).diagnostics.map(({ code, path = [] }) => `${code} ${path.join('.')}`.trim())

const step = (name: string, text: string) => ({
  steps: [{ name, doc: 'one', file: `./${name}.sh`, after: 'configure' }],
  files: { [`./${name}.sh`]: text },
})

describe('findings come in one round', () => {
  test('of the schema, of the rules, of settings, and of the shell of a step', () => {
    const { steps, files } = step('warm', 'step_warm() {\n  exit 1\n}\n')
    const model = {
      task: { cpus: 'two', memm: 5 },
      run: { listen: ['*', '*'] },
      postgresql: { settings: { shared_bufers: '1GB' } },
      targets: { marathon: { id: '/DB' } },
      steps,
    }
    const found = compile(model, { stepFiles: files }).diagnostics.map(({ code }) => code)
    expect(found).toEqual(expect.arrayContaining(['E_MODEL', 'E_MODEL_KEY', 'E_SETTING_UNKNOWN', 'E_APP_ID']))
    expect(found).toContain('E_STEP_EXIT')
  })

  test('of a sound file beside one that is no shell', () => {
    const steps = ['good', 'bad'].map((name) => ({
      name,
      doc: 'one',
      file: `./${name}.sh`,
      after: 'configure',
    }))
    const files = { './good.sh': 'step_good() {\n  exit 1\n}\n', './bad.sh': 'step_bad() {\n' }
    expect(codesOf({ steps }, files).map((code) => code.split(' ')[0])).toEqual(
      expect.arrayContaining(['E_SHELL_SYNTAX', 'E_STEP_EXIT']),
    )
  })

  test('of the script, though the model has an error of another kind', () => {
    const { steps, files } = step('warm', 'step_warm() {\n  log INFO "$nothing_sets_this"\n}\n')
    const found = codesOf({ steps, task: { stopGrace: 30 } }, files).map((code) => code.split(' ')[0])
    expect(found).toEqual(expect.arrayContaining(['E_STOP_GRACE', 'E_SHELL_UNASSIGNED']))
  })
})

describe('what a refused part may have said is not guessed', () => {
  test.each<[object, RegExp]>([
    [{ postgresql: { majors: ['15'], settings: { io_method: 'worker' } } }, /SETTING/],
    [{ postgresql: { majorz: [18], settings: { io_method: 'worker' } } }, /SETTING/],
    [{ master: { tls: 'verify-fulll' } }, /W_MASTER_TLS/],
    [{ task: { volum: '100GiB' }, run: { slot: 'permanent' } }, /W_RUN_SLOT/],
  ])('%j', (model, never) => {
    const found = codesOf(model)
    expect(found.length).toBeGreaterThan(0)
    expect(found.filter((code) => never.test(code))).toEqual([])
  })

  test('a place in a list is that of the list as it was written', () => {
    const rules = [
      { type: 'host', from: 5 },
      { type: 'host', from: '10.0.0.0/8', method: 'trust' },
    ]
    expect(codesOf({ access: rules })).toEqual(
      expect.arrayContaining(['E_MODEL access.0.from', 'W_ACCESS_TRUST access.1.method']),
    )
  })

  test('what could not be judged is said', () => {
    const { steps, files } = step('warm', '(')
    expect(compile({ task: { cpus: 'x' } }).notJudged).toMatch(/when these are correct/)
    expect(compile({ steps }, { stepFiles: files }).notJudged).toMatch(/script as a whole/)
    expect(compile({}).notJudged).toBeUndefined()
  })
})

test('parts are taken out, and what is left keeps its way back', () => {
  const { value, written } = withoutParts({ a: [{ b: 1 }, { b: 2, c: 3 }, { b: 4 }] }, [
    ['a', 0],
    ['a', 1, 'c'],
  ])
  expect(value).toEqual({ a: [{ b: 2 }, { b: 4 }] })
  expect(written(['a', 1, 'b'])).toEqual(['a', 2, 'b'])
  expect(parseModel(value)).toMatchObject({ ok: false })
})
