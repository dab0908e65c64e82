import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hbaName, hbaToken, printHba } from '../../generator/compile/hba.js'
import { type AccessRule, accessSchema, allow, completeAccess, deny } from '../../generator/model/access.js'
import { adminLine, type Cluster, findServer, readTemplate, startCluster } from '../postgres/server.js'

const template = readTemplate('pg_hba.conf.hbs')
const bin = findServer()

describe('hbaName', () => {
  test.each([
    ['app', 'app'],
    ['all', 'all'],
    [{ name: 'all' }, '"all"'],
    [{ name: 'replication' }, '"replication"'],
    ['+staff', '+staff'],
    ['+the staff', '+"the staff"'],
    [{ name: '+staff' }, '"+staff"'],
    [{ name: '@file' }, '"@file"'],
    ['a b', '"a b"'],
    ['a,b', '"a,b"'],
    ['a#b', '"a#b"'],
    ['a"b', '"a""b"'],
    ['$HOME', '"$HOME"'],
    ['-x', '"-x"'],
    ['é', '"é"'],
  ])('%j is printed as %s', (name, text) => {
    expect(hbaName(name)).toBe(text)
  })

  test.each(['a\nb', '\0', '\ud800'])('%j never reaches a file', (text) => {
    expect(() => hbaToken(text)).toThrow()
  })
})

describe('printHba', () => {
  test('aligns the columns over all groups, one comment for each', () => {
    const rules = [allow.hostssl({ database: ['a', 'b c'], user: 'x', from: '10.1.2.3', method: 'md5' })]
    const text = printHba(template, completeAccess(accessSchema.parse(rules), 'replicator'), 'scram-sha-256')
    expect(text.slice(text.indexOf('# Clients'))).toBe(`# Clients (access in the model)
hostssl  a,"b c"      x           10.1.2.3/32     md5

# This agent
local    all          all                         scram-sha-256
host     all          all         127.0.0.1/32    scram-sha-256
host     all          all         ::1/128         scram-sha-256

# Replicas that stream from this one, and copies of it (POSTGRES_REPUSER)
host     replication  replicator  127.0.0.1/32    scram-sha-256
host     replication  replicator  ::1/128         scram-sha-256
host     replication  replicator  10.0.0.0/8      scram-sha-256
host     replication  replicator  172.16.0.0/12   scram-sha-256
host     replication  replicator  192.168.0.0/16  scram-sha-256
host     replication  replicator  fc00::/7        scram-sha-256
`)
  })
})

interface HbaRow {
  type: string
  database: string[]
  user_name: string[]
  address: string | null
  netmask: string | null
  auth_method: string
  options: string[] | null
  error: string | null
}

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

  test('loads the default file and means what the model means', async () => {
    const groups = completeAccess(accessSchema.parse(undefined), 'replicator')
    const rows = await load(printHba(template, groups, 'scram-sha-256'))
    expect(rows.map((row) => row.error)).toEqual(rows.map(() => null))
    expect(rows.map((row) => row.auth_method)).toEqual(rows.map(() => 'scram-sha-256'))
    const printed = rows.map((row) => [
      row.type,
      row.database.join(),
      row.user_name.join(),
      row.address,
      row.netmask,
    ])
    expect(printed).toEqual([
      ['host', 'all', 'all', '10.0.0.0', '255.0.0.0'],
      ['host', 'all', 'all', '172.16.0.0', '255.240.0.0'],
      ['host', 'all', 'all', '192.168.0.0', '255.255.0.0'],
      ['host', 'all', 'all', 'fc00::', 'fe00::'],
      ['local', 'all', 'all', null, null],
      ['host', 'all', 'all', '127.0.0.1', '255.255.255.255'],
      ['host', 'all', 'all', '::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
      ['host', 'replication', 'replicator', '127.0.0.1', '255.255.255.255'],
      ['host', 'replication', 'replicator', '::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
      ['host', 'replication', 'replicator', '10.0.0.0', '255.0.0.0'],
      ['host', 'replication', 'replicator', '172.16.0.0', '255.240.0.0'],
      ['host', 'replication', 'replicator', '192.168.0.0', '255.255.0.0'],
      ['host', 'replication', 'replicator', 'fc00::', 'fe00::'],
    ])
  })

  test('takes every kind of address and an option with spaces', async () => {
    const froms = ['all', 'samehost', 'samenet', '10.0.0.1', 'fd00::1/64', '::ffff:10.0.0.1', 'pg.db', '.db']
    const rules = froms.map((from) => allow.host({ from }))
    const options = { ldapserver: 'a b', ldapprefix: 'cn="x", #1' }
    const ldap = allow.host({ from: 'all', method: 'ldap', options })
    const rows = await load(print([...rules, ldap]))
    expect(rows.map((row) => row.error)).toEqual(rows.map(() => null))
    expect(rows.slice(0, 9).map((row) => row.address)).toEqual([
      'all',
      'samehost',
      'samenet',
      '10.0.0.1',
      'fd00::1',
      '::ffff:10.0.0.1',
      'pg.db',
      '.db',
      'all',
    ])
    expect(rows[8]?.options?.slice(0, 2)).toEqual(['ldapserver=a b', 'ldapprefix=cn="x", #1'])
  })

  test('any name that is let in is one token, unchanged', async () => {
    const hostile = fc.string({
      unit: fc.constantFrom('"', ',', '#', ' ', '\\', "'", '+', '@', '=', '/', 'a', 'é'),
      maxLength: 10,
    })
    const name = fc
      .oneof(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 15 }),
        hostile,
        fc.constantFrom('all', 'sameuser'),
      )
      .filter((text) => accessSchema.safeParse([{ type: 'local', database: { name: text } }]).success)
    const list = fc.array(name, { minLength: 1, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ database: list, user: list }), { minLength: 50, maxLength: 100 }),
        async (lines) => {
          const rules = lines.map(({ database, user }): AccessRule => {
            return { type: 'local', database: database.map(literal), user: user.map(literal) }
          })
          const rows = await load(print(rules))
          const read = rows.slice(0, lines.length)
          expect(read.map(({ database, user_name: user }) => ({ database, user }))).toEqual(lines)
        },
      ),
      { numRuns: 10 },
    )
  })

  test('a keyword as a literal name lets in that role only', async () => {
    const roles = ['all', '+staff', '@file', 'a b', 'a,b#"c', 'other']
    for (const role of roles) await admin.query(`create role ${pg.escapeIdentifier(role)} login`)
    const user = roles.filter((role) => role !== 'other').map(literal)
    await load(print([allow.host({ database: 'postgres', user, from: '127.0.0.1', method: 'trust' })]))
    for (const role of roles) expect([role, await canLogIn(role)]).toEqual([role, role !== 'other'])
  })

  test('a role turned away stays out, though everybody else is let in after', async () => {
    await admin.query('create role banned login')
    await admin.query('create role welcome login')
    const everybody = allow.host({ from: '127.0.0.0/8', method: 'trust' })
    await load(print([deny.host({ user: 'banned', from: 'all' }), everybody]))
    expect([await canLogIn('banned'), await canLogIn('welcome')]).toEqual([false, true])
  })

  async function load(text: string): Promise<HbaRow[]> {
    cluster.write('pg_hba.conf', `${adminLine}${text}`)
    await cluster.reload(admin)
    const { rows } = await admin.query<HbaRow>(
      'select * from pg_hba_file_rules order by line_number offset 1',
    )
    return rows
  }

  async function canLogIn(user: string): Promise<boolean> {
    const client = new pg.Client({
      host: '127.0.0.1',
      port: cluster.port,
      user,
      database: 'postgres',
      password: 'x',
    })
    try {
      await client.connect()
      return true
    } catch {
      return false
    } finally {
      await client.end()
    }
  }
})

function print(rules: readonly object[]): string {
  return printHba(template, completeAccess(accessSchema.parse(rules), 'replicator'), 'scram-sha-256')
}

function literal(name: string): { name: string } {
  return { name }
}
