import { describe, expect, test } from 'vitest'
import { parseModel } from '../../generator/compile/parse-model.js'
import { showPath } from '../../generator/diagnostics/path.js'

describe('parseModel', () => {
  test('an empty model is whole', () => {
    expect(parseModel({})).toMatchObject({ ok: true, model: { run: { user: 'postgres' } } })
  })

  test.each<[unknown, string, string]>([
    [5, '', 'Invalid input: expected object, received number'],
    [{ nope: 1 }, 'nope', 'there is no nope in a model'],
    [{ master: { hosts: 5 } }, 'master.hosts', 'expected string or array'],
    [{ master: { hosts: 'a b' } }, 'master.hosts', 'must be one to 16 hosts'],
    [{ master: { hosts: ['a', 'b c'] } }, 'master.hosts.1', 'must be one to 16 hosts'],
    [{ master: { tls: {} } }, 'master.tls.mode', 'is missing: expected string'],
    [{ postgresql: { majors: [9] } }, 'postgresql.majors.0', 'expected 10 or 11 or'],
    [
      { postgresql: { settings: { 'a b': 1 } } },
      'postgresql.settings["a b"]',
      'not the name of a PostgreSQL setting',
    ],
    [{ env: { small: { type: 'port' } } }, 'env.small', 'upper case'],
    [{ env: { A: { type: 'prt' } } }, 'env.A.type', 'Invalid discriminator value'],
    [
      { access: [{ type: 'host', from: 'x', user: 5 }] },
      'access.0.user',
      'expected string or object or array',
    ],
    [
      { targets: { marathon: { unreachable: 'x' } } },
      'targets.marathon.unreachable',
      'expected "disabled" or object',
    ],
  ])('%j is refused at %s', (value, path, words) => {
    const parsed = parseModel(value)
    const found = parsed.ok ? [] : parsed.diagnostics
    expect(found.map((diagnostic) => showPath(diagnostic.path ?? []))).toEqual([path])
    expect(found[0]?.message).toContain(words)
  })
})

test.each([
  [{ app: {} }, /task; what is Marathon's alone is targets\.marathon/],
  [{ task: { id: '/x' } }, /^it is targets\.marathon\.id$/],
  [{ task: { restartSec: 1 } }, /^it is targets\.systemd\.restartSec$/],
  [{ targets: { systemd: { port: 1 } } }, /^it is task\.port$/],
  [{ targets: { marathon: { cpus: 1 } } }, /^it is task\.cpus$/],
])('%j has its key elsewhere', (model, hint) => {
  const parsed = parseModel(model)
  expect(parsed.ok ? [] : parsed.diagnostics).toMatchObject([
    { code: 'E_MODEL_KEY', hint: expect.stringMatching(hint) },
  ])
})
