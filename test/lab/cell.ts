import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { type Agent, runAgent } from '../pair/harness/agent.js'
import { buildFiles } from '../pair/harness/build-script.js'
import { printedFiles, type Served, startConfigServer } from '../pair/harness/config-server.js'
import { contractFor, type Environment } from '../pair/harness/contract.js'
import { become } from '../pair/harness/identity.js'
import { childOf, type Launched, launch } from '../pair/harness/launch.js'
import { type Master, startMaster } from '../pair/harness/master.js'
import { makeNetwork } from '../pair/harness/network.js'
import { writePassfile } from '../pair/harness/passfile.js'
import { signal } from '../pair/harness/processes.js'
import { query } from '../pair/harness/query.js'
import { pickPort, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { type HostOptions, type LabHost, openHost, rootFor, serverOf } from './host.js'
import { makeTls, type Tls } from './libpq.js'
import { rewindConf } from './rewound.js'

/** One combination of what an agent may be; what is left out is as in the lab's bookworm root. */
export interface Cell {
  readonly major: number
  /** What the master's host is, where it is not the usual one of the major. */
  readonly master?: HostOptions
  /** What the agent differs in from the master's host. */
  readonly agent?: Partial<HostOptions>
  readonly env?: Environment
  /** The task is started as this user of the agent; default root. */
  readonly user?: 'root' | 'postgres'
  /** The master keeps its configuration elsewhere, so that the agent has to fetch one. */
  readonly isServed?: boolean
  /** Its model's own files are published, beside a master that has others in its data directory. */
  readonly isPublished?: boolean
  /** The master makes one before the clone, and another one afterwards. */
  readonly hasTablespaces?: boolean
  /** A database of the master with that locale, beside the others of C. */
  readonly locale?: string
  /** An index on the master is sorted by a collation of that name. */
  readonly collation?: string
  /** The agent has no locale but C. */
  readonly isBare?: boolean
  /** What the model says that differs from that of the other cells. */
  readonly model?: ReplicaInput
  /** What its log must tell. */
  readonly says?: RegExp
  /** What the log of its first run must tell. */
  readonly saysOnce?: RegExp
  /** It is so far behind its master, by the model, that nothing which is written meanwhile comes. */
  readonly isDelayed?: boolean
  /** A logical slot of the master that is made for a failover must come to be here, too. */
  readonly keepsSlots?: boolean
  /** Its master takes the WAL of its slot, or gives the slot up. */
  readonly losesSlot?: boolean
  /** Another server becomes the master without what the replica has, which is rewound. */
  readonly rewinds?: 'whole' | 'interrupted' | 'impossible'
  /** It asks for all that makes a connection safe; what does not know the newest of it is the master, or the server here. */
  readonly asksLibpq?: 'direct' | 'older master' | 'older server'
  /** The master archives its WAL, and soon has it no longer itself. */
  readonly isArchived?: boolean
  /** Another server becomes the master at the end. */
  readonly isFollowing?: boolean
  /** Its master is made one of that major. */
  readonly upgradesTo?: number
  /** It must end so, and with such words. */
  readonly isRefused?: readonly [code: number, words: RegExp]
  readonly script: string
}

/** A master and an agent, each a host of its own with a cable between them. */
export interface Pair {
  readonly master: Master
  readonly masterHost: LabHost
  readonly agentHost: LabHost
  readonly port: number
  /** The port of a server that may become the master; the replica knows it where the cell is following. */
  readonly second: number
  /** Runs the script: a life, or with words another sub-command. */
  run(...args: string[]): Promise<Agent>
  /** What a sub-command says: yes, or its exit code and words. */
  ask(what: Question): Promise<string>
  /** The same with more in the environment. */
  runWith(over: Environment, ...args: string[]): Promise<Agent>
  askWith(over: Environment, what: Question): Promise<string>
  readonly tls: Tls | undefined
}

type Question = 'health' | 'ready' | 'preflight'

/** Runs words of a shell as root on a host of the lab; the first operand is $0. */
export async function shell(host: LabHost, text: string, ...operands: string[]): Promise<void> {
  const [word = '', ...words] = [...host.words, 'sh', '-euc', text, ...operands]
  await execa(word, words, { cwd: '/tmp' })
}

/** What the two hosts of a cell are made of. */
export function hostsOf({ major, master, agent }: Pick<Cell, 'major' | 'master' | 'agent'>) {
  const own = serverOf(major)
  const usual: HostOptions = { root: rootFor(major), servers: own === undefined ? [] : [own] }
  return { master: master ?? usual, agent: { ...usual, ...agent } }
}

export async function openPair(space: Space, cell: Cell): Promise<Pair> {
  const { major } = cell
  const hosts = hostsOf(cell)
  const network = await makeNetwork(space)
  const masterHost = await openHost(space, network.master, hosts.master)
  const agentHost = await openHost(space, network.replica, hosts.agent)
  const layout = cell.isServed ? 'debian' : 'initdb'
  const options = [
    ...(cell.keepsSlots ? ['wal_level=logical'] : []),
    // No checkpoint comes but those of the test.
    ...(cell.losesSlot
      ? ['wal_keep_size=0', 'max_wal_size=1GB', 'min_wal_size=32MB', 'checkpoint_timeout=1d']
      : []),
    ...(cell.isArchived ? archiveOptions(space, major) : []),
  ]
  const tls = cell.asksLibpq ? await makeTls(space, masterHost) : undefined
  const master = await startMaster(space, {
    ...{ host: masterHost, major, layout },
    options: [...options, ...(tls?.options ?? [])],
    conf: cell.rewinds ? rewindConf(major) : [],
  })
  if (cell.locale)
    await master.sql(
      `CREATE DATABASE shop TEMPLATE template0 LC_COLLATE '${cell.locale}' LC_CTYPE '${cell.locale}'`,
    )
  if (cell.collation) await master.sql(`CREATE INDEX ON rows (body COLLATE "${cell.collation}")`)
  if (cell.isBare) {
    const remove = [...agentHost.words, 'rm', '/usr/lib/locale/locale-archive']
    await execa(remove[0] ?? '', remove.slice(1), { cwd: space.dir })
  }
  const port = await pickPort()
  const second = await pickPort()
  const files = cell.isPublished ? publishedFiles(cell.model) : cell.isServed ? printedFiles : undefined
  const served = files && (await startConfigServer(space, files, network.master))
  const { address } = masterHost
  await agentHost.expose(port)
  const env = contractFor(space, master, {
    POSTGRES_MASTER:
      cell.isFollowing || cell.rewinds ? `${address}:${master.port},${address}:${second}` : address,
    ...(served ? { CONFIG_URL: served.url } : {}),
    RUN_USER: 'postgres',
    PGPASSFILE: writePassfile(join(space.dir, `passfile-${port}`), agentHost.user),
    ...cell.env,
  })
  let sandbox: string | undefined
  const start = async (over: Environment, args: readonly string[]): Promise<Agent> => {
    const life = await runAgent(space, {
      ...{ env: { ...env, ...over }, port, script: cell.script, args, host: agentHost, ownLog: true },
      ...(cell.user === 'postgres' ? { user: agentHost.user } : {}),
      ...(sandbox === undefined ? {} : { sandbox }),
    })
    sandbox = life.sandbox
    return life
  }
  const ask = async (over: Environment, what: Question) => {
    const asked = await start(over, [what])
    const code = await asked.exit
    return code === 0 ? 'yes' : `${code}: ${asked.log()}`
  }
  return {
    ...{ master, masterHost, agentHost, port, second, tls },
    run: (...args) => start({}, args),
    ask: (what) => ask({}, what),
    runWith: (over, ...args) => start(over, args),
    askWith: ask,
  }
}

function publishedFiles(model: ReplicaInput = {}): Served {
  const { 'postgresql.conf': conf = '', 'pg_hba.conf': hba = '' } = buildFiles(model)
  return { 'postgresql.conf': conf, 'pg_hba.conf': hba }
}

/**
 * A whole life: clone, stream, the truth from health and ready, a clean stop; again on the same data without a copy,
 * and nobody left.
 */
export async function live(
  pair: Pair,
  { says, saysOnce }: Pick<Cell, 'says' | 'saysOnce'> = {},
): Promise<void> {
  const { master, agentHost } = pair
  expect(await pair.ask('preflight')).toBe('yes')
  // It asks for no setting that this major does not have.
  expect(master.log()).not.toMatch(/ERROR: /)
  const first = await pair.run()
  // Written before, the row would be in the copy.
  await first.waitUntilServing()
  await first.waitForRow(await master.insert())
  if (saysOnce) expect(first.log()).toMatch(saysOnce)
  if (says) expect(first.log()).toMatch(says)
  else expect(first.log()).not.toMatch(/WARN .*(sorts|collations)/)
  expect(await pair.ask('health')).toBe('yes')
  expect(await pair.ask('ready')).toBe('yes')
  await stop(first, agentHost)
  expect(await pair.ask('health')).toMatch(/^1: .*no server runs/)

  const row = await master.insert()
  const second = await pair.run()
  await second.waitForRow(row)
  expect(second.log()).not.toMatch(/cloned|closed to clients/)
  if (says) expect(second.log()).toMatch(says)
  expect(await second.sql('SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
  await stop(second, agentHost)
}

/** What the master writes arrives and is not replayed, which `ready` takes for no lag; so also on the same data again. */
export async function liveBehind(
  { master, agentHost, run, ask }: Pair,
  { says }: Pick<Cell, 'says'>,
): Promise<void> {
  const life = await run()
  await life.waitUntilServing()
  if (says) expect(life.log()).toMatch(says)
  const row = await master.insert()
  const isHere = `SELECT 1 FROM rows WHERE body = '${row}'`
  const waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'RecoveryApplyDelay'"
  await waitFor('replay to wait', async () => (await life.sql(waits)).length === 1)
  expect(await life.sql(isHere)).toEqual([])
  await waitFor('it to be ready', async () => {
    const answer = await ask('ready')
    if (answer !== 'yes') throw new Error(answer)
    return true
  })
  await stop(life, agentHost)
  const again = await run()
  await again.waitUntilServing()
  expect(await again.sql(isHere)).toEqual([])
  expect(await ask('health')).toBe('yes')
  await stop(again, agentHost)
}

/** Where the master of an archived cell archives, and its replica looks. */
export const archiveOf = (space: Space) => join(space.dir, 'an archive')

function archiveOptions(space: Space, major: number): string[] {
  const archive = archiveOf(space)
  mkdirSync(archive)
  chmodSync(archive, 0o777)
  return [
    ...['archive_mode=on', 'max_wal_size=32MB', 'min_wal_size=32MB'],
    major < 13 ? 'wal_keep_segments=0' : 'wal_keep_size=0',
    `archive_command=cp %p '${archive}/%f' && chmod 644 '${archive}/%f'`,
  ]
}

/** What the master has removed comes from the archive, and then the replica streams; so also on the same data again. */
export async function liveFromArchive({ master, agentHost, run, ask }: Pair): Promise<void> {
  const life = await run()
  await life.waitUntilServing()
  await life.waitForRow(await master.insert())
  await stop(life, agentHost)
  const [first] = await master.sql('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name')
  const file = join(master.dataDir, 'pg_wal', String(first?.name))
  await waitFor(`${file} to be removed`, async () => {
    await master.insert()
    await master.sql('SELECT pg_switch_wal()')
    await master.sql('CHECKPOINT')
    return !existsSync(file)
  })
  for (const _ of ['once', 'again']) {
    const next = await run()
    await next.waitForRow(await master.insert())
    expect(next.log()).not.toMatch(/no longer has the WAL segment/)
    expect(next.serverLog()).toMatch(/restored log file/)
    expect(await ask('health')).toBe('yes')
    await stop(next, agentHost)
  }
}

/** A slot of the master that is made for a failover comes to be here, and outlives its first use there. */
export async function liveWithSlots({ master, agentHost, run }: Pair): Promise<void> {
  appendFileSync(
    join(master.dataDir, 'pg_hba.conf'),
    ['', 'host postgres replicator samenet scram-sha-256', ''].join('\n'),
  )
  await master.sql('SELECT pg_reload_conf()')
  await master.sql("SELECT pg_create_logical_replication_slot('kept', 'test_decoding', false, false, true)")
  const life = await run()
  await life.waitForRow(await master.insert())
  await waitFor(
    () => `the slot to be kept here; the log of the server: ${life.serverLog().slice(-2_000)}`,
    async () => {
      // It is kept from where both can read the WAL, so the slot must get on.
      await master.sql('SELECT pg_log_standby_snapshot()')
      await master.sql("SELECT pg_replication_slot_advance('kept', pg_current_wal_flush_lsn())")
      const kept = 'SELECT slot_name FROM pg_replication_slots WHERE synced AND NOT temporary'
      return (await life.sql(kept)).some(({ slot_name: name }) => name === 'kept')
    },
  )
  await stop(life, agentHost)
}

/** A slot that the master took, or gave up, is made anew where that is known, and the replica streams by it, without a copy. */
export async function liveWithoutSlot({ master, agentHost, run }: Pair, major: number): Promise<void> {
  const life = await run()
  await life.waitForRow(await master.insert())
  const [slot] = await master.sql('SELECT slot_name AS name FROM pg_replication_slots WHERE NOT temporary')
  const name = String(slot?.name)
  const status = async () => {
    const [row] = await master.sql(`SELECT wal_status FROM pg_replication_slots WHERE slot_name = '${name}'`)
    return row?.wal_status
  }
  const set = async (line: string) => {
    await master.sql(`ALTER SYSTEM SET ${line}`)
    await master.sql('SELECT pg_reload_conf()')
  }
  const clones = master.clones()
  await master.sql("SELECT pg_create_physical_replication_slot('old', true)")
  for (let round = 0; round < 4; round++) {
    await life.waitForRow(await master.insert())
    await master.sql('SELECT pg_switch_wal()')
  }
  await life.waitForRow(await master.insert())
  await stop(life, agentHost)
  // It gets a slot that is far behind, of which the master takes the WAL; what comes next for the replica is there.
  await waitFor('the drop of the slot', () => master.sql(`SELECT pg_drop_replication_slot('${name}')`))
  await master.sql(`SELECT pg_copy_physical_replication_slot('old', '${name}')`)
  await set("max_slot_wal_keep_size = '16MB'")
  await waitFor('the slot to be lost', async () => {
    await master.sql('CHECKPOINT')
    return (await status()) === 'lost'
  })
  const again = await run()
  await again.waitForRow(await master.insert())
  const anew = new RegExp(`slot ${name} was invalid: created again`)
  if (major >= 15) expect(again.log()).toMatch(anew)
  expect(await status()).toBe('reserved')
  await stop(again, agentHost)

  if (major >= 18) {
    const giveUp = () =>
      waitFor('the slot to be given up', async () => {
        await master.sql('CHECKPOINT')
        const given = "SELECT 1 FROM pg_replication_slots WHERE invalidation_reason = 'idle_timeout'"
        return (await master.sql(given)).length === 1
      })
    await set("idle_replication_slot_timeout = '1s'")
    await giveUp()
    const third = await run()
    await third.waitForRow(await master.insert())
    expect(third.log()).toMatch(anew)
    expect(await status()).toBe('reserved')

    // While it serves.
    const told = third.log().length
    await master.sql('ALTER ROLE replicator NOLOGIN')
    await master.sql('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active')
    await giveUp()
    await master.sql('ALTER ROLE replicator LOGIN')
    await third.waitForRow(await master.insert())
    expect(third.log().slice(told)).toMatch(anew)
    expect(await status()).toBe('reserved')
    await stop(third, agentHost)

    // A good one is asked, and nobody is told of an error.
    await set('idle_replication_slot_timeout = 0')
    const words = master.log().length
    const fourth = await run()
    await fourth.waitForRow(await master.insert())
    expect(fourth.log()).not.toMatch(/replication slot/)
    expect(master.log().slice(words)).not.toMatch(/(ERROR|FATAL): /)
    await stop(fourth, agentHost)
  }
  expect(master.clones()).toBe(clones)
}

export async function stop(life: Agent, host: LabHost, whom: 'script' | 'tree' = 'script'): Promise<void> {
  life.terminate('SIGTERM', whom)
  expect(await life.exit, life.log()).toBe(0)
  expect(life.log()).toMatch(/PostgreSQL shut down cleanly/)
  await waitFor(
    () =>
      `the end of ${host
        .processes()
        .map(({ args }) => args)
        .join('; ')}`,
    () => host.processes().length === 0,
  )
}

/** A server beside the master, made of a copy of its data. */
export interface Second {
  start(): Promise<void>
  promote(): Promise<void>
  stop(): Promise<void>
}

/** Copies the data of the master, which is down, for a standby of it on the second port; nothing of it runs yet. */
export async function openSecond(space: Space, pair: Pair, major: number): Promise<Second> {
  const { master, masterHost, second } = pair
  const data = join(space.dir, `second-${second}`)
  cpSync(master.dataDir, data, { recursive: true, preserveTimestamps: true })
  writeFileSync(join(data, major < 12 ? 'recovery.conf' : 'standby.signal'), '')
  const source = `primary_conninfo = 'host=127.0.0.1 port=${master.port} user=postgres'`
  appendFileSync(
    join(data, major < 12 ? 'recovery.conf' : 'postgresql.auto.conf'),
    `${major < 12 ? "standby_mode = 'on'\n" : ''}${source}\n`,
  )
  appendFileSync(join(data, 'pg_hba.conf'), 'host replication postgres 127.0.0.1/32 trust\n')
  await execa('chown', ['-R', `${masterHost.user.uid}:${masterHost.user.gid}`, data])

  const bin = `/usr/lib/postgresql/${major}/bin`
  const set = [
    `port=${second}`,
    `listen_addresses=127.0.0.1,${masterHost.address}`,
    'unix_socket_directories=',
    'log_replication_commands=on',
  ]
  const log = `${data}.log`
  const words = [...masterHost.words, ...become(masterHost.user)]
  let server: Launched | undefined
  const lives = async () => (await query(second, 'SELECT 1')).length === 1
  return {
    start: async () => {
      server = launch({
        words: [...words, `${bin}/postgres`, '-D', data, ...set.flatMap((one) => ['-c', one])],
        ...{ cwd: space.dir, env: {}, stdout: log, stderr: log },
      })
      await masterHost.expose(second)
      await waitFor(
        () => `the second server; its log ends: ${readFileSync(log, 'utf8').slice(-1_000)}`,
        lives,
      )
    },
    promote: async () => {
      // pg_promote() came with 12.
      const promote = [...words, `${bin}/pg_ctl`, 'promote', '-D', data]
      await execa(promote[0] ?? '', promote.slice(1), { cwd: space.dir })
      await waitFor('the second server to be the master', async () => {
        const [row] = await query(second, 'SELECT pg_is_in_recovery() AS yes')
        return row?.yes === false
      })
    },
    stop: async () => {
      if (server === undefined) return
      signal(await childOf(server), 'SIGINT')
      await server.exit
    },
  }
}

/**
 * A standby beside the master, made of a copy of it, becomes the master when the old one ends; a replica that knows
 * both goes on with it, without a new copy.
 */
export async function followPromoted(space: Space, pair: Pair, major: number): Promise<void> {
  const { master, second } = pair
  const life = await pair.run()
  await life.waitForRow(await master.insert())
  await master.stop()
  const next = await openSecond(space, pair, major)
  appendFileSync(join(master.dataDir, 'pg_hba.conf'), 'host replication postgres 127.0.0.1/32 trust\n')
  await master.start()
  await next.start()
  const row = await master.insert()
  await waitFor('the second server to have what the master has', async () => {
    return (await query(second, 'SELECT 1 FROM rows WHERE body = $1', [row])).length === 1
  })
  await master.stop()
  await next.promote()
  const body = `of the promoted one ${second}`
  await query(second, 'INSERT INTO rows (body) VALUES ($1)', [body])
  await life.waitForRow(body)
  expect(life.log()).toMatch(/cloned|reusing/)
  await stop(life, pair.agentHost, 'tree')
  await next.stop()
}
