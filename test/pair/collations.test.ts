import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { processesUnder } from './harness/processes.js'
import { openSession, type Session } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

// What is compared, and what follows, is shown between hosts of two releases in test/lab.
let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

/** Lets the script wait for an answer of its server apart as long as it would with any server: a minute. */
const patient = { PGCONNECT_TIMEOUT: '600' }

/** Holds replicas that clone from now on at their comparison: over there, the replay of WAL takes the lock, too. */
async function lockCollations(): Promise<Session> {
  const session = await openSession(master.port)
  await session.sql('BEGIN')
  await session.sql('LOCK TABLE pg_collation IN ACCESS EXCLUSIVE MODE')
  return session
}

const shells = ['dash', 'bash', 'busybox'] as const
const apart = /compare_collations: starting PostgreSQL where no client can reach it/

for (const shell of shells) {
  for (const whom of ['script', 'tree'] as const) {
    testWith(
      shell === 'dash' ? [] : ['namespace', shell],
      `a server apart ends cleanly on SIGTERM to the ${whom}, under ${shell}, and the next run compares again`,
      async () => {
        const env = contractFor(space, master, patient)
        const lock = await lockCollations()
        const agent = await runAgent(space, { env, shell })
        try {
          await agent.waitForLog(/listening on Unix socket/)
          agent.terminate('SIGTERM', whom)
          // Of a tree the startup process may end before its server has seen a signal: then that ends with 1.
          expect(whom === 'tree' ? [0, 1] : [0], agent.log()).toContain(await agent.exit)
          await expectNothingLeft(agent)
        } finally {
          // A failure here is none of the tests that follow.
          await lock.close()
        }
        const clones = master.clones()
        const { sandbox, port } = agent
        const again = await runAgent(space, { env, sandbox, port, shell })
        await again.waitForRow(await master.insert())
        expect(master.clones()).toBe(clones)
        expect(again.log()).toMatch(apart)
        again.terminate('SIGTERM', whom)
        expect(await again.exit, again.log()).toBe(0)
        await expectNothingLeft(again)
      },
    )
  }
}

testWith([], 'a database that cannot be entered says nothing against this agent', async () => {
  const own = await startMaster(space)
  for (const name of ['full', 'dropped', 'two\nlines']) await own.sql(`CREATE DATABASE "${name}"`)
  await own.sql('ALTER DATABASE "full" CONNECTION LIMIT 0')
  // What an interrupted DROP DATABASE leaves behind.
  await own.sql("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'dropped'")
  const agent = await runAgent(space, { env: contractFor(space, own) })
  await agent.waitForRow(await own.insert())
  const warnings = agent.log().match(/WARN compare_collations: .*/g)
  expect(warnings).toEqual([
    expect.stringMatching(/the collations in the database full could not be seen: .*too many connections/),
  ])
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith(['namespace'], 'an agent whose os-release says nothing is known again', async () => {
  const empty = join(space.dir, 'os-release')
  writeFileSync(empty, '')
  const mounts = [{ from: empty, over: '/etc/os-release' }]
  const env = contractFor(space, master)
  const first = await runAgent(space, { env, mounts })
  await first.waitForRow(await master.insert())
  first.terminate('SIGTERM', 'script')
  expect(await first.exit, first.log()).toBe(0)
  const { sandbox, port } = first
  const second = await runAgent(space, { env, mounts, sandbox, port })
  await second.waitForRow(await master.insert())
  expect(second.log()).not.toMatch(apart)
  second.terminate('SIGTERM', 'script')
  expect(await second.exit, second.log()).toBe(0)
})

testWith([], 'a server apart whose script was killed is ended, and nothing of it stays', async () => {
  const env = contractFor(space, master, patient)
  const lock = await lockCollations()
  // Its socket is in /tmp, since the path of the sandbox is too long for one.
  const agent = await runAgent(space, { env, longPath: true })
  await agent.waitForLog(/listening on Unix socket "\/tmp\/run_rep\.\d+\//)
  agent.terminate('SIGKILL', 'script')
  expect(await agent.exit).toBe(137)
  await waitFor('the server to end', () => processesUnder(agent.sandbox).length === 0)
  await lock.close()
  const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
  await again.waitForRow(await master.insert())
  again.terminate('SIGTERM', 'script')
  expect(await again.exit, again.log()).toBe(0)
  await expectNothingLeft(again)
})

testWith(
  [],
  'everything killed while a server is apart: the next run clears up its socket, too',
  async () => {
    const env = contractFor(space, master, patient)
    const lock = await lockCollations()
    const agent = await runAgent(space, { env, longPath: true })
    const line = await agent.waitForLog(/listening on Unix socket "\/tmp\/run_rep\.\d+\//)
    const sockets = /\/tmp\/run_rep\.\d+/.exec(line)?.[0] ?? ''
    await agent.kill()
    expect(existsSync(sockets)).toBe(true)
    await lock.close()
    const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
    await again.waitForRow(await master.insert())
    expect(existsSync(sockets)).toBe(false)
    again.terminate('SIGTERM', 'script')
    expect(await again.exit, again.log()).toBe(0)
    await expectNothingLeft(again)
  },
)

testWith(
  [],
  'no server is apart where the model says to ignore it; the verdict is kept beside the data',
  async () => {
    const script = buildScript(space, { run: { onCollation: 'ignore' } })
    const env = contractFor(space, master, { PGDATA_DIR: makeVolume(space) })
    const ignoring = await runAgent(space, { env, script })
    await ignoring.waitForRow(await master.insert())
    expect(ignoring.log()).not.toMatch(apart)
    ignoring.terminate('SIGTERM', 'script')
    expect(await ignoring.exit).toBe(0)

    const looking = await runAgent(space, { env })
    await looking.waitForRow(await master.insert())
    expect(looking.log()).toMatch(apart)
    const [key] = readFileSync(join(looking.dataDir, '../collations'), 'utf8').split('\n')
    expect(key).toMatch(/^postgres \(PostgreSQL\) 15\..*, glibc 2\.\d+, "Debian/)
    looking.terminate('SIGTERM', 'script')
    expect(await looking.exit).toBe(0)
  },
)
