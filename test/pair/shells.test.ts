import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
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

// dash is /bin/sh of every other test. Each of these is mounted over it, for root's part too.
for (const name of ['bash', 'busybox', 'mksh', 'yash']) {
  testWith([{ tool: name }, 'namespace'], `a whole life with ${name} as sh`, async () => {
    const env = contractFor(space, master)
    const first = await runAgent(space, { env, shell: name })
    await first.waitForRow(await master.insert())
    first.terminate('SIGTERM', 'tree')
    expect(await first.exit, first.log()).toBe(0)
    await expectNothingLeft(first)
    const clones = master.clones()
    const second = await runAgent(space, { env, shell: name, sandbox: first.sandbox })
    await second.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    // What the watcher sees, it sees by the same means.
    const { sandbox, port } = second
    const asked = await runAgent(space, { env, shell: name, sandbox, port, args: ['ready'], ownLog: true })
    expect(await asked.exit, asked.log()).toBe(0)
    second.terminate('SIGTERM', 'script')
    expect(await second.exit, second.log()).toBe(0)
    expect(await second.state()).toBe('shut down in recovery')
    await expectNothingLeft(second)
  })
}
