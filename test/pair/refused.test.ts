import { chmodSync, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { replicatorPassword, writePassfile } from './harness/passfile.js'
import { holdWalsender } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

/** Runs until the end, which must come before a copy; gives the log. */
async function expectExit(code: number, env: Environment, of: Master = master): Promise<string> {
  const clones = of.clones()
  const agent = await runAgent(space, { env })
  expect(await agent.exit, agent.log()).toBe(code)
  expect(of.clones(), 'base backups').toBe(clones)
  expect(existsSync(agent.dataDir)).toBe(false)
  return agent.log()
}

const user = serverUser()

describe('a login that the master refuses', () => {
  testWith([], 'for a wrong password is 77 with its words', async () => {
    const PGPASSFILE = writePassfile(join(space.dir, 'wrong'), user, [{ password: 'wrong' }])
    const log = await expectExit(77, contractFor(space, master, { PGPASSFILE }))
    expect(log).toMatch(/password authentication failed for user "replicator"/)
  })

  testWith(['localedef'], 'for a wrong password is 77 with its words also in German', async () => {
    const german = await startMaster(space, { german: true })
    const PGPASSFILE = writePassfile(join(space.dir, 'falsch'), user, [{ password: 'falsch' }])
    const log = await expectExit(77, contractFor(space, german, { PGPASSFILE }), german)
    expect(log).toMatch(/Passwort-Authentifizierung/)
  })

  testWith([], 'for want of a pg_hba.conf line is 77 with its words', async () => {
    const closed = await startMaster(space, { hba: ['host all postgres 127.0.0.1/32 trust'] })
    expect(await expectExit(77, contractFor(space, closed), closed)).toMatch(/no pg_hba.conf entry/)
  })

  testWith(['localedef'], 'for want of a pg_hba.conf line is 77 also in German', async () => {
    const closed = await startMaster(space, { german: true, hba: ['host all postgres 127.0.0.1/32 trust'] })
    expect(await expectExit(77, contractFor(space, closed), closed)).toMatch(/pg_hba\.conf-Eintrag/)
  })

  testWith([], 'for a role without REPLICATION is 77', async () => {
    const plain = await startMaster(space, {
      hba: ['host all all 127.0.0.1/32 trust', 'host replication all all trust'],
    })
    await plain.sql('CREATE ROLE plain LOGIN')
    await expectExit(77, contractFor(space, plain, { POSTGRES_REPUSER: 'plain' }), plain)
  })
})

describe('the password file', () => {
  testWith([], 'that is not there is 77', async () => {
    const env = contractFor(space, master, { PGPASSFILE: join(space.dir, 'nowhere') })
    expect(await expectExit(77, env)).toMatch(
      /the password file \S+\/nowhere does not exist: write it, or set/,
    )
  })

  testWith(['root'], 'that RUN_USER cannot read is 77', async () => {
    const root = { name: 'root', uid: 0, gid: 0, home: '/root' }
    const PGPASSFILE = writePassfile(join(space.dir, 'of root'), root)
    expect(await expectExit(77, contractFor(space, master, { PGPASSFILE }))).toContain(PGPASSFILE)
  })

  testWith([], 'with no line for this master is 77', async () => {
    const PGPASSFILE = writePassfile(join(space.dir, 'other'), user, [{ host: 'elsewhere' }])
    await expectExit(77, contractFor(space, master, { PGPASSFILE }))
  })

  testWith(['namespace'], "is RUN_USER's ~/.pgpass when PGPASSFILE is not set, as in 2015", async () => {
    // A home of its own is mounted over the real one, for this task alone.
    const home = join(space.dir, 'home')
    mkdirSync(home)
    chmodSync(home, 0o755)
    writePassfile(join(home, '.pgpass'), user)
    const { PGPASSFILE: _, ...env } = contractFor(space, master)
    const agent = await runAgent(space, { env, mounts: [{ from: home, over: user.home }] })
    await agent.waitForRow(await master.insert())
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  })
})

describe('a master without a free walsender', () => {
  for (const german of [false, true]) {
    testWith(
      german ? ['localedef'] : [],
      `is 75 when MASTER_WAIT is over${german ? ', also in German' : ''}`,
      async () => {
        const busy = await startMaster(space, { german, options: ['max_wal_senders=1'] })
        const held = await holdWalsender(busy.port, replicatorPassword)
        const log = await expectExit(75, contractFor(space, busy, { MASTER_WAIT: '0' }), busy)
        expect(log).toMatch(/no free walsender or connection within 0 s: .*max_wal_senders/)
        await held.close()
      },
    )
  }

  testWith([], 'is waited for', async () => {
    const busy = await startMaster(space, { options: ['max_wal_senders=2'] })
    const held = await Promise.all([1, 2].map(() => holdWalsender(busy.port, replicatorPassword)))
    const agent = await runAgent(space, { env: contractFor(space, busy) })
    await agent.waitForLog(/trying again/)
    for (const one of held) await one.close()
    await agent.waitForRow(await busy.insert())
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit).toBe(0)
  })
})

describe('a master that writes too little WAL', () => {
  // With wal_level = minimal a server starts with max_wal_senders = 0 only, so the login itself fails.
  testWith([], 'is 75 and names max_wal_senders', async () => {
    const minimal = await startMaster(space, { options: ['wal_level=minimal', 'max_wal_senders=0'] })
    const log = await expectExit(75, contractFor(space, minimal, { MASTER_WAIT: '0' }), minimal)
    expect(log).toMatch(/no free walsender or connection within 0 s: .*max_wal_senders/)
  })
})

describe('a master of a newer major than the script was made for', () => {
  testWith([], 'is 78 before a copy', async () => {
    const script = buildQuickScript(space, {}, { postgresql: { majors: [13, 14] } })
    const clones = master.clones()
    const agent = await runAgent(space, { env: contractFor(space, master), script })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/this script was not made for PostgreSQL 15[\s\S]*MASTER_VERSION/)
    expect(master.clones()).toBe(clones)
  })

  // 15 takes BASE_BACKUP by another grammar than 14; the lab tries 18 by the rules of 17, which fit.
  testWith(
    [],
    'is tried where the model says so, and a rule that does not fit is told before a copy',
    async () => {
      const script = buildQuickScript(space, {}, { postgresql: { majors: [13, 14], newer: 'try' } })
      const clones = master.clones()
      const agent = await runAgent(space, { env: contractFor(space, master), script })
      expect(await agent.exit, agent.log()).toBe(75)
      expect(agent.log()).toMatch(/WARN choose_data: PostgreSQL 15 is newer than .* treating it as 14/)
      expect(agent.log()).toMatch(/does not begin a base backup: ERROR: +syntax error/)
      expect(master.clones()).toBe(clones)
    },
  )

  testWith([], 'is refused where it is older instead', async () => {
    const script = buildQuickScript(space, {}, { postgresql: { majors: [16], newer: 'try' } })
    const agent = await runAgent(space, { env: contractFor(space, master), script })
    expect(await agent.exit, agent.log()).toBe(78)
  })
})
