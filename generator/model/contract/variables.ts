import { supervisorWords } from './supervisor.js'
import type { ContractType } from './types.js'
import { types } from './types.js'

/** Who gives a variable its value. */
export type SetBy = 'operator' | 'supervisor' | 'libpq'

/** One environment variable that the script takes. */
export interface ContractVariable {
  readonly name: string
  readonly type: ContractType
  /** A missing required variable ends the run; an optional one without default may stay empty. */
  readonly required: boolean
  readonly default?: string
  readonly setBy: SetBy
  /** A secret is never shown, not even when it is malformed. */
  readonly secret: boolean
  /** One sentence for the README and for `explain`. */
  readonly doc: string
}

/** A value of each, as somebody might give it. */
export const exampleValues: Readonly<Record<string, string>> = {
  POSTGRES_MASTER: 'pg1.db,pg2.db',
  POSTGRES_REPUSER: 'replicator',
  RUN_USER: 'postgres',
  POSTGRES_REPNAME: 'reports-1',
  CONFIG_URL: 'http://web01/postgres/conf',
  PORT0: '5433',
  POSTGRES_PORT: '6432',
  PGDATA_DIR: '/srv/pg-replica',
  MASTER_WAIT: '3600',
  EXIT_PAUSE: '60',
  PGPASSFILE: '/etc/pg-replica.pgpass',
  POSTGRES_REPPASSWORD_FILE: '/etc/pg-replica.password',
  PGCONNECT_TIMEOUT: '5',
  PGSSLMODE: 'verify-full',
  PGSSLROOTCERT: '/etc/postgres-ca/ca.pem',
  PGSSLCRL: '/etc/postgres-ca/revoked.pem',
  PGSSLCERT: '/etc/pg-replica/client.crt',
  PGSSLKEY: '/etc/pg-replica/client.key',
  PGSSLMINPROTOCOLVERSION: 'TLSv1.3',
  PGSSLNEGOTIATION: 'direct',
  PGGSSENCMODE: 'disable',
  PGCHANNELBINDING: 'require',
  PGREQUIREAUTH: 'scram-sha-256',
}

const day = 86_400

/** Words of libpq, for the model as well. */
export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export const tlsNegotiations = ['postgres', 'direct'] as const
export const threeWays = ['disable', 'prefer', 'require'] as const

/** The contract of the script: the seed's variables by their names of 2015, Marathon's, libpq's and ours. */
export const builtinVariables: readonly ContractVariable[] = [
  required(
    'POSTGRES_MASTER',
    types.host_list,
    'The host of the master, or several hosts of which one is the master.',
  ),
  required('POSTGRES_REPUSER', types.role, 'The role for replication; it needs LOGIN and REPLICATION.'),
  required('RUN_USER', types.user_name, 'The operating system user that runs PostgreSQL on the agent.'),
  optional(
    'POSTGRES_REPNAME',
    types.standby_name,
    'The name of the replica in pg_stat_replication and synchronous_standby_names of its master; by default it is built from app, host and port.',
  ),
  optional(
    'CONFIG_URL',
    types.config_url,
    'The URL under which postgresql.conf, pg_hba.conf and perhaps pg_ident.conf are served, or their directory (file:///DIRECTORY). run.configuration decides whether they are used always, or only where the clone lacks them. Without CONFIG_URL nothing is fetched.',
  ),
  withDefault('PORT0', types.port, '5432', 'The port that the replica listens on.', 'supervisor'),
  withDefault(
    'POSTGRES_PORT',
    types.port,
    '5432',
    'The port of each host in POSTGRES_MASTER that does not name its own.',
  ),
  withDefault(
    'PGDATA_DIR',
    types.path,
    'pgdata',
    'The directory for the data, absolute or relative to the sandbox; it may be a volume.',
  ),
  withDefault(
    'MASTER_WAIT',
    types.seconds({ min: 0, max: 30 * day }),
    '600',
    'Seconds to wait for a master that does not answer, before a first clone.',
  ),
  withDefault(
    'EXIT_PAUSE',
    types.seconds({ min: 0, max: day }),
    '30',
    'Seconds to pause, with some jitter, before a permanent failure ends the script (0: no pause), because a supervisor may restart the script whatever its exit code is.',
  ),
  optional(
    'PGPASSFILE',
    types.absolute_path,
    "The password file; by default .pgpass in RUN_USER's home directory.",
    'libpq',
  ),
  optional(
    'POSTGRES_REPPASSWORD_FILE',
    types.absolute_path,
    'A file with the password of POSTGRES_REPUSER and nothing else, such as a secret of Docker, Compose or Kubernetes. If root starts the script, the file may be readable by root only.',
  ),
  {
    ...optional(
      'POSTGRES_REPPASSWORD',
      types.text,
      'The password of POSTGRES_REPUSER itself, for supervisors that pass secrets in the environment; a file is safer.',
    ),
    secret: true,
  },
  withDefault(
    'PGCONNECT_TIMEOUT',
    types.seconds({ min: 2, max: 3600 }),
    '10',
    'Seconds that an attempt to connect to one host may take.',
    'libpq',
  ),
  optional(
    'PGSSLMODE',
    types.ssl_mode,
    'Whether the connection to the master uses TLS, and what is verified.',
    'libpq',
  ),
  optional(
    'PGSSLROOTCERT',
    types.root_cert,
    "The root certificates that verify the master's certificate; system (since 16, with verify-full): those that the agent trusts.",
    'libpq',
  ),
  optional('PGSSLCRL', types.absolute_path, 'The certificate revocation list.', 'libpq'),
  optional(
    'PGSSLCERT',
    types.absolute_path,
    'The client certificate that the replica shows to the master.',
    'libpq',
  ),
  optional('PGSSLKEY', types.absolute_path, 'The private key of that client certificate.', 'libpq'),
  optional(
    'PGSSLMINPROTOCOLVERSION',
    types.choice(tlsVersions),
    'The oldest TLS version for the connection to the master (since 13).',
    'libpq',
  ),
  optional(
    'PGSSLNEGOTIATION',
    types.choice(tlsNegotiations),
    'Whether TLS is requested over the PostgreSQL protocol, or begins at once (direct: since 17, with PGSSLMODE require or stricter).',
    'libpq',
  ),
  optional(
    'PGGSSENCMODE',
    types.choice(threeWays),
    'Whether the connection is encrypted with GSSAPI (since 12); require: only with GSSAPI.',
    'libpq',
  ),
  optional(
    'PGCHANNELBINDING',
    types.choice(threeWays),
    'Whether a SCRAM login is bound to its TLS connection (since 13); require: refuse a master that does not prove that it knows the password.',
    'libpq',
  ),
  optional(
    'PGREQUIREAUTH',
    types.auth_methods,
    'The authentication methods that the master may ask for (since 16), such as scram-sha-256; with a leading ! those that it may not: !password,!md5.',
    'libpq',
  ),
]

/** What the script takes where a variable is absent: the one place of the default that the model has, too. */
export function usualValue(name: string): string {
  const usual = builtinVariables.find((variable) => variable.name === name)?.default
  if (usual === undefined) throw new Error(`${name} has no default`)
  return usual
}

/** Variables that POSIX, libpq or a supervisor gives and the script may read without declaring them. */
export const ambientVariables: readonly string[] = [
  ...['HOME', 'LC_ALL', 'PATH', 'PGPASSWORD', 'RUN_REP_SECRET', 'TMPDIR'],
  ...supervisorWords.flatMap(({ variables }) => variables.map(({ name }) => name)),
]

function required(name: string, type: ContractType, doc: string): ContractVariable {
  return { name, type, required: true, setBy: 'operator', secret: false, doc }
}

function optional(
  name: string,
  type: ContractType,
  doc: string,
  setBy: SetBy = 'operator',
): ContractVariable {
  return { name, type, required: false, setBy, secret: false, doc }
}

function withDefault(
  name: string,
  type: ContractType,
  value: string,
  doc: string,
  setBy: SetBy = 'operator',
): ContractVariable {
  return { name, type, required: false, default: value, setBy, secret: false, doc }
}
