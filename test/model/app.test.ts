import { describe, expect, test } from 'vitest'
import { appSchema } from '../../generator/model/app.js'

describe('appSchema', () => {
  test("nothing said is the example of 2015, with a database's patience", () => {
    expect(appSchema.parse(undefined)).toEqual({
      marathon: '1.5',
      id: '/postgres-replication',
      instances: 1,
      cpus: 0.5,
      mem: 512,
      killGrace: 120,
      health: { delay: 15, gracePeriod: 86_400, interval: 30, maxFailures: 5 },
      backoff: { seconds: 30, factor: 2, max: 3600 },
      fetch: [],
      env: {},
      labels: {},
      portLabels: {},
      morePorts: [],
      secrets: {},
      dependencies: [],
      killSelection: 'YOUNGEST_FIRST',
      portName: 'postgres',
      hostPort: 0,
    })
  })

  test('a part of a part leaves the rest of it at its defaults', () => {
    expect(appSchema.parse({ health: { interval: 5 } }).health).toMatchObject({ interval: 5, maxFailures: 5 })
  })

  test.each([
    [{ helth: {} }, []],
    [{ health: { maxFailures: 0 } }, ['health', 'maxFailures']],
    [{ health: { timeout: 0 } }, ['health', 'timeout']],
    [{ backoff: { factor: 0.5 } }, ['backoff', 'factor']],
    [{ killGrace: 1.5 }, ['killGrace']],
    [{ hostPort: 70_000 }, ['hostPort']],
    [{ env: { 'A-B': 'x' } }, ['env', 'A-B']],
    [{ env: { A: 1 } }, ['env', 'A']],
    [{ constraints: [['hostname']] }, ['constraints', 0]],
    [{ upgrade: { minimumHealthCapacity: 1 } }, ['upgrade', 'maximumOverCapacity']],
  ])('%j is refused where it is wrong', (app, path) => {
    expect(appSchema.safeParse(app).error?.issues.map((issue) => issue.path)).toEqual([path])
  })

  test.each(['100GiB', '1TiB', 512, { size: '5MiB', type: 'mount' }])('%j is a volume', (volume) => {
    expect(appSchema.safeParse({ volume }).success).toBe(true)
  })

  test.each(['100GB', '0GiB', 0, '10', { type: 'mount' }])('%j is no volume', (volume) => {
    expect(appSchema.safeParse({ volume }).success).toBe(false)
  })
})
