import { describe, expect, test } from 'vitest'
import { judgeModel } from '../../generator/compile/judge-model.js'
import { listContract } from '../../generator/model/contract/user.js'
import { parseModel } from '../../generator/model/parse.js'
import { list } from './sources.js'

const judge = (value: unknown) => {
  const parsed = parseModel(value)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics))
  return judgeModel({ model: parsed.model, contract: listContract(parsed.model.env) })
}

describe('judgeModel', () => {
  test('the embedded model passes', () => {
    expect(judge({})).toEqual([])
  })

  test.each<[string, object, string[]]>([
    ['who can become nobody', { app: { user: 'www' } }, ['E_APP_USER app.user']],
    ['root may', { app: { user: 'root' } }, []],
    ['the user itself', { app: { user: 'db' }, run: { user: 'db' } }, []],
    ['a grace too small', { app: { killGrace: 104 } }, ['E_KILL_GRACE app.killGrace']],
    [
      'killed while it waits',
      { app: { health: { gracePeriod: 300 } }, run: { masterWait: 600 } },
      ['E_HEALTH_GRACE app.health.gracePeriod'],
    ],
    [
      'a clone of a terabyte in ten minutes',
      { app: { volume: '1TiB', health: { gracePeriod: 600 } } },
      ['W_HEALTH_GRACE app.health.gracePeriod'],
    ],
    [
      'a check that outlasts its interval',
      { app: { health: { interval: 10, timeout: 20 } } },
      ['E_HEALTH_TIMEOUT app.health.timeout'],
    ],
    ['checks in quick succession', { app: { health: { interval: 5 } } }, []],
    [
      'a grace that is over before the first check',
      { app: { health: { delay: 1200, gracePeriod: 900 } } },
      ['W_HEALTH_GRACE app.health.delay'],
    ],
    [
      'a pause that no health check lets pass',
      { run: { exitPause: 3600 }, app: { health: { gracePeriod: 3600 } } },
      ['W_RUN_PAUSE run.exitPause'],
    ],
    [
      'a first pause longer than the longest',
      { app: { backoff: { seconds: 60, max: 30 } } },
      ['W_APP_BACKOFF app.backoff.max'],
    ],
    [
      'WAL that is too little for a replica',
      { postgresql: { settings: { wal_level: 'minimal' } } },
      ['E_SETTING_CONFLICT postgresql.settings.wal_level'],
    ],
    [
      'parallel workers that nobody may have',
      { postgresql: { settings: { max_parallel_workers: 20 } } },
      ['W_SETTING_IDLE postgresql.settings.max_parallel_workers'],
    ],
    ['a wildcard in vain', { run: { listen: ['127.0.0.1', '*'] } }, ['E_RUN_LISTEN run.listen.1']],
    [
      'certificates of clients that nobody signs',
      {
        postgresql: { settings: { ssl: true } },
        access: [{ type: 'hostssl', from: 'all', method: 'cert' }],
      },
      ['W_ACCESS_CERT access.0.method'],
    ],
    [
      'certificates that somebody signs',
      {
        postgresql: { settings: { ssl: true, ssl_ca_file: '/etc/ssl/ca.pem' } },
        access: [{ type: 'hostssl', from: 'all', method: 'cert' }],
      },
      [],
    ],
    [
      'tokens that a library judges',
      {
        postgresql: { majors: [18], settings: { oauth_validator_libraries: 'a, b' } },
        access: [
          {
            type: 'host',
            from: '10.0.0.0/8',
            method: 'oauth',
            options: { issuer: 'https://id', scope: 'openid', validator: 'b' },
          },
        ],
      },
      [],
    ],
    [
      'a connection that takes as long as a stall',
      { master: { hosts: ['a', 'b', 'c'] }, run: { connectTimeout: 100 } },
      ['W_RUN_STALL run.connectTimeout'],
    ],
    ['the same for one host', { run: { connectTimeout: 100 } }, []],
    [
      'a stall as short as a connection',
      { run: { connectTimeout: 30, stallLimit: 30 } },
      ['W_RUN_STALL run.stallLimit'],
    ],
    [
      'looks that are rarer than what they look for',
      { run: { watchInterval: 60 } },
      ['W_RUN_WATCH run.watchInterval'],
    ],
    [
      'the same, said by the other',
      { run: { watchInterval: 15, staleLimit: 10 } },
      ['W_RUN_WATCH run.staleLimit'],
    ],
    ['looks that are as frequent', { run: { watchInterval: 30 } }, []],
    [
      'a silent master that is waited for',
      { postgresql: { settings: { wal_receiver_timeout: '0ms' } } },
      ['W_RUN_WATCH postgresql.settings.wal_receiver_timeout'],
    ],
    [
      'titles that say nothing',
      { postgresql: { settings: { update_process_title: 'off' } } },
      ['W_RUN_WATCH postgresql.settings.update_process_title'],
    ],
    ['titles that do', { postgresql: { settings: { update_process_title: true } } }, []],
    [
      'passwords stored in another way than demanded',
      { postgresql: { settings: { password_encryption: 'md5' } } },
      ['W_ACCESS_PASSWORD postgresql.settings.password_encryption'],
    ],
    [
      'passwords that either way will do for',
      {
        postgresql: { settings: { password_encryption: 'md5' } },
        access: [{ type: 'host', from: '10.0.0.0/8', method: 'md5' }],
      },
      [],
    ],
    [
      'settings that nobody fetches',
      { run: { configUrl: null }, postgresql: { settings: { work_mem: '8MB' } } },
      ['W_CONFIG_UNUSED postgresql.settings'],
    ],
    ['nothing to fetch', { run: { configUrl: null } }, []],
    ['seconds that nobody asks for', { ready: { lagSeconds: 10 } }, ['W_READY_UNUSED ready.lagSeconds']],
    ['seconds that a role asks for', { ready: { lagSeconds: 10, role: 'probe' } }, []],
    [
      'a port for no host',
      { master: { hosts: ['a:5433', '[::1]:5434'], port: 6432 } },
      ['W_MASTER_UNUSED master.port'],
    ],
    ['a port for one of them', { master: { hosts: 'a:5433,b', port: 6432 } }, []],
    [
      'certificates without TLS',
      { master: { tls: { mode: 'disable', rootCert: '/etc/ca.pem' } } },
      ['W_MASTER_UNUSED master.tls.rootCert'],
    ],
    [
      'certificates that are not looked at',
      { master: { tls: { mode: 'prefer', rootCert: '/etc/ca.pem' } } },
      ['W_MASTER_UNUSED master.tls.rootCert'],
    ],
    ['certificates that are', { master: { tls: { mode: 'require', rootCert: '/etc/ca.pem' } } }, []],
    [
      'a certificate without its key',
      { master: { tls: { mode: 'require', cert: '/etc/me.pem' } } },
      ['W_MASTER_UNUSED master.tls.cert'],
    ],
    [
      'a key without its certificate',
      { master: { tls: { mode: 'require', key: '/etc/me.key' } } },
      ['W_MASTER_UNUSED master.tls.key'],
    ],
    ['the sandbox itself', { run: { dataDir: './' } }, ['E_RUN_DATA run.dataDir']],
    ['a file of Mesos', { run: { dataDir: 'stderr' } }, ['E_RUN_DATA run.dataDir']],
    ['a directory of the sandbox', { run: { dataDir: './data' } }, []],
    [
      'an ephemeral replica that stays on its host',
      { app: { preset: 'ephemeral' }, run: { dataDir: '/srv/pg' } },
      ['E_APP_PRESET app.preset'],
    ],
    ['a volume for WAL alone', { app: { volume: 500 } }, ['E_APP_DISK app.volume']],
    ['the same in parts', { app: { volume: { size: 500 } } }, ['E_APP_DISK app.volume.size']],
    [
      'a log for half of the room',
      { run: { logMiB: 8000 }, app: { disk: 16_000 } },
      ['W_APP_DISK run.logMiB'],
    ],
    ['a log for all of it', { run: { logMiB: 8000 }, app: { disk: 8000 } }, ['E_APP_DISK run.logMiB']],
    ['a sandbox for WAL alone', { app: { disk: 500 } }, ['E_APP_DISK app.disk']],
    ['a sandbox without a limit', { app: { disk: 0 } }, []],
    ['data outside of the sandbox', { app: { disk: 500 }, run: { dataDir: '/srv/pg' } }, []],
    ['data in a volume', { app: { disk: 500, volume: '1TiB' } }, []],
    ['a persistent replica without a volume', { app: { preset: 'persistent' } }, ['E_APP_PRESET app.preset']],
    [
      'an ephemeral one with a volume',
      { app: { preset: 'ephemeral', volume: '1TiB' } },
      ['E_APP_PRESET app.preset'],
    ],
    ['a persistent replica', { app: { preset: 'persistent', volume: '1TiB' } }, []],
    ['an ephemeral one', { app: { preset: 'ephemeral' } }, []],
    [
      'one directory of the host for two tasks there',
      { run: { dataDir: '/srv/pg' }, app: { instances: 2, constraints: [] } },
      ['E_APP_SHARED run.dataDir'],
    ],
    ['the same, one task a host', { run: { dataDir: '/srv/pg' }, app: { instances: 2 } }, []],
    [
      'the same, said in another way',
      { run: { dataDir: '/srv/pg' }, app: { instances: 2, constraints: [['@hostname', 'MAX_PER', '1']] } },
      [],
    ],
    [
      'a port of Marathon that a step needs, and nobody asks for',
      { env: { PORT1: { type: 'port', required: true } } },
      ['E_ENV_UNSET env.PORT1', 'E_ENV_TAKEN env.PORT1'],
    ],
    [
      'the same, asked for',
      {
        env: {
          PORT1: { type: 'port', required: true },
          PORT_METRICS: { type: 'port', required: true },
        },
        app: { morePorts: [{ name: 'metrics' }] },
      },
      [],
    ],
    [
      'a secret for a variable of a step',
      {
        env: { TOKEN: { type: 'path', required: true, secret: true } },
        app: { env: { TOKEN: { secret: 't' } }, secrets: { t: { source: '/t' } } },
      },
      ['W_APP_SECRET app.secrets.t'],
    ],
    [
      'ready asks as one who is turned away',
      { ready: { role: 'probe' }, access: [{ type: 'host', from: 'all', method: 'reject' }] },
      ['E_ACCESS_READY ready.role'],
    ],
    [
      'clients where nobody listens',
      { run: { listen: ['127.0.0.1'] }, access: [{ type: 'host', from: '10.0.0.0/8' }] },
      ['W_ACCESS_LISTEN access.0.from'],
    ],
    ['a built-in variable twice', { app: { env: { RUN_USER: 'x' } } }, ['E_APP_ENV app.env.RUN_USER']],
    [
      'a built-in variable malformed',
      { app: { env: { PGSSLMODE: 'on' } } },
      ['E_ENV_VALUE app.env.PGSSLMODE'],
    ],
    ['a password for every process', { app: { env: { PGPASSWORD: 'x' } } }, ['E_APP_ENV app.env.PGPASSWORD']],
    ["Marathon's own", { app: { env: { PORT0: '5432' } } }, ['E_APP_ENV app.env.PORT0']],
    ["Mesos's own", { app: { env: { MESOS_SANDBOX: '/tmp' } } }, ['E_APP_ENV app.env.MESOS_SANDBOX']],
    ['what the script unsets', { app: { env: { PGHOSTADDR: '::1' } } }, ['W_APP_ENV app.env.PGHOSTADDR']],
    ['what is nobody’s', { app: { env: { OTHER: 'x', PGSSLMODE: 'require', constructor: 'x' } } }, []],
    ['required and unset', { env: { A: { type: 'port', required: true } } }, ['E_ENV_UNSET env.A']],
    [
      'required, set by the app',
      { env: { A: { type: 'port', required: true } }, app: { env: { A: '1' } } },
      [],
    ],
    [
      'malformed by the app',
      { env: { A: { type: 'port' } }, app: { env: { A: 'x' } } },
      ['E_ENV_VALUE app.env.A'],
    ],
    [
      'a port by its name is Marathon’s to tell',
      { app: { env: { PORT_POSTGRES: '5432' } } },
      ['E_APP_ENV app.env.PORT_POSTGRES'],
    ],
    ['a name that no port has', { app: { env: { PORT_OTHER: '5432' } } }, []],
    [
      'a secret that the app shows',
      { env: { A: { type: 'text', secret: true } }, app: { env: { A: 'x' } } },
      ['W_ENV_SECRET app.env.A'],
    ],
    [
      'two tasks, one port: Mesos gives it once a host',
      { app: { instances: 2, constraints: [], hostPort: 31_000 } },
      [],
    ],
    [
      'one directory, and one port that keeps tasks apart',
      { run: { dataDir: '/srv/pg' }, app: { instances: 2, constraints: [], hostPort: 31_000 } },
      [],
    ],
    ['of the script', { env: { PORT0: { type: 'port' } } }, ['E_ENV_TAKEN env.PORT0']],
    ['of the shell', { env: { IFS: { type: 'text' } } }, ['E_ENV_TAKEN env.IFS']],
    ['of libpq', { env: { PGHOSTADDR: { type: 'text' } } }, ['E_ENV_TAKEN env.PGHOSTADDR']],
    ['a readable secret', { env: { A: { type: 'text', secret: true, value: 'x' } } }, ['W_ENV_SECRET env.A']],
    [
      'a compiled secret',
      { env: { A: { type: 'text', secret: true, default: 'x' } } },
      ['W_ENV_SECRET env.A'],
    ],
    ['a secret from elsewhere', { env: { A: { type: 'text', secret: true } } }, []],
    [
      'seventeen hosts',
      { master: { hosts: Array.from({ length: 17 }, (_, index) => `h${index}`) } },
      ['E_ENV_VALUE master.hosts'],
    ],
    [
      'one name, two steps',
      {
        steps: [
          { name: 'a', doc: 'x', file: 'a.sh', before: 'serve' },
          { name: 'a', doc: 'x', file: 'b.sh', after: 'clone' },
        ],
      },
      ['E_STEP_TWICE steps.1.name'],
    ],
    [
      'a setting that is gone',
      { postgresql: { majors: [15], settings: { stats_temp_directory: 'x' } } },
      ['E_SETTING_GONE postgresql.settings.stats_temp_directory'],
    ],
    [
      'a temporary slot before its time',
      { postgresql: { majors: [12, 13] }, run: { slot: 'temporary' } },
      ['E_RUN_SLOT run.slot'],
    ],
    ['a temporary slot', { postgresql: { majors: [13] }, run: { slot: 'temporary' } }, []],
    ['a slot for each sandbox', { run: { slot: 'permanent' } }, ['W_RUN_SLOT run.slot']],
    ['a slot for a volume', { run: { slot: 'permanent' }, app: { volume: '1TiB' } }, []],
    ['a slot for a directory', { run: { slot: 'permanent', dataDir: '/srv/pg' } }, []],
  ])('%s', (_title, model, wanted) => {
    expect(list(judge(model))).toEqual(wanted)
  })
})
