import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { findUser, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { writePassfile } from './harness/passfile.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

describe('a master in the Debian layout', () => {
  testWith(['debian'], 'is refused with 78 when there is no CONFIG_URL', async () => {
    const master = await startMaster(space, { layout: 'debian' })
    const agent = await runAgent(space, { env: contractFor(space, master) })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/CONFIG_URL/)
  })
})

describe('an unprivileged task', () => {
  testWith(
    ['nobody', 'root'],
    'runs as RUN_USER in a path of more than 200 bytes with a space, mode 0750',
    async () => {
      const user = findUser('nobody') ?? serverUser()
      const master = await startMaster(space)
      const agent = await runAgent(space, {
        env: contractFor(space, master, {
          RUN_USER: 'nobody',
          PGPASSFILE: writePassfile(join(space.dir, 'nobody'), user),
        }),
        user,
        longPath: true,
        sandboxMode: 0o750,
      })
      expect(agent.sandbox.length).toBeGreaterThan(200)
      expect(agent.sandbox).toContain(' ')
      await agent.waitForRow(await master.insert())
      agent.terminate('SIGTERM', 'tree')
      expect(await agent.exit, agent.log()).toBe(0)
      await expectNothingLeft(agent)
    },
  )

  testWith(['nobody', 'root'], 'that is neither root nor RUN_USER is refused with 77', async () => {
    const user = findUser('nobody') ?? serverUser()
    const agent = await runAgent(space, { env: contractFor(space, { port: 1 }), user })
    expect(await agent.exit, agent.log()).toBe(77)
    expect(existsSync(join(agent.sandbox, 'pgdata'))).toBe(false)
  })
})

describe('root', () => {
  testWith(
    ['root'],
    'is told 77 before anything is copied when RUN_USER may not enter the sandbox (D27)',
    async () => {
      const master = await startMaster(space)
      const agent = await runAgent(space, { env: contractFor(space, master), sandboxMode: 0o700 })
      expect(await agent.exit, agent.log()).toBe(77)
      expect(master.clones()).toBe(0)
    },
  )

  testWith(
    ['root'],
    'uses a volume outside the sandbox that belongs to root, lost+found and all',
    async () => {
      const master = await startMaster(space)
      const volume = join(space.dir, 'volume #1')
      mkdirSync(join(volume, 'lost+found'), { recursive: true, mode: 0o755 })
      const agent = await runAgent(space, { env: contractFor(space, master, { PGDATA_DIR: volume }) })
      await agent.waitForRow(await master.insert())
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
      expect(existsSync(join(volume, 'replica/data/PG_VERSION'))).toBe(true)
      // Another sandbox, the same volume: what a persistent volume is for.
      const next = await runAgent(space, { env: contractFor(space, master, { PGDATA_DIR: volume }) })
      await next.waitForRow(await master.insert())
      expect(master.clones()).toBe(1)
      next.terminate('SIGTERM', 'script')
      expect(await next.exit).toBe(0)
    },
  )
})

describe('tablespaces', () => {
  testWith([], 'are mapped into the sandbox, and linked anew when its path has changed (D26)', async () => {
    const master = await startMaster(space, { tablespaces: 2 })
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env })
    await agent.waitForRow(await master.insert())
    expect(await agent.sql('SELECT count(*)::int AS n FROM in_space2')).toEqual([{ n: 1000 }])
    const places = await agent.sql(
      'SELECT pg_tablespace_location(oid) AS place FROM pg_tablespace WHERE oid > 16000',
    )
    expect(places).toHaveLength(2)
    for (const { place } of places) expect(place).toContain(`${agent.sandbox}/pgdata/replica/tablespaces/`)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)

    const moved = `${agent.sandbox} moved`
    renameSync(agent.sandbox, moved)
    const again = await runAgent(space, { env, sandbox: moved })
    await again.waitForRow(await master.insert())
    expect(await again.sql('SELECT sum(n)::int AS n FROM in_space1')).toEqual([{ n: 500500 }])
    await master.sql('INSERT INTO in_space1 VALUES (1)')
    expect(again.log()).not.toMatch(/could not open directory/)
    expect(master.clones()).toBe(1)
    again.terminate('SIGTERM', 'script')
    expect(await again.exit).toBe(0)
  })
})

describe('a postgresql.auto.conf that came along', () => {
  /** ALTER SYSTEM can set all of these on a master; each alone would break or promote a replica. */
  function writeTraps(trigger: string, marker: string): string[] {
    return [
      'port = 1',
      "listen_addresses = '192.0.2.1'",
      "unix_socket_directories = '/nonexistent'",
      'archive_mode = always',
      `archive_command = 'touch "${marker}"'`,
      `restore_command = 'touch "${marker}"; false'`,
      `archive_cleanup_command = 'touch "${marker}"'`,
      `recovery_end_command = 'touch "${marker}"'`,
      "recovery_target_time = '2001-01-01 00:00:00+00'",
      'recovery_target_action = promote',
      'recovery_target_inclusive = off',
      'recovery_target_timeline = current',
      `promote_trigger_file = '${trigger}'`,
      "primary_conninfo = 'host=192.0.2.1 user=nobody'",
      "primary_slot_name = 'no_such_slot'",
      'hot_standby = off',
      'logging_collector = on',
      "log_directory = '/nonexistent'",
      "external_pid_file = '/nonexistent/pid'",
      'max_connections = 10',
      'max_worker_processes = 1',
      'max_wal_senders = 1',
      'max_locks_per_transaction = 10',
    ]
  }

  testWith([], 'is beaten wherever it would break or promote the replica (D19, D23)', async () => {
    const trigger = join(space.dir, 'trigger')
    const marker = join(space.dir, 'executed')
    writeFileSync(trigger, '')
    const parity = [
      'max_connections=70',
      'max_worker_processes=9',
      'max_wal_senders=11',
      'max_locks_per_transaction=65',
    ]
    const master = await startMaster(space, {
      autoConf: writeTraps(trigger, marker),
      options: [...parity, 'archive_mode=off', 'hot_standby=on'],
    })
    const agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitForRow(await master.insert())
    await agent.waitForRow(await master.insert())
    expect(await agent.sql('SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
    expect(existsSync(marker), 'a command of the master was executed').toBe(false)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    expect(await agent.state()).toBe('shut down in recovery')
  })

  testWith([], 'that preloads a library which is not on this agent is named, code 78', async () => {
    const master: Master = await startMaster(space, {
      autoConf: ["shared_preload_libraries = 'no_such_library'"],
      options: ['shared_preload_libraries='],
    })
    const agent = await runAgent(space, { env: contractFor(space, master) })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(/no_such_library/)
  })
})
