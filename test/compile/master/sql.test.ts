import fc from 'fast-check'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listDemands } from '../../../generator/compile/master/demands.js'
import { printMasterSql } from '../../../generator/compile/master/sql.js'
import { sqlName, sqlText } from '../../../generator/compile/master/text.js'
import type { ReplicaInput } from '../../../generator/input/replica-input.js'
import { replicaSchema } from '../../../generator/model/replica.js'
import { applyMasterSql } from '../../pair/harness/master-sql.js'
import { type Cluster, findServer, readTemplate, startCluster } from '../../postgres/server.js'

const template = readTemplate('master.sql.hbs')
const bin = findServer()

function print(model: ReplicaInput = {}, rewind = false): string {
  return printMasterSql(template, replicaSchema.parse(model), { rewind })
}

function needsOf(model: ReplicaInput, rewind = false): Record<string, string> {
  const demands = listDemands(replicaSchema.parse(model), { rewind })
  return Object.fromEntries(demands.map(({ setting, needs }) => [setting, needs]))
}

describe('what is asked of a master', () => {
  test('walsenders and slots, by the number of replicas and what holds their WAL', () => {
    expect(needsOf({})).toMatchObject({
      max_wal_senders: '3 or more, and those of others',
      max_replication_slots: '1 or more, and those of others',
    })
    const three = { task: { instances: 3 } }
    expect(needsOf(three).max_wal_senders).toMatch(/^7 or more/)
    expect(needsOf({ ...three, run: { slot: 'temporary' } }).max_replication_slots).toMatch(/^6 or more/)
    expect(needsOf({ ...three, run: { slot: 'permanent' } }).max_replication_slots).toMatch(/^3 or more/)
  })

  test('kept WAL without a slot of its own, a bound with one', () => {
    const kept = (slot: 'none' | 'temporary' | 'permanent') =>
      Object.keys(needsOf({ run: { slot } })).filter((name) => name.includes('keep'))
    expect(kept('none')).toEqual(['wal_keep_size', 'wal_keep_segments'])
    expect(kept('temporary')).toEqual(['wal_keep_size', 'wal_keep_segments'])
    expect(kept('permanent')).toEqual(['max_slot_wal_keep_size'])
  })

  test.each<[ReplicaInput['master'], string[]]>([
    [{}, ['password of replicator', 'password_encryption']],
    [{ tls: 'prefer' }, ['password of replicator', 'password_encryption']],
    [{ tls: 'require' }, ['ssl', 'password of replicator', 'password_encryption']],
    [{ tls: { mode: 'verify-full', cert: '/c', key: '/k' } }, ['ssl', 'ssl_ca_file']],
  ])('how agents log in: %j', (master, wanted) => {
    const names = Object.keys(needsOf({ ...(master && { master }) }))
    expect(names.filter((name) => /ssl|password/.test(name))).toEqual(wanted)
  })

  test('an address for others, unless the master is on the same host', () => {
    const asks = (hosts: string | string[]) => 'listen_addresses' in needsOf({ master: { hosts } })
    expect(asks('pg1.db')).toBe(true)
    expect(asks(['localhost', 'pg1.db'])).toBe(true)
    expect(asks(['localhost:5433', '127.0.0.1', '[::1]:1'])).toBe(false)
  })

  test('pg_rewind asks for more', () => {
    const more = Object.keys(needsOf({}, true)).filter((name) => !(name in needsOf({})))
    expect(more).toEqual(['full_page_writes', 'wal_log_hints, data_checksums'])
    expect(print()).not.toContain('GRANT')
  })
})

test('what would break a line reaches no file', () => {
  expect(() => sqlText('a\nb')).toThrow()
  expect(() => sqlName('\ud800')).toThrow()
})

describe.skipIf(bin === undefined)('a real server', () => {
  let cluster: Cluster
  let admin: pg.Client
  beforeAll(async () => {
    cluster = await startCluster(bin ?? '')
    admin = await cluster.connect()
  })
  afterAll(async () => {
    await admin.end()
    await cluster.stop()
  })

  const apply = (text: string) => applyMasterSql(cluster.port, text, 'admin')
  const roleOf = async (name: string) =>
    (await admin.query('SELECT * FROM pg_authid WHERE rolname = $1', [name])).rows[0]

  test('has the role after it, and the same after it again', async () => {
    const first = await apply(print())
    const role = await roleOf('replicator')
    expect(role).toMatchObject({
      rolcanlogin: true,
      rolreplication: true,
      rolsuper: false,
      rolcreaterole: false,
      rolpassword: null,
      rolconnlimit: -1,
    })
    expect(await apply(print())).toEqual(first)
    expect(await roleOf('replicator')).toEqual(role)
  })

  test('gives a role what it lacks, and takes nothing away', async () => {
    await admin.query(`CREATE ROLE half CREATEDB CONNECTION LIMIT 2 PASSWORD 'x'`)
    const before = await roleOf('half')
    const found = await apply(print({ master: { role: 'half' } }))
    expect(await roleOf('half')).toEqual({ ...before, rolcanlogin: true, rolreplication: true })
    expect(found).toContainEqual(
      expect.objectContaining({ setting: 'CONNECTION LIMIT of half', value: '2', needs: '-1, or 3 or more' }),
    )
  })

  test('any name of a role is that name', async () => {
    const hostile = fc.string({
      unit: fc.constantFrom('"', "'", '\\', ':', '$', '%', ' ', ';', '-', '{', '}', '`', 'A', 'a', 'é'),
      minLength: 1,
      maxLength: 20,
    })
    const words = fc.constantFrom('user', 'all', "$run$', :'a' :a", '%I', '\\gexec', '-- ', '{{role}}')
    const name = fc
      .oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 15 }), hostile, words)
      .filter((role) => replicaSchema.safeParse({ master: { role } }).success)
    await fc.assert(
      fc.asyncProperty(name, async (role) => {
        const first = await apply(print({ master: { role } }, true))
        expect(await roleOf(role)).toMatchObject({ rolcanlogin: true, rolreplication: true })
        expect(await apply(print({ master: { role } }, true))).toEqual(first)
        // psql leaves out what is no character (mbvalidate in mbprint.c).
        const shown = role.replaceAll(/\p{Noncharacter_Code_Point}/gu, '')
        expect(first.map(({ setting }) => setting)).toContain(`password of ${shown}`)
        const { rows } = await admin.query(
          `SELECT has_function_privilege($1, 'pg_read_binary_file(text)', 'EXECUTE') AS may`,
          [role],
        )
        expect(rows).toEqual([{ may: true }])
        await admin.query(`DROP OWNED BY ${sqlName(role)}; DROP ROLE ${sqlName(role)}`)
      }),
      { numRuns: 30 },
    )
  })

  test.each(['pg_replicator', 'public', 'none'])('no server has a role %s, nor has a model', async (role) => {
    expect(replicaSchema.safeParse({ master: { role } }).success).toBe(false)
    await expect(admin.query(`CREATE ROLE ${sqlName(role)}`)).rejects.toThrow(/reserved/)
  })

  test('lets the role call what pg_rewind calls, where that is asked for', async () => {
    const calls = [
      `pg_ls_dir('.', true, false)`,
      `pg_stat_file('PG_VERSION', true)`,
      `pg_read_binary_file('PG_VERSION')`,
      `pg_read_binary_file('PG_VERSION', 0, 1, true)`,
    ]
    const call = async (one: string) => {
      await admin.query('SET ROLE rewinder')
      await admin.query(`SELECT ${one}`).finally(() => admin.query('RESET ROLE'))
    }
    await apply(print({ master: { role: 'rewinder' } }))
    for (const one of calls) await expect(call(one)).rejects.toThrow(/permission denied for function/)
    await apply(print({ master: { role: 'rewinder' } }, true))
    for (const one of calls) await call(one)
  })

  test('tells what does not fit, and no more', async () => {
    const names = async (model: ReplicaInput, rewind = false) =>
      (await apply(print(model, rewind))).map(({ setting, value }) => `${setting}: ${value}`)
    // As startCluster runs it: on loopback, with no WAL to keep, no TLS and a pg_hba.conf for us alone.
    const stock = [
      'wal_keep_size: 0',
      'listen_addresses: 127.0.0.1',
      'password of asked: none',
      'pg_hba.conf: no line lets them in',
    ]
    expect(await names({ master: { role: 'asked' } })).toEqual(stock)
    expect(await names({ master: { role: 'asked' } }, true)).toEqual([
      ...stock.slice(0, 3),
      'wal_log_hints, data_checksums: off, off',
      'pg_hba.conf: no line lets them in',
      'pg_hba.conf: no line lets them in',
    ])
    const tls = await names({ master: { role: 'asked', tls: 'verify-full' } })
    expect(tls).toEqual([...stock.slice(0, 2), 'ssl: off', ...stock.slice(2)])
    expect(await names({ master: { role: 'asked' }, run: { slot: 'permanent' } })).toEqual([
      'max_slot_wal_keep_size: -1',
      ...stock.slice(1),
    ])
    const many = await names({
      master: { role: 'asked' },
      task: { instances: 6 },
      run: { slot: 'temporary' },
      postgresql: { majors: [13] },
    })
    expect(many.slice(0, 3)).toEqual([
      expect.stringMatching(/^server_version: \d/),
      'max_wal_senders: 10',
      'max_replication_slots: 10',
    ])
  })

  test('is content with the password of a role, in whatever way it is to be stored next', async () => {
    const named = async () =>
      (await apply(print({ master: { role: 'keyed' } })))
        .filter(({ setting }) => /keyed|password/.test(setting))
        .map(({ setting, value }) => `${setting}: ${value}`)
    await apply(print({ master: { role: 'keyed' } }))
    await admin.query(
      `SET password_encryption = 'md5'; ALTER ROLE keyed PASSWORD 'x' VALID UNTIL '2001-01-01'`,
    )
    await admin.query(`ALTER ROLE admin SET password_encryption = 'md5'`)
    expect(await named()).toEqual([
      'password of keyed: md5',
      expect.stringMatching(/^VALID UNTIL of keyed: 2001-01-01/),
      'password_encryption: md5',
    ])
    await admin.query(
      `SET password_encryption = 'scram-sha-256'; ALTER ROLE keyed PASSWORD 'x' VALID UNTIL 'infinity'`,
    )
    expect(await named()).toEqual([])
    await admin.query('ALTER ROLE admin RESET ALL')
  })
})
