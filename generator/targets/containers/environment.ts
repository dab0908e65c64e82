import { posix } from 'node:path'
import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import { usualValue } from '../../model/contract/variables.js'
import { pathOfVariable, type Replica, readTls, taskEnv } from '../../model/replica.js'
import type { EnvValue } from '../../model/task.js'
import type { Image } from './image.js'

/** Where the script and the configuration are mounted. */
export const home = '/etc/run_rep'

export const script = `${home}/run_rep.sh`

/**
 * The files that are mounted there, by their names among what is printed: the script, and the configuration unless the
 * model says that none is fetched.
 */
export function listMounted({ run }: Replica): string[] {
  return ['run_rep.sh', ...(run.configUrl === undefined ? ['conf/pg_hba.conf', 'conf/postgresql.conf'] : [])]
}

/** The name of such a file where it is mounted: all lie in one directory. */
export function mountedName(name: string): string {
  return posix.basename(name)
}

/** How a replica proves who it is: by a password, a password file, or a certificate that a secret does not hold. */
export type Login = 'password' | 'passfile' | undefined

/** How the model lets it log in. */
export function loginOf({ run, master }: Replica): Login {
  if (run.passfile !== undefined) return 'passfile'
  return readTls(master)?.cert === undefined ? 'password' : undefined
}

/** The port that a replica listens on: a container has all ports for itself. */
export function portOf({ task }: Replica): number {
  return task.port === 0 ? Number(usualValue('PORT0')) : task.port
}

/** Where the data lies, absolute. */
export function dataDirOf({ run }: Replica, { mount }: Image): string {
  return posix.resolve(mount, run.dataDir)
}

/** A variable of a container, and the parts of the model that it comes from. */
export interface Variable {
  readonly name: string
  readonly value: EnvValue
  readonly from: readonly ModelPath[]
}

/** What a container is told in variables of its own, besides the model's. */
export interface Told {
  /** The unit that it belongs to. */
  readonly name: string
  /** What tells it from the other replicas of that unit, where it is known here. */
  readonly task?: string
  /** By what it logs in, and the file that holds that. */
  readonly login: Login
  readonly secret: string
  /** Seconds of pause before a permanent failure. */
  readonly exitPause: number
}

/** The environment of a container, sorted by name. */
export function listVariables(replica: Replica, image: Image, told: Told): Variable[] {
  const env: Record<string, EnvValue> = { ...taskEnv(replica) }
  delete env.PGPASSFILE
  env.PGDATA_DIR = dataDirOf(replica, image)
  env.PORT0 = String(portOf(replica))
  env.UNIT_NAME = told.name
  if (told.task !== undefined) env.TASK_NAME = told.task
  delete env.EXIT_PAUSE
  if (String(told.exitPause) !== usualValue('EXIT_PAUSE')) env.EXIT_PAUSE = String(told.exitPause)
  if (replica.run.configUrl === undefined) env.CONFIG_URL = `file://${home}`
  if (told.login === 'passfile') env.PGPASSFILE = told.secret
  if (told.login === 'password') env.POSTGRES_REPPASSWORD_FILE = told.secret
  return Object.entries(env)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value, from: originOf(name, replica) }))
}

function originOf(name: string, replica: Replica): readonly ModelPath[] {
  if (name === 'PORT0') return [pathTo`task.port`]
  if (name === 'PGDATA_DIR') return [pathTo`run.dataDir`]
  if (name === 'EXIT_PAUSE') return [pathTo`run.exitPause`]
  if (name === 'CONFIG_URL') return [pathTo`run.configUrl`]
  const path = pathOfVariable(replica, name)
  return path === undefined ? [] : [path]
}

/** What the compiler holds against the contract. */
export function givenBy(variables: readonly Variable[]): Record<string, EnvValue> {
  return Object.fromEntries(variables.map(({ name, value }) => [name, value]))
}
