import { describe, expect, test } from 'vitest'
import { judgeSettings } from '../../generator/postgres/settings.js'

const verdicts = (name: string, value: string | number | boolean, majors = [15]) =>
  judgeSettings({ [name]: value }, majors).map(({ code }) => code)

describe('values', () => {
  test.each<[string, string | number | boolean]>([
    ['max_connections', 200],
    ['max_connections', '200'],
    ['max_connections', '1e2'],
    ['max_connections', '0x64'],
    ['work_mem', '8MB'],
    ['work_mem', '8 MB'],
    ['checkpoint_timeout', '15min'],
    ['random_page_cost', 1.1],
    ['jit', 'of'],
    ['jit', 'TRUE'],
    ['wal_compression', true],
    ['wal_level', 'hot_standby'],
    ['log_line_prefix', '%m'],
    ['pg_stat_statements.max', 'anything'],
    ['IntervalStyle', 'ISO_8601'],
  ])('%s = %j passes', (name, value) => {
    expect(verdicts(name, value)).toEqual([])
  })

  test.each<[string, string | number | boolean]>([
    ['max_connections', 'many'],
    ['max_connections', 300_000],
    ['max_connections', 0],
    ['max_connections', true],
    ['max_connections', '100MB'],
    ['work_mem', '8mb'],
    ['work_mem', '1B'],
    ['work_mem', '8min'],
    ['checkpoint_completion_target', 1.5],
    ['jit', 'o'],
    ['wal_compression', 'gzip'],
    ['work_mem', ''],
  ])('%s = %j is refused', (name, value) => {
    expect(verdicts(name, value)).toEqual(['E_SETTING_VALUE'])
  })

  test.each<[string, string | number | boolean, number[]]>([
    ['wal_compression', 'lz4', [14, 15]],
    ['vacuum_cost_delay', 0.5, [11, 12]],
    ['maintenance_work_mem', '512kB', [16, 17]],
    ['io_combine_limit', 64, [17, 18]],
    ['password_encryption', true, [13, 14]],
  ])('%s = %j is judged by each major of %j', (name, value, both) => {
    const refusing = both.filter((major) => verdicts(name, value, [major]).length > 0)
    expect(refusing).toHaveLength(1)
    expect(verdicts(name, value, both)).toEqual(['E_SETTING_VALUE'])
    const [found] = judgeSettings({ [name]: value }, both)
    expect(found?.message).toContain(`a server of ${refusing} would refuse this value`)
  })

  test.each<[string, string | number, number, boolean]>([
    ['transaction_buffers', 70, 17, false],
    ['transaction_buffers', '1MB', 17, true],
    ['vacuum_buffer_usage_limit', '64kB', 16, false],
    ['vacuum_buffer_usage_limit', 0, 16, true],
    ['io_max_concurrency', 0, 18, false],
    ['io_max_concurrency', -1, 18, true],
    ['work_mem', '010MB', 15, true],
    ['shared_buffers', '0.5GB', 11, false],
    ['shared_buffers', '0.5GB', 12, true],
    ['work_mem', '65536B', 10, false],
    ['work_mem', '65536B', 11, true],
    ['work_mem', '09MB', 15, false],
  ])('%s = %j in %j: %j', (name, value, major, isTaken) => {
    expect(verdicts(name, value, [major])).toEqual(isTaken ? [] : ['E_SETTING_VALUE'])
  })

  test('a misspelt word is told with the one that was meant', () => {
    const [found] = judgeSettings({ wal_level: 'replikca' }, [15])
    expect(found?.hint).toContain('did you mean replica?')
  })

  test('a name that nobody has is refused, with the one that was meant', () => {
    const [found] = judgeSettings({ shared_bufers: '1GB' }, [15])
    expect(found).toMatchObject({ code: 'E_SETTING_UNKNOWN', hint: 'did you mean shared_buffers?' })
    expect(verdicts('server_version', '15')).toEqual(['E_SETTING_FIXED'])
  })
})
