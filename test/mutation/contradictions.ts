/** Models of which two parts do not go together, or one is no value that PostgreSQL or Marathon takes. */
export const contradictions: Readonly<Record<string, object>> = {
  'more shared_buffers than memory': {
    postgresql: { settings: { shared_buffers: '4GB' } },
    app: { mem: 2048 },
  },
  'killed before it may have stopped': { shutdown: { fast: 200, immediate: 50 }, app: { killGrace: 60 } },
  'killed while it waits for its master': { app: { health: { gracePeriod: 60 } } },
  'a volume that WAL alone fills': { app: { volume: 500 } },
  'a role that `ready` asks as, turned away': {
    ready: { role: 'probe' },
    access: [{ type: 'host', from: 'all', method: 'reject' }],
  },
  'an operator of constraints that the version lacks': {
    app: { marathon: '1.5', constraints: [['rack', 'IS', 'a']] },
  },
  'a file to fetch from nowhere': { app: { fetch: ['ca.pem'] } },
  'a port in the settings': { postgresql: { settings: { port: 5433 } } },
  'addresses in the settings': { postgresql: { settings: { listen_addresses: '10.0.0.1' } } },
  'a master by another way': { postgresql: { settings: { primary_conninfo: 'host=other' } } },
  'a trigger file': { postgresql: { settings: { promote_trigger_file: '/tmp/x' } } },
  'a recovery target': { postgresql: { settings: { recovery_target_time: 'now' } } },
  'a setting that the major has not yet': {
    postgresql: { majors: [12], settings: { recovery_prefetch: 'on' } },
  },
  'a setting that the major has no longer': {
    postgresql: { majors: [17], settings: { old_snapshot_threshold: '1h' } },
  },
  'no value of that setting': { postgresql: { settings: { max_connections: 'many' } } },
  'a setting out of its range': { postgresql: { settings: { max_connections: 300_000 } } },
  'a setting twice': { postgresql: { settings: { work_mem: '4MB', WORK_MEM: '8MB' } } },
  'a user who cannot become the other': { run: { user: 'postgres' }, app: { user: 'nobody' } },
  'a variable of the script as an own one': { env: { POSTGRES_MASTER: { type: 'text' } } },
  'a required variable that nothing sets': { env: { REGION: { type: 'text', required: true } } },
  'a value of another type': { env: { REGION: { type: 'port', value: 'north' } } },
  'a default of another type': { env: { REGION: { type: 'port', default: '70000' } } },
  'a variable of Marathon in env': { app: { env: { PORT0: '5432' } } },
  'another value of a contract variable': { app: { env: { MASTER_WAIT: 'for ever' } } },
  'a password in env': { app: { env: { PGPASSWORD: 'x' } } },
  'an id that Marathon refuses': { app: { id: '/DB_replica' } },
  'a name of a port that Marathon refuses': { app: { portName: 'Postgres_main' } },
  'a constraint that Marathon refuses': { app: { constraints: [['hostname', 'SPREAD']] } },
  'two tasks of a single-instance app': {
    app: { instances: 2, labels: { MARATHON_SINGLE_INSTANCE_APP: 'true' } },
  },
  'an expunge before it is inactive': { app: { unreachable: { inactiveAfter: 60, expungeAfter: 10 } } },
  'a volume smaller than its largest size': { app: { volume: { size: 10, type: 'mount', maxSize: 5 } } },
  'a file that replaces the script': { app: { fetch: ['http://web02/run_rep.sh'] } },
  'a method that the major lacks': {
    postgresql: { majors: [9] },
  },
  'a step before and after': {
    steps: [{ name: 'a', doc: 'b', file: './a.sh', before: 'serve', after: 'gate' }],
  },
  'a step that has no file': { steps: [{ name: 'a', doc: 'b', file: './none.sh', before: 'serve' }] },
  'a network mask that is none': {
    access: [{ type: 'host', user: 'all', database: 'all', from: '10.0.0.0/40' }],
  },
  'too little WAL for a replica': { postgresql: { settings: { wal_level: 'minimal' } } },
  'all connections reserved': {
    postgresql: { settings: { max_connections: 20, superuser_reserved_connections: 20 } },
  },
  'more processes than there may be': {
    postgresql: { settings: { max_worker_processes: 262_000, max_wal_senders: 200 } },
  },
  'less WAL than two segments': { postgresql: { settings: { max_wal_size: '16MB' } } },
  'huge pages of System V': {
    postgresql: { majors: [15], settings: { huge_pages: 'on', shared_memory_type: 'sysv' } },
  },
  'no version of TLS': {
    postgresql: {
      majors: [15],
      settings: { ssl: true, ssl_min_protocol_version: 'TLSv1.3', ssl_max_protocol_version: 'TLSv1.2' },
    },
  },
  'a serializable standby': { postgresql: { settings: { default_transaction_isolation: 'serializable' } } },
  'names of standbys that are none': { postgresql: { settings: { synchronous_standby_names: 'pg-1' } } },
  'a check that outlasts its interval': { app: { health: { interval: 10, timeout: 20 } } },
  'a wildcard behind an address': { run: { listen: ['127.0.0.1', '*'] } },
  'more tasks than hosts': {
    app: {
      instances: 3,
      constraints: [
        ['hostname', 'UNIQUE'],
        ['hostname', 'LIKE', 'agent1|agent2'],
      ],
    },
  },
  'a method without what it needs': {
    access: [{ type: 'host', user: 'all', database: 'all', from: '10.0.0.0/8', method: 'radius' }],
  },
  'data among the files of Mesos': { run: { dataDir: '.' } },
  'an unknown key': { aplication: {} },
}
