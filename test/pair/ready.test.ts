import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { freeze, signal } from './harness/processes.js'
import { openRelay } from './harness/relay.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let script: string
let asking: string
beforeAll(() => {
  space = openSpace()
  script = buildQuickScript(space, {}, { ready: { lagMiB: 0 } })
  asking = buildQuickScript(space, {}, { ready: { by: 'master', lagMiB: 0 } })
})
afterAll(() => space.close())

interface Pair {
  readonly master: Master
  readonly agent: Agent
  readonly script: string
  readonly env: Environment
}

async function makePair(of = script): Promise<Pair> {
  const master = await startMaster(space)
  const env = contractFor(space, master)
  const agent = await runAgent(space, { env, script: of })
  await agent.waitForRow(await master.insert())
  return { master, agent, script: of, env }
}

interface Answer {
  readonly code: number
  readonly words: string
}

/** Asks as a load balancer's check would: by another process in the sandbox of the task. */
async function ask({ agent, script, env }: Pair, what: 'ready' | 'health'): Promise<Answer> {
  const { sandbox, port } = agent
  const asked = await runAgent(space, { env, script, sandbox, port, args: [what], ownLog: true })
  const code = await asked.exit
  return { code, words: asked.log() }
}

/** Asked again as long as it says something else, as a check would: its own limits are short for a slow machine. */
const becomes = (pair: Pair, code: number, words = /(?:)/, what: 'ready' | 'health' = 'ready') =>
  waitFor(`${what} to be ${code}, with ${words}`, async () => {
    const answer = await ask(pair, what)
    if (answer.code !== code || !words.test(answer.words)) throw new Error(JSON.stringify(answer))
    return true
  })

const stdoutOf = ({ agent }: Pair) => readFileSync(join(agent.sandbox, 'stdout'), 'utf8')

const staysHealthy = (pair: Pair) => becomes(pair, 0, undefined, 'health')

/** Stops the walreceiver; before the first row that has not come with the copy there may be none. Gives what ends it. */
async function holdReceiver(agent: Agent): Promise<() => void> {
  const { pid } = await waitFor('a walreceiver that streams', () =>
    agent.descendants().find(({ args }) => /: walreceiver +streaming/.test(args)),
  )
  freeze([pid])
  return () => void signal(pid, 'SIGCONT')
}

async function end({ agent, master }: Pair): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await master.stop()
}

describe('ready, by what the replica knows itself', () => {
  testWith([], 'is 0 while rows stream, and tells bytes; 1 when nothing runs', async () => {
    const pair = await makePair()
    await becomes(pair, 0)
    expect(stdoutOf(pair)).toMatch(/^ready: \d+ bytes behind the master, which was at [0-9A-F]+\/[0-9A-F]+$/m)
    await end(pair)
    const { code, words } = await ask(pair, 'ready')
    expect(code).toBe(1)
    expect(words).toMatch(/no server runs/)
  })

  testWith(
    [],
    'stays 0 while the master is away, also after a restart, and takes no connection of it',
    async () => {
      const pair = await makePair()
      await becomes(pair, 0)
      const logins = pair.master.log().match(/replication connection authorized/g)?.length
      await ask(pair, 'ready')
      expect(pair.master.log().match(/replication connection authorized/g)?.length).toBe(logins)
      await pair.master.stop()
      await pair.agent.waitForLog(/not streaming: no master was found/)
      expect(await ask(pair, 'ready')).toMatchObject({ code: 0 })
      await waitFor('ready to tell when the master was heard, and what the watcher has found', async () => {
        await ask(pair, 'ready')
        return /^ready: 0 bytes behind the master, which was at \S+ when it was last heard, \d+ s ago\nnot streaming: no master was found/m.test(
          stdoutOf(pair),
        )
      })
      pair.agent.terminate('SIGTERM', 'script')
      expect(await pair.agent.exit).toBe(0)
      const { env, agent } = pair
      const again = {
        ...pair,
        agent: await runAgent(space, { env, script, sandbox: agent.sandbox, port: agent.port }),
      }
      await again.agent.waitUntilServing()
      await becomes(again, 0)
      await pair.master.start()
      await again.agent.waitForRow(await pair.master.insert())
      await becomes(again, 0)
      await end(again)
    },
  )

  testWith([], 'is 1 while the master refuses the role, and 0 when that is mended', async () => {
    const pair = await makePair()
    await pair.master.sql('ALTER ROLE replicator NOREPLICATION')
    await pair.master.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
    await becomes(
      pair,
      1,
      /not ready: not streaming: the master refuses the role replicator: .*without a restart/,
    )
    expect(await ask(pair, 'health')).toMatchObject({ code: 0 })
    await pair.master.sql('ALTER ROLE replicator REPLICATION')
    await becomes(pair, 0)
    // What a person's shell has for psql is none of the task's.
    expect(await ask({ ...pair, env: { ...pair.env, PGPASSWORD: 'another' } }, 'ready')).toMatchObject({
      code: 0,
    })
    await end(pair)
  })

  testWith([], 'stays 0 while the master is frozen, and does not hang', async () => {
    const pair = await makePair()
    await becomes(pair, 0)
    pair.master.freeze()
    expect(await ask(pair, 'ready')).toMatchObject({ code: 0 })
    pair.master.thaw()
    await end(pair)
  })

  testWith([], 'is 1 when nothing was heard from the master for longer than ready.lagSeconds', async () => {
    const pair = await makePair(buildQuickScript(space, {}, { ready: { lagSeconds: 20 } }))
    await becomes(pair, 0)
    await pair.master.stop()
    await becomes(
      pair,
      1,
      /not ready: nothing was heard from the master for \d+ s; check the network and the master/,
    )
    await staysHealthy(pair)
    await pair.master.start()
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'is 1 when a replica that was behind loses its master', async () => {
    const pair = await makePair()
    await becomes(pair, 0)
    await holdReceiver(pair.agent)
    await pair.master.insert()
    await becomes(pair, 1, /bytes behind the master \(/)
    await pair.master.stop('SIGQUIT')
    await becomes(pair, 1, /bytes behind the master \(/)
    pair.agent.terminate('SIGKILL', 'tree')
    await pair.agent.exit
  })

  testWith([], 'is 1 when too much has not arrived, as the watcher heard', async () => {
    const pair = await makePair()
    const letGo = await holdReceiver(pair.agent)
    await pair.master.insert()
    await becomes(pair, 1, /\d+ bytes behind the master \(\S+ of \S+\); check the network/)
    letGo()
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'is 1 when what arrives is not replayed', async () => {
    const pair = await makePair()
    await pair.agent.sql('SELECT pg_wal_replay_pause()')
    for (let file = 0; file < 3; file += 1) {
      await pair.master.insert()
      await pair.master.sql('SELECT pg_switch_wal()')
    }
    await becomes(pair, 1, /replay is paused at .*; check who paused it; "SELECT pg_wal_replay_resume\(\);"/)
    await pair.agent.waitForLog(
      /WARN .*replay is paused at .*"SELECT pg_wal_replay_resume\(\);" on this replica/,
    )
    const { sandbox, port } = pair.agent
    const { env } = pair
    await (await runAgent(space, { env, script, sandbox, port, args: ['status'], ownLog: true })).exit
    expect(stdoutOf(pair)).toMatch(/^state +streaming .*: replay is paused.*pg_wal_replay_resume/m)
    expect(stdoutOf(pair)).not.toMatch(/^lag .*, 0 s/m)
    await pair.agent.sql('SELECT pg_wal_replay_resume()')
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'is 1 while a query here delays replay', async () => {
    const pair = await makePair()
    await pair.master.sql('CREATE TABLE held AS SELECT 1 AS n')
    await pair.agent.waitForRow(await pair.master.insert())
    await pair.agent.sql('ALTER SYSTEM SET max_standby_streaming_delay = -1')
    await pair.agent.sql('SELECT pg_reload_conf()')
    const held = pair.agent.sql('SELECT pg_sleep(600) FROM held').catch(() => 'cancelled')
    const seen = "query LIKE 'SELECT pg_sleep(600)%' AND wait_event = 'PgSleep'"
    await waitFor('the query', async () => {
      return (await pair.agent.sql(`SELECT 1 FROM pg_stat_activity WHERE ${seen}`)).length === 1
    })
    await pair.master.sql('DROP TABLE held')
    for (let file = 0; file < 3; file += 1) {
      await pair.master.insert()
      await pair.master.sql('SELECT pg_switch_wal()')
    }
    await becomes(
      pair,
      1,
      /replay is at \S+, \d+ bytes behind what was received; check queries here that delay replay/,
    )
    await pair.agent.sql(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE ${seen}`)
    expect(await held).toBe('cancelled')
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'is 1 where the master turns out to be another cluster, or the replica itself', async () => {
    const pair = await makePair()
    await becomes(pair, 0)
    const stranger = await startMaster(space, { isStranger: true })
    const relay = await openRelay(space)
    relay.lead(pair.master.port)
    const env = contractFor(space, { port: relay.port })
    const agent = await runAgent(space, { env, script })
    const moved = { ...pair, agent, env }
    await agent.waitForRow(await pair.master.insert())
    await becomes(moved, 0)
    relay.lead(agent.port, 'drop')
    await becomes(moved, 1, /not ready: POSTGRES_MASTER points to this replica itself/)
    relay.lead(stranger.port, 'drop')
    await becomes(moved, 1, /not ready: no host of POSTGRES_MASTER is a master of this data/)
    relay.lead(pair.master.port, 'drop')
    await becomes(moved, 0)
    agent.terminate('SIGTERM', 'script')
    await agent.exit
    await stranger.stop()
    await end(pair)
  })

  testWith([], 'needs nothing of the access rules: it comes by the door', async () => {
    const pair = await makePair()
    const rules = join(pair.agent.dataDir, 'pg_hba.conf')
    writeFileSync(rules, 'host all postgres 127.0.0.1/32 scram-sha-256\n')
    await pair.agent.waitForLog(/pg_hba\.conf has changed: the new rules/)
    await becomes(pair, 0)
    const letGo = await holdReceiver(pair.agent)
    await pair.master.insert()
    await becomes(pair, 1, /bytes behind the master \(/)
    letGo()
    await end(pair)
  })

  testWith([], 'bounds the seconds for which rows wait to be replayed', async () => {
    const pair = await makePair(buildQuickScript(space, {}, { ready: { lagSeconds: 2 } }))
    // Seconds are counted from a transaction that was replayed; what the clone brought along is none.
    await pair.agent.waitForRow(await pair.master.insert())
    await becomes(pair, 0)
    await pair.agent.sql('SELECT pg_wal_replay_pause()')
    await pair.master.insert()
    await becomes(pair, 1, /\d+ seconds behind the master/)
    await pair.agent.sql('SELECT pg_wal_replay_resume()')
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'counts no seconds of an idle master, nor for the first row after them', async () => {
    const pair = await makePair(buildQuickScript(space, {}, { ready: { lagSeconds: 30 } }))
    await pair.agent.waitForRow(await pair.master.insert())
    await waitFor('the last transaction to be older than the bound', async () => {
      const [row] = await pair.agent.sql('SELECT now() - pg_last_xact_replay_timestamp() > $$32 s$$ AS yes')
      return row?.yes === true
    })
    expect(await ask(pair, 'ready')).toMatchObject({ code: 0 })
    await pair.agent.sql('SELECT pg_wal_replay_pause()')
    await pair.master.insert()
    await waitFor('a row that waits', async () => {
      const [row] = await pair.agent.sql('SELECT pg_last_wal_receive_lsn() > pg_last_wal_replay_lsn() AS yes')
      return row?.yes === true
    })
    expect((await ask(pair, 'ready')).words).not.toMatch(/seconds behind/)
    await pair.agent.sql('SELECT pg_wal_replay_resume()')
    await end(pair)
  })
})

describe('ready, by the word of the master', () => {
  testWith([], 'is 1 while the master is away, though the replica is alive; then 0 again', async () => {
    const pair = await makePair(asking)
    await becomes(pair, 0)
    await pair.master.stop()
    await becomes(pair, 1, /no walreceiver|no master was found/)
    await staysHealthy(pair)
    await pair.master.start()
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'is 1 while the master is frozen, and does not hang', async () => {
    const pair = await makePair(asking)
    pair.master.freeze()
    await becomes(pair, 1, /no master was found/)
    await staysHealthy(pair)
    pair.master.thaw()
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'is 1 when what the master writes does not arrive, however little it is', async () => {
    const pair = await makePair(buildQuickScript(space, {}, { ready: { by: 'master', lagMiB: 900 } }))
    const letGo = await holdReceiver(pair.agent)
    await pair.master.insert()
    await becomes(pair, 1, /no WAL has arrived since/)
    letGo()
    await becomes(pair, 0)
    await end(pair)
  })

  testWith([], 'is 1 at once when too much has not arrived', async () => {
    const pair = await makePair(asking)
    const letGo = await holdReceiver(pair.agent)
    await pair.master.insert()
    await becomes(pair, 1, /bytes behind the master \(/)
    letGo()
    await becomes(pair, 0)
    await end(pair)
  })
})
