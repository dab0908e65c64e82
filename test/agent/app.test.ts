import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadApp, Rejected } from './app.js'

const root = new URL('../../', import.meta.url)
const shipped: Record<string, unknown> = JSON.parse(readFileSync(new URL('marathon.json', root), 'utf8'))

/** The shipped app with other members; undefined takes one out. */
function withMembers(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...shipped, ...members })
}

const volume = { containerPath: 'pgdata', mode: 'RW', persistent: { size: 100 } }
const container = { type: 'MESOS', volumes: [volume] }
const resident = {
  container,
  upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
  unreachableStrategy: 'disabled',
}

describe('what POST /v2/apps takes', () => {
  test.each(['1.5', '1.8', '1.11'] as const)('the shipped file, %s', (release) => {
    expect(loadApp(JSON.stringify(shipped), release)).toMatchObject({
      id: '/postgres-replication',
      instances: 1,
    })
  })

  test('an app of 2015, unwrapped: null is absent, uris and ports become what they are today', () => {
    const app = loadApp(
      JSON.stringify({
        id: 'pg',
        cmd: 'sh run_rep.sh',
        args: null,
        uris: ['http://w/run_rep.sh', 'http://w/x.tgz'],
        ports: [0],
      }),
    )
    expect(app.fetch).toMatchObject([{ extract: false }, { extract: true }])
    expect(app).toMatchObject({
      portDefinitions: [{ port: 0, protocol: 'tcp' }],
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 },
      backoffSeconds: 1,
      maxLaunchDelaySeconds: 300,
    })
  })

  test('a resident app has other defaults', () => {
    expect(
      loadApp(withMembers({ container, upgradeStrategy: undefined, unreachableStrategy: undefined })),
    ).toMatchObject({
      upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
      unreachableStrategy: 'disabled',
    })
  })
})

describe('what it refuses', () => {
  test.each([
    ['wrapped', JSON.stringify({ app: shipped })],
    ['a misspelt key', withMembers({ taskKillGracePeriod: 10 })],
    ['a number in env', withMembers({ env: { PORT: 1 } })],
    ['a secret that nobody declares', withMembers({ env: { TOKEN: { secret: 'x' } } })],
    ['cmd and args', withMembers({ args: ['sh'] })],
    ['an id with upper case', withMembers({ id: '/Pg' })],
    ['an id that ends in a word of the API', withMembers({ id: '/pg/tasks' })],
    ['two ports of one name', withMembers({ portDefinitions: [{ name: 'a' }, { name: 'a' }] })],
    ['a COMMAND check without a command', withMembers({ healthChecks: [{ protocol: 'COMMAND' }] })],
    ['a port index out of range', withMembers({ healthChecks: [{ protocol: 'MESOS_TCP', portIndex: 1 }] })],
    ['a value for UNIQUE', withMembers({ constraints: [['hostname', 'UNIQUE', 'x']] })],
    ['half an upgrade strategy', withMembers({ upgradeStrategy: { minimumHealthCapacity: 0 } })],
    ['a resident app that grows', withMembers({ ...resident, upgradeStrategy: shipped.upgradeStrategy })],
    [
      'a resident app that is replaced',
      withMembers({ ...resident, unreachableStrategy: { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 } }),
    ],
    [
      'a path for a volume',
      withMembers({
        ...resident,
        container: { type: 'MESOS', volumes: [{ ...volume, containerPath: 'a/b' }] },
      }),
    ],
    [
      'inactive after expunged',
      withMembers({ unreachableStrategy: { inactiveAfterSeconds: 2, expungeAfterSeconds: 1 } }),
    ],
  ])('%s', (_what, body) => {
    expect(() => loadApp(body)).toThrow(Rejected)
  })

  test('what came later than the release', () => {
    expect(() => loadApp(JSON.stringify(shipped), '1.4')).toThrow('networks')
    expect(() => loadApp(withMembers({ check: {} }), '1.7')).toThrow('check')
    expect(loadApp(withMembers({ check: {} }), '1.8')).toMatchObject({ check: {} })
  })
})
