import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, listTree, runAgent } from './harness/agent.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, pickPort, type Space } from './harness/space.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

/** Nothing is made in the sandbox, and what preflight writes elsewhere is gone; other tests have theirs there, too. */
function expectNothingMade({ sandbox, pid }: Agent): void {
  expect(readdirSync(sandbox).sort()).toEqual(['run_rep.sh', 'stderr', 'stdout'])
  expect(existsSync(`/tmp/run_rep.${pid}`)).toBe(false)
}

describe('preflight', () => {
  testWith([], 'passes where a run would clone, and changes nothing', async () => {
    const agent = await runAgent(space, { env: contractFor(space, master), args: ['preflight'] })
    expect(await agent.exit, agent.log()).toBe(0)
    expectNothingMade(agent)
    // Not even to measure it: that would make the master write a checkpoint.
    expect(master.log()).not.toContain('BASE_BACKUP')
  })

  testWith([], 'changes nothing where a replica lies', async () => {
    const env = contractFor(space, master)
    const first = await runAgent(space, { env })
    await first.waitForRow(await master.insert())
    first.terminate('SIGTERM', 'script')
    await first.exit
    const before = listTree(first.sandbox)
    const agent = await runAgent(space, { env, sandbox: first.sandbox, args: ['preflight'] })
    expect(await agent.exit, agent.log()).toBe(0)
    expect(listTree(first.sandbox)).toEqual(before)
  })

  testWith([], 'reports an absent master with 69 and changes nothing', async () => {
    const env = contractFor(space, { port: await pickPort() }, { MASTER_WAIT: '1' })
    const agent = await runAgent(space, { env, args: ['preflight'] })
    expect(await agent.exit, agent.log()).toBe(69)
    expectNothingMade(agent)
  })
})

describe("an agent without the server of the master's major", () => {
  for (const args of [[], ['preflight']]) {
    testWith(
      ['namespace'],
      `is 78 for ${args[0] ?? 'run'}, names the package and costs no copy (D1)`,
      async () => {
        const client = join(space.dir, `client-${args.length}`)
        mkdirSync(client)
        for (const tool of ['psql', 'pg_isready', 'pg_basebackup', 'pg_verifybackup']) {
          copyFileSync(join(serverBin, tool), join(client, tool))
          chmodSync(join(client, tool), 0o755)
        }
        const mounts = [{ from: client, over: serverBin }]
        const clones = master.clones()
        const agent = await runAgent(space, { env: contractFor(space, master), mounts, args })
        expect(await agent.exit, agent.log()).toBe(78)
        expect(agent.log()).toMatch(/postgresql-(15|N)/)
        expect(master.clones()).toBe(clones)
        expect(existsSync(agent.dataDir)).toBe(false)
      },
    )
  }
})

describe('an agent without any PostgreSQL', () => {
  testWith(['namespace'], 'is 78 before anything is made', async () => {
    const empty = join(space.dir, 'empty')
    const tools = join(space.dir, 'tools')
    mkdirSync(empty)
    mkdirSync(tools)
    for (const dir of ['/usr/bin', '/usr/sbin']) {
      for (const name of readdirSync(dir)) {
        if (/^(psql|pg_.*|postgres)$/.test(name) || existsSync(join(tools, name))) continue
        symlinkSync(join(dir, name), join(tools, name))
      }
    }
    const env = contractFor(space, master, { PATH: tools })
    const agent = await runAgent(space, { env, mounts: [{ from: empty, over: serverBin }] })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/psql/)
    expect(existsSync(join(agent.sandbox, 'pgdata'))).toBe(false)
  })
})
