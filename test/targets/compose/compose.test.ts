import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { compile, list } from '../../compile/sources.js'
import { models } from '../containers/models.js'
import { findFaults } from './schema.js'

const plain = { postgresql: { majors: [16] }, master: { hosts: 'pg1' }, targets: { compose: {} } }
const textOf = (model: object) => compile({ ...plain, ...model }).files['compose.yaml'] ?? ''
// As the tools read it: Go's and Python's libraries are both nearer to YAML 1.1.
const read = (model: object) => parse(textOf(model), { version: '1.1' })

describe('compose.yaml', () => {
  test.each<[string, object]>([
    ['by default', {}],
    ['with all that can be said of it', models.fleet],
    ['as root', { task: { user: 'root' } }],
    [
      'with nothing to log in by, and no configuration',
      { run: { configUrl: null }, master: { hosts: 'pg1', tls: { mode: 'require', cert: '/c', key: '/k' } } },
    ],
  ])('%s is what the Compose specification says', (_title, model) => {
    expect(findFaults(read(model))).toEqual([])
  })

  test('that schema finds what is wrong', () => {
    const file = read({})
    file.services.replica.stop_grace = '5s'
    file.services.replica.restart = 5
    expect(findFaults(file)).toEqual([
      expect.stringContaining('/services/replica must NOT have additional properties'),
      expect.stringContaining('/services/replica/restart must be string'),
    ])
  })

  test('is what the model says', () => {
    const { replica } = read({ task: { stopGrace: 200, mem: 2048, cpus: 2, port: 5433 } }).services
    expect(replica).toMatchObject({
      image: 'postgres:16',
      user: '999:999',
      stop_grace_period: '200s',
      mem_limit: '2048m',
      cpu_shares: 2048,
      ports: ['5433:5433'],
      environment: { PORT0: '5433', POSTGRES_MASTER: 'pg1', CONFIG_URL: 'file:///etc/run_rep' },
    })
    expect(Object.keys(compile(plain).files).filter((name) => /marathon|service/.test(name))).toEqual([])
    expect(compile(plain).files.SHA256SUMS).toContain('compose.yaml')
  })

  test.each<[number[], string, string]>([
    [[10], 'postgres:10', 'data:/var/lib/postgresql/data'],
    [[17], 'postgres:17', 'data:/var/lib/postgresql/data'],
    [[18], 'postgres:18', 'data:/var/lib/postgresql'],
  ])('for %j the volume is where the image %s has its own', (majors, image, volume) => {
    const { replica } = read({ postgresql: { majors } }).services
    expect([replica.image, replica.volumes[0]]).toEqual([image, volume])
  })

  test('the disk for WAL is that of the host, which alone is written to', () => {
    const { volumes } = read({ clone: { walDir: '/fast' }, restore: { from: 'directory', path: '/wal' } })
      .services.replica
    expect(volumes).toContain('/fast:/fast')
    expect(volumes).toContain('/wal:/wal:ro')
  })

  test('each replica has a volume, a name and a port of its own', () => {
    const { services, volumes } = read({
      task: { instances: 2 },
      targets: { compose: { ports: [6001, 6002] } },
    })
    expect(Object.keys(services)).toEqual(['replica-1', 'replica-2'])
    expect(Object.keys(volumes)).toEqual(['data-1', 'data-2'])
    expect(services['replica-2']).toMatchObject({
      hostname: 'postgres-replica-2',
      ports: ['6002:5432'],
      environment: { TASK_NAME: 'postgres-replica-2', UNIT_NAME: 'postgres-replica' },
    })
    expect(services['replica-2'].volumes[0]).toBe('data-2:/var/lib/postgresql/data')
  })

  test('the password, a password file or a certificate comes as a file', () => {
    const secrets = (model: object) => {
      const { services, secrets: all } = read(model)
      const { PGPASSFILE, POSTGRES_REPPASSWORD_FILE } = services.replica.environment
      return [all, PGPASSFILE, POSTGRES_REPPASSWORD_FILE]
    }
    expect(secrets({})).toEqual([
      { password: { file: './replicator.password' } },
      undefined,
      '/run/secrets/password',
    ])
    expect(secrets({ run: { passfile: '/srv/passfile' } })).toEqual([
      { passfile: { file: '/srv/passfile' } },
      '/run/secrets/passfile',
      undefined,
    ])
    const tls = { mode: 'verify-full', rootCert: '/tls/ca', cert: '/tls/c', key: '/tls/k' }
    expect(secrets({ master: { hosts: 'pg1', tls } })).toEqual([undefined, undefined, undefined])
  })

  test('what Compose or YAML would read in its own way stays what it is', () => {
    const env = { A: '$HOME ${X:-y} $$', B: 'yes', C: '0x10', D: '1:20', E: ' é\n\t"\'\\', F: '' }
    const { environment } = read({ task: { env } }).services.replica
    const interpolated = Object.entries(environment).map(([name, value]) => [
      name,
      String(value).replace(/\$\$/g, '$'),
    ])
    expect(Object.fromEntries(interpolated)).toMatchObject(env)
    expect(textOf({ task: { env } })).toContain('A: "$$HOME $${X:-y} $$$$"')
  })

  test('another script or configuration makes another container', () => {
    const digest = (model: object) => read(model).services.replica.labels['run_rep.digest']
    expect(digest({})).toBe(digest({ targets: { compose: { shm: 256 } } }))
    expect(digest({})).not.toBe(digest({ postgresql: { majors: [16], settings: { work_mem: '8MB' } } }))
    expect(digest({})).not.toBe(digest({ run: { stallLimit: 600 } }))
  })
})

describe('what Compose cannot do', () => {
  const judge = (model: object) =>
    list(compile({ ...plain, ...model }).diagnostics).filter((one) => !/W_MASTER/.test(one))
  test.each<[object, string[]]>([
    [{}, []],
    [{ ...models.fleet, targets: { compose: models.fleet.targets.compose } }, []],
    [{ targets: { compose: { name: 'a.b' } } }, ['E_MODEL targets.compose.name']],
    [{ targets: { compose: { mount: '/a/../b' } } }, ['E_MODEL targets.compose.mount']],
    [{ task: { instances: 0 } }, ['E_COMPOSE_INSTANCES task.instances']],
    [{ task: { instances: 2 } }, []],
    [{ task: { port: 5433 } }, []],
    [{ task: { instances: 2, port: 5433 } }, ['E_COMPOSE_PORT task.port']],
    [{ task: { instances: 2 }, targets: { compose: { ports: [6001, 6002] } } }, []],
    [
      { task: { instances: 2 }, targets: { compose: { ports: [6001] } } },
      ['E_COMPOSE_PORT targets.compose.ports'],
    ],
    [
      { task: { instances: 2 }, targets: { compose: { ports: [6001, 6001] } } },
      ['E_COMPOSE_PORT targets.compose.ports'],
    ],
    [{ task: { preset: 'ephemeral' } }, ['E_COMPOSE_PRESET task.preset']],
    [{ task: { preset: 'persistent' }, run: { slot: 'permanent' } }, []],
    [
      { task: { env: { TOKEN: { secret: 't' } }, secrets: { t: { source: 'a/b' } } } },
      ['E_COMPOSE_SECRET task.env.TOKEN'],
    ],
    [{ run: { exitPause: 10 } }, ['W_COMPOSE_PAUSE run.exitPause']],
    [{ run: { exitPause: 0 } }, []],
    [{ run: { exitPause: 60 } }, []],
    [{ restore: { from: 'directory', path: '/srv/a:b' } }, ['E_CONTAINER_DATA restore.path']],
    [{ restore: { from: 'directory', path: '/srv/wal' } }, []],
    [{ task: { stopGrace: 60 } }, ['E_STOP_GRACE task.stopGrace']],
    [{ task: { user: 'root' } }, []],
    [{ task: { user: 'www' } }, ['E_TASK_USER task.user']],
  ])('%j', (model, wanted) => {
    expect(judge(model)).toEqual(wanted)
  })
})
