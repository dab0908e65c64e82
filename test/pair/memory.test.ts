import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { startMaster } from './harness/master.js'
import { makeMemoryGroup } from './harness/memory.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

testWith(
  ['root', 'cgroup'],
  'a backend killed for want of memory costs a restart, not the task',
  async () => {
    const master = await startMaster(space)
    const group = makeMemoryGroup(space, 160)
    const agent = await runAgent(space, { env: contractFor(space, master), within: group.words })
    await agent.waitForRow(await master.insert())
    expect(group.oomKills()).toBe(0)

    const greedy = agent.sql(
      'SELECT length(string_agg(repeat(n::text, 100), $$$$)) FROM generate_series(1, 1000000) n',
    )
    await expect(greedy).rejects.toThrow()
    await waitFor('the kill', () => group.oomKills() > 0)

    await agent.waitForRow(await master.insert())
    expect(await agent.sql('SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
    await waitFor('the log to tell', () => /was terminated by signal 9/.test(agent.serverLog()))
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await expectNothingLeft(agent)
  },
)
