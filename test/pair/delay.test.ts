import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { type Agent, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { freeze, signal } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

interface Pair {
  readonly master: Master
  readonly agent: Agent
  readonly script: string
  readonly env: Environment
}

/** A replica whose delay is over for nothing that a test writes. */
const hour = 3600

async function makePair(script: string, port?: number): Promise<Pair> {
  const master = await startMaster(space)
  const env = contractFor(space, master)
  const agent = await runAgent(space, { env, script, ...(port === undefined ? {} : { port }) })
  await agent.waitUntilServing()
  return { master, agent, script, env }
}

async function end({ agent, master }: Pair): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await master.stop()
}

const has = async ({ agent }: Pair, body: string) =>
  (await agent.sql(`SELECT 1 FROM rows WHERE body = '${body}'`)).length === 1

/** Waits until all that the master has written is here. */
async function waitUntilReceived({ master, agent }: Pair): Promise<void> {
  const [written] = await master.sql('SELECT pg_current_wal_flush_lsn()::text AS lsn')
  await waitFor('what the master wrote to be received', async () => {
    const [row] = await agent.sql(`SELECT pg_last_wal_receive_lsn() >= '${String(written?.lsn)}' AS yes`)
    return row?.yes === true
  })
}

/** Waits until replay waits for the delay to be over. */
const waitUntilHeld = ({ agent }: Pair) =>
  waitFor('replay to wait for the delay', async () => {
    const rows = await agent.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'RecoveryApplyDelay'")
    return rows.length === 1
  })

/** Asked again as long as it says something else: its own limits are short for a slow machine. */
async function becomes(pair: Pair, what: 'ready' | 'health', code: number, words = /(?:)/): Promise<void> {
  const { env, script } = pair
  const { sandbox, port } = pair.agent
  await waitFor(`${what} to be ${code}, with ${words}`, async () => {
    const asked = await runAgent(space, { env, script, sandbox, port, args: [what], ownLog: true })
    const exit = await asked.exit
    if (exit !== code || !words.test(asked.log())) throw new Error(`${exit}: ${asked.log()}`)
    return true
  })
}

/** More than a ready replica of these tests may be behind. */
async function writeMuch(master: Master): Promise<void> {
  for (let file = 0; file < 3; file += 1) {
    await master.insert()
    await master.sql('SELECT pg_switch_wal()')
  }
}

describe('run.delay', () => {
  testWith([], 'a row is received at once, and comes when the delay is over', async () => {
    const pair = await makePair(buildQuickScript(space, { delay: 4 }))
    const before = Date.now()
    await pair.agent.waitForRow(await pair.master.insert())
    expect(Date.now() - before).toBeGreaterThanOrEqual(4000)
    await end(pair)

    const held = await makePair(buildQuickScript(space, { delay: hour }))
    const row = await held.master.insert()
    await waitUntilReceived(held)
    await waitUntilHeld(held)
    expect(await has(held, row)).toBe(false)
    await end(held)
  })

  testWith([], 'a new clone opens without waiting for it, its collations compared', async () => {
    const pair = await makePair(buildQuickScript(space, { delay: hour, onCollation: 'refuse' }))
    expect(pair.agent.log()).toMatch(/closed to clients until its collations are compared/)
    await becomes(pair, 'health', 0)
    await end(pair)
  })

  testWith([], 'a clone that answers before it is on disk streams when it is', async () => {
    const model: ReplicaInput = { ready: { lagMiB: 0 }, postgresql: { majors: [15] } }
    const pair = await makePair(buildQuickScript(space, { delay: hour, durability: 'behind' }, model))
    await pair.master.insert()
    await waitUntilReceived(pair)
    await waitUntilHeld(pair)
    await becomes(pair, 'ready', 0)
    await end(pair)
  })

  testWith([], 'ready takes what is younger than the delay for no lag', async () => {
    const script = buildQuickScript(space, { delay: hour }, { ready: { lagMiB: 0, lagSeconds: 1 } })
    const pair = await makePair(script)
    await writeMuch(pair.master)
    await waitUntilHeld(pair)
    await becomes(pair, 'ready', 0)
    expect(
      await pair.agent.sql('SELECT pg_last_wal_replay_lsn() < pg_last_wal_receive_lsn() AS yes'),
    ).toEqual([{ yes: true }])

    // What does not arrive is lag all the same.
    const { pid } = await waitFor('a walreceiver that streams', () =>
      pair.agent.descendants().find(({ args }) => /: walreceiver +streaming/.test(args)),
    )
    freeze([pid])
    await pair.master.insert()
    await becomes(pair, 'ready', 1, /bytes behind the master \(/)
    signal(pid, 'SIGCONT')
    await becomes(pair, 'ready', 0)
    await end(pair)
  })

  for (const [title, ready, words] of [
    ['bytes', { lagMiB: 0 }, /replay is paused at/],
    ['seconds', { lagMiB: 900, lagSeconds: 1 }, /\d+ seconds behind the master/],
  ] as const)
    testWith([], `ready is 1 when too many ${title} are older than the delay, and not replayed`, async () => {
      const pair = await makePair(buildQuickScript(space, { delay: 2 }, { ready }))
      await pair.agent.waitForRow(await pair.master.insert())
      await becomes(pair, 'ready', 0)
      await pair.agent.sql('SELECT pg_wal_replay_pause()')
      await writeMuch(pair.master)
      await becomes(pair, 'ready', 1, words)
      await pair.agent.sql('SELECT pg_wal_replay_resume()')
      await becomes(pair, 'ready', 0)
      await end(pair)
    })

  testWith([], 'cut off or started again, it serves, says what it waits for, and is not ready', async () => {
    const script = buildQuickScript(space, { delay: hour })
    const pair = await makePair(script)
    const row = await pair.master.insert()
    await waitUntilReceived(pair)
    await waitUntilHeld(pair)
    await pair.master.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
    await pair.agent.waitForLog(
      /not streaming: WAL that is here is replayed first, each transaction 3600 s after/,
    )
    await becomes(pair, 'health', 0)
    await becomes(pair, 'ready', 1, /not ready: not streaming: WAL that is here is replayed first/)
    pair.agent.terminate('SIGTERM', 'script')
    expect(await pair.agent.exit, pair.agent.log()).toBe(0)

    const { sandbox, port } = pair.agent
    const agent = await runAgent(space, { env: pair.env, script, sandbox, port })
    const again = { ...pair, agent }
    await agent.waitUntilServing()
    await waitUntilHeld(again)
    expect(await has(again, row)).toBe(false)
    await agent.waitForLog(/not streaming: WAL that is here is replayed first, each transaction 3600 s after/)
    await becomes(again, 'health', 0)
    await becomes(again, 'ready', 1, /not ready: not streaming: WAL that is here is replayed first/)
    await end(again)
  })
})
