import { describe, expect, test } from 'vitest'
import { appContext, checkModel, parseModel } from '../../generator/compile/check.js'
import { collectContract } from '../../generator/compile/compile.js'
import { isError } from '../../generator/compile/diagnostic.js'
import { buildApp, printApp } from '../../generator/compile/marathon.js'
import { marathonVersions } from '../../generator/marathon/versions.js'
import { loadApp } from '../agent/app.js'

// Marathon's own rules, those that its schema does not tell (AppValidation.scala, AppDefinition.scala,
// SchedulingValidation.scala and PathId.scala of 1.5 to 1.11), each with models that keep it and models that break
// it. Where a model has no way to break a rule, the attempt is an unknown key.
interface Rule {
  readonly what: string
  readonly good: readonly object[]
  /** The app, and the code that refuses it. */
  readonly bad: readonly (readonly [app: object, code: string])[]
}

const volume = { size: '10GiB', type: 'mount' }
const stop = { minimumHealthCapacity: 0, maximumOverCapacity: 0 }
const single = { MARATHON_SINGLE_INSTANCE_APP: 'true' }

const rules: readonly Rule[] = [
  {
    what: 'an id is lower case letters, digits, dots and dashes, segment by segment',
    good: [{ id: '/db/pg-replica' }, { id: 'pg.v1' }, { id: '/a/0' }],
    bad: [
      [{ id: '/Db' }, 'E_APP_ID'],
      [{ id: '/db/pg_1' }, 'E_APP_ID'],
      [{ id: '/db/pg-' }, 'E_APP_ID'],
      [{ id: '/db//pg' }, 'E_APP_ID'],
      [{ id: '/db/' }, 'E_APP_ID'],
      [{ id: '/' }, 'E_APP_ID'],
      [{ id: '' }, 'E_MODEL'],
    ],
  },
  {
    what: 'its last segment is no word of the REST API',
    good: [{ id: '/tasks/db' }],
    bad: [
      [{ id: '/db/tasks' }, 'E_APP_ID'],
      [{ id: '/restart' }, 'E_APP_ID'],
      [{ id: '/db/versions' }, 'E_APP_ID'],
    ],
  },
  {
    what: 'an app has a cmd or args, and not both',
    good: [{}],
    bad: [
      [{ cmd: 'true' }, 'E_MODEL_KEY'],
      [{ args: ['true'] }, 'E_MODEL_KEY'],
    ],
  },
  {
    what: 'names of ports are lower case letters, digits and dashes',
    good: [{ portName: 'pg15' }],
    bad: [
      [{ portName: 'PG' }, 'E_APP_PORT_NAME'],
      [{ portName: 'pg_main' }, 'E_APP_PORT_NAME'],
      [{ portName: '-pg' }, 'E_APP_PORT_NAME'],
      [{ morePorts: [{ name: 'PG' }] }, 'E_APP_PORT_NAME'],
      [{ morePorts: [{ name: 'postgres' }] }, 'E_APP_PORT_NAME'],
    ],
  },
  {
    what: 'ports are numbers from 0 to 65535, and portDefinitions not beside ports',
    good: [{ hostPort: 0 }, { hostPort: 31_000 }],
    bad: [
      [{ hostPort: 65_536 }, 'E_MODEL'],
      [{ hostPort: -1 }, 'E_MODEL'],
      [{ hostPort: 31_000, morePorts: [{ name: 'metrics', port: 31_000 }] }, 'E_APP_PORT'],
      [{ ports: [5432] }, 'E_MODEL_KEY'],
      [{ portDefinitions: [] }, 'E_MODEL_KEY'],
    ],
  },
  {
    what: 'one health check of Mesos, with times that are numbers',
    good: [{ health: { maxFailures: 1 } }],
    bad: [
      [{ healthChecks: [] }, 'E_MODEL_KEY'],
      [{ health: { interval: 0 } }, 'E_MODEL'],
      [{ health: { gracePeriod: -1 } }, 'E_MODEL'],
      [{ health: { portIndex: 0 } }, 'E_MODEL_KEY'],
    ],
  },
  {
    what: 'no readiness check: they are HTTP only',
    good: [{}],
    bad: [[{ readinessChecks: [] }, 'E_MODEL_KEY']],
  },
  {
    what: 'the path of a volume is one plain name',
    good: [{ volume }],
    bad: [[{ volume, container: {} }, 'E_MODEL_KEY']],
  },
  {
    what: 'a volume has a size above 0, and maxSize above it, for mount only',
    good: [{ volume: { ...volume, maxSize: '20GiB' } }],
    bad: [
      [{ volume: 0 }, 'E_MODEL'],
      [{ volume: { ...volume, maxSize: '10GiB' } }, 'E_APP_VOLUME'],
      [{ volume: { size: '10GiB', type: 'root', maxSize: '20GiB' } }, 'E_APP_VOLUME'],
      [{ volume: { size: '10GiB', type: 'path', maxSize: '20GiB' } }, 'E_APP_VOLUME'],
    ],
  },
  {
    what: 'constraints of a volume are on its path, and not for root',
    good: [{ volume: { ...volume, constraints: [['path', 'LIKE', '/ssd.*']] } }],
    bad: [
      [{ volume: { ...volume, constraints: [['path', 'UNIQUE', 'x']] } }, 'E_APP_VOLUME'],
      [{ volume: { ...volume, constraints: [['size', 'LIKE', 'x']] } }, 'E_APP_VOLUME'],
      [{ volume: { ...volume, constraints: [['path', 'LIKE', '[']] } }, 'E_APP_VOLUME'],
      [{ volume: { size: '10GiB', type: 'root', constraints: [['path', 'LIKE', 'x']] } }, 'E_APP_VOLUME'],
    ],
  },
  {
    what: 'an app with a volume is not started beside itself',
    good: [{ volume, upgrade: stop }],
    bad: [[{ volume, upgrade: { ...stop, maximumOverCapacity: 0.5 } }, 'E_APP_UPGRADE']],
  },
  {
    what: "an app with a volume has the unreachableStrategy 'disabled'",
    good: [{ volume }, { volume, unreachable: 'disabled' }],
    bad: [[{ volume, unreachable: { inactiveAfter: 0, expungeAfter: 60 } }, 'E_APP_UNREACHABLE']],
  },
  {
    what: 'an app with a volume takes unreserved resources, for a role that can reserve them',
    good: [{ volume, acceptedResourceRoles: ['*'] }, { acceptedResourceRoles: ['db', '*'] }],
    bad: [
      [{ volume, acceptedResourceRoles: ['db'] }, 'E_APP_ROLE'],
      [{ acceptedResourceRoles: [] }, 'E_MODEL'],
    ],
  },
  {
    what: 'dependencies are ids',
    good: [{ dependencies: ['/db/master', '/proxy'] }],
    bad: [[{ dependencies: ['/Db'] }, 'E_APP_ID']],
  },
  {
    what: 'the capacities of an upgrade are 0 to 1',
    good: [{ upgrade: { minimumHealthCapacity: 1, maximumOverCapacity: 0.5 } }],
    bad: [
      [{ upgrade: { minimumHealthCapacity: 1.1, maximumOverCapacity: 0 } }, 'E_MODEL'],
      [{ upgrade: { minimumHealthCapacity: 1 } }, 'E_MODEL'],
    ],
  },
  {
    what: 'a constraint has a field and one of the operators',
    good: [{ constraints: [['rack', 'CLUSTER', 'a']] }, { constraints: [['@zone', 'GROUP_BY']] }],
    bad: [
      [{ constraints: [['rack']] }, 'E_MODEL'],
      [{ constraints: [['rack', 'LIKE', 'a', 'b']] }, 'E_MODEL'],
      [{ constraints: [['rack', 'NEAR', 'a']] }, 'E_APP_CONSTRAINT'],
      [{ constraints: [['', 'UNIQUE']] }, 'E_APP_CONSTRAINT'],
    ],
  },
  {
    what: 'UNIQUE takes no value',
    good: [{ constraints: [['hostname', 'UNIQUE']] }],
    bad: [[{ constraints: [['hostname', 'UNIQUE', '2']] }, 'E_APP_CONSTRAINT']],
  },
  {
    what: 'GROUP_BY takes a number or nothing, MAX_PER a number',
    good: [{ constraints: [['rack', 'GROUP_BY', '3']] }, { constraints: [['rack', 'MAX_PER', '2']] }],
    bad: [
      [{ constraints: [['rack', 'GROUP_BY', 'x']] }, 'E_APP_CONSTRAINT'],
      [{ constraints: [['rack', 'MAX_PER']] }, 'E_APP_CONSTRAINT'],
    ],
  },
  {
    what: 'LIKE and UNLIKE take a regular expression',
    good: [{ constraints: [['rack', 'LIKE', 'a|b']] }, { constraints: [['rack', 'UNLIKE', 'c']] }],
    bad: [
      [{ constraints: [['rack', 'LIKE', '(']] }, 'E_APP_CONSTRAINT'],
      [{ constraints: [['rack', 'UNLIKE']] }, 'E_APP_CONSTRAINT'],
    ],
  },
  {
    what: 'a file to fetch is a java.net.URI that stays in the sandbox',
    good: [{ fetch: ['http://web01/ca%20one.pem', { uri: 'file:///etc/ca.pem', destPath: 'tls/ca.pem' }] }],
    bad: [
      [{ fetch: ['http://web01/ca one.pem'] }, 'E_APP_FETCH'],
      [{ fetch: ['http://web01/{ca}.pem'] }, 'E_APP_FETCH'],
      [{ fetch: [{ uri: 'http://web01/ca.pem', destPath: '../ca.pem' }] }, 'E_APP_FETCH'],
      [{ fetch: [''] }, 'E_MODEL'],
      [{ uris: ['http://web01/ca.pem'] }, 'E_MODEL_KEY'],
    ],
  },
  {
    what: 'values of env are text, or references to secrets that the app declares',
    good: [
      { env: { PAGER: 'cat' } },
      { env: { TOKEN: { secret: 'token' } }, secrets: { token: { source: '/db/token' } } },
    ],
    bad: [
      [{ env: { PAGER: 5 } }, 'E_MODEL'],
      [{ env: { TOKEN: { secret: 'token' } } }, 'E_APP_SECRET'],
      [{ secrets: { token: { source: '/db/token' } } }, 'E_APP_SECRET'],
      [{ secrets: { token: {} } }, 'E_MODEL'],
      [{ env: { '': 'x' } }, 'E_MODEL'],
    ],
  },
  {
    what: 'the network of the host has no name, and stands alone',
    good: [{}],
    bad: [[{ networks: [{ mode: 'host', name: 'x' }] }, 'E_MODEL_KEY']],
  },
  {
    what: 'a lost task is inactive before it is expunged',
    good: [{ unreachable: { inactiveAfter: 60, expungeAfter: 60 } }],
    bad: [
      [{ unreachable: { inactiveAfter: 61, expungeAfter: 60 } }, 'E_APP_UNREACHABLE'],
      [{ unreachable: { inactiveAfter: -1, expungeAfter: 60 } }, 'E_MODEL'],
    ],
  },
  {
    what: 'a single-instance app has one task, also while it is deployed',
    good: [{ labels: single }, { labels: single, instances: 0 }],
    bad: [
      [{ labels: single, instances: 2, upgrade: stop }, 'E_APP_SINGLE'],
      [{ labels: single, upgrade: { ...stop, minimumHealthCapacity: 1 } }, 'E_APP_SINGLE'],
    ],
  },
  {
    what: 'sizes and times are numbers that Marathon takes',
    good: [{ cpus: 0.001, instances: 0, backoff: { factor: 1, seconds: 0 } }],
    bad: [
      [{ cpus: 0 }, 'E_MODEL'],
      [{ mem: 0 }, 'E_MODEL'],
      [{ disk: -1 }, 'E_MODEL'],
      [{ instances: -1 }, 'E_MODEL'],
      [{ instances: 1.5 }, 'E_MODEL'],
      [{ backoff: { factor: 0.5 } }, 'E_MODEL'],
      [{ killGrace: -1 }, 'E_MODEL'],
    ],
  },
]

function codesOf(app: object): string[] {
  const parsed = parseModel({ app })
  if (!parsed.ok) return parsed.diagnostics.map(({ code }) => code)
  const found = checkModel(parsed.model, collectContract(parsed.model, {}))
  return found.filter(isError).map(({ code }) => code)
}

describe.each(marathonVersions)('an app for Marathon %s', (marathon) => {
  describe.each(rules)('$what', ({ good, bad }) => {
    test.each(good.map((app) => [app]))('%j keeps it', (app) => {
      expect(codesOf({ ...app, marathon })).toEqual([])
      // The Marathon of our tests, which shares nothing with the compiler, takes it, too.
      const parsed = parseModel({ app: { ...app, marathon } })
      if (!parsed.ok) throw new Error('refused')
      const printed = printApp(buildApp(parsed.model.app, appContext(parsed.model)))
      expect(() => loadApp(printed)).not.toThrow()
    })

    test.each(bad)('%j breaks it: %s', (app, code) => {
      expect(codesOf({ ...app, marathon })).toEqual([code])
    })
  })

  test('check came with 1.8, role with 1.9, networks with 1.5', () => {
    const index = marathonVersions.indexOf(marathon)
    const has = (since: (typeof marathonVersions)[number]) => index >= marathonVersions.indexOf(since)
    expect(codesOf({ check: true, marathon })).toEqual(has('1.8') ? [] : ['E_APP_VERSION'])
    expect(codesOf({ role: 'db', marathon })).toEqual(has('1.9') ? [] : ['E_APP_VERSION'])
    const parsed = parseModel({ app: { marathon } })
    if (!parsed.ok) throw new Error('refused')
    const printed = buildApp(parsed.model.app, appContext(parsed.model))
    expect('networks' in printed).toBe(has('1.5'))
    expect(() => loadApp(printApp(printed))).not.toThrow()
  })

  test('IS came with 1.6', () => {
    const has = ['1.6', '1.7', '1.8', '1.9', '1.10', '1.11'].includes(marathon)
    expect(codesOf({ constraints: [['rack', 'IS', 'a']], marathon })).toEqual(has ? [] : ['E_APP_CONSTRAINT'])
    expect(codesOf({ constraints: [['rack', 'IS', 'a b']], marathon })).toEqual(['E_APP_CONSTRAINT'])
  })
})

test('what a model has no word for is printed by the rules', () => {
  const parsed = parseModel({ app: { instances: 3, volume: '10GiB', hostPort: 31_500 } })
  if (!parsed.ok) throw new Error('refused')
  const app = buildApp(parsed.model.app, appContext(parsed.model))
  expect(app).toMatchObject({
    networks: [{ mode: 'host' }],
    portDefinitions: [{ port: 31_500, protocol: 'tcp', name: 'postgres' }],
    requirePorts: true,
    healthChecks: [{ protocol: 'COMMAND' }],
    container: { type: 'MESOS', volumes: [{ containerPath: 'pgdata', mode: 'RW' }] },
    unreachableStrategy: 'disabled',
    upgradeStrategy: { maximumOverCapacity: 0 },
  })
  expect(app.cmd.length).toBeGreaterThan(1)
  for (const key of [
    'args',
    'uris',
    'ports',
    'readinessChecks',
    'check',
    'role',
    'resourceLimits',
    'secrets',
    'residency',
  ]) {
    expect(app).not.toHaveProperty(key)
  }
})
