import { allow, defineReplica, deny, variable } from 'postgres-rep-marathon'

const office = '192.0.2.0/24'

// Everything at once: two masters with TLS, a volume, settings, access, a step and variables of its own.
export default defineReplica({
  master: {
    hosts: ['pg1.db', 'pg2.db:5433'],
    role: 'replicator "of" o\'ffice',
    tls: { mode: 'verify-full', rootCert: '/etc/ssl/db/ca.pem', cert: '/etc/ssl/db/me.pem', key: '/etc/ssl/db/me.key' },
  },
  run: {
    user: 'pg_replica',
    masterWait: 3600,
    exitPause: 0,
    passfile: '/etc/replica/passfile',
    configUrl: null,
    hotStandbyFeedback: true,
    onDiverged: 'rewind',
    receiver: { timeout: 20 },
  },
  rewind: { role: 'rewinder', otherwise: 'fail' },
  restore: { from: 'directory', path: "/srv/wal of 'pg1' 100%" },
  clone: { maxRate: '100MB', checkpoint: 'spread', compress: 'lz4' },
  shutdown: { fast: 240, immediate: 30 },
  postgresql: {
    majors: [15, 16],
    settings: {
      shared_buffers: '512MB',
      max_connections: 200,
      work_mem: '16MB',
      'pg_stat_statements.max': 5000,
      shared_preload_libraries: 'pg_stat_statements',
      log_line_prefix: "%m 'it''s' \\ ",
    },
  },
  access: [
    deny.host({ user: 'postgres', from: 'all' }),
    allow.hostssl({ database: ['shop', { name: 'all' }], user: '+readers', from: office }),
    allow.host({ from: 'fd00::/8' }),
  ],
  env: {
    /** Where the metrics go. */
    METRICS_PORT: variable.port({ default: '9187', value: '9287' }),
    GREETING: variable.text({ default: "it's `no` $(command) } of \"ours\"", doc: 'Said to the metrics.' }),
    METRICS_TOKEN: variable.text({ required: false, secret: true }),
  },
  steps: [{ name: 'announce', doc: 'tell the metrics', file: './steps/announce.sh', before: 'serve' }],
  task: { cpus: 1, mem: 2048, instances: 3, stopGrace: 300, volume: '100GiB', env: { OTHER: '1' } },
  targets: {
    marathon: { id: '/db/pg-replica', labels: { team: 'db' }, fetch: ['http://web01/certificates/ca.pem'] },
    systemd: { name: 'pg-replica', instances: 'ports', restartSec: 10 },
  },
  publish: 'https://web01/postgres',
})
