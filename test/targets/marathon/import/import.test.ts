import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { tryModel } from '../../../../generator/compile/compile.js'
import { showPath } from '../../../../generator/diagnostics/path.js'
import type { ReplicaInput } from '../../../../generator/input/replica-input.js'
import { loadModel } from '../../../../generator/load/load.js'
import { importApp } from '../../../../generator/targets/marathon/import/import.js'
import { compile as compileAll } from '../../../compile/sources.js'
import { inProject } from '../../../load/project.js'

const root = new URL('../../../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')

function compile(model: object): string | undefined {
  return compileAll(model).files['marathon.json']
}

function again(printed: string): string | undefined {
  const { text, findings } = importApp(JSON.parse(printed), { tryModel })
  expect(findings.filter(({ code }) => code.includes('_IMPORT_'))).toEqual([])
  return compile(evaluate(text ?? ''))
}

// The type checker, which a user's file goes through, takes a second for each.
function evaluate(text: string): object {
  const body = text.replace(/^import .*\n/, '').replace('export default', 'return')
  return new Function('defineReplica', body)((model: object) => model)
}

describe('what the compiler printed comes back', () => {
  test.each(['marathon.json', 'test/golden/rich/marathon.json', 'test/golden/json/marathon.json'])(
    '%s',
    (path) => {
      expect(again(read(path))).toBe(read(path))
    },
  )

  test.each<ReplicaInput>([
    { task: { volume: '100GiB', instances: 3 }, run: { dataDir: './data' } },
    {
      task: { volume: 10_000 },
      targets: {
        marathon: { volume: { type: 'mount', maxSize: 20_000, constraints: [['path', 'LIKE', '/ssd.*']] } },
      },
    },
    { task: { instances: 2 }, targets: { marathon: { constraints: [] } } },
    {
      task: { port: 31_432 },
      targets: {
        marathon: {
          constraints: [['rack', 'GROUP_BY', '3']],
          portName: 'pg',
          portLabels: { VIP_0: 'pg:5432' },
        },
      },
    },
    {
      task: { port: 31_432 },
      targets: {
        marathon: {
          morePorts: [
            { name: 'metrics', port: 31_187, labels: { a: 'b' } },
            { name: 'dns', port: 31_053, protocol: 'udp' },
          ],
        },
      },
    },
    {
      targets: {
        marathon: {
          fetch: [
            'http://x/ca.pem',
            { uri: 'http://x/a.tgz', extract: true },
            { uri: 'file:///b', destPath: 'c/d' },
          ],
        },
      },
    },
    { task: { health: { delay: 0, gracePeriod: 7200, interval: 10, timeout: 5, maxFailures: 3 } } },
    {
      task: { stopGrace: 60 },
      targets: { marathon: { backoff: { seconds: 1, factor: 1.15, max: 300 } } },
      shutdown: { fast: 45, immediate: 10 },
    },
    {
      targets: {
        marathon: {
          unreachable: { inactiveAfter: 60, expungeAfter: 600 },
          upgrade: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
        },
      },
    },
    {
      task: { readiness: { interval: 30, timeout: 15, delay: 5 } },
      targets: { marathon: { release: '1.8' } },
    },
    {
      targets: {
        marathon: {
          release: '1.9',
          role: 'db',
          acceptedResourceRoles: ['*'],
          dependencies: ['/proxy'],
          killSelection: 'OLDEST_FIRST',
        },
      },
    },
    {
      task: {
        env: { TOKEN: { secret: 't' }, A: 'it\'s `x` ${y} \\ " \u2028' },
        secrets: { t: { source: '/t' } },
      },
      targets: { marathon: { labels: { a: 'b c' } } },
    },
    {
      master: { hosts: ['a', 'b:5433'], port: 5434, role: 'r e\'p"', tls: 'require' },
      run: { configUrl: null, masterWait: 0 },
    },
    {
      master: {
        hosts: 'a',
        tls: {
          mode: 'verify-full',
          rootCert: '/a',
          crl: '/b',
          minProtocol: 'TLSv1.3',
          negotiation: 'direct',
        },
        requireAuth: ['scram-sha-256', 'gss'],
        channelBinding: 'require',
        gssEncMode: 'disable',
      },
      postgresql: { majors: [17, 18] },
    },
    {
      run: { user: 'pg', dataDir: '/srv/pg', connectTimeout: 5 },
      task: { user: 'root', disk: 0 },
      publish: 'https://h/x',
    },
  ])('%j', (model) => {
    const printed = compile(model)
    expect(again(printed ?? 'refused')).toBe(printed)
  })
})

describe('the example of 2015', () => {
  const old = {
    app: {
      args: null,
      cmd: 'sh run_rep.sh',
      cpus: 0.5,
      disk: 10_240,
      env: {
        CONFIG_URL: 'http://web01/postgres/conf',
        POSTGRES_MASTER: 'postgres01',
        POSTGRES_REPUSER: 'replicator',
        RUN_USER: 'postgres',
      },
      id: '/postgres-replication',
      maxLaunchDelaySeconds: 3600,
      mem: 512,
      uris: ['http://web01/postgres/run_rep.sh'],
    },
  }

  test('is the embedded model, and what was wrong with it is told', () => {
    const { text, findings } = importApp(old, { tryModel })
    expect(text).toContain('defineReplica({})')
    expect(compile(evaluate(text ?? ''))).toBe(read('marathon.json'))
    expect(findings.map(({ code, path }) => `${code} ${showPath(path ?? [])}`).sort()).toEqual([
      'W_IMPORT_CHANGED app',
      'W_IMPORT_CHANGED app',
      'W_IMPORT_CHANGED app',
      'W_IMPORT_CHANGED app',
      'W_IMPORT_CHANGED app.cmd',
      'W_IMPORT_FORM app',
      'W_IMPORT_FORM app.uris',
    ])
  })

  test('with the port that people put into the name of the master', () => {
    const env = { ...old.app.env, POSTGRES_MASTER: '127.0.0.1 port=25432' }
    const { text, findings } = importApp({ ...old.app, env }, { tryModel })
    expect(text).toContain("master: { hosts: '127.0.0.1', port: 25432 }")
    expect(findings).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining('no part of a connection') }),
    )
  })
})

const master = { POSTGRES_MASTER: 'pg1', POSTGRES_REPUSER: 'r' }
const base = { id: '/pg', cmd: 'exec sh run_rep.sh', fetch: [{ uri: 'http://w/run_rep.sh' }] }

describe('what a model has no place for is told', () => {
  test.each([
    [{ taskKillGracePeriod: 10 }, 'W_IMPORT_LOST', 'taskKillGracePeriod'],
    [{ cmd: 'sleep 5 && sh run_rep.sh' }, 'W_IMPORT_LOST', 'cmd'],
    [{ container: { type: 'DOCKER', docker: { image: 'postgres:15' } } }, 'W_IMPORT_LOST', 'container'],
    [
      { container: { volumes: [{ containerPath: '/x', hostPath: '/y', mode: 'RW' }] } },
      'W_IMPORT_LOST',
      'container',
    ],
    [{ networks: [{ mode: 'container', name: 'x' }] }, 'W_IMPORT_LOST', 'networks'],
    [{ readinessChecks: [{ portName: 'x' }] }, 'W_IMPORT_LOST', 'readinessChecks'],
    [{ check: { http: { path: '/' } } }, 'W_IMPORT_LOST', 'check'],
    [{ healthChecks: [{ protocol: 'MESOS_TCP', portIndex: 0 }] }, 'W_IMPORT_CHANGED', 'healthChecks'],
    [{ healthChecks: [{ path: '/' }] }, 'W_IMPORT_CHANGED', 'healthChecks'],
    [{ taskKillGracePeriodSeconds: 3 }, 'W_IMPORT_CHANGED', 'taskKillGracePeriodSeconds'],
    [{ ports: [10_001] }, 'W_IMPORT_FORM', 'ports'],
    [{ fetch: [] }, 'W_IMPORT_LOST', 'fetch'],
    [{ env: { PORT0: '5432' } }, 'W_IMPORT_CHANGED', 'env'],
    [{ env: { PGPASSWORD: 's3cret' } }, 'W_IMPORT_CHANGED', 'env'],
    [{ portDefinitions: [{ port: 10_032, name: 'pg' }] }, 'W_IMPORT_CHANGED', 'portDefinitions'],
    [{ portDefinitions: [] }, 'W_IMPORT_CHANGED', 'portDefinitions'],
    [{ portDefinitions: [{ protocol: 'udp,tcp' }] }, 'W_IMPORT_CHANGED', 'portDefinitions'],
    [{ container: { portMappings: [{ containerPort: 5432 }] } }, 'W_IMPORT_LOST', 'container'],
    [{ container: { linuxInfo: { seccomp: {} } } }, 'W_IMPORT_LOST', 'container'],
    [{ container: { appc: { image: 'x' } } }, 'W_IMPORT_LOST', 'container'],
    [{ container: { type: 'DOCKER', volumes: [] } }, 'W_IMPORT_CHANGED', 'container'],
    [
      { container: { volumes: [{ containerPath: 'pgdata', mode: 'RO', persistent: { size: 100_000 } }] } },
      'W_IMPORT_CHANGED',
      'container',
    ],
    [{ fetch: [{ uri: 'http://w/run_rep.sh', executable: true }] }, 'W_IMPORT_CHANGED', 'fetch'],
    [{ env: {} }, 'W_IMPORT_CHANGED', ''],
    [{ fetch: undefined }, 'W_IMPORT_CHANGED', ''],
    [{ backoffSeconds: 5 }, 'W_IMPORT_CHANGED', ''],
    [
      { healthChecks: [{ protocol: 'COMMAND', command: { value: 'exec sh run_rep.sh health' } }] },
      'W_IMPORT_CHANGED',
      'healthChecks',
    ],
    [{ env: { POSTGRES_MASTER: 'pg1 port=5433 sslmode=require' } }, 'W_IMPORT_CHANGED', 'env'],
  ])('%j', (members, code, path) => {
    const { text, findings } = importApp({ ...base, ...members }, { tryModel })
    expect(findings.map((finding) => `${finding.code} ${showPath(finding.path ?? [])}`)).toContain(
      `${code} ${path}`,
    )
    expect(text).toContain('defineReplica(')
    expect(text).not.toContain('s3cret')
  })

  test('the empty members of an answer are nothing', () => {
    const answer = {
      gpus: 0,
      executor: '',
      storeUrls: [],
      dependencies: [],
      ipAddress: null,
      residency: null,
      tasksRunning: 1,
    }
    const without = importApp(base, { tryModel }).findings
    expect(importApp({ ...base, ...answer }, { tryModel }).findings).toEqual(without)
  })

  test('what Marathon does by default is written down where the model does something else', () => {
    const own = { protocol: 'COMMAND', command: { value: 'exec sh run_rep.sh health' } }
    const { text } = importApp(
      { ...base, instances: 3, backoffSeconds: 5, healthChecks: [own] },
      { tryModel },
    )
    const app = JSON.parse(compile(evaluate(text ?? '')) ?? '{}')
    expect(app).toMatchObject({
      disk: 0,
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      backoffSeconds: 5,
      backoffFactor: 1.15,
      healthChecks: [{ intervalSeconds: 60, timeoutSeconds: 20, maxConsecutiveFailures: 3 }],
    })
    expect(app).not.toHaveProperty('constraints')
  })

  test('only the name that the model cannot take is lost, whatever is in it', () => {
    const env = { ...master, 'server.port': '80', GOOD: 'keep' }
    const { text, findings } = importApp({ ...base, env }, { tryModel })
    expect(text).toContain("GOOD: 'keep'")
    expect(text).not.toContain('server.port')
    expect(findings).toContainEqual(
      expect.objectContaining({
        message: expect.stringMatching(/\["server\.port"\] of the model cannot be "80"/),
      }),
    )
  })

  test('the user of the task is the one of the server, too', () => {
    const { text, findings } = importApp({ ...base, env: master, user: 'pgsql' }, { tryModel })
    expect(text).toContain("user: 'pgsql'")
    expect(findings.map(({ code }) => code)).not.toContain('E_APP_USER')
  })

  test.each([
    ['', ''],
    ['0', 'masterWait: 0'],
    ['0x10', ''],
    [' 1e1 ', ''],
  ])('MASTER_WAIT=%j', (MASTER_WAIT, words) => {
    const { text } = importApp({ ...base, env: { ...master, MASTER_WAIT } }, { tryModel })
    if (words === '') expect(text).not.toContain('masterWait')
    else expect(text).toContain(words)
  })

  test('a name of the replica is its own part of the model', () => {
    const { text } = importApp({ ...base, env: { ...master, POSTGRES_REPNAME: 'shop_1' } }, { tryModel })
    expect(text).toContain("name: 'shop_1'")
    expect(text).not.toContain('POSTGRES_REPNAME')
  })

  test.each([{ fetch: null }, { fetch: [] }])('%j leaves uris', (members) => {
    const { text, findings } = importApp(
      { ...base, ...members, uris: ['http://other/run_rep.sh'] },
      { tryModel },
    )
    expect(text).toContain("publish: 'http://other'")
    expect(findings.map(({ code }) => code)).not.toContain('W_IMPORT_LOST')
  })

  test('as JSON it is the same model', () => {
    const app = { ...base, instances: 2, labels: { 'a.b': 'c' } }
    expect(JSON.parse(importApp(app, { language: 'json', tryModel }).text ?? '')).toEqual(
      evaluate(importApp(app, { tryModel }).text ?? ''),
    )
  })

  test('what the compiler would refuse is told at once', () => {
    const { text, findings } = importApp(
      { ...base, id: '/Pg', mem: 'much', instances: 2, labels: { x: 5 } },
      { tryModel },
    )
    const told = findings.map(({ code, message }) => `${code} ${message}`).join('\n')
    expect(told).toMatch(/W_IMPORT_LOST task\.mem of the model cannot be "much"/)
    expect(told).toMatch(/W_IMPORT_LOST targets\.marathon\.labels\.x of the model cannot be 5/)
    expect(told).toMatch(/E_APP_ID/)
    expect(evaluate(text ?? '')).toMatchObject({
      task: { instances: 2 },
      targets: { marathon: { id: '/Pg' } },
    })
  })
})

describe('which app', () => {
  const apps = [base, { ...base, id: '/other' }]

  test('the only one, or the one with that id', () => {
    expect(importApp({ apps: [base] }, { tryModel }).text).toContain("id: '/pg'")
    expect(importApp({ apps }, { id: '/other', tryModel }).text).toContain("id: '/other'")
    const groups = [{ id: '/db', apps: [{ ...base, id: '/db/pg' }], groups: [] }]
    expect(importApp({ id: '/', apps: [], groups }, { tryModel }).text).toContain("id: '/db/pg'")
    expect(importApp({ id: '/', apps, groups }, { id: 'db/pg', tryModel }).text).toContain("id: '/db/pg'")
  })

  test.each<[unknown, string | undefined, RegExp]>([
    [{ apps }, undefined, /several apps: \/pg, \/other/],
    [{ apps }, '/x', /no app \/x, but \/pg/],
    [{ apps: [] }, undefined, /no app/],
    [null, undefined, /an object is expected/],
    [base, '/x', /no app \/x, but \/pg/],
    [{ name: 'no-app', version: '1.0.0' }, undefined, /has no id/],
    [{ id: '/pod', containers: [] }, undefined, /is a pod/],
    [{ id: '/db', groups: [] }, undefined, /no app/],
    [{ apps: [base, base] }, '/pg', /several apps/],
  ])('%j is none', (value, id, words) => {
    expect(importApp(value, { id, tryModel })).toEqual({
      text: undefined,
      findings: [expect.objectContaining({ code: 'E_IMPORT_APP', message: expect.stringMatching(words) })],
    })
  })
})

test('hostile names and texts stay what they are', async () => {
  const labels = JSON.parse('{"__proto__": "x", "a\'b": "\\u2028\\n${1}`\\\\", "constructor": "y"}')
  const { text } = importApp(
    { ...base, labels, ...JSON.parse('{"__proto__": {"id": "/other"}}') },
    { tryModel },
  )
  // As a user's file is loaded, with its types.
  await inProject({ 'replica.config.ts': text ?? '' }, async ({ dir }) => {
    const { value, diagnostics } = await loadModel(join(dir, 'replica.config.ts'))
    expect(diagnostics).toEqual([])
    expect(value).toMatchObject({
      targets: { marathon: { labels: { "a'b": '\u2028\n${1}`\\', constructor: 'y' } } },
    })
  })
})
