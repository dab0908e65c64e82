import { describe, expect, test } from 'vitest'
import { tryModel } from '../../generator/compile/compile.js'
import { isError } from '../../generator/diagnostics/diagnostic.js'
import { showPath } from '../../generator/diagnostics/path.js'
import { majors } from '../../generator/postgres/versions.js'
import { compile, list } from './sources.js'

const judge = (value: unknown) => {
  const { model, diagnostics } = tryModel(value)
  if (model === undefined) throw new Error(JSON.stringify(diagnostics))
  return diagnostics
}

const kept = {
  run: { syncSlots: true, slot: 'permanent', hotStandbyFeedback: true, dataDir: '/srv/pg' },
  postgresql: { majors: [17, 18] },
}

describe('judgeShape', () => {
  test.each<[string, object, string[]]>([
    [
      'a delay: no readers, and WAL that the master must keep',
      { run: { delay: 3600 } },
      ['W_RUN_DELAY run.delay', 'W_RUN_DELAY run.delay'],
    ],
    [
      'a delay with a slot',
      { run: { delay: 3600, slot: 'permanent', dataDir: '/srv/pg' } },
      ['W_RUN_DELAY run.delay'],
    ],
    [
      'a delay and feedback',
      { run: { delay: 3600, slot: 'permanent', dataDir: '/srv/pg', hotStandbyFeedback: true } },
      ['W_RUN_DELAY run.delay', 'W_RUN_DELAY run.delay'],
    ],
    ['no delay', { run: {} }, []],
    [
      'a delay as a setting',
      { postgresql: { settings: { recovery_min_apply_delay: '1h' } } },
      ['E_SETTING_HELD postgresql.settings.recovery_min_apply_delay'],
    ],
    ['one name for two', { run: { name: 'shop' }, task: { instances: 2 } }, ['W_RUN_NAME run.name']],
    ['a name for one', { run: { name: 'shop' } }, []],
    [
      'feedback twice',
      { run: { hotStandbyFeedback: true }, postgresql: { settings: { Hot_Standby_Feedback: 'on' } } },
      ['E_SETTING_HELD postgresql.settings.Hot_Standby_Feedback'],
    ],
    ['feedback as a setting', { postgresql: { settings: { hot_standby_feedback: 'on' } } }, []],
    [
      'feedback that never leaves',
      {
        run: { hotStandbyFeedback: true },
        postgresql: { settings: { wal_receiver_status_interval: 0 } },
      },
      ['W_RUN_FEEDBACK run.hotStandbyFeedback'],
    ],
    ['feedback', { run: { hotStandbyFeedback: true } }, []],
    [
      'a time of the receiver twice',
      { run: { receiver: { timeout: 20 } }, postgresql: { settings: { wal_receiver_timeout: '20s' } } },
      ['E_SETTING_HELD postgresql.settings.wal_receiver_timeout'],
    ],
    [
      'times of the receiver',
      { run: { receiver: { timeout: 20, statusInterval: 1, retryInterval: 1 } } },
      [],
    ],
    ['slots that are kept', kept, []],
    [
      'slots before their time',
      { ...kept, postgresql: { majors: [16, 17] } },
      ['E_RUN_SYNC_SLOTS run.syncSlots'],
    ],
    [
      'slots without a slot, and without feedback',
      { ...kept, run: { syncSlots: true } },
      ['E_RUN_SYNC_SLOTS run.syncSlots', 'E_RUN_SYNC_SLOTS run.syncSlots'],
    ],
    [
      'slots as a setting',
      { postgresql: { majors: [17], settings: { sync_replication_slots: true } } },
      ['E_SETTING_HELD postgresql.settings.sync_replication_slots'],
    ],
    ['a database that nobody asks', { master: { database: 'shop' } }, ['W_MASTER_UNUSED master.database']],
    ['a database for slots', { ...kept, master: { database: 'shop' } }, []],
    [
      'a copy compressed before its time',
      { clone: { compress: 'lz4' }, postgresql: { majors: [14, 15] } },
      ['E_CLONE_COMPRESS clone.compress'],
    ],
    ['a copy compressed', { clone: { compress: 'zstd' }, postgresql: { majors: [15, 16] } }, []],
    [
      'a terabyte so slow that the health check ends it',
      { clone: { maxRate: '10MB' }, task: { volume: '1TiB' } },
      ['W_HEALTH_GRACE task.health.gracePeriod'],
    ],
    ['a terabyte faster', { clone: { maxRate: '20MB' }, task: { volume: '1TiB' } }, []],
  ])('%s', (_title, model, wanted) => {
    expect(list(judge({ publish: 'http://files.example/pg', ...model }))).toEqual(wanted)
  })

  test.each<[object, string]>([
    [{ clone: { maxRate: 31 } }, 'clone.maxRate'],
    [{ clone: { maxRate: 1_048_577 } }, 'clone.maxRate'],
    [{ clone: { maxRate: '2GB' } }, 'clone.maxRate'],
    [{ clone: { maxRate: '1025MB' } }, 'clone.maxRate'],
    [{ clone: { checkpoint: 'slow' } }, 'clone.checkpoint'],
    [{ run: { delay: 0 } }, 'run.delay'],
    [{ run: { delay: 2_147_484 } }, 'run.delay'],
    [{ run: { name: '*' } }, 'run.name'],
    [{ run: { name: 'a'.repeat(64) } }, 'run.name'],
    [{ run: { receiver: { timeout: 0 } } }, 'run.receiver.timeout'],
    [{ master: { database: '' } }, 'master.database'],
    [{ master: { database: 'é'.repeat(32) } }, 'master.database'],
  ])('%j is refused at its place', (model, path) => {
    const { diagnostics } = tryModel(model)
    expect(diagnostics.map((one) => showPath(one.path ?? []))).toEqual([path])
  })

  test.each(majors.filter((major) => major >= 10))('a script for %d alone passes with all of it', (major) => {
    const { diagnostics, files } = compile({
      run: {
        name: 'shop_1',
        delay: 60,
        slot: 'permanent',
        dataDir: '/srv/pg',
        hotStandbyFeedback: true,
        receiver: { timeout: 20, statusInterval: 2, retryInterval: 1 },
        syncSlots: major >= 17,
      },
      clone: { maxRate: '50MB', checkpoint: 'spread', compress: major >= 15 ? 'lz4' : 'none' },
      postgresql: { majors: [major] },
    })
    expect(list(diagnostics.filter(isError))).toEqual([])
    expect(files['run_rep.sh']).toContain('apply_delay=60')
  })

  test.each([32, '32kB', '1024MB', 1_048_576])('a clone may come at %j', (maxRate) => {
    expect(judge({ clone: { maxRate }, task: { disk: 0 } })).toEqual([])
  })
})
