import { describe, expect, test } from 'vitest'
import { tryModel } from '../../../generator/compile/compile.js'
import { list, stepOf } from '../../compile/sources.js'

const judge = (model: object, compose: object = {}) =>
  list(tryModel({ postgresql: { majors: [16] }, targets: { compose }, ...model }).diagnostics)
    .filter((one) => !/W_MASTER/.test(one))
    .sort()

const step = (...tools: string[]) => ({ steps: [{ ...stepOf('warm'), tools }] })

describe('what a container cannot do', () => {
  test.each<[object, object, string[]]>([
    [{}, {}, []],
    [{ postgresql: {} }, {}, ['E_IMAGE_MAJOR postgresql.majors']],
    [
      { postgresql: { majors: [15, 16] } },
      { image: 'docker.io/library/postgres:16' },
      ['E_IMAGE_MAJOR postgresql.majors'],
    ],
    [{ postgresql: { majors: [15, 16] } }, { image: 'db/postgres:both' }, []],
    [{}, { image: 'postgres:16.4-alpine3.20' }, []],
    [{}, { image: 'postgres:15' }, ['E_IMAGE_MAJOR targets.compose.image']],
    [{}, { image: 'postgres:latest' }, ['E_IMAGE_MAJOR targets.compose.image']],
    [{}, { image: 'postgres' }, ['E_IMAGE_MAJOR targets.compose.image']],
    [{}, { image: 'db/postgres:latest' }, []],
    [{ run: { user: 'pg' } }, {}, ['E_IMAGE_USER run.user']],
    [{ run: { user: 'pg' } }, { image: 'db/postgres', uid: 1000 }, []],
    [{}, { uid: 70 }, ['E_IMAGE_USER targets.compose.uid']],
    [{}, { uid: 70, image: 'postgres:16-alpine' }, []],
    [{ run: { configUrl: 'http://web01/conf' } }, {}, ['E_IMAGE_TOOL run.configUrl']],
    [{ run: { configUrl: 'http://web01/conf' } }, { image: 'postgres:16-alpine' }, []],
    [{ run: { configUrl: null } }, {}, []],
    [{ restore: { from: 'http', url: 'http://web01/wal' } }, {}, ['E_IMAGE_TOOL restore.from']],
    [{ restore: { from: 'http', url: 'http://web01/wal' } }, { image: 'postgres:16-alpine' }, []],
    [{ restore: { from: 'wal-g' } }, { image: 'postgres:16-alpine' }, ['E_IMAGE_TOOL restore.from']],
    [{ restore: { from: 'pgbackrest', stanza: 'shop' } }, { image: 'db/postgres' }, []],
    [step('curl', 'flock'), {}, ['E_IMAGE_TOOL steps.0.tools.0']],
    [step('wget', 'jq'), { image: 'postgres:16-alpine' }, ['E_IMAGE_TOOL steps.0.tools.1']],
    [step('curl', 'jq'), { image: 'db/postgres' }, []],
    [{ run: { dataDir: '/srv/pg' } }, {}, ['E_CONTAINER_DATA run.dataDir']],
    [{ run: { dataDir: '/srv/pg' } }, { mount: '/srv' }, []],
    [{ run: { dataDir: '/var/lib/postgresql/data' } }, {}, []],
    [{ run: { dataDir: '/var/lib/postgresql/data2' } }, {}, ['E_CONTAINER_DATA run.dataDir']],
    [{}, { shm: '384MiB' }, ['W_CONTAINER_MEMORY targets.compose.shm']],
    [{}, { shm: '383MiB' }, []],
    [{ master: { hosts: ['pg1', 'localhost:5433'] } }, {}, ['W_CONTAINER_MASTER master.hosts']],
    [{ master: { hosts: '[::1]:5432' } }, {}, ['W_CONTAINER_MASTER master.hosts']],
    [{ master: { hosts: 'localhost.example.com' } }, {}, []],
    [
      { run: { listen: ['127.0.0.1'] }, access: [{ type: 'host', from: '127.0.0.1/32' }] },
      {},
      ['W_CONTAINER_LISTEN run.listen'],
    ],
    [{ task: { env: { PORT0: '5433' } } }, {}, ['E_TASK_ENV task.env.PORT0']],
    [{ task: { env: { UNIT_NAME: 'x' } } }, {}, ['E_TASK_ENV task.env.UNIT_NAME']],
    [{ task: { env: { X: 'a\0b' } } }, {}, ['E_CONTAINER_ENV task.env.X']],
    [{ task: { env: { X: 'a\nb' } } }, {}, []],
  ])('%j %j', (model, compose, wanted) => {
    expect(judge(model, compose)).toEqual(wanted)
  })
})

test('what is true of two targets is said once', () => {
  const targets = { compose: {}, kubernetes: {} }
  expect(judge({ targets, run: { dataDir: '/srv/pg' } })).toEqual(['E_CONTAINER_DATA run.dataDir'])
})
