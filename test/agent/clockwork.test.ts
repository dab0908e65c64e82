import { describe, expect, test } from 'vitest'
import { makeBackoff } from './backoff.js'
import { chooseRestart } from './deployment.js'
import { makeHealthChecker } from './health.js'

describe('makeBackoff', () => {
  const settings = { backoffSeconds: 30, backoffFactor: 2, maxLaunchDelaySeconds: 3600 }

  test('each failure doubles the delay, up to the longest', () => {
    const backoff = makeBackoff(settings)
    expect(backoff.deadline()).toBe(0)
    const delays = Array.from({ length: 9 }, () => {
      backoff.addDelay(1000)
      return backoff.deadline() - 1000
    })
    expect(delays).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600])
  })

  test('a task that ran longer than the longest delay begins anew', () => {
    const backoff = makeBackoff(settings)
    for (let failures = 0; failures < 5; failures++) backoff.addDelay(0)
    backoff.advance(500)
    backoff.addDelay(4000)
    expect(backoff.deadline()).toBe(4000 + 960)
    backoff.advance(5000)
    backoff.addDelay(8601)
    expect(backoff.deadline()).toBe(8601 + 30)
    backoff.reset()
    expect(backoff.deadline()).toBe(0)
  })
})

describe('makeHealthChecker', () => {
  const settings = {
    delaySeconds: 15,
    gracePeriodSeconds: 300,
    intervalSeconds: 60,
    maxConsecutiveFailures: 3,
  }

  test('the first check is late, each other one an interval after the one before', () => {
    const checker = makeHealthChecker(settings, 1000)
    expect(checker.due()).toBe(1015)
    expect(checker.conclude(true, 1015)).toEqual({ healthy: true })
    expect(checker.due()).toBe(1075)
    expect(checker.conclude(true, 1080)).toBeUndefined()
    expect(checker.due()).toBe(1140)
  })

  test('failures do not count within the grace, and the third one after it ends the task', () => {
    const checker = makeHealthChecker(settings, 0)
    expect(checker.conclude(false, 300)).toBeUndefined()
    expect(checker.conclude(false, 301)).toEqual({ healthy: false, failures: 1, kill: false })
    expect(checker.conclude(false, 361)).toEqual({ healthy: false, failures: 2, kill: false })
    expect(checker.conclude(false, 421)).toEqual({ healthy: false, failures: 3, kill: true })
  })

  test('the first success ends the grace for good', () => {
    const checker = makeHealthChecker({ ...settings, gracePeriodSeconds: 86_400 }, 0)
    expect(checker.conclude(true, 15)).toEqual({ healthy: true })
    expect(checker.conclude(false, 75)).toEqual({ healthy: false, failures: 1, kill: false })
    expect(checker.conclude(true, 135)).toEqual({ healthy: true })
    expect(checker.conclude(false, 195)).toMatchObject({ failures: 1 })
  })

  test('a day of failures within the grace of a day', () => {
    const checker = makeHealthChecker({ ...settings, gracePeriodSeconds: 86_400, intervalSeconds: 30 }, 0)
    let checks = 0
    while (checker.due() <= 86_400) {
      expect(checker.conclude(false, checker.due())).toBeUndefined()
      checks += 1
    }
    expect(checks).toBe(2880)
  })

  test.each([0, 1])('%i failures allowed: the first one ends the task', (maxConsecutiveFailures) => {
    const checker = makeHealthChecker({ ...settings, gracePeriodSeconds: 0, maxConsecutiveFailures }, 0)
    expect(checker.conclude(false, 15)).toMatchObject({ kill: true })
  })
})

describe('chooseRestart', () => {
  const rolling = { minimumHealthCapacity: 0.5, maximumOverCapacity: 0, isResident: true }

  test.each([
    [
      { ...rolling, instances: 3, running: 3 },
      { killAtOnce: 1, maxCapacity: 3 },
    ],
    [
      { ...rolling, instances: 4, running: 4 },
      { killAtOnce: 2, maxCapacity: 4 },
    ],
    [
      { ...rolling, instances: 1, running: 1 },
      { killAtOnce: 1, maxCapacity: 1 },
    ],
    [
      { ...rolling, minimumHealthCapacity: 1, maximumOverCapacity: 1, instances: 1, running: 1 },
      { killAtOnce: 0, maxCapacity: 2 },
    ],
    [
      { ...rolling, minimumHealthCapacity: 1, isResident: false, instances: 2, running: 2 },
      { killAtOnce: 0, maxCapacity: 3 },
    ],
    [
      { ...rolling, minimumHealthCapacity: 0, instances: 1, running: 1 },
      { killAtOnce: 1, maxCapacity: 1 },
    ],
  ])('%j', (replacement, strategy) => {
    expect(chooseRestart(replacement)).toEqual(strategy)
  })
})
