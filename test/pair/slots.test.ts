import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { replicatorPassword } from './harness/passfile.js'
import { holdWalsender } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

let space: Space
let permanent: string
beforeAll(() => {
  space = openSpace()
  permanent = buildQuickScript(space, { slot: 'permanent' })
})
afterAll(() => space.close())

/** A master that keeps no WAL for anybody, but in slots. */
function startForgetful(conf: readonly string[] = []): Promise<Master> {
  const options = ['wal_keep_size=0', 'max_wal_size=32MB', 'min_wal_size=32MB']
  return startMaster(space, { options, conf })
}

async function begin(master: Master, volume: string, script = permanent, env = {}): Promise<Agent> {
  const contract = contractFor(space, master, { PGDATA_DIR: volume, ...env })
  return runAgent(space, { env: contract, script })
}

async function end(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'tree')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
}

/** Waits until the master has the slots of these names and no others, and a replica streams from each of them. */
async function expectSlots(master: Master, names: readonly string[]): Promise<void> {
  const standby = 'EXISTS (SELECT FROM pg_stat_replication WHERE pid = active_pid AND replay_lsn IS NOT NULL)'
  await waitFor(`standbys at the slots ${names.join(' ')}`, async () => {
    const rows = await master.sql(`SELECT slot_name AS name, ${standby} AS feeds FROM pg_replication_slots`)
    expect(new Set(rows)).toEqual(new Set(names.map((name) => ({ name, feeds: true }))))
    return true
  })
}

/** The walsender of a replica that has ended may hold it for a moment. */
async function dropSlot(master: Master, name: string): Promise<void> {
  await waitFor(`the drop of ${name}`, () => master.sql(`SELECT pg_drop_replication_slot('${name}')`))
}

/** Writes more WAL than the master keeps, and lets it remove what nobody holds. */
async function recycle(master: Master): Promise<void> {
  for (let round = 0; round < 6; round++) {
    await master.sql('SELECT pg_switch_wal()')
    await master.sql("INSERT INTO rows (body) SELECT repeat('x', 1000) FROM generate_series(1, 2000)")
    await master.sql('CHECKPOINT')
  }
}

const nameOf = (volume: string) => readFileSync(join(volume, 'slot'), 'utf8').trim()

describe('a permanent slot', () => {
  testWith(
    [],
    'belongs to the data: two replicas, each with its own, and the same one after a restart',
    async () => {
      const master = await startForgetful()
      const volumes = [makeVolume(space), makeVolume(space)]
      const agents = await Promise.all(volumes.map((volume) => begin(master, volume)))
      for (const agent of agents) await agent.waitForRow(await master.insert())
      const names = volumes.map(nameOf)
      expect(new Set(names).size).toBe(2)
      for (const name of names) expect(name).toMatch(/^postgres_replication_agent1_example_\d+$/)
      await expectSlots(master, names)
      expect(agents[0]?.log()).toMatch(/max_slot_wal_keep_size of the master is -1/)

      const [first, second] = agents
      const [volume = ''] = volumes
      if (first === undefined || second === undefined) throw new Error('no agents')
      const name = nameOf(volume)
      await end(first)
      // Without the slot it would have to be cloned again.
      await recycle(master)
      const clones = master.clones()
      const again = await begin(master, volume)
      await again.waitForRow(await master.insert())
      expect(nameOf(volume)).toBe(name)
      await expectSlots(master, names)
      expect(master.clones()).toBe(clones)
      await end(again)
      await end(second)
    },
  )

  testWith([], 'that somebody dropped is made again', async () => {
    const master = await startForgetful(['max_slot_wal_keep_size = 1GB'])
    const volume = makeVolume(space)
    const first = await begin(master, volume)
    await first.waitForRow(await master.insert())
    expect(first.log()).not.toMatch(/no limit/)
    const name = nameOf(volume)
    await end(first)
    await dropSlot(master, name)
    const clones = master.clones()
    const second = await begin(master, volume)
    await second.waitForLog(new RegExp(`had no replication slot ${name}: created again`))
    await second.waitForRow(await master.insert())

    // While it streams: dropped with its walsender, as a failover to a server without it would look.
    await waitFor('the drop', async () => {
      await master.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
      return master.sql(`SELECT pg_drop_replication_slot('${name}')`)
    })
    await expectSlots(master, [name])
    await second.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    await end(second)
  })

  testWith([], 'that was invalidated is made anew for the next copy', async () => {
    const master = await startForgetful(['max_slot_wal_keep_size = 16MB'])
    const volume = makeVolume(space)
    const script = buildQuickScript(space, { slot: 'permanent', onDiverged: 'reclone' })
    const first = await begin(master, volume, script)
    await first.waitForRow(await master.insert())
    const name = nameOf(volume)
    await end(first)
    await recycle(master)
    const lost = await master.sql("SELECT 1 FROM pg_replication_slots WHERE wal_status = 'lost'")
    expect(lost).toHaveLength(1)
    const ended = await begin(master, volume, script)
    expect(await ended.exit, ended.log()).toBe(75)
    expect(ended.log()).toMatch(new RegExp(`slot ${name} was invalid: created again; WAL may be gone`))
    expect(ended.log()).toMatch(/cloning again/)
    const second = await begin(master, volume, script)
    await second.waitForRow(await master.insert())
    await expectSlots(master, [name])
    await end(second)
  })

  testWith([], 'that was invalidated is made anew, and no copy, where its WAL is not needed', async () => {
    // No checkpoint comes but those of this test.
    const options = ['wal_keep_size=0', 'max_wal_size=1GB', 'min_wal_size=32MB', 'checkpoint_timeout=1d']
    const master = await startMaster(space, { options, conf: ['max_slot_wal_keep_size = 16MB'] })
    const volume = makeVolume(space)
    const first = await begin(master, volume)
    await first.waitForRow(await master.insert())
    await master.sql("SELECT pg_create_physical_replication_slot('old', true)")
    for (let round = 0; round < 4; round++) {
      await first.waitForRow(await master.insert())
      await master.sql('SELECT pg_switch_wal()')
    }
    await first.waitForRow(await master.insert())
    const name = nameOf(volume)
    await end(first)
    // It gets a slot that is far behind, of which the master takes the WAL; what comes next for the replica is there.
    await dropSlot(master, name)
    await master.sql(`SELECT pg_copy_physical_replication_slot('old', '${name}')`)
    await master.sql('CHECKPOINT')
    const state = () => master.sql(`SELECT wal_status FROM pg_replication_slots WHERE slot_name = '${name}'`)
    expect(await state()).toEqual([{ wal_status: 'lost' }])
    const clones = master.clones()
    const told = master.log().length
    const second = await begin(master, volume)
    await second.waitForRow(await master.insert())
    expect(second.log()).toMatch(new RegExp(`slot ${name} was invalid: created again`))
    expect(await state()).toEqual([{ wal_status: 'reserved' }])
    expect(master.clones()).toBe(clones)
    expect(master.log().slice(told)).not.toMatch(/ERROR: /)
    await end(second)

    // Of a good one nothing is asked that would be an error there.
    const again = master.log().length
    const third = await begin(master, volume)
    await third.waitForRow(await master.insert())
    expect(third.log()).not.toMatch(/replication slot/)
    expect(master.log().slice(again)).not.toMatch(/ERROR: /)
    await end(third)
  })

  testWith([], 'that somebody streams from is never dropped', async () => {
    const master = await startForgetful(['max_slot_wal_keep_size = 1GB'])
    const volume = makeVolume(space)
    const first = await begin(master, volume)
    await first.waitForRow(await master.insert())
    const name = nameOf(volume)
    await end(first)
    // It holds no WAL, as an invalid one, and is in use.
    await dropSlot(master, name)
    await master.sql(`SELECT pg_create_physical_replication_slot('${name}')`)
    const held = await holdWalsender(master.port, replicatorPassword, name)
    const isActive = `SELECT 1 FROM pg_replication_slots WHERE slot_name = '${name}' AND active`
    await waitFor('the slot to be in use', async () => (await master.sql(isActive)).length === 1)
    const second = await begin(master, volume)
    await second.waitForLog(new RegExp(`slot ${name} is invalid and cannot be dropped: .*is active`))
    expect(await master.sql(isActive)).toHaveLength(1)
    await held.close()
    await second.waitForRow(await master.insert())
    await expectSlots(master, [name])
    await end(second)
  })

  testWith([], 'none is left: it waits, and tells that it passes by itself', async () => {
    const master = await startForgetful(['max_replication_slots = 1'])
    await master.sql("SELECT pg_create_physical_replication_slot('taken')")
    const refused = await begin(master, makeVolume(space), permanent, { MASTER_WAIT: '0' })
    expect(await refused.exit, refused.log()).toBe(75)
    expect(refused.log()).toMatch(/MASTER_BUSY/)
    const waiting = await begin(master, makeVolume(space))
    await waiting.waitForLog(/trying again/)
    await master.sql("SELECT pg_drop_replication_slot('taken')")
    await waiting.waitForRow(await master.insert())
    await end(waiting)
  })

  testWith([], 'a name that this script did not write is refused', async () => {
    const master = await startForgetful()
    const volume = makeVolume(space)
    const agent = await begin(master, volume)
    await agent.waitForRow(await master.insert())
    await end(agent)
    writeFileSync(join(volume, 'slot'), "x'; DROP\n")
    const next = await begin(master, volume)
    expect(await next.exit, next.log()).toBe(65)
    expect(next.log()).toMatch(/does not hold the name/)
  })
})

testWith([], 'a temporary slot goes with the connection', async () => {
  const master = await startForgetful()
  const model: ReplicaInput = { postgresql: { majors: [15] } }
  const agent = await begin(master, makeVolume(space), buildQuickScript(space, { slot: 'temporary' }, model))
  await agent.waitForRow(await master.insert())
  // pg_basebackup has one of its own.
  const slot =
    "SELECT 1 FROM pg_replication_slots WHERE temporary AND active AND slot_name LIKE 'pg_walreceiver%'"
  await waitFor('the slot of the walreceiver', async () => (await master.sql(slot)).length === 1)
  await end(agent)
  await waitFor('no slot', async () => (await master.sql('SELECT 1 FROM pg_replication_slots')).length === 0)
})

testWith([], 'the last walsender is enough', async () => {
  const master = await startMaster(space, { conf: ['max_wal_senders = 1'] })
  const agent = await begin(master, makeVolume(space), buildQuickScript(space))
  await agent.waitForLog(/trying with one walsender/)
  await agent.waitForRow(await master.insert())
  await end(agent)
})
