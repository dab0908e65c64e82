import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { makePidsGroup, type PidsGroup } from './harness/pids.js'
import { isAlive, signal } from './harness/processes.js'
import { openSession } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

interface Options {
  readonly shell: string
  readonly stopFast?: number
}

async function serve({ shell }: Options): Promise<{ agent: Agent; group: PidsGroup; script: string }> {
  const group = makePidsGroup(space)
  const script = buildQuickScript(space, { claimInterval: 1 })
  const env = contractFor(space, master)
  const agent = await runAgent(space, { env, script, shell, within: group.words })
  await agent.waitForRow(await master.insert())
  return { agent, group, script }
}

const watcherOf = (agent: Agent) =>
  agent.descendants().findLast(({ args, ppid }) => ppid === agent.pid && args.startsWith('sh '))

// mksh and yash try, and mostly come through it, but are not held to it.
for (const shell of ['dash', 'bash', 'busybox']) {
  const needs = shell === 'dash' ? (['pids'] as const) : (['pids', 'namespace', { tool: shell }] as const)
  describe(`where no process can be made, with ${shell}`, () => {
    testWith(needs, 'a replica serves on, and SIGTERM ends it well', async () => {
      const { agent, group } = await serve({ shell })
      const client = await openSession(agent.port)
      await group.close()
      // Its backend is there already.
      expect(await client.sql('SELECT 1 AS one')).toEqual([{ one: 1 }])
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
      expect(await agent.state()).toBe('shut down in recovery')
      await client.close()
      group.limit()
      await waitFor('the end of all', () => group.pids().length === 0)
    })

    testWith(needs, 'a promotion is seen as soon as some can', async () => {
      const { agent, group } = await serve({ shell })
      const client = await openSession(agent.port)
      await group.close()
      await client.sql('SELECT pg_promote(false)')
      // Who looked by now was refused again, and has not ended the server.
      const before = group.refusals()
      await waitFor('another refusal', () => group.refusals() > before)
      expect((await client.sql('SELECT pg_is_in_recovery() AS recovers'))[0]).toEqual({ recovers: false })
      group.limit()
      expect(await agent.exit, agent.log()).toBe(65)
      expect(agent.log()).toMatch(/the server was promoted/)
      await client.close()
      await waitFor('the end of all', () => group.pids().length === 0)
    })

    testWith(needs, 'a clone ends with 75 and says why', async () => {
      const group = makePidsGroup(space)
      const gate = await openGate(space, master)
      gate.hold()
      const env = contractFor(space, gate)
      const agent = await runAgent(space, { env, shell, within: group.words })
      await gate.waitForCopy()
      group.limit(1)
      gate.release()
      expect(await agent.exit, agent.log()).toBe(75)
      expect(agent.log()).toMatch(/NO_PROCESS/)
      group.limit()
      const next = await runAgent(space, { env, shell, sandbox: agent.sandbox })
      await next.waitForRow(await master.insert())
      next.terminate('SIGTERM', 'script')
      expect(await next.exit, next.log()).toBe(0)
    })
  })
}

testWith([], 'a watcher that was killed is started again, and sees a promotion', async () => {
  const agent = await runAgent(space, {
    env: contractFor(space, master),
    script: buildQuickScript(space, { claimInterval: 1 }),
  })
  await agent.waitForRow(await master.insert())
  const killed = await waitFor('the watcher', () => watcherOf(agent))
  signal(killed.pid, 'SIGKILL')
  await agent.waitForLog(/the watcher of the server was killed/)
  await waitFor('another watcher', () => (watcherOf(agent)?.pid ?? 0) > killed.pid && !isAlive(killed.pid))
  await agent.sql('SELECT pg_promote(false)')
  expect(await agent.exit, agent.log()).toBe(65)
  expect(agent.log()).toMatch(/the server was promoted/)
})
