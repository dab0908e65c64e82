import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { listModelKeys, placeKey } from '../../generator/compile/keys.js'
import { parseModel } from '../../generator/compile/parse-model.js'
import { showPath } from '../../generator/diagnostics/path.js'

describe('parseModel', () => {
  test('an empty model is whole', () => {
    expect(parseModel({})).toMatchObject({ ok: true, model: { run: { user: 'postgres' } } })
  })

  test.each<[unknown, string, string]>([
    [5, '', 'expected an object { … }, got 5'],
    [{ nope: 1 }, 'nope', 'there is no nope in a model'],
    [{ master: { hosts: 5 } }, 'master.hosts', 'expected text in quotes, or a list [ … ], got 5'],
    [{ master: { hosts: 'a b' } }, 'master.hosts', 'must be one to 16 hosts'],
    [{ master: { hosts: ['a', 'b c'] } }, 'master.hosts.1', 'must be one to 16 hosts'],
    [{ master: { tls: {} } }, 'master.tls.mode', 'is missing: it must be one of disable, allow'],
    [
      { postgresql: { majors: [9] } },
      'postgresql.majors.0',
      'expected 10, 11, 12, 13, 14, 15, 16, 17 or 18, got 9',
    ],
    [
      { postgresql: { settings: { 'a b': 1 } } },
      'postgresql.settings["a b"]',
      'not the name of a PostgreSQL setting',
    ],
    [{ env: { small: { type: 'port' } } }, 'env.small', 'upper case'],
    [{ env: { A: { type: 'prt' } } }, 'env.A.type', 'expected "port", "host_list"'],
    [
      { access: [{ type: 'host', from: 'x', user: 5 }] },
      'access.0.user',
      'expected text in quotes, or an object { … }, or a list [ … ], got 5',
    ],
    [
      { targets: { marathon: { unreachable: 'x' } } },
      'targets.marathon.unreachable',
      'expected "disabled", or an object { … }, got "x"',
    ],
  ])('%j is refused at %s', (value, path, words) => {
    const parsed = parseModel(value)
    const found = parsed.ok ? [] : parsed.diagnostics
    expect(found.map((diagnostic) => showPath(diagnostic.path ?? []))).toEqual([path])
    expect(found[0]?.message).toContain(words)
  })
})

test.each([
  [{ mastr: {} }, /^did you mean master\?$/],
  [{ hosts: 'a' }, /^it is master\.hosts$/],
  [{ targets: { marathn: {} } }, /^did you mean marathon\?$/],
  [{ task: { stop_grace: 5 } }, /^did you mean stopGrace\?$/],
  [{ task: { readiness: { intervall: 5 } } }, /^did you mean interval\?$/],
  [{ master: { tls: { mode: 'require', rootcert: '/x' } } }, /^did you mean rootCert\?$/],
  [{ access: [{ type: 'local', usr: 'x' }] }, /^did you mean user\?$/],
  [{ env: { A: { type: 'port', defualt: '1' } } }, /^did you mean default\?$/],
  [{ restore: { from: 'http', url: 'http://x', pth: '/x' } }, /^did you mean path\?$/],
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

test.each([
  [{ master: { tls: 'verify-fulll' } }, /^did you mean "verify-full"\?$/],
  [{ run: { onDiverged: 'reclon' } }, /^did you mean "reclone"\?$/],
  [{ env: { A: { type: 'prt' } } }, /^did you mean "port"\?$/],
  [{ restore: { from: 'pgbackrst' } }, /^did you mean "pgbackrest"\?$/],
])('%j has a word that is nearly right', (model, hint) => {
  const parsed = parseModel(model)
  expect(parsed.ok ? [] : parsed.diagnostics).toMatchObject([{ hint: expect.stringMatching(hint) }])
})

describe('a wrong value of any key', () => {
  const wrong = fc.oneof(
    fc.anything({ maxDepth: 2, withBigInt: true, withDate: true, withMap: true, withSet: true }),
    fc.string(),
    fc.integer(),
    fc.constantFrom(
      null,
      [],
      {},
      [[]],
      [{}],
      { '': 1 },
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -1,
      1.5,
      1e300,
    ),
    fc.constant(() => 1),
    fc.constant(Symbol('x')),
    fc.constant(Promise.resolve(1)),
  )

  test.each(listModelKeys())('$name is refused in our words', (key) => {
    fc.assert(
      fc.property(wrong, (value) => {
        const parsed = parseModel(placeKey(key, value))
        for (const { message, hint = '' } of parsed.ok ? [] : parsed.diagnostics) {
          expect(message).not.toMatch(zodWords)
          expect(message).not.toMatch(/^$|undefined|\[object/)
          expect(hint).not.toMatch(zodWords)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('is said with what was expected and what was found', () => {
    const parsed = parseModel({ task: { cpus: 'two', mem: 0, instances: 1.5 }, run: { user: 5, listen: [] } })
    expect((parsed.ok ? [] : parsed.diagnostics).map(({ message }) => message).sort()).toEqual([
      'expected a list of at least 1 items, got an empty list',
      'expected a number, at least 1, got 0',
      'expected a number, got "two"',
      'expected a whole number, got 1.5',
      'expected text in quotes, got 5',
    ])
  })

  test('is not shown where it is a secret', () => {
    const parsed = parseModel({ task: { env: { API_TOKEN: 12345 } } })
    expect(parsed.ok ? '' : parsed.diagnostics[0]?.message).toContain('got ***')
  })
})

// The words of zod's English locale.
const zodWords =
  /Invalid |Unrecognized|Too (big|small)|received|No matching discriminator|expected (string|number|array|object|record|int)\b/
