import { describe, expect, test } from 'vitest'
import { listPortVariables } from '../../../generator/targets/marathon/build.js'
import { appOf } from './flat.js'

const parts = { run: { dataDir: './pgdata' }, publish: 'http://web01/postgres/' }

const build = (flat: object) => appOf(flat, parts)

describe('buildApp', () => {
  test('a volume leaves the sandbox little to hold', () => {
    expect(build({}).disk).toBe(10_240)
    expect(build({ volume: '1TiB' }).disk).toBe(256)
    expect(build({ volume: '1TiB', disk: 0 }).disk).toBe(0)
  })

  test('ready is what Marathon shows beside health', () => {
    const shell = 'exec sh run_rep.sh ready'
    const usual = { exec: { command: { shell } }, intervalSeconds: 60, timeoutSeconds: 20, delaySeconds: 15 }
    expect(build({ release: '1.8', readiness: true }).check).toEqual(usual)
    const readiness = { interval: 10, timeout: 15, delay: 0 }
    expect(build({ readiness }).check).toMatchObject({
      intervalSeconds: 10,
      timeoutSeconds: 15,
      delaySeconds: 0,
    })
    expect(build({})).not.toHaveProperty('check')
  })

  test("PostgreSQL's port comes first; one fixed port of any program needs a host of its own", () => {
    const morePorts = [
      { name: 'metrics', port: 31_187, labels: { b: '2', a: '1' } },
      { name: 'dns', protocol: 'udp' },
    ]
    const app = build({ portLabels: { VIP_0: '/pg:5432' }, morePorts })
    expect(app.portDefinitions).toEqual([
      { port: 0, protocol: 'tcp', name: 'postgres', labels: { VIP_0: '/pg:5432' } },
      { port: 31_187, protocol: 'tcp', name: 'metrics', labels: { a: '1', b: '2' } },
      { port: 0, protocol: 'udp', name: 'dns' },
    ])
    expect(app.requirePorts).toBe(true)
    expect(app.upgradeStrategy).toEqual({ minimumHealthCapacity: 0, maximumOverCapacity: 0 })
    expect(listPortVariables(app)).toEqual({
      PORT1: '31000',
      PORT_METRICS: '31000',
      PORT2: '31000',
      PORT_DNS: '31000',
    })
  })

  test('what is asked for and nothing else', () => {
    const asked = {
      secrets: { token: { source: '/t' } },
      role: 'db',
      acceptedResourceRoles: ['*'],
      dependencies: ['/proxy'],
      killSelection: 'OLDEST_FIRST',
    }
    expect(build(asked)).toMatchObject(asked)
    for (const key of ['secrets', 'role', 'acceptedResourceRoles', 'dependencies', 'labels', 'check'])
      expect(build({})).not.toHaveProperty(key)
    expect(build({ release: '1.5' })).toHaveProperty('networks')
    expect(build({ release: '1.4' })).not.toHaveProperty('networks')
  })

  test('several instances stand on different hosts and are replaced one half at a time', () => {
    expect(build({ instances: 3 })).toMatchObject({
      constraints: [['hostname', 'UNIQUE']],
      upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 },
    })
    expect(build({ instances: 3, constraints: [] })).not.toHaveProperty('constraints')
  })

  test('a volume with all its properties', () => {
    const volume = { size: '1TiB', type: 'mount', maxSize: '2TiB', constraints: [['path', 'LIKE', 'x']] }
    expect(build({ volume }).container?.volumes[0]?.persistent).toEqual({
      type: 'mount',
      size: 1_048_576,
      maxSize: 2_097_152,
      constraints: [['path', 'LIKE', 'x']],
    })
  })

  test.each([{ port: 31_000 }, { constraints: [['hostname', 'UNIQUE']] }])(
    '%j leaves no second place',
    (app) => {
      expect(build(app).upgradeStrategy).toEqual({ minimumHealthCapacity: 0, maximumOverCapacity: 0 })
    },
  )

  test('a directory of the host leaves no second place on it', () => {
    const app = appOf({}, { run: { dataDir: '/srv/pg' } })
    expect(app.upgradeStrategy).toEqual({ minimumHealthCapacity: 0, maximumOverCapacity: 0 })
  })

  test('what the model says of its own goes in', () => {
    const app = build({
      user: 'pg',
      env: { A: '1' },
      labels: { b: '2', a: '1' },
      fetch: ['file:///ca.pem', { uri: 'http://x/y.tgz', extract: true, destPath: 'z' }],
      unreachable: { inactiveAfter: 1, expungeAfter: 2 },
      upgrade: { minimumHealthCapacity: 0.2, maximumOverCapacity: 0.1 },
    })
    expect(app.user).toBe('pg')
    const names = ['A', 'CONFIG_URL', 'PGDATA_DIR', 'POSTGRES_MASTER', 'POSTGRES_REPUSER', 'RUN_USER']
    expect(Object.keys(app.env)).toEqual(names)
    expect(JSON.stringify(app.labels)).toBe('{"a":"1","b":"2"}')
    expect(app.fetch.slice(1)).toEqual([
      { uri: 'file:///ca.pem', extract: false, executable: false, cache: false },
      { uri: 'http://x/y.tgz', extract: true, executable: false, cache: false, destPath: 'z' },
    ])
    expect(app.unreachableStrategy).toEqual({ inactiveAfterSeconds: 1, expungeAfterSeconds: 2 })
    expect(app.upgradeStrategy).toEqual({ minimumHealthCapacity: 0.2, maximumOverCapacity: 0.1 })
  })
})
