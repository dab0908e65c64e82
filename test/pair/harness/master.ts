import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { findTool, serverBin } from './capability.js'
import { copyCluster } from './cluster.js'
import { become, type Identity, isRoot, serverUser } from './identity.js'
import { childOf, type Launched, launch } from './launch.js'
import type { Host } from './network.js'
import { replicatorPassword } from './passfile.js'
import { descendantsOf, freeze, signal } from './processes.js'
import { adminPassword, query, type Row } from './query.js'
import { pickPort, type Space } from './space.js'
import { waitFor } from './wait.js'

export interface MasterOptions {
  /** Where the configuration lies: in the data directory, or outside of it as pg_createcluster puts it. */
  readonly layout?: 'initdb' | 'debian'
  /** Lines for the end of postgresql.conf, so that they travel with a clone of the initdb layout. */
  readonly conf?: readonly string[]
  /** Lines for the end of postgresql.auto.conf, as ALTER SYSTEM leaves them. */
  readonly autoConf?: readonly string[]
  /** pg_hba.conf as a whole; the default lets replicator in over loopback. */
  readonly hba?: readonly string[]
  readonly tablespaces?: number
  /** Speak German, from a locale that exists only for this server. */
  readonly german?: boolean
  /** The port, for one that takes the place of another. */
  readonly port?: number
  /** Where it runs: on a host of a Network, whose port is exposed here (needs root). */
  readonly host?: Host
  /** What only this process gets, by -c, so that a clone does not inherit it. */
  readonly options?: readonly string[]
  /** Segments of 1 MB, for tests that wait until WAL is gone; default 16 MB. */
  readonly smallSegments?: boolean
  /** Has a system identifier of its own; others of this test run may share theirs. */
  readonly isStranger?: boolean
  /** Its major, on a host that has that server. */
  readonly major?: number
}

export interface Master {
  readonly port: number
  readonly dataDir: string
  readonly owner: Identity
  sql(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Writes one row and gives its text, which must show up on a replica. */
  insert(): Promise<string>
  walsenders(): Promise<Row[]>
  /** The walsenders that feed a server; that of a copy is never told what has been replayed. */
  standbys(): Promise<Row[]>
  /** The base backups of pg_basebackup, by its label; a look at the header of one is not a copy. */
  clones(): number
  log(): string
  freeze(): void
  thaw(): void
  start(): Promise<void>
  stop(mode?: 'SIGINT' | 'SIGQUIT'): Promise<void>
}

const defaultHba = [
  'local all all trust',
  'host all postgres 127.0.0.1/32 trust',
  'host replication replicator 127.0.0.1/32 scram-sha-256',
  'host replication replicator ::1/128 scram-sha-256',
]

/** Makes and starts a master of its own in `space`, with role replicator and a table `rows`; it dies with the space. */
export async function startMaster(space: Space, options: MasterOptions = {}): Promise<Master> {
  const owner = options.host?.user ?? serverUser()
  const port = options.port ?? (await pickPort())
  const home = mkdtempSync(join(space.dir, `master-${port}-`))
  chmodSync(home, 0o755)
  if (isRoot) chownSync(home, owner.uid, owner.gid)
  const files = await (options.layout === 'debian' ? makeDebian : makeInitdb)(home, port, options)
  const locale = options.german ? await makeGermanLocale(home) : undefined

  appendFileSync(files.conf, `${['', ...sharedConf(port), ...(options.conf ?? [])].join('\n')}\n`)
  if (locale) appendFileSync(files.conf, "lc_messages = 'de_DE.UTF-8'\n")
  appendFileSync(
    join(files.dataDir, 'postgresql.auto.conf'),
    `${['', ...(options.autoConf ?? [])].join('\n')}\n`,
  )
  const cable = options.host ? ['host replication replicator samenet scram-sha-256'] : []
  writeFileSync(files.hba, `${[...(options.hba ?? defaultHba), ...cable].join('\n')}\n`)

  const logFile = join(home, 'log')
  // Where we reach it ourselves.
  const near = (await options.host?.expose(port)) ?? port
  let child: Launched | undefined
  let server: number | undefined
  const pid = (): number => {
    if (server === undefined) throw new Error('the master does not run')
    return server
  }
  const children = () => descendantsOf(pid()).map((one) => one.pid)

  const master: Master = {
    port,
    dataDir: files.dataDir,
    owner,
    sql: (text, values) => query(near, text, values),
    insert: async () => {
      const [row] = await query(near, 'INSERT INTO rows (body) VALUES (md5(random()::text)) RETURNING body')
      return String(row?.body)
    },
    walsenders: () => query(near, 'SELECT * FROM pg_stat_replication'),
    standbys: () => query(near, 'SELECT * FROM pg_stat_replication WHERE replay_lsn IS NOT NULL'),
    clones: () =>
      (readFileSync(logFile, 'utf8').match(/LOG: [^\n]*BASE_BACKUP[^\n]*LABEL 'pg_base/g) ?? []).length,
    log: () => readFileSync(logFile, 'utf8'),
    freeze: () => {
      // First the one that starts the others.
      freeze([pid()])
      freeze(children())
    },
    thaw: () => {
      for (const one of [pid(), ...children()]) signal(one, 'SIGCONT')
    },
    start: async () => {
      const set = serverOptions(port, options).flatMap((option) => ['-c', option])
      const words = asOwner(options, [
        `${binOf(options)}/postgres`,
        '-D',
        files.dataDir,
        ...files.args,
        ...set,
      ])
      const env: Record<string, string> = {
        PATH: process.env.PATH ?? '',
        ...(locale ? { LOCPATH: locale } : {}),
      }
      child = launch({ words, cwd: home, env, stdout: logFile, stderr: logFile })
      const { exit } = child
      server = options.host?.isForked ? await childOf(child) : child.pid
      await waitFor(
        () => `the master to answer; its log ends: ${readFileSync(logFile, 'utf8').slice(-1_000)}`,
        async () => {
          const over = await Promise.race([exit, query(near, 'SELECT 1')])
          if (!Array.isArray(over)) throw new Error(`it ended with ${String(over)}`)
          return true
        },
      )
    },
    stop: async (mode = 'SIGINT') => {
      if (!child) return
      master.thaw()
      signal(pid(), mode)
      await child.exit
      child = undefined
      server = undefined
    },
  }
  space.track(() => master.stop('SIGQUIT'))
  await master.start()
  await fill(master, options, home)
  return master
}

interface Files {
  readonly dataDir: string
  readonly conf: string
  readonly hba: string
  readonly args: readonly string[]
}

/** Words that run a command as who owns the server, where it runs. */
function asOwner({ host }: MasterOptions, command: readonly string[]): string[] {
  return [...(host?.words ?? []), ...become(host?.user ?? serverUser()), ...command]
}

function binOf({ major }: MasterOptions): string {
  return major === undefined ? serverBin : `/usr/lib/postgresql/${major}/bin`
}

async function makeInitdb(home: string, _port: number, options: MasterOptions): Promise<Files> {
  const dataDir = join(home, 'data')
  const { major, isStranger, smallSegments } = options
  const make = (dir: string) => {
    const args = ['-D', dir, '--no-sync', '-U', 'postgres', '-A', 'trust', '--locale=C', '-E', 'UTF8']
    if (smallSegments) args.push('--wal-segsize=1')
    const words = asOwner(options, [`${binOf(options)}/initdb`, ...args])
    return execa(words[0] ?? '', words.slice(1), { cwd: '/' })
  }
  // With a major of its own the host has a file system of its own.
  if (isStranger || major !== undefined) await make(dataDir)
  else await copyCluster(smallSegments ? 'small' : 'usual', make, dataDir)
  return { dataDir, conf: join(dataDir, 'postgresql.conf'), hba: join(dataDir, 'pg_hba.conf'), args: [] }
}

async function makeDebian(home: string, port: number, options: MasterOptions): Promise<Files> {
  const dataDir = join(home, 'data')
  const args = ['15', 'pair', '-d', dataDir, '-l', join(home, 'cluster.log'), '-p', String(port)]
  const words = asOwner(options, [findTool('pg_createcluster') ?? '', ...args, '-s', home])
  await execa(
    words[0] ?? '',
    [...words.slice(1), '--start-conf=manual', '--', '--no-sync', '-U', 'postgres'],
    {
      cwd: home,
      // postgresql-common keeps to this root for everything that it would else put into /etc.
      env: { PG_CLUSTER_CONF_ROOT: join(home, 'etc'), LC_ALL: 'C.UTF-8' },
    },
  )
  const etc = join(home, 'etc/15/pair')
  const conf = join(etc, 'postgresql.conf')
  return { dataDir, conf, hba: join(etc, 'pg_hba.conf'), args: ['-c', `config_file=${conf}`] }
}

/** Real masters listen on more than loopback and name their port here; a clone inherits both lines. */
function sharedConf(port: number): string[] {
  return [
    `port = ${port}`,
    "listen_addresses = 'localhost'",
    'max_connections = 60',
    'shared_buffers = 16MB',
    // The default since 14.
    "password_encryption = 'scram-sha-256'",
  ]
}

function serverOptions(port: number, options: MasterOptions): string[] {
  return [
    `port=${port}`,
    `listen_addresses=${['127.0.0.1', ...(options.host ? [options.host.address] : [])].join()}`,
    'unix_socket_directories=',
    'external_pid_file=',
    'logging_collector=off',
    'log_destination=stderr',
    'log_replication_commands=on',
    'log_connections=on',
    'fsync=off',
    (options.major ?? 15) < 13 ? 'wal_keep_segments=16' : 'wal_keep_size=256MB',
    ...(options.options ?? []),
  ]
}

/** Compiles de_DE into the master's own directory, so that the machine's locales stay as they are. */
async function makeGermanLocale(home: string): Promise<string> {
  const dir = join(home, 'locale')
  mkdirSync(dir)
  await execa('localedef', ['-i', 'de_DE', '-f', 'UTF-8', join(dir, 'de_DE.UTF-8')])
  return dir
}

async function fill(master: Master, options: MasterOptions, home: string): Promise<void> {
  await master.sql(`ALTER ROLE postgres PASSWORD '${adminPassword}'`)
  const password = replicatorPassword.replaceAll("'", "''")
  await master.sql(`CREATE ROLE replicator LOGIN REPLICATION PASSWORD '${password}'`)
  await master.sql('CREATE TABLE rows (id serial PRIMARY KEY, body text NOT NULL)')
  for (let i = 1; i <= (options.tablespaces ?? 0); i++) {
    const dir = join(home, `space ${i}`)
    mkdirSync(dir)
    chmodSync(dir, 0o700)
    if (isRoot) chownSync(dir, master.owner.uid, master.owner.gid)
    await master.sql(`CREATE TABLESPACE space${i} LOCATION '${dir}'`)
    await master.sql(`CREATE TABLE in_space${i} TABLESPACE space${i} AS SELECT generate_series(1, 1000) AS n`)
  }
}
