import { describe, expect, test } from 'vitest'
import { tryModel } from '../../generator/compile/compile.js'
import { usualReplica } from '../../generator/model/replica.js'
import { list } from './sources.js'

const judge = (value: unknown) => {
  const { model, diagnostics } = tryModel(value)
  if (model === undefined) throw new Error(JSON.stringify(diagnostics))
  return diagnostics
}

describe('judgeModel', () => {
  test('the embedded model passes', () => {
    expect(judge({})).toEqual([])
  })

  test.each<[string, object, string[]]>([
    ['who can become nobody', { task: { user: 'www' } }, ['E_TASK_USER task.user']],
    ['root may', { task: { user: 'root' } }, []],
    ['the user itself', { task: { user: 'db' }, run: { user: 'db' } }, []],
    ['a grace too small', { task: { stopGrace: 104 } }, ['E_STOP_GRACE task.stopGrace']],
    [
      'killed while it waits',
      { task: { health: { gracePeriod: 300 } }, run: { masterWait: 600 } },
      ['E_HEALTH_GRACE task.health.gracePeriod'],
    ],
    [
      'a clone of a terabyte in ten minutes',
      { task: { volume: '1TiB', health: { gracePeriod: 600 } } },
      ['W_HEALTH_GRACE task.health.gracePeriod'],
    ],
    [
      'a check that outlasts its interval',
      { task: { health: { interval: 10, timeout: 20 } } },
      ['E_HEALTH_TIMEOUT task.health.timeout'],
    ],
    ['checks in quick succession', { task: { health: { interval: 5 } } }, []],
    [
      'a grace that is over before the first check',
      { task: { health: { delay: 1200, gracePeriod: 900 } } },
      ['W_HEALTH_GRACE task.health.delay'],
    ],
    [
      'a pause that no health check lets pass',
      { run: { exitPause: 3600 }, task: { health: { gracePeriod: 3600 } } },
      ['W_RUN_PAUSE run.exitPause'],
    ],
    [
      'a first pause longer than the longest',
      { targets: { marathon: { backoff: { seconds: 60, max: 30 } } } },
      ['W_APP_BACKOFF targets.marathon.backoff.max'],
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
      { master: { hosts: ['a', 'b', 'c'], tls: 'verify-full' }, run: { connectTimeout: 100 } },
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
    [
      'access rules that nobody fetches',
      { run: { configUrl: null }, access: [{ type: 'host', from: '10.0.0.0/8' }] },
      ['W_CONFIG_UNUSED access'],
    ],
    [
      'published files that nobody fetches',
      { run: { configuration: 'published', configUrl: null }, postgresql: { settings: { work_mem: '8MB' } } },
      ['E_RUN_CONFIGURATION run.configuration'],
    ],
    [
      'published files whose place the task is told',
      { run: { configuration: 'published', configUrl: null }, task: { env: { CONFIG_URL: 'http://c/x' } } },
      [],
    ],
    [
      'published files where the example has them',
      { publish: usualReplica.publish, run: { configuration: 'published' } },
      ['W_CONFIG_EXAMPLE publish'],
    ],
    [
      'settings that are published where the example is',
      { publish: usualReplica.publish, postgresql: { settings: { work_mem: '8MB' } } },
      ['W_CONFIG_EXAMPLE publish'],
    ],
    [
      'published files in a directory',
      { run: { configuration: 'published', configUrl: 'file:///etc/replica' } },
      [],
    ],
    [
      "settings and rules beside the master's",
      {
        run: { configuration: 'master' },
        postgresql: { settings: { work_mem: '8MB' } },
        access: [{ type: 'host', from: '10.0.0.0/8' }],
      },
      ['W_CONFIG_UNUSED postgresql.settings', 'W_CONFIG_UNUSED access'],
    ],
    ["the master's configuration", { run: { configuration: 'master' } }, []],
    [
      'a port for no host',
      { master: { hosts: ['a:5433', '[::1]:5434'], port: 6432, tls: 'verify-full' } },
      ['W_MASTER_UNUSED master.port'],
    ],
    ['a port for one of them', { master: { hosts: 'a:5433,b', port: 6432, tls: 'verify-full' } }, []],
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
    ...[
      '/',
      '//',
      '/etc',
      '/tmp/',
      '/var/lib',
      '/usr/local',
      '/proc',
      '/proc/x',
      '/sys/fs',
      '/dev/shm/pg',
    ].map(
      (dataDir) => [dataDir, { run: { dataDir } }, ['E_RUN_DATA run.dataDir']] as [string, object, string[]],
    ),
    ['a home directory in shorthand', { run: { dataDir: '~/pg' } }, ['E_RUN_DATA run.dataDir']],
    ['a variable', { run: { dataDir: '$HOME/x' } }, ['E_RUN_DATA run.dataDir']],
    ['a variable in braces', { run: { dataDir: '/srv/${NAME}' } }, ['E_RUN_DATA run.dataDir']],
    ...['/srv', '/var/lib/pg', '/tmp/pg', '/devices/pg', '/data', 'tmp', 'pg~1'].map(
      (dataDir) => [dataDir, { run: { dataDir } }, []] as [string, object, string[]],
    ),
    ['a directory of the sandbox', { run: { dataDir: './data' } }, []],
    ['WAL on a disk beside a sandbox', { clone: { walDir: '/fast' } }, ['E_CLONE_WAL_DIR clone.walDir']],
    ['WAL on a disk beside a volume', { clone: { walDir: '/fast' }, task: { volume: '1TiB' } }, []],
    [
      'WAL below the data',
      { clone: { walDir: '/srv/pg/replica/wal' }, run: { dataDir: '/srv/pg/' } },
      ['E_CLONE_WAL_DIR clone.walDir'],
    ],
    ['WAL beside the data', { clone: { walDir: '/srv/pg-wal' }, run: { dataDir: '/srv/pg' } }, []],
    [
      'an ephemeral replica that stays on its host',
      { task: { preset: 'ephemeral' }, run: { dataDir: '/srv/pg' } },
      ['E_TASK_PRESET task.preset'],
    ],
    ['a volume for WAL alone', { task: { volume: 500 } }, ['E_TASK_DISK task.volume']],
    [
      'a log for half of the room',
      { run: { logMiB: 8000 }, task: { disk: 16_000 } },
      ['W_TASK_DISK run.logMiB'],
    ],
    ['a log for all of it', { run: { logMiB: 8000 }, task: { disk: 8000 } }, ['E_TASK_DISK run.logMiB']],
    ['a sandbox for WAL alone', { task: { disk: 500 } }, ['E_TASK_DISK task.disk']],
    ['a sandbox without a limit', { task: { disk: 0 } }, []],
    ['data outside of the sandbox', { task: { disk: 500 }, run: { dataDir: '/srv/pg' } }, []],
    ['data in a volume', { task: { disk: 500, volume: '1TiB' } }, []],
    [
      'a persistent replica without a volume',
      { task: { preset: 'persistent' } },
      ['E_TASK_PRESET task.preset'],
    ],
    [
      'an ephemeral one with a volume',
      { task: { preset: 'ephemeral', volume: '1TiB' } },
      ['E_TASK_PRESET task.preset'],
    ],
    ['a persistent replica', { task: { preset: 'persistent', volume: '1TiB' } }, []],
    ['an ephemeral one', { task: { preset: 'ephemeral' } }, []],
    [
      'one directory of the host for two tasks there',
      { run: { dataDir: '/srv/pg' }, task: { instances: 2 }, targets: { marathon: { constraints: [] } } },
      ['E_APP_SHARED run.dataDir'],
    ],
    ['the same, one task a host', { run: { dataDir: '/srv/pg' }, task: { instances: 2 } }, []],
    [
      'the same, said in another way',
      {
        run: { dataDir: '/srv/pg' },
        task: { instances: 2 },
        targets: { marathon: { constraints: [['@hostname', 'MAX_PER', '1']] } },
      },
      [],
    ],
    [
      'a port of Marathon that a step needs, and nobody asks for',
      { env: { PORT1: { type: 'port', required: true } } },
      ['E_ENV_TAKEN env.PORT1', 'E_ENV_UNSET env.PORT1'],
    ],
    [
      'the same, asked for',
      {
        env: {
          PORT1: { type: 'port', required: true },
          PORT_METRICS: { type: 'port', required: true },
        },
        targets: { marathon: { morePorts: [{ name: 'metrics' }] } },
      },
      [],
    ],
    [
      'a secret for a variable of a step',
      {
        env: { TOKEN: { type: 'path', required: true, secret: true } },
        task: { env: { TOKEN: { secret: 't' } }, secrets: { t: { source: '/t' } } },
      },
      ['W_APP_SECRET task.secrets.t'],
    ],
    [
      'clients where nobody listens',
      { run: { listen: ['127.0.0.1'] }, access: [{ type: 'host', from: '10.0.0.0/8' }] },
      ['W_ACCESS_LISTEN access.0.from'],
    ],
    ['a built-in variable twice', { task: { env: { RUN_USER: 'x' } } }, ['E_TASK_ENV task.env.RUN_USER']],
    [
      'a built-in variable malformed',
      { task: { env: { PGSSLMODE: 'on' } } },
      ['E_ENV_VALUE task.env.PGSSLMODE'],
    ],
    [
      'a password for every process',
      { task: { env: { PGPASSWORD: 'x' } } },
      ['E_TASK_ENV task.env.PGPASSWORD'],
    ],
    [
      'the password itself',
      { task: { env: { POSTGRES_REPPASSWORD: 'x' } } },
      ['E_TASK_ENV task.env.POSTGRES_REPPASSWORD'],
    ],
    ['a file that holds it', { task: { env: { POSTGRES_REPPASSWORD_FILE: '/run/secrets/x' } } }, []],
    [
      'a secret of the store that is the password',
      {
        task: {
          env: { POSTGRES_REPPASSWORD: { secret: 'p' } },
          secrets: { p: { source: '/db/p' } },
        },
      },
      ['W_APP_SECRET task.secrets.p'],
    ],
    ["Marathon's own", { task: { env: { PORT0: '5432' } } }, ['E_TASK_ENV task.env.PORT0']],
    ["Mesos's own", { task: { env: { MESOS_SANDBOX: '/tmp' } } }, ['E_TASK_ENV task.env.MESOS_SANDBOX']],
    ['what the script unsets', { task: { env: { PGHOSTADDR: '::1' } } }, ['W_TASK_ENV task.env.PGHOSTADDR']],
    ['what is nobody’s', { task: { env: { OTHER: 'x', PGSSLMODE: 'require', constructor: 'x' } } }, []],
    ['required and unset', { env: { A: { type: 'port', required: true } } }, ['E_ENV_UNSET env.A']],
    [
      'required, set by the task',
      { env: { A: { type: 'port', required: true } }, task: { env: { A: '1' } } },
      [],
    ],
    [
      'malformed by the task',
      { env: { A: { type: 'port' } }, task: { env: { A: 'x' } } },
      ['E_ENV_VALUE task.env.A'],
    ],
    [
      'a port by its name is Marathon’s to tell',
      { task: { env: { PORT_POSTGRES: '5432' } } },
      ['E_TASK_ENV task.env.PORT_POSTGRES'],
    ],
    ['a name that no port has', { task: { env: { PORT_OTHER: '5432' } } }, []],
    [
      'a secret that the task shows',
      { env: { A: { type: 'text', secret: true } }, task: { env: { A: 'x' } } },
      ['W_ENV_SECRET task.env.A'],
    ],
    [
      'two tasks, one port: Mesos gives it once a host',
      { task: { instances: 2, port: 31_000 }, targets: { marathon: { constraints: [] } } },
      [],
    ],
    [
      'one directory, and one port that keeps tasks apart',
      {
        run: { dataDir: '/srv/pg' },
        task: { instances: 2, port: 31_000 },
        targets: { marathon: { constraints: [] } },
      },
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
      { master: { hosts: Array.from({ length: 17 }, (_, index) => `h${index}`), tls: 'verify-full' } },
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
    [
      'an answer before the disk, before its time',
      { postgresql: { majors: [12, 13] }, run: { durability: 'behind' } },
      ['E_RUN_DURABILITY run.durability'],
    ],
    ['an answer before the disk', { postgresql: { majors: [13] }, run: { durability: 'behind' } }, []],
    [
      'a rewind that only a superuser may do',
      { postgresql: { majors: [10, 15] }, run: { onDiverged: 'rewind' } },
      ['W_RUN_REWIND run.onDiverged'],
    ],
    [
      'a rewind by a role for it',
      { postgresql: { majors: [10] }, run: { onDiverged: 'rewind' }, rewind: { role: 'admin' } },
      [],
    ],
    [
      'a rewind by the role that replicates',
      { postgresql: { majors: [11] }, run: { onDiverged: 'rewind' }, rewind: { otherwise: 'fail' } },
      [],
    ],
    ['a role for no rewind', { rewind: { role: 'admin' } }, ['W_RUN_REWIND rewind.role']],
    [
      'something else than no rewind',
      { run: { onDiverged: 'reclone' }, rewind: { otherwise: 'fail' } },
      ['W_RUN_REWIND rewind.otherwise'],
    ],
    ['a slot for each sandbox', { run: { slot: 'permanent' } }, ['W_RUN_SLOT run.slot']],
    ['a slot for a volume', { run: { slot: 'permanent' }, task: { volume: '1TiB' } }, []],
    ['a slot for a directory', { run: { slot: 'permanent', dataDir: '/srv/pg' } }, []],
  ])('%s', (_title, model, wanted) => {
    expect(list(judge({ publish: 'http://files.example/pg', ...model }))).toEqual(wanted)
  })
})
