import { describe, expect, test } from 'vitest'
import { judgeHealthGrace, judgeKillGrace } from '../../generator/marathon/limits.js'

describe('judgeKillGrace', () => {
  test('the limits of the script fit exactly', () => {
    expect(judgeKillGrace({ fast: 90, immediate: 10 }, 105)).toEqual([])
  })

  test('one second less does not do', () => {
    expect(judgeKillGrace({ fast: 90, immediate: 10 }, 104)).toEqual([
      expect.objectContaining({ code: 'E_KILL_GRACE', path: 'app.killGrace' }),
    ])
  })
})

describe('judgeHealthGrace', () => {
  const limits = { gracePeriod: 600, interval: 30, maxFailures: 5 }

  test('the last failure ends the task, and the grace lets all before it pass', () => {
    expect(judgeHealthGrace(limits, { masterWait: 720, space: undefined })).toEqual([])
    expect(judgeHealthGrace(limits, { masterWait: 721, space: undefined })).toEqual([
      expect.objectContaining({ code: 'E_HEALTH_GRACE', path: 'app.health.gracePeriod' }),
    ])
  })

  test('a clone that fills its disk', () => {
    expect(judgeHealthGrace(limits, { masterWait: 0, space: 720 * 112 })).toEqual([])
    expect(judgeHealthGrace(limits, { masterWait: 0, space: 720 * 112 + 1 })).toEqual([
      expect.objectContaining({ code: 'W_HEALTH_GRACE', path: 'app.health.gracePeriod' }),
    ])
  })
})
