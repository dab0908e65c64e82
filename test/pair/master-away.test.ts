import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

describe('before a first clone', () => {
  testWith([], 'a host that no name service knows is 69', async () => {
    const env = contractFor(space, { port: 1 }, { MASTER_WAIT: '1', POSTGRES_MASTER: 'no-such-host.invalid' })
    const agent = await runAgent(space, { env })
    expect(await agent.exit, agent.log()).toBe(69)
    expect(agent.log()).toMatch(/no-such-host\.invalid/)
  })

  testWith([], 'a master that comes late is cloned', async () => {
    const master = await startMaster(space)
    const row = await master.insert()
    await master.stop()
    const agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitForLog(/trying again/)
    await master.start()
    await agent.waitForRow(row)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit).toBe(0)
  })

  testWith([], 'a frozen master hangs nothing: 69 (D11)', async () => {
    const master = await startMaster(space)
    master.freeze()
    const agent = await runAgent(space, { env: contractFor(space, master, { MASTER_WAIT: '3' }) })
    expect(await agent.exit, agent.log()).toBe(69)
    master.thaw()
    await expectNothingLeft(agent)
  })
})

describe('with a clone on disk', () => {
  testWith([], 'a second start makes no copy, serves without its master and catches up (D8)', async () => {
    const master = await startMaster(space)
    const env = contractFor(space, master)
    const first = await runAgent(space, { env })
    const row = await master.insert()
    await first.waitForRow(row)
    first.terminate('SIGTERM', 'script')
    expect(await first.exit, first.log()).toBe(0)
    const inode = () => statSync(join(first.dataDir, 'PG_VERSION')).ino
    const before = inode()

    const second = await runAgent(space, { env, sandbox: first.sandbox, port: first.port })
    await second.waitForRow(await master.insert())
    second.terminate('SIGTERM', 'tree')
    expect(await second.exit, second.log()).toBe(0)

    await master.stop()
    const third = await runAgent(space, { env, sandbox: first.sandbox })
    await third.waitForRow(row)
    await master.start()
    await third.waitForRow(await master.insert())
    expect(master.clones()).toBe(1)
    expect(inode()).toBe(before)
    third.terminate('SIGTERM', 'script')
    expect(await third.exit, third.log()).toBe(0)
    await expectNothingLeft(third)
  })

  testWith([], 'a frozen master delays neither the start nor the stop', async () => {
    const master = await startMaster(space)
    const env = contractFor(space, master)
    const first = await runAgent(space, { env })
    await first.waitForRow(await master.insert())
    master.freeze()
    expect(await first.sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
    first.terminate('SIGTERM', 'script')
    expect(await first.exit, first.log()).toBe(0)

    const second = await runAgent(space, { env, sandbox: first.sandbox, port: first.port })
    await second.waitUntilServing()
    second.terminate('SIGTERM', 'script')
    expect(await second.exit, second.log()).toBe(0)
    master.thaw()
    expect(master.clones()).toBe(1)
  })
})
