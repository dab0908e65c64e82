import { expect, test } from 'vitest'
import { memoryDefaults } from '../../generator/postgres/memory.js'

const read = (settings: Parameters<typeof memoryDefaults>[0], mem: number) =>
  memoryDefaults(settings, mem).map(({ value, why }) => `${value}, ${why}`)

test.each<[object, number, string, string]>([
  [
    {},
    512,
    '128MB, a quarter of task.mem (512 MiB)',
    '384MB, the planner: three quarters of task.mem (512 MiB)',
  ],
  [
    {},
    16_384,
    '4GB, a quarter of task.mem (16384 MiB)',
    '12GB, the planner: three quarters of task.mem (16384 MiB)',
  ],
  [
    {},
    1000.5,
    '250MB, a quarter of task.mem (1000.5 MiB)',
    '750MB, the planner: three quarters of task.mem (1000.5 MiB)',
  ],
  [
    {},
    256,
    '56MB, what 100 connections leave of task.mem (256 MiB)',
    '192MB, the planner: three quarters of task.mem (256 MiB)',
  ],
  [{}, 64, '8MB, an eighth of task.mem (64 MiB)', '48MB, the planner: three quarters of task.mem (64 MiB)'],
  [{}, 1, '128kB, an eighth of task.mem (1 MiB)', '128kB, the planner: as much as shared_buffers'],
  [
    { Max_Connections: 20 },
    256,
    '64MB, a quarter of task.mem (256 MiB)',
    '192MB, the planner: three quarters of task.mem (256 MiB)',
  ],
  [
    { max_connections: 'many' },
    512,
    '128MB, a quarter of task.mem (512 MiB)',
    '384MB, the planner: three quarters of task.mem (512 MiB)',
  ],
  // What the model says itself is taken from it.
  [
    { shared_buffers: '14GB' },
    16_384,
    '4GB, a quarter of task.mem (16384 MiB)',
    '14GB, the planner: as much as shared_buffers',
  ],
  [
    { SHARED_BUFFERS: 131_073 },
    1024,
    '256MB, a quarter of task.mem (1024 MiB)',
    '1025MB, the planner: as much as shared_buffers',
  ],
])('%j in a task of %d MiB', (settings, mem, buffers, cache) => {
  expect(read({ ...settings }, mem)).toEqual([buffers, cache])
})
