import { appendFileSync, chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, type AgentOptions, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Heir, startHeir } from './harness/heir.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { writePassfile } from './harness/passfile.js'
import { openRelay } from './harness/relay.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
const scripts = { fail: '', reclone: '', slot: '', cascade: '' }
beforeAll(() => {
  space = openSpace()
  scripts.fail = buildQuickScript(space)
  scripts.reclone = buildQuickScript(space, { onDiverged: 'reclone' })
  scripts.slot = buildQuickScript(space, { slot: 'permanent' })
  scripts.cascade = buildQuickScript(space, { from: 'replica' })
})
afterAll(() => space.close())

type Policy = keyof typeof scripts
interface Server {
  readonly port: number
}

interface Replica extends Agent {
  ask(what: 'ready' | 'health'): Promise<{ readonly code: number; readonly words: string }>
  /** Stops it, and runs it again; the hosts may be others by then. */
  again(hosts?: readonly Server[]): Promise<Replica>
  end(): Promise<void>
}

/** A replica that knows the servers in this order, each by its port on 127.0.0.1. */
async function begin(
  hosts: readonly Server[],
  policy: Policy = 'fail',
  options: Partial<AgentOptions> = {},
): Promise<Replica> {
  const [first = { port: 1 }] = hosts
  const list = hosts.map(({ port }) => `127.0.0.1:${port}`).join(',')
  const env = contractFor(space, first, { POSTGRES_MASTER: list, ...options.env })
  const script = scripts[policy]
  const { env: _, ...rest } = options
  const agent = await runAgent(space, { script, ...rest, env })
  const { sandbox, port } = agent
  return {
    ...agent,
    ask: async (what) => {
      const asked = await runAgent(space, { script, ...rest, env, sandbox, port, args: [what], ownLog: true })
      return { code: await asked.exit, words: asked.log() }
    },
    again: (others = hosts) => begin(others, policy, { ...options, sandbox, port }),
    end: async () => {
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
    },
  }
}

const becomes = (replica: Replica, code: number, words = /(?:)/) =>
  waitFor(`ready to be ${code}, with ${words}`, async () => {
    const answer = await replica.ask('ready')
    if (answer.code !== code || !words.test(answer.words)) throw new Error(JSON.stringify(answer))
    return true
  })

/** A master and a stopped replica of it, whose data may become the heir's. */
async function makeHouse(options: Parameters<typeof startMaster>[1] = {}): Promise<{
  readonly master: Master
  readonly next: Replica
}> {
  const master = await startMaster(space, options)
  const next = await begin([master])
  await next.waitForRow(await master.insert())
  await next.end()
  return { master, next }
}

/** Its data runs as a standby of the master, as it may be anywhere. */
async function startStandby(master: Master, next: Replica): Promise<Heir> {
  const passfile = writePassfile(join(space.dir, 'heirs'), serverUser())
  const standby = await startHeir(space, next, [
    `primary_conninfo=host=127.0.0.1 port=${master.port} user=replicator passfile=${passfile}`,
  ])
  await waitFor('the standby to stream', async () => {
    const [row] = await master.sql(
      "SELECT 1 FROM pg_stat_replication WHERE application_name = 'walreceiver' AND state = 'streaming'",
    )
    return row !== undefined
  })
  return standby
}

/** The heir has all that the master wrote until its end, as whoever else streams from it. */
async function handOver(master: Master, next: Replica): Promise<Heir> {
  const heir = await startStandby(master, next)
  await master.stop()
  await heir.promote()
  return heir
}

describe('a first host', () => {
  testWith([], 'that accepts and stays silent keeps nobody from the master', async () => {
    const master = await startMaster(space)
    const silent = await openRelay(space)
    const replica = await begin([silent, master], 'slot')
    await replica.waitForRow(await master.insert())
    await becomes(replica, 0)
    await replica.end()
    // A missing slot is made, too.
    await master.sql('SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots')
    const next = await replica.again()
    await next.waitForLog(/had no replication slot/)
    await next.waitForRow(await master.insert())
    await becomes(next, 0)
    await next.end()
  })

  testWith([], 'that fell silent while a replica streamed is left for the new master', async () => {
    const { master, next } = await makeHouse()
    const relay = await openRelay(space, master.port)
    const replica = await begin([relay, next])
    await replica.waitForRow(await master.insert())
    const heir = await handOver(master, next)
    // Whoever connects now waits for ever.
    relay.lead(undefined, 'drop')
    const row = await heir.insert()
    await replica.waitForRow(row)
    await becomes(replica, 0)
    await replica.end()
    await heir.stop()
  })

  testWith(['namespace'], 'is each address of a name by itself', async () => {
    const master = await startMaster(space)
    const hosts = join(space.dir, 'hosts')
    writeFileSync(hosts, '127.0.0.1 localhost\n127.0.0.3 db\n127.0.0.1 db\n')
    chmodSync(hosts, 0o644)
    const { lead, port } = await openRelay(space)
    lead(undefined)
    const env = { POSTGRES_MASTER: `db:${port},db:${master.port}` }
    const replica = await begin([master], 'fail', { env, mounts: [{ from: hosts, over: '/etc/hosts' }] })
    await replica.waitForRow(await master.insert())
    expect(replica.log()).toMatch(/master: db:\d+ \(127\.0\.0\.1\)/)
    await becomes(replica, 0)
    await replica.end()
  })

  testWith(['namespace'], 'says so where a name has more addresses than are asked', async () => {
    const master = await startMaster(space)
    const hosts = join(space.dir, 'many')
    const lines = Array.from({ length: 17 }, (_, number) => `127.0.0.${number + 1} db`)
    writeFileSync(hosts, ['127.0.0.1 localhost', ...lines, ''].join('\n'))
    chmodSync(hosts, 0o644)
    const env = { POSTGRES_MASTER: 'db' }
    const mounts = [{ from: hosts, over: '/etc/hosts' }]
    const replica = await begin([master], 'cascade', { env, mounts })
    await replica.waitForRow(await master.insert())
    expect(replica.log()).toMatch(/master: db:\d+ \(127\.0\.0\.1\)/)
    // Its watcher has asked again by then.
    await replica.waitForLog(/hosts of POSTGRES_MASTER: .*127\.0\.0\.16/)
    const told = replica.log().match(/WARN .*db has more than 16 addresses, of which 16 are asked/g)
    expect(told).toHaveLength(1)
    await replica.end()
  })
})

describe('the old master', () => {
  testWith([], 'that comes back, named first, is not followed by anybody', async () => {
    const { master, next } = await makeHouse()
    const replica = await begin([master, next], 'reclone')
    await replica.waitForRow(await master.insert())
    const heir = await handOver(master, next)
    await replica.waitForRow(await heir.insert())
    await master.start()
    await master.insert()

    // One that streams, one that starts again, and one that is new.
    await replica.waitForRow(await heir.insert())
    await becomes(replica, 0)
    await replica.end()
    const again = await replica.again()
    const fresh = await begin([master, next])
    const row = await heir.insert()
    for (const one of [again, fresh]) {
      await one.waitForRow(row)
      await becomes(one, 0)
      expect(one.log()).toMatch(/master: 127.*timeline 2/)
      await one.end()
    }

    // It alone is no master of theirs: what they have is newer, and stays.
    await heir.stop()
    const alone = await again.again()
    await alone.waitForLog(
      /no master was found.*still on timeline 1, but the data here has seen a promotion to timeline 2/,
    )
    await alone.waitForRow(row)
    await becomes(alone, 1, /not ready: only a former master answers/)
    await heir.start()
    await alone.waitForRow(await heir.insert())
    expect(alone.log()).not.toMatch(/cloning again/)
    await alone.end()
    await heir.stop()
  })

  testWith([], 'that goes on beside the new one is left, by whoever can', async () => {
    const { master, next } = await makeHouse()
    const replica = await begin([master, next])
    await replica.waitForRow(await master.insert())
    const informed = await next.again([master])
    await informed.waitForRow(await master.insert())
    await informed.end()
    const heir = await startHeir(space, next)
    await replica.waitForRow(await master.insert())
    await heir.promote()
    // The row above came after the heir had gone: the replica has what the heir has not.
    expect(await replica.exit, replica.log()).toBe(65)
    expect(replica.log()).toMatch(
      /timeline 1 beyond .*, where 127\.0\.0\.1:\d+ left that timeline.*(\n.*)*DATA_DIVERGED/,
    )
    await heir.stop()
    await master.stop()
  })
})

/** The master of before is a standby of the heir from now on. */
async function comeBack(master: Master, heir: Heir): Promise<void> {
  const passfile = writePassfile(join(space.dir, 'former'), serverUser())
  const source = `host=127.0.0.1 port=${heir.port} user=replicator passfile=${passfile}`
  writeFileSync(join(master.dataDir, 'standby.signal'), '')
  appendFileSync(join(master.dataDir, 'postgresql.auto.conf'), `\nprimary_conninfo = '${source}'\n`)
  await master.start()
}

describe('the slot of a replica', () => {
  const slotsOf = (server: Master | Heir) =>
    server.sql('SELECT slot_name AS name, active FROM pg_replication_slots')
  const isGone = (server: Master) =>
    waitFor('no slot to be left', async () => (await slotsOf(server)).length === 0)

  testWith([], 'is not left on a former master that comes back as a standby', async () => {
    const { master, next } = await makeHouse()
    const replica = await begin([master, next], 'slot')
    await replica.waitForRow(await master.insert())
    const [slot] = await slotsOf(master)
    const heir = await handOver(master, next)
    await replica.waitForRow(await heir.insert())
    // It is still there when the old one is back.
    const told = master.log().length
    await comeBack(master, heir)
    await replica.waitForLog(
      new RegExp(`dropped the replication slot ${slot?.name} on 127.0.0.1:${master.port}`),
    )
    expect(await slotsOf(master)).toEqual([])
    expect(master.log().slice(told)).not.toMatch(/ERROR: /)
    expect(await slotsOf(heir)).toEqual([{ name: slot?.name, active: true }])

    // It is asked once.
    const asked = () => master.log().match(/LOG: .*(READ|DROP)_REPLICATION_SLOT/g) ?? []
    const questions = () => master.log().match(/LOG: .*IDENTIFY_SYSTEM/g) ?? []
    const before = questions().length
    await waitFor('two more looks at the hosts', () => questions().length >= before + 2)
    expect(asked().slice(-2)).toEqual([
      expect.stringContaining('READ_REPLICATION_SLOT'),
      expect.stringContaining('DROP_REPLICATION_SLOT'),
    ])
    await replica.waitForRow(await heir.insert())
    await replica.end()

    // Preflight asks for none.
    const count = asked().length
    const env = contractFor(space, heir, {
      POSTGRES_MASTER: `127.0.0.1:${heir.port},127.0.0.1:${master.port}`,
    })
    const { sandbox, port } = replica
    const asking = await runAgent(space, { script: scripts.slot, env, sandbox, port, args: ['preflight'] })
    expect(await asking.exit, asking.log()).toBe(0)
    expect(asked()).toHaveLength(count)
    await heir.stop()
    await master.stop()
  })

  testWith([], 'is not left there either where a master cannot be asked, by the next run', async () => {
    // As for masters of before 15.
    const script = join(space.dir, 'cannot-ask.sh')
    const text = readFileSync(scripts.slot, 'utf8')
    expect(text).toMatch(/150000/)
    writeFileSync(script, text.replaceAll('150000', '900000'))
    const { master, next } = await makeHouse()
    const replica = await begin([master, next], 'slot', { script })
    await replica.waitForRow(await master.insert())
    const heir = await handOver(master, next)
    await replica.waitForRow(await heir.insert())
    await replica.end()
    const told = master.log().length
    await comeBack(master, heir)
    expect(await slotsOf(master)).toHaveLength(1)
    const again = await replica.again()
    await again.waitForLog(/dropped the replication slot .* which this replica no longer follows/)
    await isGone(master)
    expect(master.log().slice(told)).not.toMatch(/ERROR: /)
    await again.waitForRow(await heir.insert())
    expect(await slotsOf(heir)).toHaveLength(1)
    await again.end()
    await heir.stop()
    await master.stop()
  })

  testWith([], 'is not touched by another name of the same master', async () => {
    const master = await startMaster(space)
    const relay = await openRelay(space, master.port)
    const replica = await begin([master, relay], 'slot')
    await replica.waitForRow(await master.insert())
    const touched = () => master.log().match(/LOG: .*(READ|DROP)_REPLICATION_SLOT/g) ?? []
    const questions = () => master.log().match(/LOG: .*IDENTIFY_SYSTEM/g) ?? []
    const count = touched().length
    const before = questions().length
    await waitFor('two looks at both names', () => questions().length >= before + 4)
    expect(touched()).toHaveLength(count)
    await replica.end()
    await master.stop()
  })
})

testWith([], 'a master that is the replica itself is seen for what it is', async () => {
  const master = await startMaster(space)
  const port = await pickPort()
  const relay = await openRelay(space, master.port)
  const replica = await begin([relay], 'fail', { port })
  await replica.waitForRow(await master.insert())
  await becomes(replica, 0)
  relay.lead(port, 'drop')
  await master.insert()
  await becomes(replica, 1, /POSTGRES_MASTER points to this replica itself/)
  await replica.waitForLog(/POSTGRES_MASTER points to this replica itself/)
  relay.lead(master.port, 'drop')
  await replica.waitForRow(await master.insert())
  await becomes(replica, 0)
  await replica.end()
})

testWith([], 'another cluster that answers for a moment ends nobody', async () => {
  const master = await startMaster(space)
  const stranger = await startMaster(space, { isStranger: true })
  const relay = await openRelay(space, master.port)
  const replica = await begin([relay])
  await replica.waitForRow(await master.insert())
  relay.lead(stranger.port, 'drop')
  await replica.waitForLog(/not streaming: no master was found.*its system identifier is/)
  relay.lead(master.port, 'drop')
  await replica.waitForRow(await master.insert())
  await replica.end()

  // Nor one that starts just then.
  relay.lead(stranger.port)
  const next = await replica.again()
  await next.waitForLog(/no usable answer.*its system identifier is/)
  relay.lead(master.port)
  await next.waitForRow(await master.insert())
  await next.end()
})

testWith([], 'a master whose transactions are read-only by default is one all the same', async () => {
  const master = await startMaster(space)
  await master.sql('ALTER SYSTEM SET default_transaction_read_only = on')
  await master.sql('SELECT pg_reload_conf()')
  const other = await openRelay(space)
  const replica = await begin([other, master])
  await replica.waitUntilServing()
  await becomes(replica, 0)
  await replica.end()
})

testWith([], 'where the model says so it follows a standby, and the master when there is none', async () => {
  const { master, next } = await makeHouse()
  const standby = await startStandby(master, next)
  const replica = await begin([master, next], 'cascade')
  await replica.waitForRow(await master.insert())
  const followers = () =>
    standby.sql("SELECT 1 FROM pg_stat_replication WHERE application_name LIKE 'postgres-replication@%'")
  expect(await followers()).toHaveLength(1)
  expect(replica.log()).toMatch(new RegExp(`master: 127\\.0\\.0\\.1:${next.port}`))
  await becomes(replica, 0)

  await standby.stop()
  await replica.waitForRow(await master.insert())
  await becomes(replica, 0)
  // Back again, it is followed again.
  await standby.start()
  await waitFor('the replica to follow the standby', async () => (await followers()).length === 1)
  await replica.waitForRow(await master.insert())
  await replica.end()
  await standby.stop()
})

describe('two replicas that follow each other', () => {
  testWith([], 'say that nothing new can arrive, and go on when one of them has a master', async () => {
    const master = await startMaster(space)
    const one = await begin([master], 'cascade')
    await one.waitForRow(await master.insert())
    const two = await begin([one], 'cascade')
    await two.waitForRow(await master.insert())
    await one.end()
    const ring = await one.again([two])
    await ring.waitUntilServing()
    expect(ring.log()).toMatch(
      new RegExp(`WARN inspect_master: 127\\.0\\.0\\.1:${two.port} followed this replica`),
    )
    for (const [replica, other] of [
      [ring, two],
      [two, ring],
    ] as const) {
      const words = new RegExp(`nothing new arrives: 127\\.0\\.0\\.1:${other.port} followed this replica`)
      await becomes(replica, 1, words)
      expect(replica.log().match(new RegExp(words, 'g'))).toHaveLength(1)
    }
    await ring.end()
    const again = await ring.again([master])
    const row = await master.insert()
    await two.waitForRow(row)
    await becomes(two, 0)
    await again.end()
    await two.end()
  })

  testWith([], 'are none where one of them may follow the master', async () => {
    const master = await startMaster(space)
    const port = await pickPort()
    const one = await begin([{ port }, master], 'cascade')
    await one.waitForRow(await master.insert())
    const two = await begin([one, master], 'cascade', { port })
    await two.waitForRow(await master.insert())
    expect(two.log()).toMatch(new RegExp(`master: 127\\.0\\.0\\.1:${one.port}`))
    const left = new RegExp(`hosts of POSTGRES_MASTER: 127\\.0\\.0\\.1:${port}: it follows this replica`)
    await one.waitForLog(left)
    await two.waitForRow(await master.insert())
    await one.end()
    const again = await one.again()
    await two.waitForRow(await master.insert())
    expect(again.log()).toMatch(left)
    await becomes(again, 0)
    await again.end()
    await two.end()
  })
})
