import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, listTree, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
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

describe("the master's side", () => {
  const dangers = /WARN inspect_master: /g

  testWith([], 'that fits is nothing to talk about, and nothing is done to it', async () => {
    const own = await startMaster(space)
    const before = own.log().length
    const agent = await runAgent(space, {
      env: contractFor(space, own),
      script: buildQuickScript(space, { slot: 'temporary' }, { postgresql: { majors: [15] } }),
      args: ['preflight'],
    })
    expect(await agent.exit, agent.log()).toBe(0)
    expect(agent.log()).not.toMatch(/WARN|ERROR/)
    const told = own.log().slice(before)
    expect(told).not.toMatch(/ERROR|FATAL|checkpoint/)
    const commands = [...told.matchAll(/LOG: +received replication command: (\w+)/g)].map(([, word]) => word)
    expect(new Set(commands)).toEqual(new Set(['IDENTIFY_SYSTEM', 'SHOW']))
    expect(await own.sql('SELECT 1 FROM pg_replication_slots')).toEqual([])
  })

  testWith([], 'that does not fit is told in one list, and then it is 78', async () => {
    const own = await startMaster(space, {
      options: ['max_replication_slots=0', 'max_wal_senders=2', 'wal_keep_size=0', 'full_page_writes=off'],
    })
    const before = own.log().length
    const agent = await runAgent(space, { env: contractFor(space, own), args: ['preflight'] })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/ERROR inspect_master: max_replication_slots is 0.*set it to 1 or more/)
    expect(agent.log()).toMatch(/WARN inspect_master: max_wal_senders is 2.*set it to 3 or more/)
    expect(agent.log()).toMatch(/WARN inspect_master: wal_keep_size is 0/)
    expect(agent.log()).toMatch(/WARN inspect_master: full_page_writes is off/)
    expect(agent.log().match(dangers)).toHaveLength(3)
    expect(agent.log()).toMatch(/MASTER_UNFIT/)
    expect(own.log().slice(before)).not.toMatch(/ERROR|FATAL|BASE_BACKUP|checkpoint/)
    expectNothingMade(agent)
  })

  testWith([], 'of a major that the model does not name is told with all the rest', async () => {
    const own = await startMaster(space, { options: ['wal_keep_size=0'] })
    const agent = await runAgent(space, {
      env: contractFor(space, own),
      script: buildQuickScript(space, {}, { postgresql: { majors: [13, 14] } }),
      args: ['preflight'],
    })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/ERROR inspect_master: .* runs PostgreSQL 15, which postgresql\.majors/)
    expect(agent.log()).toMatch(/WARN inspect_master: wal_keep_size is 0[\s\S]*\(MASTER_VERSION, exit 78\)/)
  })

  testWith([], 'that is a danger only is told, and passes', async () => {
    const own = await startMaster(space, { options: ['wal_keep_size=0'] })
    const silent = await pickPort()
    const hosts = `127.0.0.1:${own.port},127.0.0.1:${silent}`
    const agent = await runAgent(space, {
      env: contractFor(space, own, { POSTGRES_MASTER: hosts }),
      script: buildQuickScript(space, { slot: 'permanent' }, { task: { instances: 12 } }),
      args: ['preflight'],
    })
    expect(await agent.exit, agent.log()).toBe(0)
    // Where each has a slot of its own, nobody needs wal_keep_size.
    expect(agent.log()).toMatch(/max_slot_wal_keep_size is -1/)
    expect(agent.log()).toMatch(/max_replication_slots is 10: 12 replicas/)
    expect(agent.log()).toMatch(/max_wal_senders is 10: .*set it to 25 or more/)
    expect(agent.log()).toMatch(new RegExp(`if 127\\.0\\.0\\.1:${silent} became the master`))
    expect(agent.log().match(dangers)).toHaveLength(4)
  })

  testWith([], 'is asked for what pg_rewind needs where the policy is rewind', async () => {
    const usual = buildQuickScript(space)
    const script = join(space.dir, 'rewinds.sh')
    writeFileSync(script, readFileSync(usual, 'utf8').replace(/^on_diverged=.*$/m, 'on_diverged=rewind'))
    const agent = await runAgent(space, { env: contractFor(space, master), script, args: ['preflight'] })
    expect(await agent.exit, agent.log()).toBe(0)
    expect(agent.log()).toMatch(/WARN inspect_master: wal_log_hints is off/)
    expect(agent.log().match(dangers)).toHaveLength(1)
  })

  testWith([], 'is no business of a run, which asks for nothing more', async () => {
    const own = await startMaster(space, { options: ['full_page_writes=off'] })
    const agent = await runAgent(space, { env: contractFor(space, own) })
    await agent.waitForRow(await own.insert())
    expect(own.log()).not.toMatch(/SHOW (full_page_writes|max_replication_slots|wal_keep_size)/)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  })
})
