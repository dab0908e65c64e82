import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { heldSettings, whereHeld } from '../../generator/postgres/held.js'
import { settingHistory, valueHistory } from '../../generator/postgres/history.js'
import { judgeSettings } from '../../generator/postgres/settings.js'
import { majorOf } from '../../generator/postgres/versions.js'
import { type Cluster, findServer, startCluster } from './server.js'

describe('judgeSettings', () => {
  test.each([
    ['wal_keep_segments', [12, 13], 'E_SETTING_GONE', '13'],
    ['stats_temp_directory', [15], 'E_SETTING_GONE', '15'],
    ['checkpoint_segments', [9.5], 'E_SETTING_GONE', '9.5'],
    ['replacement_sort_tuples', [11], 'E_SETTING_GONE', '11'],
    ['sql_inheritance', [10], 'E_SETTING_GONE', '10'],
    ['Force_Parallel_Mode', [16], 'E_SETTING_GONE', '16'],
    ['wal_keep_size', [12, 13], 'E_SETTING_FUTURE', '13'],
    ['io_method', [17], 'E_SETTING_FUTURE', '18'],
  ])('%s in %j is %s', (name, majors, code, since) => {
    expect(judgeSettings({ [name]: 1 }, majors)).toEqual([
      expect.objectContaining({ code, path: `postgresql.settings.${name}` }),
    ])
    expect(judgeSettings({ [name]: 1 }, majors)[0]?.message).toContain(`since PostgreSQL ${since};`)
  })

  test.each([
    ['wal_keep_segments', [10, 12]],
    ['stats_temp_directory', [14]],
    ['wal_keep_size', [13, 18]],
    ['min_parallel_relation_size', [9.6]],
    ['io_method', [18]],
  ])('%s in %j passes', (name, majors) => {
    expect(judgeSettings({ [name]: 1 }, majors)).toEqual([])
  })

  test('a hint names the successor', () => {
    expect(judgeSettings({ wal_keep_segments: 8 }, [15])[0]?.hint).toContain('wal_keep_size')
  })

  test.each([
    ['wal_level', 'replica', [9.5], true],
    ['wal_level', 'replica', [9.6], false],
    ['password_encryption', 'scram-sha-256', [9.6], true],
    ['password_encryption', false, [15], true],
    ['password_encryption', true, [13], false],
    ['password_encryption', true, [14], true],
  ])('%s = %j in %j', (name, value, majors, isRefused) => {
    const codes = judgeSettings({ [name]: value }, majors).map(({ code }) => code)
    expect(codes).toEqual(isRefused ? ['E_SETTING_VALUE'] : [])
  })

  test.each([...heldSettings.keys(), 'PORT', 'recovery_target_time', 'recovery_target_of_the_future'])(
    '%s is held elsewhere',
    (name) => {
      const found = judgeSettings({ [name]: 'x' }, [15])
      expect(found).toEqual([
        expect.objectContaining({ code: 'E_SETTING_HELD', path: `postgresql.settings.${name}` }),
      ])
    },
  )

  test('what is not held passes', () => {
    expect(whereHeld('log_min_messages')).toBeUndefined()
  })

  test('one setting in two spellings', () => {
    expect(judgeSettings({ work_mem: '1MB', Work_Mem: '2MB' }, [15])).toEqual([
      expect.objectContaining({ code: 'E_SETTING_TWICE', path: 'postgresql.settings.Work_Mem' }),
    ])
  })

  test.each([
    ['en_US.UTF-8', ['W_SETTING_LOCALE']],
    ['C', []],
    ['', []],
  ])('lc_messages = %j', (value, codes) => {
    expect(judgeSettings({ lc_messages: value }, [15]).map(({ code }) => code)).toEqual(codes)
  })
})

test('no name stands twice in the history', () => {
  const names = settingHistory.map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

const bin = findServer()

describe.skipIf(bin === undefined)('a real server', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster(bin ?? '')
  })
  afterAll(() => cluster.stop())

  test('knows exactly the settings that the history says', async () => {
    const client = await cluster.connect()
    const { rows } = await client.query<{ name: string }>('select name from pg_settings')
    const { rows: version } = await client.query<{ server_version_num: string }>('show server_version_num')
    await client.end()
    const major = majorOf(Number(version[0]?.server_version_num))
    const known = new Set(rows.map(({ name }) => name))
    const wrong = settingHistory.filter(({ name, since = 0, last = 99 }) => {
      return known.has(name) !== (since <= major && major <= last)
    })
    expect(wrong).toEqual([])
    expect(major).toBeGreaterThanOrEqual(10)
  })

  test.each(valueHistory.flatMap((entry) => entry.values.map((value) => ({ ...entry, value }))))(
    'takes or refuses $name = $value as the history says',
    ({ name, value, since = 0, last = 99 }) => {
      const major = Number(cluster.run('postgres', ['-V']).match(/\) (\d+)/)?.[1])
      const ask = () => cluster.run('postgres', ['-D', cluster.data, '-c', `${name}=${value}`, '-C', name])
      if (since <= major && major <= last) expect(ask().trim()).toBe(value)
      else expect(ask).toThrow(/invalid value/)
    },
  )
})
