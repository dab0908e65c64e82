import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, type AgentOptions, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { freeze, signal } from './harness/processes.js'
import { openSession, type Session } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
let env: Environment
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  env = contractFor(space, master)
  // Its watcher does not look by itself while a test has something to show.
  script = buildQuickScript(space, { watchInterval: 600, staleLimit: 1200 })
})
afterAll(() => space.close())

/** Asks as a scheduler would, by another process in the sandbox of the task. */
async function ask(agent: Agent, options: Partial<AgentOptions> = {}) {
  const { sandbox, port } = agent
  const asked = await runAgent(space, { env, sandbox, port, args: ['health'], ownLog: true, ...options })
  return { code: await asked.exit, words: asked.log() }
}

/** One line, which says what was found and what to look at. */
async function expectNo(agent: Agent, words: RegExp, options: Partial<AgentOptions> = {}): Promise<void> {
  const answer = await ask(agent, options)
  expect(answer).toEqual({ code: 1, words: expect.stringMatching(words) })
  expect(answer.words).toMatch(/^\S+ ERROR health: [^\n]+\n$/)
}

async function serve(): Promise<Agent> {
  const agent = await runAgent(space, { env, script })
  await agent.waitForRow(await master.insert())
  return agent
}

const expectYes = async (agent: Agent) => expect(await ask(agent)).toEqual({ code: 0, words: '' })

async function end(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

describe('what health says, and that it is one line', () => {
  testWith(
    [],
    'before anything is there, while a clone is made, and when nothing runs any more',
    async () => {
      const gate = await openGate(space, master)
      gate.hold()
      const own = contractFor(space, gate)
      const agent = await runAgent(space, { env: own, script })
      await gate.waitForCopy()
      await expectNo(
        agent,
        /no server runs yet: a clone is being made in .*clone\.1; see the task's log for its progress/,
      )
      gate.release()
      await agent.waitForRow(await master.insert())
      await expectYes(agent)
      await end(agent)
      await expectNo(
        agent,
        /no server runs on .*data, and no live run holds the data: the last one that did ended at .*: exit code 0/,
      )
      const nothing = await runAgent(space, { env, args: ['version'] })
      await nothing.exit
      await expectNo(nothing, /no server runs yet, and there is no data in .*: see the task's log/)
    },
  )

  testWith([], 'of a server that was killed', async () => {
    const agent = await serve()
    await agent.kill()
    await expectNo(agent, /no server runs on .*data/)
  })

  testWith([], 'of a server that starts, or shuts down, by its own word', async () => {
    const agent = await serve()
    const file = join(agent.dataDir, 'postmaster.pid')
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^ready {3}$/m)
    writeFileSync(file, text.replace('ready   ', 'starting'))
    await expectNo(agent, /starting: replaying WAL, at 0\/[0-9A-F]+ or later; .*see .*log/)
    writeFileSync(file, text.replace('ready   ', 'stopping'))
    await expectNo(agent, /the server is shutting down: see the task's log/)
    writeFileSync(file, text)
    await expectYes(agent)
    await end(agent)
  })

  testWith([], 'of a server on another port than the one that is asked for', async () => {
    const agent = await serve()
    await expectNo(agent, /was started for port \d+, not 5999: run health with the PORT0/, { port: 5999 })
    await end(agent)
  })

  testWith([], 'of a server that does not answer', async () => {
    const agent = await serve()
    const server = Number(readFileSync(join(agent.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
    freeze([server])
    await expectNo(agent, /does not answer within 5 s: check the load/)
    signal(server, 'SIGCONT')
    await expectYes(agent)
    await end(agent)
  })

  testWith([], 'of a server that somebody promoted', async () => {
    const agent = await serve()
    await agent.sql('SELECT pg_promote()')
    await expectNo(agent, /this server was promoted and accepts writes: stop it/)
    agent.terminate('SIGTERM', 'script')
    await agent.exit
  })

  testWith([], 'of data without a control file', async () => {
    const agent = await serve()
    const file = join(agent.dataDir, 'global/pg_control')
    renameSync(file, `${file}.away`)
    await expectNo(agent, /pg_controldata cannot read .*: check its files and the disk/)
    renameSync(`${file}.away`, file)
    await expectYes(agent)
    await end(agent)
  })

  testWith(
    [],
    'a server that is full of clients, and a role of replication that may not log in, are well',
    async () => {
      const agent = await serve()
      await master.sql('ALTER ROLE replicator NOLOGIN')
      const row = await master.insert()
      await agent.waitForRow(row)
      await expectYes(agent)
      const sessions: Session[] = []
      for (;;) {
        try {
          sessions.push(await openSession(agent.port))
        } catch (error) {
          expect(String(error)).toMatch(/too many clients/)
          break
        }
      }
      await expectYes(agent)
      await Promise.all(sessions.map((session) => session.close()))
      await master.sql('ALTER ROLE replicator LOGIN')
      await waitFor('the clients to be gone', async () => (await agent.sql('SELECT 1')).length === 1)
      await end(agent)
    },
  )

  testWith(
    [],
    'a server of which one database lets nobody in, and another one not the role of replication',
    async () => {
      const agent = await serve()
      await master.sql('REVOKE CONNECT ON DATABASE template1 FROM PUBLIC')
      await agent.waitForRow(await master.insert())
      const session = await openSession(master.port)
      await session.sql("ALTER DATABASE postgres SET session_preload_libraries = 'nothing'")
      await waitFor('the setting to arrive', async () => {
        const lines = await agent.sql('SELECT 1').then(
          () => false,
          (error) => /nothing/.test(String(error)),
        )
        return lines
      })
      await expectYes(agent)
      await session.sql('ALTER DATABASE postgres RESET session_preload_libraries')
      await session.sql('GRANT CONNECT ON DATABASE template1 TO PUBLIC')
      await session.close()
      await end(agent)
    },
  )
})
