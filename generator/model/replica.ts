import { z } from 'zod'
import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { accessSchema } from '../postgres/access-schema.js'
import { settingsSchema } from '../postgres/settings-schema.js'
import { majors as knownMajors } from '../postgres/versions.js'
import { types } from './contract/types.js'
import { userVariablesSchema } from './contract/user.js'
import { builtinVariables, usualValue } from './contract/variables.js'
import { userStepSchema } from './own-steps.js'
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
  rootCert: types.absolute_path.schema
    .optional()
    .describe("The certificates that sign the master's (PGSSLROOTCERT)"),
  cert: types.absolute_path.schema.optional().describe("The replica's own certificate (PGSSLCERT)"),
  key: types.absolute_path.schema.optional().describe('The key of that certificate (PGSSLKEY)'),
})

type Tls = z.infer<typeof tlsSchema>

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
  role: types.role.schema.default('replicator').describe('The role that replicates'),
  tls: z
    .union([tlsMode, tlsSchema])
    .optional()
    .describe("libpq's sslmode, and paths of certificates on the agent"),
})

const loopback = new Set(['*', '0.0.0.0', '127.0.0.1', 'localhost'])

const runSchema = z.strictObject({
  user: types.user_name.schema.default('postgres').describe('As whom PostgreSQL runs (RUN_USER)'),
  dataDir: types.path.schema.default(usualValue('PGDATA_DIR')).describe('Where the data lies (PGDATA_DIR)'),
  listen: z
    .array(z.string().regex(/^(\*|[0-9A-Za-z_.:-]+)$/, 'an address, a host name or *'))
    .min(1)
    .default(['*'])
    .refine((addresses) => addresses.some((address) => loopback.has(address)), {
      error: 'the health check needs the loopback address: add 127.0.0.1',
    })
    .describe('The addresses that the replica listens on, the loopback among them'),
  configUrl: types.url.schema
    .nullable()
    .optional()
    .describe('Where the configuration is served (CONFIG_URL); by default <publish>/conf; null: nowhere'),
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
      'Whether a clone is on disk before it answers, or (since 13) answers first, and streams when it is on disk; if the host goes down in between, it is cloned anew',
    ),
  onDiverged: z
    .enum(['fail', 'reclone'])
    .default('fail')
    .describe(
      'What is done with data that cannot follow the master any more, since WAL is gone or histories parted',
    ),
  onCollation: z
    .enum(['refuse', 'warn', 'ignore'])
    .default('refuse')
    .describe(
      'What is done where text sorts in another way than where its indexes were made; ignore: nobody looks',
    ),
  slot: z
    .enum(['none', 'temporary', 'permanent'])
    .default('none')
    .describe(
      'A replication slot on the master that keeps the WAL this replica needs: temporary while it is connected (since 13), or permanent, one for each PGDATA_DIR',
    ),
  // Before 18 a file of the log may have 2 GiB at most.
  logMiB: z
    .int()
    .min(4)
    .max(8000)
    .default(64)
    .describe("How much of PostgreSQL's own log is kept beside the data, in four files, in MiB"),
  watchInterval: seconds(1, 3600).default(5).describe('Seconds between two looks at the running server'),
  staleLimit: seconds(5, 86_400)
    .default(30)
    .describe('Seconds without streaming after which the master is asked why'),
})

const readySchema = z.strictObject({
  lagMiB: z.int().min(0).max(900).default(16).describe('How far behind the master a ready replica may be'),
  lagSeconds: seconds(1, 86_400)
    .optional()
    .describe('For how many seconds it may have WAL to replay since the last transaction that it did'),
})

const shutdownSchema = z.strictObject({
  fast: seconds(1, 86_400).default(90).describe('Seconds for a fast shutdown'),
  immediate: seconds(1, 3600).default(10).describe('Seconds for an immediate one, before KILL'),
})

const walsenderMajors = knownMajors.filter((major) => major >= 10)

const postgresqlSchema = z.strictObject({
  majors: z
    .array(z.union(walsenderMajors.map((major) => z.literal(major))))
    .min(1)
    .default([...walsenderMajors])
    .describe("The majors that a master may have; each server's own binaries must be on the agent"),
  newer: z
    .enum(['refuse', 'try'])
    .default('refuse')
    .describe(
      'What is done with a master of a newer major than all of majors; try: with a warning, by the rules of the newest of them',
    ),
  settings: settingsSchema.prefault({}),
  verifyClone: z
    .enum(['sizes', 'bytes', 'none'])
    .default('sizes')
    .describe(
      'What pg_verifybackup looks at before the first start (since 13). sizes: every file is there, and as long as on the master, in milliseconds; bytes: the checksum of each, which reads the whole copy: half a second a GB from memory, else as fast as the disk',
    ),
})

/** What a replica is, whoever starts it: all of a model but its targets. */
export const replicaSchema = z.strictObject({
  master: masterSchema.prefault({}),
  run: runSchema.prefault({}),
  ready: readySchema.prefault({}),
  shutdown: shutdownSchema.prefault({}),
  postgresql: postgresqlSchema.prefault({}),
  access: accessSchema,
  env: userVariablesSchema.prefault({}),
  steps: z.array(userStepSchema).default([]).describe('Steps of your own'),
  task: taskSchema,
  publish: types.url.schema
    .default('http://web01/postgres')
    .describe('Where you serve what is generated: run_rep.sh, and conf/postgresql.conf and conf/pg_hba.conf'),
})

/** A replica with every default filled in and every value checked. */
export type Replica = z.infer<typeof replicaSchema>

/** The replica of which a model says nothing: of two numbers at odds the one that it wrote is blamed. */
export const usualReplica: Replica = replicaSchema.parse({})

/** The environment that every supervisor gives: what differs from one deployment to another, and `task.env`. */
export function taskEnv(model: Replica): Record<string, EnvValue> {
  return { ...deploymentEnv(model), ...model.task.env }
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
  const tls: Tls | undefined = typeof master.tls === 'string' ? { mode: master.tls } : master.tls
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
  ]
}
