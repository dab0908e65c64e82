import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { makeSleep } from './harness/own-sleep.js'
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

// dash is /bin/sh of every other test. Each of these is mounted over it, for root's part too.
for (const name of ['bash', 'busybox', 'mksh', 'yash']) {
  testWith([{ tool: name }, 'namespace'], `a whole life with ${name} as sh`, async () => {
    const env = contractFor(space, master)
    const first = await runAgent(space, { env, shell: name })
    await first.waitForRow(await master.insert())
    const client = await openSession(first.port)
    first.terminate('SIGTERM', 'tree')
    expect(await first.exit, first.log()).toBe(0)
    await client.close()
    await expectNothingLeft(first)
    const clones = master.clones()
    const second = await runAgent(space, { env, shell: name, sandbox: first.sandbox })
    await second.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    // What the watcher sees, it sees by the same means.
    const { sandbox, port } = second
    await waitFor('ready to be 0', async () => {
      const asked = await runAgent(space, { env, shell: name, sandbox, port, args: ['ready'], ownLog: true })
      expect(await asked.exit, asked.log()).toBe(0)
      return true
    })
    second.terminate('SIGTERM', 'script')
    expect(await second.exit, second.log()).toBe(0)
    expect(await second.state()).toBe('shut down in recovery')
    await expectNothingLeft(second)
  })

  for (const whom of ['script', 'tree'] as const) {
    testWith(
      [{ tool: name }, 'namespace'],
      `a copy is ended and removed on SIGTERM to the ${whom}, with ${name}`,
      async () => {
        const gate = await openGate(space, master)
        gate.hold()
        const agent = await runAgent(space, { env: contractFor(space, gate), shell: name })
        await gate.waitForCopy()
        agent.terminate('SIGTERM', whom)
        expect(await agent.exit, agent.log()).toBe(143)
        await expectNothingLeft(agent)
        expect(readdirSync(join(agent.sandbox, 'pgdata')).sort()).toEqual(['claim.1', 'status'])
      },
    )
  }

  testWith(
    [{ tool: name }, 'namespace'],
    `a pause ends at once on SIGTERM and keeps its code, with ${name}`,
    async () => {
      const sleep = makeSleep(space)
      const faults = { PGPASSFILE: join(space.dir, 'nowhere'), EXIT_PAUSE: '7200' }
      const env = contractFor(space, master, { ...faults, PATH: sleep.path })
      const agent = await runAgent(space, { env, shell: name })
      await sleep.waitForCall(3600, 10_801)
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(77)
      await expectNothingLeft(agent)
    },
  )
}
