import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { showPath } from '../../generator/diagnostics/path.js'
import { catalogue, kindIn } from '../../generator/postgres/catalogue.js'
import { judgeSettings } from '../../generator/postgres/settings.js'
import { type Cluster, findServer, startCluster } from './server.js'

// As servers of all majors that have the setting take or refuse them.
const values: Readonly<Record<string, { good: readonly string[]; bad: readonly string[] }>> = {
  DateStyle: {
    good: ['', 'iso', 'ISO, DMY', 'postgresql', 'europe', 'us', '"ISO"', 'ymd', 'default', 'iso, iso'],
    bad: ['non', 'iso,sql', 'sql, mdy, dmy', 'iso dmy', 'iso,', 'usa', 'post'],
  },
  createrole_self_grant: { good: ['', 'set, inherit', 'SET', 'set,set'], bad: ['grant', 'set inherit'] },
  debug_io_direct: { good: ['', 'data, wal', 'wal_init', 'DATA'], bad: ['x', 'data wal'] },
  log_connections: {
    good: ['on', 'off', 'yes'],
    bad: ['none', 'on,receipt', 'receipt authorization'],
  },
  restrict_nonsystem_relation_kind: {
    good: ['', 'view,foreign-table', 'VIEW'],
    bad: ['table', 'view foreign-table'],
  },
  synchronized_standby_slots: { good: ['', 'a', 'a,b', 'A', '"a"'], bad: ['a b', '*', 'a-b', ',', 'a,'] },
  synchronous_standby_names: {
    good: [
      ...[
        '',
        '*',
        'a',
        'a, b',
        '1 (a)',
        '2(a,b)',
        'FIRST 1 (a)',
        'any 1 (a, b)',
        '1',
        '1,2',
        'a$',
        '_x',
        '3 (a)',
      ],
      ...['"a-b"', '"a""b"', 'é', 'FIRST 1 (*)', 'anybody', 'first_one'],
    ],
    bad: [
      ...[
        '0 (a)',
        '1 ()',
        '(a)',
        'a-b',
        'FIRST',
        'first (a)',
        'any',
        'any 1',
        '1 (a) b',
        'a,',
        '$a',
        '1a',
        '"a',
      ],
      ...['"a" b', 'any,b', 'a b', 'x;y'],
    ],
  },
  wal_consistency_checking: {
    good: ['', 'all', 'heap,btree', 'hash, gin, gist, sequence, spgist, brin, generic, heap2', 'ALL'],
    bad: ['xlog', 'transaction', 'heap btree', 'x'],
  },
}

const codesOf = (name: string, value: string, majors: readonly number[]) =>
  judgeSettings({ [name]: value }, majors).map(({ code, path }) => `${code} ${showPath(path ?? [])}`)

const rows = Object.entries(values).flatMap(([name, { good, bad }]) => [
  ...good.map((value) => ({ name, value, isGood: true })),
  ...bad.map((value) => ({ name, value, isGood: false })),
])

describe('text with a form of its own', () => {
  test.each(rows)('$name = $value', ({ name, value, isGood }) => {
    expect(codesOf(name, value, [18])).toEqual(isGood ? [] : [`E_SETTING_VALUE postgresql.settings.${name}`])
  })

  test.each(['all', 'receipt, AUTHORIZATION', ''])('log_connections = %j, since 18', (value) => {
    expect(codesOf('log_connections', value, [18])).toEqual([])
    expect(codesOf('log_connections', value, [17, 18])).toEqual([
      'E_SETTING_VALUE postgresql.settings.log_connections',
    ])
  })

  test('a number, and a word for yes', () => {
    expect(judgeSettings({ synchronous_standby_names: 1 }, [15])).toEqual([])
    expect(judgeSettings({ log_connections: true }, [17, 18])).toEqual([])
  })
})

const bin = findServer()

describe.skipIf(bin === undefined)('a real server', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster(bin ?? '')
  })
  afterAll(() => cluster.stop())

  test('takes the good ones, and no others', async () => {
    const major = Number(/\/(\d+)\/bin$/.exec(bin ?? '')?.[1])
    const client = await cluster.connect()
    const isKnown = (name: string) => {
      const known = catalogue.get(name.toLowerCase())
      return known !== undefined && kindIn(known, major) !== undefined
    }
    const asked = rows.filter(({ name }) => isKnown(name))
    const theirs: string[] = []
    for (const { name, value } of asked) {
      const isTaken = await client.query(`ALTER SYSTEM SET ${name} = '${value}'`).then(
        () => true,
        () => false,
      )
      theirs.push(`${name} = ${value}: ${isTaken}`)
    }
    await client.end()
    expect(asked.length).toBeGreaterThan(50)
    expect(theirs).toEqual(asked.map(({ name, value, isGood }) => `${name} = ${value}: ${isGood}`))
  })
})
