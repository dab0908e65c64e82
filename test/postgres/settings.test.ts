import { describe, expect, test } from 'vitest'
import { catalogue } from '../../generator/postgres/catalogue.js'
import { heldSettings, whereHeld } from '../../generator/postgres/held.js'
import { renamed, settingsBefore10, successors } from '../../generator/postgres/history.js'
import { judgeSettings } from '../../generator/postgres/settings.js'

describe('judgeSettings', () => {
  test.each([
    ['wal_keep_segments', [12, 13], 'E_SETTING_GONE', '13'],
    ['checkpoint_segments', [9.5], 'E_SETTING_GONE', '9.5'],
    ['sql_inheritance', [10], 'E_SETTING_GONE', '10'],
    ['Force_Parallel_Mode', [16], 'E_SETTING_GONE', '16'],
    ['wal_keep_size', [12, 13], 'E_SETTING_FUTURE', '13'],
    ['io_method', [17], 'E_SETTING_FUTURE', '18'],
  ])('%s in %j is %s', (name, majors, code, since) => {
    expect(judgeSettings({ [name]: 1 }, majors)).toEqual([
      expect.objectContaining({ code, path: ['postgresql', 'settings', name] }),
    ])
    expect(judgeSettings({ [name]: 1 }, majors)[0]?.message).toContain(`since PostgreSQL ${since};`)
  })

  test.each([
    ['wal_keep_segments', [10, 12]],
    ['wal_keep_size', [13, 18]],
    ['min_parallel_relation_size', [9.6]],
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

  test('what the script holds', () => {
    for (const name of [...heldSettings.keys(), 'PORT', 'recovery_target_of_the_future']) {
      expect(judgeSettings({ [name]: 'x' }, [15])).toEqual([
        expect.objectContaining({ code: 'E_SETTING_HELD', path: ['postgresql', 'settings', name] }),
      ])
    }
  })

  test('what is not held passes', () => {
    expect(whereHeld('log_min_messages')).toBeUndefined()
  })

  test('one setting in two spellings', () => {
    expect(judgeSettings({ work_mem: '1MB', Work_Mem: '2MB' }, [15])).toEqual([
      expect.objectContaining({ code: 'E_SETTING_TWICE', path: ['postgresql', 'settings', 'Work_Mem'] }),
    ])
  })

  test.each([
    ['en_US.UTF-8', ['W_SETTING_LOCALE']],
    ['C', []],
    ['', ['E_SETTING_VALUE']],
  ])('lc_messages = %j', (value, codes) => {
    expect(judgeSettings({ lc_messages: value }, [15]).map(({ code }) => code)).toEqual(codes)
    expect(judgeSettings({ lc_time: '' }, [15])).toEqual([])
  })
})

test('an old name that servers still take is judged as the new one', () => {
  const codes = (settings: Record<string, string | number>, majors: number[]) =>
    judgeSettings(settings, majors).map(({ code }) => code)
  expect(codes({ sort_mem: '4MB' }, [10, 18])).toEqual(['W_SETTING_RENAMED'])
  expect(codes({ sort_mem: '4mb' }, [18])).toEqual(['W_SETTING_RENAMED', 'E_SETTING_VALUE'])
  expect(codes({ ssl_ecdh_curve: 'prime256v1' }, [17])).toEqual([])
  expect(codes({ ssl_ecdh_curve: 'prime256v1' }, [17, 18])).toEqual(['W_SETTING_RENAMED'])
})

describe('the history before 10', () => {
  test('ends where the catalogue begins', () => {
    const wrong = [...settingsBefore10].filter(([name, { until }]) => {
      const isIn10 = catalogue.get(name)?.kinds[0]?.since === undefined && catalogue.has(name)
      return isIn10 !== (until === undefined)
    })
    expect(wrong).toEqual([])
  })

  test('names only settings that are known', () => {
    const known = (name: string) => catalogue.has(name) || settingsBefore10.has(name)
    expect([...successors].flat().filter((name) => !known(name))).toEqual([])
    expect([...renamed.values()].filter(({ to }) => !known(to))).toEqual([])
  })
})
