import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

testWith([], 'a nested data directory that root must make first is RUN_USER', async () => {
  const env = contractFor(space, master, { PGDATA_DIR: 'volumes/of mine/pg' })
  const agent = await runAgent(space, { env })
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'tree')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
})

testWith([], 'a slot and a delay that came along keep nothing from streaming', async () => {
  const promoted = await startMaster(space, {
    autoConf: ["primary_slot_name = 'gone'", "recovery_min_apply_delay = '1h'"],
  })
  const agent = await runAgent(space, { env: contractFor(space, promoted) })
  await agent.waitForRow(await promoted.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith(['namespace'], 'an agent without pg_verifybackup says so and serves', async () => {
  const mounts = [{ from: '/dev/null', over: `${serverBin}/pg_verifybackup` }]
  const agent = await runAgent(space, { env: contractFor(space, master), mounts })
  await agent.waitForRow(await master.insert())
  expect(agent.log()).toContain('the copy is not verified')
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})
