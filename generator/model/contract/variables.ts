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

const day = 86_400

/** Words of libpq, for the model as well. */
export const tlsVersions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const
export const tlsNegotiations = ['postgres', 'direct'] as const
export const threeWays = ['disable', 'prefer', 'require'] as const

/** The contract of the script: the seed's variables by their names of 2015, Marathon's, libpq's and ours. */
export const builtinVariables: readonly ContractVariable[] = [
  required('POSTGRES_MASTER', types.host_list, 'The master, or several hosts of which one is the master.'),
  required('POSTGRES_REPUSER', types.role, 'The role that replicates; it needs LOGIN and REPLICATION.'),
  required('RUN_USER', types.user_name, 'The user of the agent as whom PostgreSQL runs.'),
  optional(
    'POSTGRES_REPNAME',
    types.standby_name,
    'The name of the replica in pg_stat_replication and synchronous_standby_names of its master; by default it is made of app, host and port.',
  ),
  optional(
    'CONFIG_URL',
    types.config_url,
    'Where postgresql.conf, pg_hba.conf and perhaps pg_ident.conf are served, or lie (file:///DIRECTORY); by run.configuration they rule, or stand in for what the clone does not bring along. Without it nothing is fetched.',
  ),
  withDefault('PORT0', types.port, '5432', 'The port that the replica listens on.', 'supervisor'),
  withDefault(
    'POSTGRES_PORT',
    types.port,
    '5432',
    'The port of each host of the master without one of its own.',
  ),
  withDefault(
    'PGDATA_DIR',
    types.path,
    'pgdata',
    'The directory for the data, relative to the sandbox or absolute; it may be a volume.',
  ),
  withDefault(
    'MASTER_WAIT',
    types.seconds({ min: 0, max: 30 * day }),
    '600',
    'Seconds to wait for an absent master before a first clone.',
  ),
  withDefault(
    'EXIT_PAUSE',
    types.seconds({ min: 0, max: day }),
    '30',
    'Seconds of the jittered pause before a permanent failure ends the script (0: none), since a supervisor may restart whatever the exit code is.',
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
    'A file that holds the password of that role and nothing else, as a secret of Docker, Compose or Kubernetes; root may be the only one who can read it, if it starts the script.',
  ),
  {
    ...optional(
      'POSTGRES_REPPASSWORD',
      types.text,
      'That password itself, for supervisors that give secrets in the environment; a file is better.',
    ),
    secret: true,
  },
  withDefault(
    'PGCONNECT_TIMEOUT',
    types.seconds({ min: 2, max: 3600 }),
    '10',
    'Seconds for a connection attempt to one host.',
    'libpq',
  ),
  optional(
    'PGSSLMODE',
    types.ssl_mode,
    'Whether TLS is used with the master, and what is verified.',
    'libpq',
  ),
  optional(
    'PGSSLROOTCERT',
    types.root_cert,
    "The certificates that sign the master's; system (since 16, with verify-full): those that the agent trusts.",
    'libpq',
  ),
  optional('PGSSLCRL', types.absolute_path, 'The list of certificates that were revoked.', 'libpq'),
  optional('PGSSLCERT', types.absolute_path, "The replica's own certificate for the master.", 'libpq'),
  optional('PGSSLKEY', types.absolute_path, "The key of the replica's own certificate.", 'libpq'),
  optional(
    'PGSSLMINPROTOCOLVERSION',
    types.choice(tlsVersions),
    'The oldest TLS that is spoken with the master (since 13).',
    'libpq',
  ),
  optional(
    'PGSSLNEGOTIATION',
    types.choice(tlsNegotiations),
    'Whether PostgreSQL is asked for TLS first, or TLS begins at once (direct: since 17, with require or more).',
    'libpq',
  ),
  optional(
    'PGGSSENCMODE',
    types.choice(threeWays),
    'Whether the connection is encrypted by GSSAPI (since 12); require: by nothing else.',
    'libpq',
  ),
  optional(
    'PGCHANNELBINDING',
    types.choice(threeWays),
    'Whether a login by SCRAM is bound to its TLS (since 13); require: a master that does not prove that it knows the password is refused.',
    'libpq',
  ),
  optional(
    'PGREQUIREAUTH',
    types.auth_methods,
    'How the master may ask who we are (since 16): scram-sha-256, or with ! how it may not: !password,!md5.',
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
