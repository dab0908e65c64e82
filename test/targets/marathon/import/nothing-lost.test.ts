import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tryModel } from '../../../../generator/compile/compile.js'
import { importApp } from '../../../../generator/targets/marathon/import/import.js'

const base = {
  id: '/pg',
  cmd: 'exec sh run_rep.sh',
  fetch: [{ uri: 'http://w/run_rep.sh' }, { uri: 'http://w/ca.pem' }],
  env: { POSTGRES_MASTER: 'pg1', POSTGRES_REPUSER: 'r' },
  labels: { a: 'b' },
  portDefinitions: [{ port: 0 }, { port: 0, name: 'metrics' }],
  networks: [{ mode: 'host' }],
  container: {
    type: 'MESOS',
    volumes: [{ containerPath: 'pgdata', mode: 'RW', persistent: { size: 1024 } }],
  },
  healthChecks: [{ protocol: 'COMMAND', command: { value: 'exec sh run_rep.sh health' } }],
  check: { exec: { command: { shell: 'exec sh run_rep.sh ready' } } },
  upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
  unreachableStrategy: { inactiveAfterSeconds: 1, expungeAfterSeconds: 2 },
  secrets: { a: { source: 'b' } },
}

/** Every object within the app, as the keys that lead to it. */
function listObjects(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return []
  const below = Object.entries(value).flatMap(([key, member]) => listObjects(member, [...path, key]))
  return Array.isArray(value) ? below : [path, ...below]
}

function putAt(value: unknown, [first, ...rest]: readonly string[], key: string): unknown {
  if (first === undefined) return { ...Object(value), [key]: 'strange' }
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === first ? putAt(item, rest, key) : item))
  return { ...Object(value), [first]: putAt(Reflect.get(Object(value), first), rest, key) }
}

// Names of the user's own are kept there.
const open = ['env', 'labels', 'secrets']

describe('no key of an app is dropped without a word', () => {
  test.each(
    listObjects(base)
      .filter((path) => !open.includes(path.join('.')))
      .map((path) => [path.join('.') || 'the app', path] as const),
  )('in %s', (_title, path) => {
    const { findings } = importApp(putAt(base, path, 'strangeKey'), { tryModel })
    expect(findings.map(({ message }) => message).join('\n')).toContain('strangeKey')
  })

  test.each([
    [{ residency: { taskLostBehavior: 'RELAUNCH_AFTER_TIMEOUT' } }, /residency\.taskLostBehavior/],
    [{ networks: [{ mode: 'host', labels: { a: 'b' } }] }, /networks\[\]\.labels/],
    [{ container: { docker: { privileged: true } } }, /container\.docker\.privileged/],
    [{ fetch: ['http://w/run_rep.sh'] }, /no object/],
    [{ env: ['A=b'] }, /not an object/],
    [{ portDefinitions: 5432 }, /not a list/],
    [{ uris: ['http://w/other.tgz'] }, /does not look at uris: http:\/\/w\/other\.tgz/],
    [{ ports: [1] }, /does not look at ports/],
  ])('%j', (members, words) => {
    const { findings } = importApp({ ...base, ...members }, { tryModel })
    expect(findings.map(({ message }) => message).join('\n')).toMatch(words)
  })
})

describe('what is right in a part is kept', () => {
  const read = (members: object) =>
    JSON.parse(importApp({ ...base, ...members }, { tryModel, language: 'json' }).text ?? '')

  test('one number of an upgrade strategy, and what Marathon does by default for the other', () => {
    const { container: _, ...app } = base
    const upgradeOf = (upgradeStrategy: object, more: object = {}) =>
      JSON.parse(importApp({ ...app, ...more, upgradeStrategy }, { tryModel, language: 'json' }).text ?? '')
        .targets.marathon.upgrade
    expect(upgradeOf({ minimumHealthCapacity: 0.3 })).toEqual({
      minimumHealthCapacity: 0.3,
      maximumOverCapacity: 1,
    })
    expect(upgradeOf({ maximumOverCapacity: 0.2 })).toEqual({
      minimumHealthCapacity: 1,
      maximumOverCapacity: 0.2,
    })
  })

  test('the other items of a list', () => {
    const { targets } = read({
      fetch: [{ uri: 'http://w/run_rep.sh' }, { uri: 'http://w/ca.pem', extract: false, odd: 1 }, { uri: 5 }],
      constraints: [['hostname', 'UNIQUE'], 'odd'],
    })
    expect(targets.marathon.fetch).toEqual(['http://w/ca.pem'])
    expect(JSON.stringify(targets.marathon.constraints ?? [['hostname', 'UNIQUE']])).toContain('UNIQUE')
  })
})

describe('no secret of an app comes into the model, or into what is said of it', () => {
  test('whichever name it has', () => {
    const value = fc
      .string({ unit: fc.constantFrom(...'abc019!#%&*+-.^'), minLength: 2, maxLength: 12 })
      .map((text) => `q7${text}Z7q`)
    const name = fc.constantFrom(
      'PGPASSWORD',
      'POSTGRES_REPPASSWORD',
      'API_TOKEN',
      'AWS_SECRET_ACCESS_KEY',
      'DB_PASS',
    )
    fc.assert(
      fc.property(name, value, (key, secret) => {
        const { text, findings } = importApp({ ...base, env: { ...base.env, [key]: secret } }, { tryModel })
        expect(text).not.toContain('q7')
        expect(JSON.stringify(findings)).not.toContain('q7')
      }),
      { numRuns: 10 },
    )
  })

  test('it becomes the name of a secret, beside those that the app has', () => {
    const { text } = importApp(
      { ...base, env: { ...base.env, API_TOKEN: 'x-y-z', A: { secret: 'a' } } },
      { tryModel },
    )
    expect(text).toContain("API_TOKEN: { secret: 'api-token' }")
    expect(text).toContain("'api-token': { source: 'api-token' }")
    expect(text).toContain("a: { source: 'b' }")
  })

  test('nor the login of a URL', () => {
    const { text } = importApp({ ...base, fetch: [{ uri: 'http://u:q7pw@w/run_rep.sh' }] }, { tryModel })
    expect(text).not.toContain('q7')
    expect(text).toContain("'http://w'")
  })
})

test.each([
  [{ id: '/web', cmd: 'python app.py' }, /no replica: it runs "python app\.py"/],
  [{ id: '/web', container: { docker: { image: 'nginx' } } }, /no replica: it runs the image "nginx"/],
  [{ id: '/web' }, /no replica: it runs nothing/],
])('%j is not taken for a replica', (app, words) => {
  expect(importApp(app, { tryModel })).toMatchObject({
    text: undefined,
    findings: [{ code: 'E_IMPORT_APP', message: expect.stringMatching(words) }],
  })
})
