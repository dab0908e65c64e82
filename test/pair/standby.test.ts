import { afterAll, beforeAll, describe, expect } from 'vitest'
import { runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { startMaster } from './harness/master.js'
import { freeze, signal } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let script: string
beforeAll(() => {
  space = openSpace()
  script = buildQuickScript(space)
})
afterAll(() => space.close())

describe('POSTGRES_REPNAME', () => {
  testWith([], 'is what the master calls the replica, in its list of synchronous standbys, too', async () => {
    const master = await startMaster(space)
    const env = contractFor(space, master, { POSTGRES_REPNAME: 'shop_1' })
    const agent = await runAgent(space, { env, script })
    await agent.waitForRow(await master.insert())
    await master.sql("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (shop_1)'")
    await master.sql('SELECT pg_reload_conf()')
    await waitFor('the replica to be synchronous', async () => {
      const rows = await master.standbys()
      expect(rows).toMatchObject([{ application_name: 'shop_1', sync_state: 'sync' }])
      return true
    })
    await agent.waitForRow(await master.insert())

    // A commit waits for it, and for nobody else.
    const { pid } = await waitFor('a walreceiver that streams', () =>
      agent.descendants().find(({ args }) => /: walreceiver +streaming/.test(args)),
    )
    freeze([pid])
    const written = master.insert()
    await waitFor('a commit that waits', async () => {
      const rows = await master.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
      return rows.length === 1
    })
    signal(pid, 'SIGCONT')
    await agent.waitForRow(await written)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  })

  testWith([], 'that a list would read in another way is refused', async () => {
    const master = await startMaster(space)
    const agent = await runAgent(space, {
      env: contractFor(space, master, { POSTGRES_REPNAME: '*' }),
      script,
    })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/POSTGRES_REPNAME must be the name of a standby/)
  })
})

testWith(
  [],
  'what the model says of the standby holds beside a configuration that says otherwise',
  async () => {
    const conf = [
      'hot_standby_feedback = off',
      'wal_receiver_timeout = 60s',
      'wal_receiver_status_interval = 10s',
    ]
    const autoConf = ["wal_retrieve_retry_interval = '9s'"]
    const master = await startMaster(space, { conf, autoConf })
    const receiver = { timeout: 20, statusInterval: 2, retryInterval: 1 }
    const agent = await runAgent(space, {
      env: contractFor(space, master),
      script: buildQuickScript(space, { hotStandbyFeedback: true, receiver }),
    })
    await agent.waitForRow(await master.insert())
    const names = ['hot_standby_feedback', 'wal_receiver_timeout', 'wal_receiver_status_interval']
    const asked = [...names, 'wal_retrieve_retry_interval'].map((name) => `current_setting('${name}')`)
    const [row] = await agent.sql(`SELECT concat_ws(' ', ${asked.join()}) AS all`)
    expect(row).toEqual({ all: 'on 20s 2s 1s' })
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  },
)
