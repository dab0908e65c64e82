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
    const found = judgeMemory({ Shared_Buffers: value }, mem)
    expect(namesOf(found)).toEqual(code === undefined ? [] : [`${code} postgresql.settings.Shared_Buffers`])
  })

  test.each([
    [224, 512, []],
    [225, 512, ['W_SETTING_MEMORY postgresql.settings.max_connections']],
    ['many', 512, []],
  ])('max_connections %j in %i MiB', (value, mem, codes) => {
    expect(namesOf(judgeMemory({ max_connections: value }, mem))).toEqual(codes)
  })

  test.each([
    ['384MB', []],
    ['385MB', ['W_SETTING_MEMORY postgresql.settings.work_mem']],
    [393_217, ['W_SETTING_MEMORY postgresql.settings.work_mem']],
  ])('work_mem %j', (value, codes) => {
    expect(namesOf(judgeMemory({ work_mem: value }, 512))).toEqual(codes)
  })
})

test.each([
  ['512MB', []],
  ['513MB', ['W_SETTING_MEMORY postgresql.settings.effective_cache_size']],
  [65_537, ['W_SETTING_MEMORY postgresql.settings.effective_cache_size']],
])('effective_cache_size %j in 512 MiB', (value, codes) => {
  expect(namesOf(judgeMemory({ effective_cache_size: value }, 512))).toEqual(codes)
})

test('effective_cache_size below shared_buffers, whoever says that one', () => {
  const fault = ['W_SETTING_MEMORY postgresql.settings.effective_cache_size']
  expect(namesOf(judgeMemory({ effective_cache_size: '127MB' }, 512))).toEqual(fault)
  expect(namesOf(judgeMemory({ effective_cache_size: '128MB' }, 512))).toEqual([])
  const both = { effective_cache_size: '255MB', shared_buffers: '256MB' }
  expect(namesOf(judgeMemory(both, 1024))).toEqual(fault)
  expect(namesOf(judgeMemory({ ...both, effective_cache_size: '256MB' }, 1024))).toEqual([])
})

test('our own defaults are never at odds, with each other or with the memory; of too little of it task.mem is told', () => {
  for (const mem of [228, 256, 350, 512, 512.5, 1000, 16_384, 300_000, 2_147_483_647]) {
    expect(judgeMemory({}, mem), String(mem)).toEqual([])
  }
  for (const mem of [1, 3, 64, 227]) {
    expect(namesOf(judgeMemory({}, mem)), String(mem)).toEqual(['W_SETTING_MEMORY task.mem'])
  }
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
    expect(namesOf(judgeDisk(mergeSettings({ ...settings }, 512), { path: ['task', 'disk'], size }))).toEqual(
      codes,
    )
  })
})
