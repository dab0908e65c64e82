import { describe, expect, test } from 'vitest'
import { showPath } from '../../../generator/diagnostics/path.js'
import type { MarathonApp } from '../../../generator/targets/marathon/app.js'
import { judgeResize } from '../../../generator/targets/marathon/resident.js'
import { appOf } from './flat.js'

const whole = appOf({ id: '/pg', cpus: 1, volume: 10 })
const ephemeral = appOf({ id: '/pg', cpus: 1 })
const judge = (before: object, app: MarathonApp) =>
  judgeResize(JSON.stringify(before), app).map(({ code, path }) => `${code} ${showPath(path ?? [])}`)

describe('judgeResize', () => {
  test.each([
    [{ cpus: 2 }, 'task.cpus'],
    [{ mem: 1024 }, 'task.mem'],
    [{ disk: 0 }, 'task.disk'],
    [{ volume: 11 }, 'task.volume'],
    [{ port: 31_000 }, 'task.port'],
  ])('%j of a resident app', (change, path) => {
    const keys = { id: '/pg', cpus: 1, volume: 10, ...change }
    expect(judge(whole, appOf(keys))).toEqual([`W_APP_RESIDENT ${path}`])
    expect(judge(whole, appOf({ ...keys, id: '/pg2' }))).toEqual([])
  })

  test('the volume itself comes or goes', () => {
    const wanted = ['W_APP_RESIDENT task.disk', 'W_APP_RESIDENT task.volume']
    expect(judge(whole, ephemeral)).toEqual(wanted)
    expect(judge(ephemeral, whole)).toEqual(wanted)
    expect(judge(ephemeral, appOf({ id: '/pg', mem: 1 }))).toEqual([])
  })

  test('anything else may change', () => {
    const change = { instances: 3, env: { A: 'b' }, portName: 'pg' }
    expect(judge(whole, appOf({ id: '/pg', cpus: 1, volume: 10, ...change }))).toEqual([])
  })

  test.each(['', 'null', '"x"', '[]', '{}', '{"id": "/pg"}', '{'])('%s was no app', (before) => {
    expect(judgeResize(before, whole)).toEqual([])
  })
})
