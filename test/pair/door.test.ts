import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { processesUnder } from './harness/processes.js'
import { openSession, query, type Session } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

// How collations are compared, and what follows, is shown between hosts of two releases in test/lab.
let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

/** Holds replicas that clone from now on at their comparison: over there, the replay of WAL takes the lock, too. */
async function lockCollations(): Promise<Session> {
  const session = await openSession(master.port)
  await session.sql('BEGIN')
  await session.sql('LOCK TABLE pg_collation IN ACCESS EXCLUSIVE MODE')
  return session
}

/** Waits until the script asks through the door, and so the server lives and is closed. */
const asks = (agent: Agent) =>
  waitFor('a question at the door', () =>
    agent.descendants().some(({ args }) => /psql .*\/door .*pg_collation/.test(args)),
  )

const socketsOf = ({ dataDir }: Agent) =>
  readdirSync(join(dataDir, '../door')).filter((name) => name.startsWith('.s.PGSQL.'))

const shells = ['dash', 'bash', 'busybox'] as const
const closed = /serve: closed to clients until its collations are compared/

for (const shell of shells) {
  for (const whom of ['script', 'tree'] as const) {
    testWith(
      shell === 'dash' ? [] : ['namespace', shell],
      `a server that is still closed ends cleanly on SIGTERM to the ${whom}, under ${shell}, and the next run compares again`,
      async () => {
        const env = contractFor(space, master)
        const lock = await lockCollations()
        const agent = await runAgent(space, { env, shell })
        try {
          await asks(agent)
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
        expect(again.log()).toMatch(closed)
        again.terminate('SIGTERM', whom)
        expect(await again.exit, again.log()).toBe(0)
        expect(socketsOf(again)).toEqual([])
        await expectNothingLeft(again)
      },
    )
  }
}

testWith([], 'a server that is still closed lets nobody in, and is not healthy', async () => {
  const env = contractFor(space, master)
  const lock = await lockCollations()
  const agent = await runAgent(space, { env, longPath: true })
  const { sandbox, port } = agent
  const health = async () => {
    const asked = await runAgent(space, { env, sandbox, port, args: ['health'], ownLog: true })
    return { code: await asked.exit, words: asked.log() }
  }
  try {
    await asks(agent)
    await expect(query(port, 'SELECT 1')).rejects.toThrow(/no pg_hba\.conf entry/)
    expect(await health()).toEqual({ code: 1, words: expect.stringContaining('closed to clients') })
  } finally {
    await lock.close()
  }
  await agent.waitForRow(await master.insert())
  expect((await health()).code).toBe(0)
  // Nobody but the owner can come to the one socket that there is.
  const door = join(agent.dataDir, '../door')
  expect(statSync(door).mode & 0o777).toBe(0o700)
  expect(await agent.sql('SHOW unix_socket_directories')).toEqual([{ unix_socket_directories: '../door' }])
  expect(socketsOf(agent)).toEqual([`.s.PGSQL.${port}`, `.s.PGSQL.${port}.lock`])
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith([], 'access rules that somebody changes are taken over while it serves', async () => {
  const script = buildScript(space, { run: { watchInterval: 1 } })
  const agent = await runAgent(space, { env: contractFor(space, master), script })
  await agent.waitForRow(await master.insert())
  const rules = join(agent.dataDir, 'pg_hba.conf')
  const before = readFileSync(rules, 'utf8')
  writeFileSync(rules, `host all postgres all reject\n${before}`)
  await agent.waitForLog(/pg_hba\.conf has changed: the new rules/)
  await waitFor('the new line to hold', () =>
    query(agent.port, 'SELECT 1').then(
      () => false,
      (error: unknown) => /pg_hba\.conf rejects/.test(String(error)),
    ),
  )
  writeFileSync(rules, before)
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith([], 'access rules that the server would not take leave those in force', async () => {
  const script = buildScript(space, { run: { watchInterval: 1 } })
  const agent = await runAgent(space, { env: contractFor(space, master), script })
  await agent.waitForRow(await master.insert())
  const rules = join(agent.dataDir, 'pg_hba.conf')
  const before = readFileSync(rules, 'utf8')
  writeFileSync(rules, `host all all nowhere/99 trust\n${before}`)
  await agent.waitForLog(/but the old rules stay in force: line 1 of .*: specifying both/)
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)

  // What the master has not read yet comes along, and at the first start nobody has been let in.
  const own = await startMaster(space)
  appendFileSync(join(own.dataDir, 'pg_hba.conf'), 'nonsense\n')
  for (const onCollation of ['refuse', 'ignore'] as const) {
    const env = contractFor(space, own, { EXIT_PAUSE: '0' })
    const refused = await runAgent(space, { env, script: buildScript(space, { run: { onCollation } }) })
    expect(await refused.exit, refused.log()).toBe(78)
    expect(refused.log()).toMatch(/ERROR configure: .*\/pg_hba\.conf, line \d+: /)
    await expectNothingLeft(refused)
  }
})

testWith([], 'what the owner of a database has made is nothing that the superuser runs', async () => {
  const own = await startMaster(space)
  // Nor may a group of the master's host keep the door from being made.
  await own.sql("ALTER SYSTEM SET unix_socket_group = 'nobody-has-it'")
  const [home, script] = [
    mkdtempSync(join(space.dir, 'trap-')),
    buildScript(space, { run: { onCollation: 'warn' } }),
  ]
  chmodSync(home, 0o777)
  await own.sql(`CREATE FUNCTION public.quote_ident(name) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN COPY (SELECT 1) TO PROGRAM 'touch ${join(home, 'run')}'; RETURN 'trap'; END $$`)
  await own.sql('ALTER DATABASE postgres SET search_path = public, pg_catalog')
  await own.sql("CREATE COLLATION german (provider = icu, locale = 'de')")
  await own.sql('CREATE INDEX ON rows (body COLLATE german)')
  await own.sql("UPDATE pg_collation SET collversion = '0' WHERE collname = 'german'")
  const agent = await runAgent(space, { env: contractFor(space, own), script })
  await agent.waitForRow(await own.insert())
  expect(agent.log()).toMatch(
    /WARN serve: text sorts differently here: the collation postgres\.german was created/,
  )
  expect(existsSync(join(home, 'run'))).toBe(false)
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith([], 'neither a limit nor a right keeps the script out of a database', async () => {
  const own = await startMaster(space)
  for (const name of ['full', 'dropped', 'two\nlines']) await own.sql(`CREATE DATABASE "${name}"`)
  await own.sql('ALTER DATABASE "full" CONNECTION LIMIT 0')
  await own.sql('REVOKE CONNECT ON DATABASE "full" FROM PUBLIC')
  // What an interrupted DROP DATABASE leaves behind.
  await own.sql("UPDATE pg_database SET datconnlimit = -2 WHERE datname = 'dropped'")
  const agent = await runAgent(space, { env: contractFor(space, own) })
  await agent.waitForRow(await own.insert())
  expect(agent.log()).not.toMatch(/WARN/)
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
  expect(second.log()).not.toMatch(closed)
  second.terminate('SIGTERM', 'script')
  expect(await second.exit, second.log()).toBe(0)
})

testWith([], 'a closed server whose script was killed is ended, and nothing of it stays', async () => {
  const env = contractFor(space, master)
  const lock = await lockCollations()
  const agent = await runAgent(space, { env, longPath: true })
  await asks(agent)
  agent.terminate('SIGKILL', 'script')
  expect(await agent.exit).toBe(137)
  await lock.close()
  await waitFor('the server to end', () => processesUnder(agent.sandbox).length === 0)
  const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
  await again.waitForRow(await master.insert())
  again.terminate('SIGTERM', 'script')
  expect(await again.exit, again.log()).toBe(0)
  await expectNothingLeft(again)
})

testWith(
  [],
  'everything killed while a server is closed: the next run finds its socket, and is closed',
  async () => {
    const env = contractFor(space, master)
    const lock = await lockCollations()
    const agent = await runAgent(space, { env, longPath: true })
    await asks(agent)
    await agent.kill()
    const left = socketsOf(agent)
    expect(left).not.toEqual([])
    // The number in the lock may be anybody's by now: this one lives, and is not the server.
    const [lockFile = ''] = left.filter((name) => name.endsWith('.lock'))
    const path = join(agent.dataDir, '../door', lockFile)
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^\d+/, String(process.pid)))
    await lock.close()
    const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
    await again.waitForRow(await master.insert())
    expect(again.log()).toMatch(closed)
    again.terminate('SIGTERM', 'script')
    expect(await again.exit, again.log()).toBe(0)
    await expectNothingLeft(again)
  },
)

testWith(
  [],
  'a server is open from its start where the model says to ignore it; the verdict is kept beside the data',
  async () => {
    const script = buildScript(space, { run: { onCollation: 'ignore' } })
    const env = contractFor(space, master, { PGDATA_DIR: makeVolume(space) })
    const ignoring = await runAgent(space, { env, script })
    await ignoring.waitForRow(await master.insert())
    expect(ignoring.log()).not.toMatch(closed)
    expect(existsSync(join(ignoring.dataDir, '../collations'))).toBe(false)
    ignoring.terminate('SIGTERM', 'script')
    expect(await ignoring.exit).toBe(0)

    const looking = await runAgent(space, { env })
    await looking.waitForRow(await master.insert())
    expect(looking.log()).toMatch(closed)
    const [key] = readFileSync(join(looking.dataDir, '../collations'), 'utf8').split('\n')
    expect(key).toMatch(/^PostgreSQL 15\..*, glibc 2\.\d+, "Debian/)
    looking.terminate('SIGTERM', 'script')
    expect(await looking.exit).toBe(0)
  },
)
