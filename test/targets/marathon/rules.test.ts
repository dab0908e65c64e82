import { describe, expect, test } from 'vitest'
import { showPath } from '../../../generator/diagnostics/path.js'
import { isJavaPattern } from '../../../generator/targets/marathon/pattern.js'
import { judgeApp } from '../../../generator/targets/marathon/rules.js'
import { appOf, modelOf } from './flat.js'

function judge(flat: object, parts: object = {}): string[][] {
  return judgeApp(appOf(flat, parts)).map(({ code, path = [] }) => [code, showPath(path)])
}

// By the oldest release that the model names.
const judgeFor = (flat: object) => judgeApp(appOf(flat), modelOf(flat).targets.marathon?.release)

describe('judgeApp', () => {
  test.each<[object]>([
    [{}],
    [{ id: 'db/pg-replica.v1', instances: 3, volume: '100GiB' }],
    [{ port: 31_432 }],
    [
      {
        constraints: [
          ['rack', 'GROUP_BY', '3'],
          ['hostname', 'UNIQUE'],
          ['rack', 'MAX_PER', '2'],
          ['x', 'LIKE', 'a.*'],
        ],
      },
    ],
    [{ volume: { size: 10, type: 'mount', maxSize: 20, constraints: [['path', 'LIKE', '/disk[0-9]']] } }],
    [{ unreachable: { inactiveAfter: 0, expungeAfter: 60 } }],
    [
      {
        fetch: ['file:///etc/ca.pem', '/etc/own.pem', { uri: 'http://[::1]:80/a%20b', destPath: 'certs/b' }],
      },
    ],
    [{ labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } }],
    [{ upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 1 } }],
    [{ instances: 2, upgrade: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0.4 } }],
    [{ instances: 2, volume: 10, upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 0 } }],
    [{ constraints: [['hostname', 'MAX_PER', '1']] }],
  ])('%j passes', (app) => {
    expect(judge(app)).toEqual([])
  })

  test.each<[object, string, string]>([
    [{ id: '/Postgres' }, 'E_APP_ID', 'targets.marathon.id'],
    [{ id: '/pg_replica' }, 'E_APP_ID', 'targets.marathon.id'],
    [{ id: '/db/-pg' }, 'E_APP_ID', 'targets.marathon.id'],
    [{ id: '/' }, 'E_APP_ID', 'targets.marathon.id'],
    [{ id: '/db/tasks' }, 'E_APP_ID', 'targets.marathon.id'],
    [{ id: '/db/versions' }, 'E_APP_ID', 'targets.marathon.id'],
    [{ id: '/restart' }, 'E_APP_ID', 'targets.marathon.id'],
    [{ id: `/${'a'.repeat(190)}` }, 'E_APP_ID', 'targets.marathon.id'],
    [{ portName: 'Postgres' }, 'E_APP_PORT_NAME', 'targets.marathon.portName'],
    [{ portName: 'pg-replica' }, 'E_APP_PORT_NAME', 'targets.marathon.portName'],
    [{ morePorts: [{ name: 'postgres' }] }, 'E_APP_PORT_NAME', 'targets.marathon.morePorts.0.name'],
    [{ port: 5433 }, 'W_APP_PORT', 'task.port'],
    [{ port: 432 }, 'W_APP_PORT', 'task.port'],
    [
      { fetch: [{ uri: 'http://x/y.tar.gz', extract: true, executable: true }] },
      'W_APP_FETCH',
      'targets.marathon.fetch.0.extract',
    ],
    [{ fetch: ['http://x/$A', 'http://x/{a}'] }, 'E_APP_FETCH', 'targets.marathon.fetch.1'],
    [{ fetch: ['http://x/100%'] }, 'E_APP_FETCH', 'targets.marathon.fetch.0'],
    [{ fetch: ['ca.pem'] }, 'E_APP_FETCH', 'targets.marathon.fetch.0'],
    [{ fetch: ['http://x/'] }, 'E_APP_FETCH', 'targets.marathon.fetch.0'],
    [{ fetch: ['http://x/run_rep.sh'] }, 'E_APP_FETCH', 'targets.marathon.fetch.0'],
    [{ fetch: [{ uri: 'http://x/y', destPath: '../y' }] }, 'E_APP_FETCH', 'targets.marathon.fetch.0'],
    [{ constraints: [['hostname', 'UNIQUE', 'x']] }, 'E_APP_CONSTRAINT', 'targets.marathon.constraints.0'],
    [{ constraints: [['rack', 'SPREAD']] }, 'E_APP_CONSTRAINT', 'targets.marathon.constraints.0'],
    [{ constraints: [['rack', 'MAX_PER', 'x']] }, 'E_APP_CONSTRAINT', 'targets.marathon.constraints.0'],
    [{ constraints: [['rack', 'GROUP_BY', 'x']] }, 'E_APP_CONSTRAINT', 'targets.marathon.constraints.0'],
    [{ constraints: [['rack', 'LIKE', '(']] }, 'E_APP_CONSTRAINT', 'targets.marathon.constraints.0'],
    [{ constraints: [['rack', 'UNLIKE']] }, 'E_APP_CONSTRAINT', 'targets.marathon.constraints.0'],
    [{ constraints: [['', 'UNIQUE']] }, 'E_APP_CONSTRAINT', 'targets.marathon.constraints.0'],
    [{ volume: { size: 10, maxSize: 20 } }, 'E_APP_VOLUME', 'targets.marathon.volume.maxSize'],
    [{ volume: { size: 10, type: 'mount', maxSize: 10 } }, 'E_APP_VOLUME', 'targets.marathon.volume.maxSize'],
    [
      { volume: { size: 10, type: 'path', constraints: [['path', 'LIKE', '[']] } },
      'E_APP_VOLUME',
      'targets.marathon.volume.constraints.0',
    ],
    [
      { volume: { size: 10, constraints: [['path', 'LIKE', 'x']] } },
      'E_APP_VOLUME',
      'targets.marathon.volume.constraints',
    ],
    [
      { volume: { size: 10, type: 'path', constraints: [['size', 'LIKE', 'x']] } },
      'E_APP_VOLUME',
      'targets.marathon.volume.constraints.0',
    ],
    [
      { volume: 10, upgrade: { minimumHealthCapacity: 0, maximumOverCapacity: 0.5 } },
      'E_APP_UPGRADE',
      'targets.marathon.upgrade.maximumOverCapacity',
    ],
    [
      { instances: 2, upgrade: { minimumHealthCapacity: 0, maximumOverCapacity: 0.5 } },
      'W_APP_UPGRADE',
      'targets.marathon.upgrade.maximumOverCapacity',
    ],
    [
      { instances: 2, upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 0 } },
      'W_APP_UPGRADE',
      'targets.marathon.upgrade.minimumHealthCapacity',
    ],
    [
      { instances: 3, upgrade: { minimumHealthCapacity: 0.7, maximumOverCapacity: 0 } },
      'W_APP_UPGRADE',
      'targets.marathon.upgrade.minimumHealthCapacity',
    ],
    [
      { port: 31_000, upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 0 } },
      'W_APP_UPGRADE',
      'targets.marathon.upgrade.minimumHealthCapacity',
    ],
    [
      {
        constraints: [['hostname', 'MAX_PER', '1']],
        upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      },
      'W_APP_UPGRADE',
      'targets.marathon.upgrade.maximumOverCapacity',
    ],
    [
      { volume: 10, unreachable: { inactiveAfter: 0, expungeAfter: 0 } },
      'E_APP_UNREACHABLE',
      'targets.marathon.unreachable',
    ],
    [
      { unreachable: { inactiveAfter: 9, expungeAfter: 8 } },
      'E_APP_UNREACHABLE',
      'targets.marathon.unreachable',
    ],
    [
      {
        labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
        upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 0 },
      },
      'E_APP_SINGLE',
      'targets.marathon.upgrade',
    ],
    [
      {
        labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' },
        instances: 2,
        upgrade: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
      },
      'E_APP_SINGLE',
      'task.instances',
    ],
  ])('%j is %s', (app, code, path) => {
    expect(judge(app)).toEqual([[code, path]])
  })

  test.each<[object, string]>([
    [{ port: 31_000, morePorts: [{ name: 'a' }] }, 'E_APP_PORT targets.marathon.morePorts.0.port'],
    [
      { port: 31_000, morePorts: [{ name: 'a', port: 31_000 }] },
      'E_APP_PORT targets.marathon.morePorts.0.port',
    ],
    [{ morePorts: [{ name: 'a', port: 31_001 }] }, 'E_APP_PORT task.port'],
    [{ acceptedResourceRoles: ['..'] }, 'E_APP_ROLE targets.marathon.acceptedResourceRoles.0'],
    [{ volume: 10, acceptedResourceRoles: ['db'] }, 'E_APP_ROLE targets.marathon.acceptedResourceRoles'],
    [{ volume: 10, release: '1.9', role: '*' }, 'E_APP_ROLE targets.marathon.role'],
    [{ secrets: { t: { source: '/t' } } }, 'W_APP_SECRET task.secrets.t'],
    [{ acceptedResourceRoles: ['a', 'a'] }, 'E_APP_ROLE targets.marathon.acceptedResourceRoles.1'],
    [{ release: '1.9', role: 'a b' }, 'E_APP_ROLE targets.marathon.role'],
    [
      { release: '1.9', role: 'a', acceptedResourceRoles: ['b'] },
      'E_APP_ROLE targets.marathon.acceptedResourceRoles.0',
    ],
    [{ id: '/db/pg', dependencies: ['/db/PG'] }, 'E_APP_ID targets.marathon.dependencies.0'],
    [{ id: '/db/pg', dependencies: ['pg'] }, 'E_APP_ID targets.marathon.dependencies.0'],
    [{ id: 'db/pg', dependencies: ['/db/x/../pg'] }, 'E_APP_ID targets.marathon.dependencies.0'],
    [{ id: '/db/pg', dependencies: ['/'] }, 'E_APP_ID targets.marathon.dependencies.0'],
    [{ id: '/db/pg', dependencies: ['/db'] }, 'E_APP_ID targets.marathon.dependencies.0'],
    [{ id: '/db/pg', dependencies: ['/db/a', '/db/./a'] }, 'E_APP_ID targets.marathon.dependencies.1'],
    [
      { release: '1.5', constraints: [['rack', 'IS', 'a']] },
      'E_APP_CONSTRAINT targets.marathon.constraints.0',
    ],
    [
      { release: '1.6', constraints: [['rack', 'IS', 'a b']] },
      'E_APP_CONSTRAINT targets.marathon.constraints.0',
    ],
    [
      { release: '1.5', constraints: [['rack', 'CLUSTER']] },
      'E_APP_CONSTRAINT targets.marathon.constraints.0',
    ],
    [{ constraints: [['rack', 'GROUP_BY', '']] }, 'E_APP_CONSTRAINT targets.marathon.constraints.0'],
    [
      { constraints: [['rack', 'MAX_PER', '99999999999']] },
      'E_APP_CONSTRAINT targets.marathon.constraints.0',
    ],
    [
      { labels: { DCOS_MIGRATION_API_VERSION: 'v1' } },
      'E_APP_LABEL targets.marathon.labels.DCOS_MIGRATION_API_VERSION',
    ],
    [{ fetch: ['http:'] }, 'E_APP_FETCH targets.marathon.fetch.0'],
    [{ fetch: ['http://x/a[b]'] }, 'E_APP_FETCH targets.marathon.fetch.0'],
    [{ fetch: [{ uri: 'http://x/a', destPath: './run_rep.sh' }] }, 'E_APP_FETCH targets.marathon.fetch.0'],
    [{ fetch: ['http://x/pgdata'] }, 'E_APP_FETCH targets.marathon.fetch.0'],
    [{ fetch: [{ uri: 'http://x/a', destPath: 'pgdata/a' }] }, 'E_APP_FETCH targets.marathon.fetch.0'],
    [{ fetch: ['http://x/stderr'] }, 'E_APP_FETCH targets.marathon.fetch.0'],
    [{ release: '1.8', readiness: { interval: 20 } }, 'E_APP_CHECK task.readiness.timeout'],
    [{ release: '1.7', readiness: true }, 'E_APP_VERSION task.readiness'],
    [{ release: '1.8', role: 'db' }, 'E_APP_VERSION targets.marathon.role'],
    [{ release: '1.4', portName: '1pg' }, 'E_APP_PORT_NAME targets.marathon.portName'],
    [
      { release: '1.4', morePorts: [{ name: 'a', protocol: 'udp,tcp' }] },
      'E_APP_VERSION targets.marathon.morePorts.0.protocol',
    ],
  ])('%j is %s', (app, wanted) => {
    expect(judgeFor(app).map(({ code, path }) => `${code} ${showPath(path ?? [])}`)).toContain(wanted)
  })

  test.each<[object]>([
    [{ port: 31_000, morePorts: [{ name: 'a', port: 31_001 }] }],
    [{ morePorts: [{ name: 'a', protocol: 'udp,tcp' }, { name: 'b' }] }],
    [{ release: '1.9', role: 'eng/db', acceptedResourceRoles: ['*', 'eng/db'] }],
    [{ id: '/db/pg', dependencies: ['/pg', '/db/pool', '/db/../net/dns', '/db/pg-2'] }],
    [
      {
        release: '1.6',
        constraints: [
          ['rack', 'IS', 'a'],
          ['rack', 'CLUSTER'],
          ['rack', 'GROUP_BY', '3'],
        ],
      },
    ],
    [{ fetch: ['http://x/a?b[c]', 'http://x/pgdata2', { uri: 'http://x/z.tgz', extract: true }] }],
    [{ release: '1.8', readiness: true }],
  ])('%j passes', (app) => {
    expect(judgeFor(app)).toEqual([])
  })

  test.each(['/var/pg', 'a/b', '.'])('the data directory %s cannot be a volume', (dataDir) => {
    expect(judge({ volume: 10 }, { run: { dataDir } })).toEqual([['E_APP_VOLUME', 'run.dataDir']])
    expect(judge({}, { run: { dataDir } })).toEqual([])
  })

  test.each(['http://web01/?v='])('%s cannot be published at', (publish) => {
    expect(judge({}, { publish })).toEqual([['E_APP_FETCH', 'publish']])
  })
})

test('beside a task that works in a directory of the host none is started', () => {
  const upgrade = { minimumHealthCapacity: 1, maximumOverCapacity: 1 }
  const codes = (flat: object) => judge(flat, { run: { dataDir: '/srv/pg' } }).map(([code]) => code)
  expect(codes({ upgrade })).toEqual(['W_APP_UPGRADE'])
  expect(codes({})).toEqual([])
})

describe('a pattern of LIKE', () => {
  test.each([
    '(?i)agent.*',
    '(?i:a)b',
    'agent[0-9]++',
    '(?>a|b)',
    'a\\-b\\_c',
    '\\Qa{b\\E.*',
    '\\p{Alpha}+\\z',
  ])('%s is one of Java', (text) => {
    expect(isJavaPattern(text)).toBe(true)
  })

  test.each(['a{', 'a{,3}', '[]a', 'rack\\y', '('])('%s is none', (text) => {
    expect(isJavaPattern(text)).toBe(false)
  })
})

test.each([2, 3, 7, 33, 999])('of %d replicas all but one go on serving', (instances) => {
  const app = appOf({ instances })
  // ComputeRestartStrategy.scala
  expect(Math.ceil(instances * app.upgradeStrategy.minimumHealthCapacity)).toBe(instances - 1)
})
