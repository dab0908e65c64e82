import { describe, expect, test } from 'vitest'
import { appSchema } from '../../generator/model/app.js'

describe('appSchema', () => {
  test('a part of a part leaves the rest of it at its defaults', () => {
    expect(appSchema.parse({ health: { interval: 5 } }).health).toMatchObject({ interval: 5, maxFailures: 5 })
  })

  test.each([
    [{ helth: {} }, []],
    [{ health: { maxFailures: 0 } }, ['health', 'maxFailures']],
    [{ backoff: { factor: 0.5 } }, ['backoff', 'factor']],
    [{ killGrace: 1.5 }, ['killGrace']],
    [{ hostPort: 70_000 }, ['hostPort']],
    [{ env: { 'A-B': 'x' } }, ['env', 'A-B']],
    [{ constraints: [['hostname']] }, ['constraints', 0]],
    [{ constraints: [['rack', 'LIKE', 'a', 'b']] }, ['constraints', 0]],
    [{ upgrade: { minimumHealthCapacity: 1 } }, ['upgrade', 'maximumOverCapacity']],
    [
      { upgrade: { minimumHealthCapacity: 1.1, maximumOverCapacity: 0 } },
      ['upgrade', 'minimumHealthCapacity'],
    ],
    [{ mem: 0 }, ['mem']],
    [{ disk: -1 }, ['disk']],
    [{ instances: -1 }, ['instances']],
  ])('%j is refused where it is wrong', (app, path) => {
    expect(appSchema.safeParse(app).error?.issues.map((issue) => issue.path)).toEqual([path])
  })

  test.each(['100GiB', 512, { size: '5MiB', type: 'mount' }])('%j is a volume', (volume) => {
    expect(appSchema.safeParse({ volume }).success).toBe(true)
  })

  test.each(['100GB', 0, '10', { type: 'mount' }])('%j is no volume', (volume) => {
    expect(appSchema.safeParse({ volume }).success).toBe(false)
  })
})
