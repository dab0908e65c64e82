import { describe, expect, test } from 'vitest'
import { readMebibytes, taskSchema } from '../../generator/model/task.js'

describe('taskSchema', () => {
  test('a part of a part leaves the rest of it at its defaults', () => {
    expect(taskSchema.parse({ health: { interval: 5 } }).health).toMatchObject({
      interval: 5,
      maxFailures: 5,
    })
  })

  test.each([
    [{ helth: {} }, []],
    [{ health: { maxFailures: 0 } }, ['health', 'maxFailures']],
    [{ stopGrace: 1.5 }, ['stopGrace']],
    [{ port: 70_000 }, ['port']],
    [{ env: { 'A-B': 'x' } }, ['env', 'A-B']],
    [{ mem: 0 }, ['mem']],
    [{ disk: -1 }, ['disk']],
    [{ instances: -1 }, ['instances']],
  ])('%j is refused where it is wrong', (task, path) => {
    expect(taskSchema.safeParse(task).error?.issues.map((issue) => issue.path)).toEqual([path])
  })

  test.each([
    ['100GiB', 102_400],
    ['1TiB', 1_048_576],
    [512, 512],
  ])('%j is a volume', (volume, size) => {
    expect(taskSchema.safeParse({ volume }).success).toBe(true)
    expect(readMebibytes(volume)).toBe(size)
  })

  test.each(['100GB', 0, '10', { size: '5MiB' }])('%j is no volume', (volume) => {
    expect(taskSchema.safeParse({ volume }).success).toBe(false)
  })
})
