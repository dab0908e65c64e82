import { describe, expect, test } from 'vitest'
import { judgeResize } from '../../generator/marathon/resident.js'

const container = { type: 'MESOS', volumes: [{ containerPath: 'pgdata', persistent: { size: 10 } }] }
const app = {
  id: '/pg',
  cpus: 1,
  mem: 512,
  disk: 256,
  container,
  portDefinitions: [{ port: 0 }],
  requirePorts: false,
}

describe('judgeResize', () => {
  test.each([
    ['cpus', { cpus: 2 }, 'app.cpus'],
    ['mem', { mem: 1024 }, 'app.mem'],
    ['disk', { disk: 0 }, 'app.disk'],
    ['the volume', { container: { ...container, volumes: [] } }, 'app.volume'],
    ['a host port', { portDefinitions: [{ port: 31000 }], requirePorts: true }, 'app.hostPort'],
  ])('%s of a resident app', (_what, change, path) => {
    expect(judgeResize(app, { ...app, ...change })).toMatchObject([
      { code: 'W_APP_RESIDENT', path: path.split('.') },
    ])
    expect(judgeResize(app, { ...app, ...change, id: '/pg2' })).toEqual([])
  })

  test('the volume itself comes or goes', () => {
    const { container: _, ...ephemeral } = app
    expect(judgeResize(app, ephemeral)).toMatchObject([{ code: 'W_APP_RESIDENT', path: ['app', 'volume'] }])
    expect(judgeResize(ephemeral, app)).toMatchObject([{ code: 'W_APP_RESIDENT', path: ['app', 'volume'] }])
    expect(judgeResize(ephemeral, { ...ephemeral, mem: 1 })).toEqual([])
  })

  test('anything else may change', () => {
    const change = { instances: 3, env: { A: 'b' }, portDefinitions: [{ port: 0, name: 'postgres' }] }
    expect(judgeResize(app, { ...app, ...change })).toEqual([])
  })

  test.each([undefined, null, 'x', [], {}, { id: '/pg' }])('%j was no app', (before) => {
    expect(judgeResize(before, app)).toEqual([])
    expect(judgeResize(app, before)).toEqual([])
  })
})
