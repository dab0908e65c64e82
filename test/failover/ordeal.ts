import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { expect } from 'vitest'
import { type Agent, expectNoProcesses, runAgent } from '../pair/harness/agent.js'
import { buildScript } from '../pair/harness/build-script.js'
import { serverBin } from '../pair/harness/capability.js'
import { contractFor } from '../pair/harness/contract.js'
import type { Host } from '../pair/harness/network.js'
import { killTree } from '../pair/harness/processes.js'
import { query } from '../pair/harness/query.js'
import { pickPort, type Space } from '../pair/harness/space.js'
import { makeVolume } from '../pair/harness/volume.js'
import { waitFor } from '../pair/harness/wait.js'
import type { Blow, Draw } from './draw.js'
import { type Fleet, makeFleet, type Node } from './fleet.js'

export interface Outcome {
  readonly struck: readonly Blow[]
  /** How each replica ended: it follows the right master, or refuses to, rightly. */
  readonly ends: readonly ('follows' | 'refuses')[]
}

/** What a supervisor does: runs the task again whenever it ends, on the same volume. */
interface Replica {
  readonly name: string
  readonly policy: 'fail' | 'reclone'
  readonly host: Host
  readonly near: number
  life: Agent | undefined
  over: number | undefined
  readonly logs: string[]
  run(): Promise<void>
  ask(what: 'ready'): Promise<string>
}

/** One fleet through all blows of a draw. Throws where a replica ends neither behind the right master nor rightly. */
export async function undergo(space: Space, drawn: Draw): Promise<Outcome> {
  const fleet = await makeFleet(space, {
    servers: drawn.servers,
    replicas: 2,
    keep: drawn.forgets ? '0' : '256MB',
  })
  const replicas: Replica[] = []
  for (const [at, policy] of drawn.policies.entries()) {
    replicas.push(await makeReplica(space, fleet, drawn, at, policy))
  }
  const [first] = fleet.nodes
  if (first === undefined) throw new Error('a fleet has servers')
  const house = { fleet, replicas, rightful: first, standbys: new Set(fleet.nodes.slice(1)) }
  const struck: string[] = []
  try {
    for (const replica of replicas) await replica.run()
    const row = await first.write()
    for (const replica of replicas) await hasRow(replica, row)
    for (const { blow, at, pause } of drawn.blows) {
      const what = await deal(house, blow, at)
      if (what !== undefined) struck.push(`${blow}: ${what}`)
      await sleep(pause)
      await expectNoMaster(replicas)
      for (const replica of replicas) await supervise(replica)
    }
    await heal(house)
    const ends: ('follows' | 'refuses')[] = []
    const last = await house.rightful.write()
    for (const replica of replicas) ends.push(await settle(house.rightful, replica, last))
    await expectNoMaster(replicas)
    for (const [at, replica] of replicas.entries()) {
      if (ends[at] === 'refuses') continue
      expect(await rowsOf(replica.near)).toEqual(await rowsOf(house.rightful))
      replica.life?.terminate('SIGTERM', 'script')
      expect(await replica.life?.exit).toBe(0)
      if (replica.life) expectNoProcesses(replica.life)
    }
    return { struck: struck.map((one) => one.split(':')[0] as Blow), ends }
  } catch (error) {
    const logs = replicas.map(({ name, policy, logs, life }) =>
      [`${name} (${policy}):`, ...logs, life?.log() ?? '', tailOf(life)].join('\n'),
    )
    throw new Error(
      `run ${JSON.stringify(drawn)}\nstruck: ${struck.join('; ')}\nrightful: ${house.rightful.name}\n${String(error)}\n${logs.join('\n')}`,
    )
  } finally {
    for (const { life } of replicas) if (life) killTree(life.pid, 'SIGKILL')
    for (const node of fleet.nodes) await node.crash()
  }
}

/** Without what we ask by its addresses ourselves. */
function tailOf(life: Agent | undefined): string {
  const lines = (life?.serverLog() ?? '').split('\n').filter((line) => !line.includes('no pg_hba.conf entry'))
  return lines.slice(-60).join('\n')
}

interface House {
  readonly fleet: Fleet
  readonly replicas: readonly Replica[]
  rightful: Node
  /** Those that follow the rightful one, and may be promoted. */
  readonly standbys: Set<Node>
}

async function makeReplica(
  space: Space,
  fleet: Fleet,
  drawn: Draw,
  at: number,
  policy: Replica['policy'],
): Promise<Replica> {
  const host = fleet.homes[at]
  if (host === undefined) throw new Error('no host for it')
  const port = await pickPort()
  const volume = makeVolume(space)
  const script = buildScript(space, {
    run: {
      watchInterval: 1,
      staleLimit: 5,
      onCollation: 'ignore',
      onDiverged: policy,
      slot: drawn.slots ? 'permanent' : 'none',
    },
    task: { volume: '10GiB' },
    postgresql: { majors: [15] },
    // In the end it must stream from the right one.
    ready: { by: 'master' },
  })
  const hosts = drawn.order.map((index) => `pg${index + 1}`).join(',')
  const env = contractFor(
    space,
    { port: fleet.port },
    { POSTGRES_MASTER: hosts, PGDATA_DIR: volume, PGPASSFILE: fleet.passfile },
  )
  const options = { script, env, port, host, mounts: [{ from: fleet.names, over: '/etc/hosts' }] }
  const replica: Replica = {
    name: `replica ${at + 1}`,
    policy,
    host,
    near: await host.expose(port),
    life: undefined,
    over: undefined,
    logs: [],
    run: async () => {
      if (replica.life) replica.logs.push(replica.life.log())
      replica.over = undefined
      const life = await runAgent(space, options)
      replica.life = life
      void life.exit.then((code) => {
        if (replica.life === life) replica.over = code
      })
    },
    ask: async (what) => {
      const sandbox = replica.life?.sandbox ?? ''
      const asked = await runAgent(space, { ...options, sandbox, args: [what], ownLog: true })
      const code = await asked.exit
      return code === 0 ? '' : `${code}: ${asked.log()}`
    },
  }
  return replica
}

async function hasRow({ near, life, over }: Replica, row: string): Promise<void> {
  await waitFor(
    () => `the row ${row}; ${life?.log()}`,
    async () => {
      if (over !== undefined) throw new Error(`it ended with ${over}`)
      const rows = await query(near, 'SELECT 1 FROM rows WHERE body = $1', [row])
      return rows.length === 1
    },
  )
}

const rowsOf = async (where: number | Node) => {
  const text = 'SELECT id, body FROM rows ORDER BY id'
  return typeof where === 'number' ? query(where, text) : where.sql(text)
}

/** Gives what it fell upon, or nothing where there was nothing of that kind. */
async function deal(house: House, blow: Blow, at: number): Promise<string | undefined> {
  const { fleet, replicas, rightful } = house
  const replica = replicas[at % replicas.length]
  const node = fleet.nodes[at % fleet.nodes.length]
  if (replica === undefined || node === undefined) throw new Error('no fleet')
  const others = fleet.nodes.filter((one) => one !== rightful)
  const writable = rightful.isUp() && !rightful.isFrozen()
  switch (blow) {
    case 'write':
      if (!writable) return undefined
      await rightful.write()
      return rightful.name
    case 'forget WAL':
      if (!writable) return undefined
      await rightful.write(6)
      return rightful.name
    case 'crash, promote':
      return promote(house, at, () => rightful.crash())
    case 'stop, promote':
      return promote(house, at, () => rightful.stop())
    case 'isolate, promote':
      return promote(house, at, () => rightful.setLink('down'))
    case 'split, promote':
      return promote(
        house,
        at,
        async () => undefined,
        async () => {
          if (writable) await rightful.write()
        },
      )
    case 'crash, start':
      await rightful.crash()
      await rightful.start()
      return rightful.name
    case 'old one returns': {
      const old = others.find((one) => !one.isUp() && !house.standbys.has(one))
      if (old === undefined) return undefined
      await old.start()
      await old.setLink('up')
      return old.name
    }
    case 'rebuild': {
      const old = others.find((one) => !house.standbys.has(one))
      if (old === undefined) return undefined
      if (!rightful.isUp()) await rightful.start()
      rightful.thaw()
      await rightful.setLink('up')
      await old.setLink('up')
      await old.rebuild(rightful)
      house.standbys.add(old)
      return old.name
    }
    case 'freeze':
      if (!node.isUp()) return undefined
      node.freeze()
      return node.name
    case 'thaw':
      for (const one of fleet.nodes) one.thaw()
      return 'all'
    case 'cut replica':
      await replica.host.setLink?.('down')
      return replica.name
    case 'join replica':
      await replica.host.setLink?.('up')
      return replica.name
    case 'cut server':
      await node.setLink('down')
      return node.name
    case 'join server':
      await node.setLink('up')
      return node.name
    case 'kill replica':
      await replica.life?.kill()
      return replica.name
    case 'restart replica':
      if (replica.over === undefined) replica.life?.terminate('SIGTERM', 'script')
      await replica.life?.exit
      return replica.name
    case 'move':
      await node.move()
      return node.name
  }
}

/** A standby of the right master becomes the right master; the others lose whom they followed. */
async function promote(
  house: House,
  at: number,
  before: () => Promise<void> | void,
  after: () => Promise<void> = async () => undefined,
): Promise<string | undefined> {
  const candidates = [...house.standbys].filter((one) => one.isUp())
  const heir = candidates[at % Math.max(candidates.length, 1)]
  if (heir === undefined) return undefined
  const old = house.rightful
  heir.thaw()
  await before()
  await heir.promote()
  for (const other of house.standbys) if (other !== heir) await other.crash()
  house.standbys.clear()
  house.rightful = heir
  await after()
  await heir.write()
  return `${old.name} to ${heir.name}`
}

async function expectNoMaster(replicas: readonly Replica[]): Promise<void> {
  for (const { name, near } of replicas) {
    const answer = await query(near, 'SELECT pg_is_in_recovery() AS yes').catch(() => undefined)
    if (answer?.[0]?.yes === false) throw new Error(`${name} takes writes`)
  }
}

/** Ended by us, refused by the policy, or to be tried again. */
const known = new Set([0, 65, 69, 75, 137, 143])

async function supervise(replica: Replica): Promise<void> {
  if (replica.over === undefined) return
  if (!known.has(replica.over)) throw new Error(`${replica.name} ended with ${replica.over}`)
  await replica.run()
}

/** Everybody wakes up, and can be reached. Whoever thinks that he is a master still, still does. */
async function heal({ fleet, replicas, rightful }: House): Promise<void> {
  for (const node of fleet.nodes) {
    node.thaw()
    await node.setLink('up')
  }
  for (const { host } of replicas) await host.setLink?.('up')
  if (!rightful.isUp()) await rightful.start()
}

async function settle(rightful: Node, replica: Replica, row: string): Promise<'follows' | 'refuses'> {
  return waitFor(
    () => `${replica.name} to follow ${rightful.name} or to refuse`,
    async () => {
      if (replica.over === 65) {
        const why = await faultOf(rightful, replica)
        if (why !== undefined) throw new Wrong(why)
        return 'refuses'
      }
      await supervise(replica)
      const rows = await query(replica.near, 'SELECT 1 FROM rows WHERE body = $1', [row])
      if (rows.length === 0) return false
      const words = await replica.ask('ready')
      if (words !== '') throw new Error(words)
      return 'follows'
    },
    300_000,
  )
}

class Wrong extends Error {}

/** Why a refusal is not right, by what both have on disk; undefined when it is. */
async function faultOf(rightful: Node, { life }: Replica): Promise<string | undefined> {
  const log = life?.log() ?? ''
  const dataDir = life?.dataDir ?? ''
  const gone = /no longer has the WAL segment (\w{24})/.exec(log)?.[1]
  if (log.includes('WAL_GONE') && gone !== undefined) {
    return existsSync(join(rightful.dataDir, 'pg_wal', gone)) ? `${gone} is there` : undefined
  }
  const left = /WAL of timeline (\d+) beyond ([0-9A-F/]+), where/.exec(log)
  if (!log.includes('DATA_DIVERGED') || left === null) return `it refuses for another reason: ${log}`
  const [, timeline = '', lsn = ''] = left
  const [now] = await rightful.sql('SELECT timeline_id AS id FROM pg_control_checkpoint()')
  const name = Number(now?.id).toString(16).toUpperCase().padStart(8, '0')
  const history = readFileSync(join(rightful.dataDir, `pg_wal/${name}.history`), 'utf8')
  if (!new RegExp(`^${timeline}\\t${lsn}\\t`, 'm').test(history)) return `${lsn} is no fork: ${history}`
  // It was consistent behind the fork only, or has a record there, on the timeline that was left.
  const control = await execa(`${serverBin}/pg_controldata`, ['-D', dataDir], { env: { LC_ALL: 'C' } })
  const ending = /Minimum recovery ending location: +([0-9A-F/]+)/.exec(control.stdout)?.[1] ?? '0/0'
  if (numberOf(ending) > numberOf(lsn)) return undefined
  const dump = await execa(
    `${serverBin}/pg_waldump`,
    ['-p', join(dataDir, 'pg_wal'), '-t', timeline, '-s', lsn, '-n', '1'],
    { reject: false },
  )
  return dump.exitCode === 0
    ? undefined
    : `nothing of ours is behind ${lsn}: ${dump.stderr}; ${control.stdout}`
}

const numberOf = (lsn: string) => {
  const [high = '0', low = '0'] = lsn.split('/')
  return (BigInt(`0x${high}`) << 32n) + BigInt(`0x${low}`)
}
