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
    app: { marathon: '1.7', constraints: [['rack', 'IS', 'a']] },
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
    steps: [{ name: 'a', doc: 'b', file: './a.sh', before: 'serve', after: 'clone' }],
  },
  'a step that has no file': { steps: [{ name: 'a', doc: 'b', file: './none.sh', before: 'serve' }] },
  'a network mask that is none': {
    access: [{ type: 'host', user: 'all', database: 'all', from: '10.0.0.0/40' }],
  },
  'an unknown key': { aplication: {} },
}
