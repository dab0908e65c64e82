import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

/** What a standby must not have less of than its master (PostgreSQL, "Hot Standby", administrator's overview). */
const raised = {
  max_connections: 90,
  max_worker_processes: 12,
  max_wal_senders: 14,
  max_prepared_transactions: 5,
  max_locks_per_transaction: 80,
}

testWith([], 'what the master raises restarts the replica by itself, without a copy (D6)', async () => {
  const master = await startMaster(space)
  const agent = await runAgent(space, { env: contractFor(space, master), script: buildQuickScript(space) })
  await agent.waitForRow(await master.insert())
  for (const [name, value] of Object.entries(raised)) {
    await master.sql(`ALTER SYSTEM SET ${name} = ${value}`)
    await master.stop()
    await master.start()
    await agent.waitForLog(new RegExp(`the master raised ${name} from \\d+ to ${value}: starting again`))
    await agent.waitForRow(await master.insert())
    expect(await agent.sql(`SELECT current_setting('${name}')::int AS value`)).toEqual([{ value }])
  }
  expect(master.clones()).toBe(1)
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
})
