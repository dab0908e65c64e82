import { describe, expect, test } from 'vitest'
import { deploymentEnv, pathOfVariable, replicaSchema } from '../../generator/model/replica.js'

const envOf = (model: object) => deploymentEnv(replicaSchema.parse(model))

test('parsing twice changes nothing', () => {
  const model = replicaSchema.parse({ env: { A: { type: 'port' } }, steps: [], access: [] })
  expect(replicaSchema.parse(model)).toEqual(model)
})

describe('run.listen', () => {
  const judge = (listen: string[]) => replicaSchema.safeParse({ run: { listen } }).success
  test('may be a single address, without loopback: the health check asks where the server listens', () => {
    expect(judge(['127.0.0.1', '10.1.2.3'])).toBe(true)
    expect(judge(['10.1.2.3'])).toBe(true)
  })

  test('takes no second setting', () => {
    expect(judge(['*', 'x\nport=1'])).toBe(false)
    expect(judge([])).toBe(false)
  })
})

describe('master', () => {
  const judge = (master: object) => replicaSchema.safeParse({ master }).success
  test.each(['10.1.0.0/16', '10.1.2.3', 'fd00:1::/32', '0.0.0.0/0'])('agents may be in %s', (network) => {
    expect(judge({ agents: [network] })).toBe(true)
  })

  test.each(['10.1.2.3/16', '10.1.0.0/33', 'all', 'samenet', 'agents.example', ''])(
    '%j is no network',
    (text) => {
      expect(judge({ agents: [text] })).toBe(false)
    },
  )

  test('no list without a network', () => {
    expect(judge({ agents: [] })).toBe(false)
  })

  test.each(['pg_replicator', 'public', 'none', '/repl'])('no role is called %s', (role) => {
    expect(judge({ role })).toBe(false)
    expect(judge({ role: `a${role}` })).toBe(true)
  })
})

describe('deploymentEnv', () => {
  test.each<[object, object]>([
    [{ master: { hosts: ['a', 'b:1'] } }, { POSTGRES_MASTER: 'a,b:1' }],
    [{ master: { tls: 'require' } }, { PGSSLMODE: 'require' }],
    [{ master: { requireAuth: ['gss', 'scram-sha-256'] } }, { PGREQUIREAUTH: 'gss,scram-sha-256' }],
    [{ publish: 'https://w/a//' }, { CONFIG_URL: 'https://w/a/conf' }],
    [{ run: { configUrl: 'http://c/x' }, publish: 'http://w/' }, { CONFIG_URL: 'http://c/x' }],
    [
      { run: { dataDir: 'other', masterWait: 0, exitPause: 0 } },
      { PGDATA_DIR: 'other', MASTER_WAIT: '0', EXIT_PAUSE: '0' },
    ],
    [{ run: { name: 'shop_1' } }, { POSTGRES_REPNAME: 'shop_1' }],
    [{ env: { A: { type: 'port', value: '1', default: '2' } } }, { A: '1' }],
  ])('%j sets %j', (model, wanted) => {
    expect(envOf(model)).toMatchObject(wanted)
  })

  test('what is as usual, or set to nothing, is not written', () => {
    const model = {
      run: { configUrl: null, dataDir: 'pgdata', masterWait: 600 },
      env: { A: { type: 'port' } },
    }
    expect(Object.keys(envOf(model)).sort()).toEqual(['POSTGRES_MASTER', 'POSTGRES_REPUSER', 'RUN_USER'])
  })
})

describe('pathOfVariable', () => {
  test('a URL of its own has its own path, and PORT0 has none', () => {
    const own = replicaSchema.parse({ run: { configUrl: 'http://x/' } })
    expect(pathOfVariable(own, 'CONFIG_URL')).toEqual(['run', 'configUrl'])
    expect(pathOfVariable(own, 'PORT0')).toBeUndefined()
  })

  test('each variable that a model can set has a path that the schema has', () => {
    const full = replicaSchema.parse({
      master: {
        port: 1,
        tls: {
          mode: 'require',
          rootCert: '/a',
          cert: '/b',
          key: '/c',
          crl: '/d',
          minProtocol: 'TLSv1.2',
          negotiation: 'direct',
        },
        requireAuth: '!password',
        channelBinding: 'prefer',
        gssEncMode: 'disable',
      },
      run: {
        configUrl: 'http://x/',
        dataDir: 'd',
        passfile: '/p',
        masterWait: 1,
        exitPause: 1,
        connectTimeout: 5,
      },
    })
    for (const name of Object.keys(deploymentEnv(full))) {
      const path = pathOfVariable(full, name) ?? []
      const value = path.reduce<unknown>((part, key) => Reflect.get(Object(part), key), full)
      expect(value, name).toBeDefined()
    }
  })
})
