import { describe, expect, test } from 'vitest'
import { judgeHealth, judgeHealthGrace, judgeStopGrace } from '../../generator/compile/limits.js'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { showPath } from '../../generator/diagnostics/path.js'

describe('judgeStopGrace', () => {
  test('the limits of the script fit exactly', () => {
    expect(judgeStopGrace({ fast: 90, immediate: 10 }, 105)).toEqual([])
  })

  test('one second less does not do', () => {
    expect(judgeStopGrace({ fast: 90, immediate: 10 }, 104)).toEqual([
      expect.objectContaining({ code: 'E_STOP_GRACE', path: ['task', 'stopGrace'] }),
    ])
  })
})

const limits = { delay: 15, gracePeriod: 600, interval: 30, timeout: 10, maxFailures: 5 }

const list = (found: readonly Diagnostic[]) =>
  found.map(({ code, path }) => `${code} ${showPath(path ?? [])}`)

describe('judgeHealth', () => {
  test.each([
    [{}, []],
    [{ timeout: 30 }, []],
    [{ timeout: 31 }, ['E_HEALTH_TIMEOUT task.health.timeout']],
    [{ delay: 600 }, []],
    [{ delay: 601 }, ['W_HEALTH_GRACE task.health.delay']],
    [{ gracePeriod: 14 }, ['W_HEALTH_GRACE task.health.gracePeriod']],
    [{ delay: 601, gracePeriod: 0 }, []],
  ])('%j', (change, codes) => {
    expect(list(judgeHealth({ ...limits, ...change }))).toEqual(codes)
  })
})

describe('judgeHealthGrace', () => {
  const patience = { masterWait: 0, exitPause: 30, space: undefined }

  test('the last failure ends the task, and the grace lets all before it pass', () => {
    expect(judgeHealthGrace(limits, { ...patience, masterWait: 720 })).toEqual([])
    expect(list(judgeHealthGrace(limits, { ...patience, masterWait: 721 }))).toEqual([
      'E_HEALTH_GRACE task.health.gracePeriod',
    ])
  })

  test('a late first check is as good as a grace', () => {
    const late = { ...limits, gracePeriod: 0, delay: 600 }
    expect(judgeHealthGrace(late, { ...patience, masterWait: 720 })).toEqual([])
  })

  test('a clone that fills its disk', () => {
    expect(judgeHealthGrace(limits, { ...patience, space: 720 * 112 })).toEqual([])
    expect(list(judgeHealthGrace(limits, { ...patience, space: 720 * 112 + 1 }))).toEqual([
      'W_HEALTH_GRACE task.health.gracePeriod',
    ])
  })

  test('a pause before the exit', () => {
    expect(judgeHealthGrace(limits, { ...patience, exitPause: 480 })).toEqual([])
    expect(list(judgeHealthGrace(limits, { ...patience, exitPause: 481 }))).toEqual([
      'W_RUN_PAUSE run.exitPause',
    ])
    const short = { ...limits, gracePeriod: 15, interval: 5 }
    expect(list(judgeHealthGrace(short, patience))).toEqual(['W_RUN_PAUSE task.health.gracePeriod'])
  })
})
