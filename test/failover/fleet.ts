import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { serverBin } from '../pair/harness/capability.js'
import { become, chownTo, serverUser } from '../pair/harness/identity.js'
import { type Launched, launch } from '../pair/harness/launch.js'
import { startMaster } from '../pair/harness/master.js'
import { type Host, makeSwitch } from '../pair/harness/network.js'
import { writePassfile } from '../pair/harness/passfile.js'
import { descendantsOf, freeze, signal } from '../pair/harness/processes.js'
import { query, type Row } from '../pair/harness/query.js'
import { pickPort, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'

/** One database server on a host of its own: a master, a standby, or an old master that does not know it yet. */
export interface Node {
  readonly name: string
  readonly dataDir: string
  readonly host: Host
  isUp(): boolean
  isFrozen(): boolean
  sql(text: string): Promise<Row[]>
  /** A row of which the text is given, and as many WAL files. */
  write(files?: number): Promise<string>
  start(): Promise<void>
  /** Makes it a standby of that one, by a copy of its own. */
  rebuild(of: Node): Promise<void>
  promote(): Promise<void>
  /** As a host that loses its power. */
  crash(): Promise<void>
  stop(): Promise<void>
  freeze(): void
  thaw(): void
  setLink(state: 'up' | 'down'): Promise<void>
  /** It gets another address, and only the name service knows. */
  move(): Promise<void>
}

/** Servers of one cluster, and hosts for replicas, on one switch. All know all by name. */
export interface Fleet {
  readonly port: number
  readonly nodes: readonly Node[]
  readonly homes: readonly Host[]
  /** What is put over /etc/hosts. */
  readonly names: string
  readonly passfile: string
}

const settings = [
  ...['listen_addresses=*', 'unix_socket_directories=', 'external_pid_file=', 'logging_collector=off'],
  ...['fsync=off', 'hot_standby=on', 'wal_receiver_timeout=5s', 'wal_sender_timeout=5s'],
  ...['wal_retrieve_retry_interval=500ms', 'max_wal_senders=20', 'max_wal_size=8MB', 'min_wal_size=2MB'],
]

/** The first server is the master, the others follow it. They keep so much WAL. */
export async function makeFleet(
  space: Space,
  { servers, replicas, keep }: { readonly servers: number; readonly replicas: number; readonly keep: string },
): Promise<Fleet> {
  const hosts = await makeSwitch(space, servers + replicas)
  const port = await pickPort()
  const passfile = writePassfile(join(space.dir, `fleet-${port}`), serverUser())
  const names = join(space.dir, `hosts-${port}`)
  const addresses = new Map<string, string>()
  const tell = () => {
    const lines = [...addresses].map(([name, address]) => `${address} ${name}`)
    writeFileSync(names, `${['127.0.0.1 localhost', ...lines].join('\n')}\n`)
    chmodSync(names, 0o644)
  }
  const home = (at: number) => hosts[at] as Host
  const first = await startMaster(space, {
    host: home(0),
    port,
    smallSegments: true,
    hba: [
      'local all all trust',
      'host all postgres all trust',
      'host replication replicator all scram-sha-256',
    ],
    options: ['listen_addresses=*'],
  })
  await first.stop()

  const makeNode = (at: number): Node => {
    const host = home(at)
    const name = `pg${at + 1}`
    const dataDir = at === 0 ? first.dataDir : join(space.dir, `${name}-${port}`, 'data')
    const log = join(space.dir, `${name}-${port}.log`)
    const user = become(serverUser())
    let near: number | undefined
    let child: Launched | undefined
    let frozen = false
    let moves = 0
    addresses.set(name, host.address)
    const run = async (...words: string[]) => {
      const all = [...host.words, ...user, ...words]
      await execa(all[0] ?? '', all.slice(1), { cwd: '/', stdin: 'ignore' })
    }
    const pids = () =>
      child === undefined ? [] : [child.pid, ...descendantsOf(child.pid).map(({ pid }) => pid)]
    const node: Node = {
      name,
      dataDir,
      host,
      isUp: () => child !== undefined,
      isFrozen: () => frozen,
      sql: async (text) => {
        near = near ?? (await host.expose(port))
        return query(near, text)
      },
      write: async (files = 0) => {
        const [row] = await node.sql('INSERT INTO rows (body) VALUES (md5(random()::text)) RETURNING body')
        for (let file = 0; file < files; file += 1) {
          await node.sql('SELECT pg_switch_wal()')
          await node.sql('INSERT INTO rows (body) VALUES (md5(random()::text))')
        }
        if (files > 0) await node.sql('CHECKPOINT')
        return String(row?.body)
      },
      start: async () => {
        const set = [...settings, `port=${port}`, `wal_keep_size=${keep}`].flatMap((one) => ['-c', one])
        const words = [...host.words, ...user, `${serverBin}/postgres`, '-D', dataDir, ...set]
        const env = { PATH: process.env.PATH ?? '' }
        const launched = launch({ words, cwd: '/', env, stdout: log, stderr: log })
        child = launched
        void launched.exit.then(() => {
          if (child === launched) child = undefined
        })
        await waitFor(`${name} to answer`, async () => {
          if (child === undefined) throw new Error('it ended')
          return node.sql('SELECT 1')
        })
      },
      rebuild: async (of) => {
        await node.crash()
        rmSync(dataDir, { recursive: true, force: true })
        mkdirSync(join(dataDir, '..'), { recursive: true })
        chmodSync(join(dataDir, '..'), 0o755)
        chownTo(join(dataDir, '..'), serverUser())
        // The name service of this machine knows nothing of theirs.
        const conninfo = `host=${addresses.get(of.name)} port=${port} user=replicator passfile=${passfile}`
        await run(
          `${serverBin}/pg_basebackup`,
          '-D',
          dataDir,
          '-d',
          conninfo,
          '-c',
          'fast',
          '-R',
          '--no-sync',
        )
        await node.start()
      },
      promote: () => run(`${serverBin}/pg_ctl`, '-D', dataDir, '-s', '-w', '-t', '180', 'promote'),
      crash: async () => {
        const gone = child
        for (const pid of pids()) signal(pid, 'SIGKILL')
        frozen = false
        await gone?.exit
      },
      stop: async () => {
        node.thaw()
        const gone = child
        if (gone) signal(gone.pid, 'SIGINT')
        await gone?.exit
      },
      freeze: () => {
        frozen = true
        if (child) freeze([child.pid])
        freeze(pids().slice(1))
      },
      thaw: () => {
        frozen = false
        for (const pid of pids()) signal(pid, 'SIGCONT')
      },
      setLink: async (state) => host.setLink?.(state),
      move: async () => {
        moves += 1
        const old = addresses.get(name) ?? ''
        const next = `10.77.0.${moves * 50 + at + 1}`
        const ip = async (...words: string[]) => {
          const all = [...host.words, 'ip', ...words]
          await execa(all[0] ?? '', all.slice(1))
        }
        await ip('address', 'delete', `${old}/24`, 'dev', 'eth0')
        await ip('address', 'add', `${next}/24`, 'dev', 'eth0')
        addresses.set(name, next)
        tell()
      },
    }
    space.track(() => node.crash())
    return node
  }
  const nodes = Array.from({ length: servers }, (_, at) => makeNode(at))
  const [master, ...standbys] = nodes
  if (master === undefined) throw new Error('a fleet has servers')
  tell()
  await master.start()
  for (const one of standbys) await one.rebuild(master)
  return { port, nodes, homes: hosts.slice(servers), names, passfile }
}
