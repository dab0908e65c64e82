import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { showPath } from '../../generator/diagnostics/path.js'
import { judgeDisk, judgeMemory } from '../../generator/postgres/resources.js'
import { mergeSettings } from '../../generator/postgres/settings-schema.js'

const namesOf = (found: readonly Diagnostic[]) =>
  found.map(({ code, path }) => `${code} ${showPath(path ?? [])}`)

describe('judgeMemory', () => {
  test.each([
    ['256MB', 512, undefined],
    ['257MB', 512, 'W_SETTING_MEMORY'],
    ['1GB', 512, 'E_SETTING_MEMORY'],
    [32_769, 512, 'W_SETTING_MEMORY'],
    ['524296kB', 512, 'E_SETTING_MEMORY'],
    ['many', 512, undefined],
  ])('shared_buffers %j in %i MiB: %s', (value, mem, code) => {
    const found = judgeMemory(mergeSettings({ Shared_Buffers: value }), mem)
    expect(namesOf(found)).toEqual(code === undefined ? [] : [`${code} postgresql.settings.Shared_Buffers`])
  })

  test.each([
    [192, 512, []],
    [193, 512, ['W_SETTING_MEMORY postgresql.settings.max_connections']],
    ['many', 512, []],
  ])('max_connections %j in %i MiB', (value, mem, codes) => {
    expect(namesOf(judgeMemory(mergeSettings({ max_connections: value }), mem))).toEqual(codes)
  })

  test.each([
    ['384MB', []],
    ['385MB', ['W_SETTING_MEMORY postgresql.settings.work_mem']],
    [393_217, ['W_SETTING_MEMORY postgresql.settings.work_mem']],
  ])('work_mem %j', (value, codes) => {
    expect(namesOf(judgeMemory(mergeSettings({ work_mem: value }), 512))).toEqual(codes)
  })
})

test.each([
  ['512MB', []],
  ['513MB', ['W_SETTING_MEMORY postgresql.settings.effective_cache_size']],
  [65_537, ['W_SETTING_MEMORY postgresql.settings.effective_cache_size']],
])('effective_cache_size %j in 512 MiB', (value, codes) => {
  expect(namesOf(judgeMemory(mergeSettings({ effective_cache_size: value }), 512))).toEqual(codes)
})

test("our own default is nobody's fault", () => {
  expect(judgeMemory(mergeSettings({}), 350)).toEqual([])
})

describe('judgeDisk', () => {
  test.each<[object, number, string[]]>([
    [{}, 2048, []],
    [{}, 2047, ['W_TASK_DISK task.disk']],
    [{}, 1024, ['E_TASK_DISK task.disk']],
    [{ max_wal_size: '200MB' }, 1024, []],
    [{ wal_keep_size: '20GB' }, 10_240, ['E_TASK_DISK task.disk']],
    [{ wal_keep_size: 6000 }, 10_240, ['W_TASK_DISK task.disk']],
    [{ wal_keep_segments: 640 }, 10_240, ['E_TASK_DISK task.disk']],
  ])('%j in %i MiB', (settings, size, codes) => {
    expect(namesOf(judgeDisk(mergeSettings({ ...settings }), { path: ['task', 'disk'], size }))).toEqual(
      codes,
    )
  })
})
