import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import type { Mount } from './harness/mounts.js'
import { openSession } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let lacks: readonly Mount[]
const scripts = { refuse: '', warn: '', ignore: '' }
beforeAll(() => {
  space = openSpace()
  // What the master has and the agent lacks: a library that is there, and is none.
  const empty = join(space.dir, 'no-library')
  writeFileSync(empty, '')
  lacks = [{ from: empty, over: '/usr/lib/postgresql/15/lib/auto_explain.so' }]
  for (const onCollation of ['refuse', 'warn', 'ignore'] as const)
    scripts[onCollation] = buildScript(space, { run: { onCollation, watchInterval: 1 } })
})
afterAll(() => space.close())

const library = "session_preload_libraries = 'auto_explain'"
const needs = ['namespace'] as const

async function health(agent: Agent, env: Environment) {
  const { sandbox, port } = agent
  const asked = await runAgent(space, { env, sandbox, port, args: ['health'], ownLog: true, mounts: lacks })
  return { code: await asked.exit, words: asked.log() }
}

async function end(agent: Agent, master: Master): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await master.stop()
}

describe('a library that sessions load and the agent lacks', () => {
  for (const onCollation of ['refuse', 'ignore'] as const) {
    for (const [where, conf, sql] of [
      ['a file', [library], ''],
      ['ALTER ROLE ALL', [], `ALTER ROLE ALL SET ${library}`],
    ] as const) {
      testWith(
        needs,
        `is 78 before clients come, from ${where}, run.onCollation ${onCollation}`,
        async () => {
          const master = await startMaster(space, { conf })
          if (sql) await master.sql(sql)
          const env = contractFor(space, master)
          const agent = await runAgent(space, { env, script: scripts[onCollation], mounts: lacks })
          expect(await agent.exit, agent.log()).toBe(78)
          expect(agent.log()).toMatch(
            /ERROR serve: no client can log in here: session_preload_libraries of everybody: .*auto_explain\.so/,
          )
          expect(agent.log()).toMatch(/\(LOGIN, exit 78\)/)
          expect(agent.serverLog()).not.toMatch(/received SIGHUP/)
          expect(await agent.state()).toBe('shut down in recovery')
          await expectNothingLeft(agent)
          await master.stop()
        },
      )
    }
  }

  testWith(needs, 'is a warning where it is one role and one database only; both are named', async () => {
    const master = await startMaster(space)
    await master.sql(`CREATE DATABASE shop`)
    await master.sql(`ALTER DATABASE shop SET ${library}`)
    await master.sql(`ALTER ROLE replicator SET ${library}`)
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env, script: scripts.refuse, mounts: lacks })
    await agent.waitForRow(await master.insert())
    for (const whom of ['the database shop', 'the role replicator'])
      expect(agent.log()).toMatch(
        new RegExp(`WARN serve: some clients cannot log in here: session_preload_libraries of ${whom}: `),
      )
    expect(await health(agent, env)).toEqual({ code: 0, words: '' })
    await end(agent, master)
  })

  testWith(needs, 'while it serves: health says no in one line, and yes when it is gone', async () => {
    const master = await startMaster(space)
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env, script: scripts.refuse, mounts: lacks })
    await agent.waitForRow(await master.insert())
    const { sql, close } = await openSession(master.port)
    await sql(`ALTER ROLE ALL SET ${library}`)
    const no = await waitFor('health to say no', async () => {
      const answer = await health(agent, env)
      return answer.code === 1 ? answer : undefined
    })
    expect(no.words).toMatch(/^[^\n]+ ERROR health: no client can log in: [^\n]+auto_explain\.so[^\n]+\n$/)
    await sql('ALTER ROLE ALL RESET session_preload_libraries')
    await close()
    await waitFor('health to say yes', async () => (await health(agent, env)).code === 0)
    await end(agent, master)
  })

  testWith(needs, 'keeps no comparison of collations from being made: a difference is refused', async () => {
    const master = await startMaster(space)
    await master.sql("CREATE COLLATION german (provider = icu, locale = 'de')")
    await master.sql('CREATE INDEX ON rows (body COLLATE german)')
    await master.sql("UPDATE pg_collation SET collversion = '0' WHERE collname = 'german'")
    await master.sql(`ALTER DATABASE postgres SET ${library}`)
    await master.sql(`ALTER ROLE postgres SET ${library}`)
    const agent = await runAgent(space, {
      env: contractFor(space, master),
      script: scripts.refuse,
      mounts: lacks,
    })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/text sorts differently here: the collation postgres\.german was created/)
    await master.stop()
  })
})

testWith([], 'sessions that cannot ask on a standby are told, and the script asks all the same', async () => {
  const master = await startMaster(space, { conf: ["default_transaction_isolation = 'serializable'"] })
  const env = contractFor(space, master)
  const agent = await runAgent(space, { env, script: scripts.refuse })
  await agent.waitForLog(
    /WARN serve: clients can log in here, but their queries fail unless they override a setting/,
  )
  await waitFor('health to say yes', async () => (await health(agent, env)).code === 0)
  await end(agent, master)
})
