import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { startMaster } from './harness/master.js'
import { openSession } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'

// Hosts of two releases are in test/lab. A master whose rows say something else stands in for another system here.
let space: Space
const scripts = { refuse: '', warn: '' }
beforeAll(() => {
  space = openSpace()
  for (const onCollation of ['refuse', 'warn'] as const)
    scripts[onCollation] = buildScript(space, { run: { onCollation, watchInterval: 1 } })
})
afterAll(() => space.close())

/** A database and an index of each provider, as a master with that library would have made them. */
const differences: readonly { what: string; sql: readonly string[]; words: RegExp }[] = [
  {
    what: 'a collation of the C library that the master made without a version, as on musl',
    sql: [
      "CREATE COLLATION german (provider = libc, locale = 'C')",
      'CREATE INDEX ON rows (body COLLATE german)',
      "UPDATE pg_collation SET collcollate = 'de_DE.utf8', collversion = NULL WHERE collname = 'german'",
    ],
    words:
      /the collation postgres\.german was created by a library without versions \(such as musl\), but this agent has 2\.\d+/,
  },
  {
    what: 'a collation of ICU without a version',
    sql: [
      "CREATE COLLATION german (provider = icu, locale = 'de')",
      'CREATE INDEX ON rows (body COLLATE german)',
      "UPDATE pg_collation SET collversion = NULL WHERE collname = 'german'",
    ],
    words: /the collation postgres\.german was created by a library without versions/,
  },
  {
    what: 'a database that sorts by ICU, without a version',
    sql: [
      "CREATE DATABASE shop TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C'",
      "UPDATE pg_database SET datcollversion = NULL WHERE datname = 'shop'",
    ],
    words: /the database shop was created by a library without versions/,
  },
  {
    what: 'a database that sorts by the C library, without a version',
    sql: [
      "CREATE DATABASE shop TEMPLATE template0 LOCALE 'C'",
      "UPDATE pg_database SET datcollate = 'de_DE.utf8', datcollversion = NULL WHERE datname = 'shop'",
    ],
    words: /the database shop was created by a library without versions/,
  },
]

describe('a version on one side only', () => {
  for (const { what, sql, words } of differences) {
    testWith([], `${what}: refused, 78; by warn it serves`, async () => {
      const master = await startMaster(space)
      for (const line of sql) await master.sql(line)
      const refused = await runAgent(space, { env: contractFor(space, master), script: scripts.refuse })
      expect(await refused.exit, refused.log()).toBe(78)
      expect(refused.log()).toMatch(words)
      expect(refused.log()).toMatch(/\(COLLATION, exit 78\)/)
      await expectNothingLeft(refused)
      const warned = await runAgent(space, { env: contractFor(space, master), script: scripts.warn })
      await warned.waitForRow(await master.insert())
      expect(warned.log()).toMatch(words)
      warned.terminate('SIGTERM', 'script')
      expect(await warned.exit, warned.log()).toBe(0)
      await master.stop()
    })
  }

  testWith([], 'is none of C, POSIX and their like, which sort alike everywhere', async () => {
    const master = await startMaster(space)
    for (const locale of ['C', 'POSIX', 'C.utf8']) {
      const name = locale.replace('.', '')
      await master.sql(`CREATE COLLATION "own_${name}" (provider = libc, locale = '${locale}')`)
      await master.sql(`CREATE INDEX ON rows (body COLLATE "own_${name}")`)
      await master.sql(`CREATE DATABASE "db_${name}" TEMPLATE template0 LOCALE '${locale}'`)
    }
    await master.sql('CREATE INDEX ON rows (body)')
    await master.sql("UPDATE pg_collation SET collversion = '2.19' WHERE collname = 'own_Cutf8'")
    await master.sql("UPDATE pg_database SET datcollversion = NULL WHERE datname LIKE 'db%'")
    const agent = await runAgent(space, { env: contractFor(space, master), script: scripts.refuse })
    await agent.waitForRow(await master.insert())
    expect(agent.log()).not.toMatch(/WARN/)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await master.stop()
  })
})

describe('what cannot be looked at', () => {
  testWith([], 'is nothing where no superuser may log in, but the role that replicates may', async () => {
    const master = await startMaster(space)
    const session = await openSession(master.port)
    await session.sql('ALTER ROLE postgres NOLOGIN')
    const agent = await runAgent(space, { env: contractFor(space, master), script: scripts.refuse })
    await agent.waitForLog(/open to clients on port/)
    await agent.waitForLog(/streaming from/)
    expect(agent.log()).toMatch(/WARN serve: the rules could not be checked: no superuser may log in here/)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await session.sql('REVOKE CONNECT ON DATABASE template1 FROM PUBLIC')
    const refused = await runAgent(space, { env: contractFor(space, master), script: scripts.refuse })
    expect(await refused.exit, refused.log()).toBe(78)
    expect(refused.log()).toMatch(
      /the collations in the database template1 could not be read: no superuser may log in here, and replicator cannot either: /,
    )
    await session.sql('ALTER ROLE postgres LOGIN')
    await session.close()
    await master.stop()
  })

  for (const onCollation of ['refuse', 'warn'] as const) {
    testWith([], `an answer that does not come, by ${onCollation}`, async () => {
      const master = await startMaster(space)
      const text = readFileSync(scripts[onCollation], 'utf8')
      const hasty = join(space.dir, `hasty-${onCollation}.sh`)
      writeFileSync(hasty, text.replace('call_door 60 ', 'call_door 2 '))
      expect(readFileSync(hasty, 'utf8')).not.toBe(text)
      const session = await openSession(master.port)
      await session.sql('BEGIN')
      await session.sql('LOCK TABLE pg_partitioned_table IN ACCESS EXCLUSIVE MODE')
      const agent = await runAgent(space, { env: contractFor(space, master), script: hasty })
      const words = /the collations in the database \w+ could not be read: no answer/
      if (onCollation === 'refuse') {
        expect(await agent.exit, agent.log()).toBe(78)
        expect(agent.log()).toMatch(words)
        expect(agent.log()).toMatch(/asking again/)
        expect(agent.log()).toMatch(/\(COLLATION, exit 78\)/)
        await session.close()
      } else {
        await agent.waitForLog(new RegExp(`WARN serve: ${words.source}`))
        await session.close()
        await agent.waitForRow(await master.insert())
        // It is looked at again by the next start.
        expect(existsSync(join(agent.dataDir, '../collations'))).toBe(false)
        agent.terminate('SIGTERM', 'script')
        expect(await agent.exit, agent.log()).toBe(0)
      }
      await master.stop()
    })
  }

  testWith([], 'a database whose name has a line break and a backslash is looked at, too', async () => {
    const master = await startMaster(space)
    await master.sql("CREATE COLLATION german (provider = icu, locale = 'de')")
    await master.sql('CREATE INDEX german ON rows (body COLLATE german)')
    await master.sql("UPDATE pg_collation SET collversion = '0' WHERE collname = 'german'")
    await master.sql('CREATE DATABASE "two\nlines\\n" TEMPLATE postgres')
    await master.sql('DROP INDEX german')
    const agent = await runAgent(space, { env: contractFor(space, master), script: scripts.refuse })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/the collation "two lines\\n"\.german was created with version 0/)
    await master.stop()
  })
})
