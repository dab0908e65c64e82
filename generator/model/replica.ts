import { z } from 'zod'
import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { accessSchema } from '../postgres/access-schema.js'
import { parseNetwork } from '../postgres/network.js'
import { settingsSchema } from '../postgres/settings-schema.js'
import { supportedMajors } from '../postgres/versions.js'
import { types } from './contract/types.js'
import { userVariablesSchema } from './contract/user.js'
import {
  builtinVariables,
  threeWays,
  tlsNegotiations,
  tlsVersions,
  usualValue,
} from './contract/variables.js'
import { userStepSchema } from './own-steps.js'
import { rateSchema } from './rate.js'
import { restoreSchema } from './restore.js'
import { type EnvValue, taskSchema } from './task.js'

const seconds = (min: number, max: number) => z.int().min(min).max(max)
/** A part of the model that a variable of the contract carries has that variable's limits and default. */
const secondsOf = (name: string) => {
  const { args = [] } = builtinVariables.find((variable) => variable.name === name)?.type ?? {}
  return seconds(Number(args[0]), Number(args[1])).default(Number(usualValue(name)))
}
const tlsMode = types.ssl_mode.schema

const tlsSchema = z.strictObject({
  mode: tlsMode.describe('Whether TLS is used, and what is verified (PGSSLMODE)'),
  rootCert: types.root_cert.schema
    .optional()
    .describe(
      "The certificates that sign the master's (PGSSLROOTCERT); 'system' (since 16): those that the agent trusts",
    ),
  crl: types.absolute_path.schema
    .optional()
    .describe('The list of certificates that were revoked (PGSSLCRL)'),
  cert: types.absolute_path.schema.optional().describe("The replica's own certificate (PGSSLCERT)"),
  key: types.absolute_path.schema.optional().describe('The key of that certificate (PGSSLKEY)'),
  minProtocol: z
    .enum(tlsVersions)
    .optional()
    .describe('The oldest TLS that is spoken (PGSSLMINPROTOCOLVERSION, since 13)'),
  negotiation: z
    .enum(tlsNegotiations)
    .optional()
    .describe(
      'Whether PostgreSQL is asked for TLS first, or TLS begins at once (PGSSLNEGOTIATION, direct since 17)',
    ),
})

const tcpSchema = z.strictObject({
  userTimeout: seconds(0, 3600)
    .optional()
    .describe(
      'Seconds after which a connection whose data nobody acknowledges is given up (tcp_user_timeout, since 12), that of a copy aside: run.stallLimit; default run.connectTimeout, 0: what the system does',
    ),
  keepalivesIdle: seconds(0, 32_767)
    .default(30)
    .describe('Seconds of silence before the master is asked whether it is there; 0: what the system does'),
  keepalivesInterval: seconds(0, 32_767)
    .optional()
    .describe('Seconds until it is asked again; default what the system does'),
  keepalivesCount: z
    .int()
    .min(0)
    .max(127)
    .optional()
    .describe('How many such questions without an answer end a connection; default what the system does'),
})

export type Tls = z.infer<typeof tlsSchema>

const network = z.string().refine(
  (text) => {
    const found = parseNetwork(text)
    return found?.kind === 'range' && !found.hasHostBits
  },
  { error: 'expected a network, 10.1.0.0/16 or fd00:1::/32 (no bits behind the mask), or an address' },
)

const masterSchema = z.strictObject({
  hosts: z
    .union([types.host_list.schema, z.array(types.host_list.schema).min(1)])
    .default('postgres01')
    .describe('The master, or several hosts of which one is the master, each with an optional :port'),
  port: z
    .int()
    .min(1)
    .max(65_535)
    .default(Number(usualValue('POSTGRES_PORT')))
    .describe('The port of hosts that name none'),
  role: types.role.schema
    .refine((name) => !/^(pg_.*|public|none)$/.test(name), {
      error: 'PostgreSQL keeps public, none and all names that begin with pg_ for itself',
    })
    .refine((name) => !name.startsWith('/'), {
      error: 'in pg_hba.conf a name that starts with / is a pattern since PostgreSQL 16',
    })
    .default('replicator')
    .describe('The role that replicates'),
  agents: z
    .array(network)
    .min(1)
    .optional()
    .describe(
      'The networks that the agents are in, for master.pg_hba.conf; by default the same host and all private networks',
    ),
  tls: z
    .union([tlsMode, tlsSchema.describe('How TLS is used, with paths of certificates on the agent')])
    .optional()
    .describe("libpq's sslmode, and paths of certificates on the agent"),
  requireAuth: z
    .union([types.auth_methods.schema, z.array(types.auth_methods.schema).min(1)])
    .optional()
    .describe(
      "How the master may ask who we are (PGREQUIREAUTH, since 16), as 'scram-sha-256'; with a ! how it may not",
    ),
  channelBinding: z
    .enum(threeWays)
    .optional()
    .describe(
      'Whether a login by SCRAM is bound to its TLS (PGCHANNELBINDING, since 13), by which the master proves that it knows the password',
    ),
  gssEncMode: z
    .enum(threeWays)
    .optional()
    .describe('Whether the connection is encrypted by GSSAPI (PGGSSENCMODE, since 12)'),
  tcp: tcpSchema.prefault({}).describe('When a connection with a master that does not answer is given up'),
  database: types.text.schema
    .refine((name) => name !== '' && Buffer.byteLength(name) <= 63, {
      error: 'must be the name of a database: 1 to 63 bytes',
    })
    .default('postgres')
    .describe('The database by way of which run.syncSlots reads the slots, and pg_rewind the files'),
})

const receiverSchema = z.strictObject({
  timeout: seconds(1, 86_400)
    .optional()
    .describe(
      'Seconds of silence after which the connection with the master is given up (wal_receiver_timeout)',
    ),
  statusInterval: seconds(1, 86_400)
    .optional()
    .describe('Seconds between two reports to the master at the most (wal_receiver_status_interval)'),
  retryInterval: seconds(1, 86_400)
    .optional()
    .describe('Seconds before WAL that did not come is asked for again (wal_retrieve_retry_interval)'),
})

const runSchema = z.strictObject({
  user: types.user_name.schema.default('postgres').describe('As whom PostgreSQL runs (RUN_USER)'),
  dataDir: types.path.schema.default(usualValue('PGDATA_DIR')).describe('Where the data lies (PGDATA_DIR)'),
  listen: z
    .array(z.string().regex(/^(\*|[0-9A-Za-z_.:-]+)$/, 'an address, a host name or *'))
    .min(1)
    .default(['*'])
    .describe('The addresses that the replica listens on; each must be of its host, and its port free there'),
  configuration: z
    .enum(['published', 'master'])
    .optional()
    .describe(
      "Whose configuration runs. published: the files of run.configUrl, fetched anew at each start, and what ALTER SYSTEM sets on the replica; the clone's own are kept for reference. master: what came along with the clone, and the files of run.configUrl only where it brings none. By default published in a model that writes postgresql.settings or access, else master",
    ),
  configUrl: types.config_url.schema
    .nullable()
    .optional()
    .describe(
      'Where the configuration is served, or lies on the agent as file:///DIRECTORY (CONFIG_URL); by default <publish>/conf; null: nowhere',
    ),
  passfile: types.absolute_path.schema.optional().describe('The password file (PGPASSFILE)'),
  masterWait: secondsOf('MASTER_WAIT').describe('Seconds to wait for an absent master'),
  exitPause: secondsOf('EXIT_PAUSE').describe('Seconds of pause before a permanent failure'),
  connectTimeout: secondsOf('PGCONNECT_TIMEOUT').describe('Seconds for one connection attempt'),
  stallLimit: seconds(30, 86_400)
    .default(300)
    .describe('Seconds without progress after which a clone is ended and tried again'),
  durability: z
    .enum(['before', 'behind'])
    .default('before')
    .describe(
      'Whether a clone is on disk before it answers, or (since 13) answers first, and streams when it is on disk; if the host goes down in between, it is cloned again',
    ),
  onDiverged: z
    .enum(['fail', 'reclone', 'rewind'])
    .default('fail')
    .describe(
      'What is done with data that cannot follow the master any more, since WAL is gone or histories parted; rewind: where histories parted pg_rewind brings it back, else by rewind.otherwise',
    ),
  onCollation: z
    .enum(['refuse', 'warn', 'ignore'])
    .default('refuse')
    .describe(
      'What is done where text sorts in another way than where its indexes were made; ignore: nobody looks',
    ),
  from: z
    .enum(['master', 'replica'])
    .default('master')
    .describe(
      'What is cloned and followed: the master, or one of the standbys among master.hosts, which spares the master a walsender and its network (a cascade); the master where no standby answers. None of them may follow this replica',
    ),
  slot: z
    .enum(['none', 'temporary', 'permanent'])
    .default('none')
    .describe(
      'A replication slot on the master that keeps the WAL this replica needs: temporary while it is connected (since 13), or permanent, one for each PGDATA_DIR',
    ),
  name: types.standby_name.schema
    .optional()
    .describe(
      'The name by which pg_stat_replication and synchronous_standby_names of the master know the replica (POSTGRES_REPNAME); by default made of app, host and port',
    ),
  // In PostgreSQL milliseconds of 31 bits.
  delay: seconds(1, 2_147_483)
    .optional()
    .describe(
      'Seconds that each transaction waits here after its commit on the master (recovery_min_apply_delay), so that a mistake there can be mended from here; it is received at once',
    ),
  hotStandbyFeedback: z
    .boolean()
    .optional()
    .describe(
      'Whether the master keeps the rows that queries here still see (hot_standby_feedback), whatever the configuration says; by default as that says',
    ),
  receiver: receiverSchema
    .prefault({})
    .describe(
      'How the connection over which the replica streams is watched; by default as its configuration says',
    ),
  syncSlots: z
    .boolean()
    .default(false)
    .describe(
      "Whether the master's logical replication slots that are made for a failover are kept here, too (since 17; sync_replication_slots)",
    ),
  // Before 18 a file of the log may have 2 GiB at most.
  logMiB: z
    .int()
    .min(4)
    .max(8000)
    .default(64)
    .describe("How much of PostgreSQL's own log is kept beside the data, in four files, in MiB"),
  watchInterval: seconds(1, 3600)
    .default(5)
    .describe(
      'Seconds between two looks at the running server; while it streams and lacks nothing, up to 25 s pass until one asks it how it stands',
    ),
  claimInterval: seconds(1, 60)
    .default(5)
    .describe(
      'Seconds between two signs of life of a run on its data. A run of another host, or of this one before it went down, is taken for dead after three times as long without one',
    ),
  staleLimit: seconds(5, 86_400)
    .default(30)
    .describe('Seconds without streaming after which the master is asked why'),
})

const rewindSchema = z.strictObject({
  role: types.role.schema
    .optional()
    .describe(
      'The role as which pg_rewind connects to master.database; by default the one that replicates. Before 11 it must be a superuser',
    ),
  otherwise: z
    .enum(['reclone', 'fail'])
    .default('reclone')
    .describe(
      'What run.onDiverged: rewind does where pg_rewind cannot help: WAL is gone, it lacks a right or a setting of the master, or it was interrupted',
    ),
})

const cloneSchema = z.strictObject({
  maxRate: rateSchema.optional(),
  checkpoint: z
    .enum(['fast', 'spread'])
    .default('fast')
    .describe(
      "How the master writes the checkpoints that a clone begins with. fast: at once; spread: at its usual pace, so that a clone waits for it twice, each time for up to twice the master's checkpoint_timeout",
    ),
  compress: z
    .enum(['none', 'gzip', 'lz4', 'zstd'])
    .default('none')
    .describe(
      'By what the master compresses the copy on its way (since 15, where its server was built with it); it is unpacked here',
    ),
  walDir: types.absolute_path.schema
    .optional()
    .describe(
      'A directory on another disk, in which each clone makes one of its own for its WAL, to which its pg_wal is a link; by default WAL lies beside the data',
    ),
})

const readySchema = z.strictObject({
  by: z
    .enum(['replica', 'master'])
    .default('replica')
    .describe(
      'By whose word a replica is ready. replica: by what it knows itself, so that an outage of the master takes none out; master: the master is asked, too, by a connection at each check, and without it none is ready',
    ),
  lagMiB: z
    .int()
    .min(0)
    .max(900)
    .default(16)
    .describe('How far behind the master a ready replica may be; what run.delay holds back does not count'),
  lagSeconds: seconds(1, 86_400)
    .optional()
    .describe(
      'How many seconds old what is here may be: for how long there is WAL to replay, counted from the end of run.delay, or nothing was heard from the master; by default a replica that had caught up stays ready while its master is away',
    ),
})

const shutdownSchema = z.strictObject({
  fast: seconds(1, 86_400).default(90).describe('Seconds for a fast shutdown'),
  immediate: seconds(1, 3600).default(10).describe('Seconds for an immediate one, before KILL'),
})

const postgresqlSchema = z.strictObject({
  majors: z
    .array(z.union(supportedMajors.map((major) => z.literal(major))))
    .min(1)
    .default([...supportedMajors])
    .describe("The majors that a master may have; each server's own binaries must be on the agent"),
  newer: z
    .enum(['refuse', 'try'])
    .default('refuse')
    .describe(
      'What is done with a master of a newer major than all of majors; try: with a warning, by the rules of the newest of them',
    ),
  settings: settingsSchema
    .prefault({})
    .describe(
      'Lines of postgresql.conf by name, added to the defaults of a replica node or in place of them',
    ),
  verifyClone: z
    .enum(['sizes', 'bytes', 'none'])
    .default('sizes')
    .describe(
      'What pg_verifybackup looks at before the first start (since 13). sizes: every file is there, and as long as on the master, in milliseconds; bytes: the checksum of each, which reads the whole copy: half a second a GB from memory, else as fast as the disk',
    ),
})

/** What a replica is, whoever starts it: all of a model but its targets. */
export const replicaSchema = z.strictObject({
  master: masterSchema.prefault({}).describe('Where the master is, and as whom, and how, replicas reach it'),
  run: runSchema
    .prefault({})
    .describe(
      'How the script behaves: as whom it runs PostgreSQL, where the data lies, how long it waits, what it does with trouble',
    ),
  clone: cloneSchema
    .prefault({})
    .describe('How the copy of the master is made: how fast, after which checkpoint, compressed or not'),
  rewind: rewindSchema
    .prefault({})
    .describe('How data that left the history of the master is brought back, where run.onDiverged is rewind'),
  ready: readySchema.prefault({}).describe('What run_rep.sh ready takes for ready'),
  shutdown: shutdownSchema
    .prefault({})
    .describe('How long each kind of shutdown may take; both must fit into task.stopGrace'),
  postgresql: postgresqlSchema
    .prefault({})
    .describe('The majors that a master may have, and the settings of postgresql.conf'),
  restore: restoreSchema.optional(),
  access: accessSchema,
  env: userVariablesSchema.prefault({}),
  steps: z
    .array(userStepSchema)
    .default([])
    .describe('Steps of your own: files of plain shell, each run before or after a built-in step'),
  task: taskSchema,
  publish: types.url.schema
    .default('http://web01/postgres')
    .describe('Where you serve what is generated: run_rep.sh, and conf/postgresql.conf and conf/pg_hba.conf'),
})

/** A replica with every default filled in and every value checked. */
export type Replica = z.infer<typeof replicaSchema>

/** The replica of which a model says nothing: of two numbers at odds the one that it wrote is blamed. */
export const usualReplica: Replica = replicaSchema.parse({})

/** Whose configuration runs: whoever writes settings or access rules means them, where somebody can fetch them. */
export function configurationOf(model: Replica): 'published' | 'master' {
  if (model.run.configuration !== undefined) return model.run.configuration
  return (writesSettings(model) || writesAccess(model)) && hasConfigUrl(model) ? 'published' : 'master'
}

/** Whether a model has settings of its own. */
export function writesSettings({ postgresql }: Replica): boolean {
  return Object.keys(postgresql.settings).length > 0
}

/** Whether it has access rules of its own: such as differ from those of a model that says nothing. */
export function writesAccess({ access }: Replica): boolean {
  return JSON.stringify(access) !== JSON.stringify(usualReplica.access)
}

/** Whether a task is told where the configuration is served. */
export function hasConfigUrl({ run, task }: Replica): boolean {
  return run.configUrl !== null || Object.hasOwn(task.env, 'CONFIG_URL')
}

/** The role as which pg_rewind connects, and by what it is the master's matter; undefined where nothing is rewound. */
export function rewindRole({ run, rewind, master }: Replica): string | undefined {
  return run.onDiverged === 'rewind' ? (rewind.role ?? master.role) : undefined
}

/** The hosts of the master, each with its port if it names one. */
export function hostsOf({ hosts }: Replica['master']): string[] {
  return [hosts].flat().flatMap((list) => list.split(','))
}

/** The environment that every supervisor gives: what differs from one deployment to another, and `task.env`. */
export function taskEnv(model: Replica): Record<string, EnvValue> {
  return { ...deploymentEnv(model), ...model.task.env }
}

/** `master.tls`, which may be written as its mode alone. */
export function readTls({ tls }: Pick<Replica['master'], 'tls'>): Tls | undefined {
  return typeof tls === 'string' ? { mode: tls } : tls
}

/** The variables that parts of the model set, each by its own. */
export function deploymentEnv(model: Replica): Record<string, string> {
  const values = listDeploymentValues(model).map(({ name, value }) => [name, value] as const)
  const own = Object.entries(model.env).map(([name, { value }]) => [name, value] as const)
  return Object.fromEntries(
    [...values, ...own].filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/** The part of the model that gives a variable of the contract its value; undefined for all others. */
export function pathOfVariable(model: Replica, name: string): ModelPath | undefined {
  if (Object.hasOwn(model.task.env, name)) return pathTo`task.env.${name}`
  if (Object.hasOwn(model.env, name)) return pathTo`env.${name}`
  return listDeploymentValues(model).find((item) => item.name === name)?.path
}

interface DeploymentValue {
  readonly name: string
  readonly path: ModelPath
  readonly value: string | undefined
}

const builtinDefaults = new Map(builtinVariables.map(({ name, default: usual }) => [name, usual]))

function listDeploymentValues({ master, run, publish }: Replica): DeploymentValue[] {
  const tls = readTls(master)
  const isServed = run.configUrl === undefined
  const configUrl = isServed ? `${publish.replace(/\/+$/, '')}/conf` : (run.configUrl ?? undefined)
  // What the script takes by itself need not be said.
  const item = (name: string, path: ModelPath, value: string | number | undefined) => {
    const isUsual = value === undefined || String(value) === builtinDefaults.get(name)
    return { name, path, value: isUsual ? undefined : String(value) }
  }
  return [
    item('CONFIG_URL', isServed ? pathTo`publish` : pathTo`run.configUrl`, configUrl),
    item('POSTGRES_MASTER', pathTo`master.hosts`, [master.hosts].flat().join(',')),
    item('POSTGRES_REPUSER', pathTo`master.role`, master.role),
    item('RUN_USER', pathTo`run.user`, run.user),
    item('POSTGRES_REPNAME', pathTo`run.name`, run.name),
    item('POSTGRES_PORT', pathTo`master.port`, master.port),
    item('PGDATA_DIR', pathTo`run.dataDir`, run.dataDir),
    item('PGPASSFILE', pathTo`run.passfile`, run.passfile),
    item('MASTER_WAIT', pathTo`run.masterWait`, run.masterWait),
    item('EXIT_PAUSE', pathTo`run.exitPause`, run.exitPause),
    item('PGCONNECT_TIMEOUT', pathTo`run.connectTimeout`, run.connectTimeout),
    item('PGSSLMODE', pathTo`master.tls`, tls?.mode),
    item('PGSSLROOTCERT', pathTo`master.tls.rootCert`, tls?.rootCert),
    item('PGSSLCERT', pathTo`master.tls.cert`, tls?.cert),
    item('PGSSLKEY', pathTo`master.tls.key`, tls?.key),
    item('PGSSLCRL', pathTo`master.tls.crl`, tls?.crl),
    item('PGSSLMINPROTOCOLVERSION', pathTo`master.tls.minProtocol`, tls?.minProtocol),
    item('PGSSLNEGOTIATION', pathTo`master.tls.negotiation`, tls?.negotiation),
    item(
      'PGREQUIREAUTH',
      pathTo`master.requireAuth`,
      master.requireAuth && [master.requireAuth].flat().join(','),
    ),
    item('PGCHANNELBINDING', pathTo`master.channelBinding`, master.channelBinding),
    item('PGGSSENCMODE', pathTo`master.gssEncMode`, master.gssEncMode),
  ]
}
