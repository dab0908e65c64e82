import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hbaName, hbaToken, printHba } from '../../generator/compile/hba.js'
import { allow } from '../../generator/input/allow.js'
import {
  type AccessRule,
  accessRulesSchema,
  accessSchema,
  completeAccess,
} from '../../generator/postgres/access-schema.js'
import { adminLine, type Cluster, findServer, readTemplate, startCluster } from '../postgres/server.js'

const template = readTemplate('pg_hba.conf.hbs')
const bin = findServer()

describe('hbaName', () => {
  test.each([
    ['app', 'app'],
    [{ name: 'all' }, '"all"'],
    ['+staff', '+staff'],
    [{ name: '+staff' }, '"+staff"'],
    ['a"b', '"a""b"'],
  ])('%j is printed as %s', (name, text) => {
    expect(hbaName(name)).toBe(text)
  })

  test.each(['a\nb', '\0', '\ud800'])('%j never reaches a file', (text) => {
    expect(() => hbaToken(text)).toThrow()
  })
})

interface HbaRow {
  type: string
  database: string[]
  user_name: string[]
  address: string | null
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

  test.each(['dist', 'test/golden/json'])('takes each line of that of %s', async (folder) => {
    const text = readFileSync(`${folder}/conf/pg_hba.conf`, 'utf8')
    const rows = await load(text)
    expect(rows).toHaveLength(text.match(/^\w/gm)?.length ?? 0)
    expect(rows.map((row) => row.error)).toEqual(rows.map(() => null))
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
  const groups = completeAccess(accessRulesSchema.parse(rules))
  return printHba(template, groups, 'scram-sha-256')
}

function literal(name: string): { name: string } {
  return { name }
}
