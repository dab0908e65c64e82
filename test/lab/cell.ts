import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { ReplicaInput } from '../../generator/compile/model.js'
import { type Agent, runAgent } from '../pair/harness/agent.js'
import { printedFiles, startConfigServer } from '../pair/harness/config-server.js'
import { contractFor, type Environment } from '../pair/harness/contract.js'
import { become } from '../pair/harness/identity.js'
import { childOf, launch } from '../pair/harness/launch.js'
import { type Master, startMaster } from '../pair/harness/master.js'
import { makeNetwork } from '../pair/harness/network.js'
import { writePassfile } from '../pair/harness/passfile.js'
import { signal } from '../pair/harness/processes.js'
import { query } from '../pair/harness/query.js'
import { pickPort, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { type HostOptions, type LabHost, openHost, rootFor, serverOf } from './host.js'

/** One combination of what an agent may be; what is left out is as in the lab's bookworm root. */
export interface Cell {
  readonly major: number
  /** What the agent differs in from the master's host. */
  readonly agent?: Partial<HostOptions>
  readonly env?: Environment
  /** The task is started as this user of the agent; default root. */
  readonly user?: 'root' | 'postgres'
  /** The master keeps its configuration elsewhere, so that the agent has to fetch one. */
  readonly isServed?: boolean
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
  /** Another server becomes the master at the end. */
  readonly isFollowing?: boolean
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
  ask(what: 'health' | 'ready' | 'preflight'): Promise<string>
}

/** What the two hosts of a cell are made of. */
export function hostsOf({ major, agent }: Pick<Cell, 'major' | 'agent'>) {
  const own = serverOf(major)
  const master: HostOptions = { root: rootFor(major), servers: own === undefined ? [] : [own] }
  return { master, agent: { ...master, ...agent } }
}

export async function openPair(space: Space, cell: Cell): Promise<Pair> {
  const { major } = cell
  const hosts = hostsOf(cell)
  const network = await makeNetwork(space)
  const masterHost = await openHost(space, network.master, hosts.master)
  const agentHost = await openHost(space, network.replica, hosts.agent)
  const layout = cell.isServed ? 'debian' : 'initdb'
  const master = await startMaster(space, { host: masterHost, major, layout })
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
  const served = cell.isServed ? await startConfigServer(space, printedFiles, network.master) : undefined
  const { address } = masterHost
  await agentHost.expose(port)
  const env = contractFor(space, master, {
    POSTGRES_MASTER: cell.isFollowing ? `${address}:${master.port},${address}:${second}` : address,
    ...(served ? { CONFIG_URL: served.url } : {}),
    RUN_USER: 'postgres',
    PGPASSFILE: writePassfile(join(space.dir, `passfile-${port}`), agentHost.user),
    ...cell.env,
  })
  let sandbox: string | undefined
  const start = async (args: readonly string[]): Promise<Agent> => {
    const life = await runAgent(space, {
      ...{ env, port, script: cell.script, args, host: agentHost, ownLog: true },
      ...(cell.user === 'postgres' ? { user: agentHost.user } : {}),
      ...(sandbox === undefined ? {} : { sandbox }),
    })
    sandbox = life.sandbox
    return life
  }
  return {
    master,
    masterHost,
    agentHost,
    port,
    second,
    run: (...args) => start(args),
    ask: async (what) => {
      const asked = await start([what])
      const code = await asked.exit
      return code === 0 ? 'yes' : `${code}: ${asked.log()}`
    },
  }
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

/**
 * A standby beside the master, made of a copy of it, becomes the master when the old one ends; a replica that knows
 * both goes on with it, without a new copy.
 */
export async function followPromoted(space: Space, pair: Pair, major: number): Promise<void> {
  const { master, masterHost, second } = pair
  const life = await pair.run()
  await life.waitForRow(await master.insert())
  await master.stop()
  const data = join(space.dir, `second-${second}`)
  cpSync(master.dataDir, data, { recursive: true, preserveTimestamps: true })
  writeFileSync(join(data, major < 12 ? 'recovery.conf' : 'standby.signal'), '')
  const source = `primary_conninfo = 'host=127.0.0.1 port=${master.port} user=postgres'`
  appendFileSync(
    join(data, major < 12 ? 'recovery.conf' : 'postgresql.auto.conf'),
    `${major < 12 ? "standby_mode = 'on'\n" : ''}${source}\n`,
  )
  appendFileSync(join(data, 'pg_hba.conf'), 'host replication postgres 127.0.0.1/32 trust\n')
  appendFileSync(join(master.dataDir, 'pg_hba.conf'), 'host replication postgres 127.0.0.1/32 trust\n')
  await execa('chown', ['-R', `${masterHost.user.uid}:${masterHost.user.gid}`, data])
  await master.start()

  const bin = `/usr/lib/postgresql/${major}/bin`
  const set = [
    `port=${second}`,
    `listen_addresses=127.0.0.1,${masterHost.address}`,
    'unix_socket_directories=',
  ]
  const log = `${data}.log`
  const words = [...masterHost.words, ...become(masterHost.user)]
  const server = launch({
    words: [...words, `${bin}/postgres`, '-D', data, ...set.flatMap((one) => ['-c', one])],
    ...{ cwd: space.dir, env: {}, stdout: log, stderr: log },
  })
  await masterHost.expose(second)
  const row = await master.insert()
  const has = async (port: number, body: string) =>
    (await query(port, 'SELECT 1 FROM rows WHERE body = $1', [body])).length === 1
  await waitFor(
    () => `the second server; its log ends: ${readFileSync(log, 'utf8').slice(-1_000)}`,
    () => has(second, row),
  )
  await master.stop()
  // pg_promote() came with 12.
  const promote = [...words, `${bin}/pg_ctl`, 'promote', '-D', data]
  await execa(promote[0] ?? '', promote.slice(1), { cwd: space.dir })
  const body = `of the promoted one ${second}`
  await waitFor('the second server to be the master', async () => {
    await query(second, 'INSERT INTO rows (body) VALUES ($1)', [body])
    return true
  })
  await life.waitForRow(body)
  expect(life.log()).toMatch(/cloned|reusing/)
  await stop(life, pair.agentHost, 'tree')
  signal(await childOf(server), 'SIGINT')
  await server.exit
}
