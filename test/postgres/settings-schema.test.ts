import { describe, expect, test } from 'vitest'
import { judgeSettings } from '../../generator/postgres/settings.js'
import {
  keepDefaults,
  mergeSettings,
  settingsSchema,
  steadyDefaults,
} from '../../generator/postgres/settings-schema.js'

describe('settingsSchema', () => {
  test.each([
    [{ shared_buffers: '512MB', 'pg_stat_statements.max': 1, jit: false, work_mem: '' }],
    [{ Max_Connections: 200, log_line_prefix: '%t é \' " \\ # ' }],
    // The settings of the 2015 file that still exist: they must stay expressible.
    [
      {
        ssl: true,
        ssl_cert_file: '/etc/ssl/certs/own.pem',
        lc_messages: 'en_US.UTF-8',
        wal_keep_size: '1GB',
      },
    ],
  ])('%j is accepted unchanged', (settings) => {
    expect(settingsSchema.parse(settings)).toEqual(settings)
  })

  test.each(['', '1x', 'a.b.c', 'a\n', 'a=1'])('%j is not the name of a setting', (name) => {
    const result = settingsSchema.safeParse({ [name]: 1 })
    expect(result.error?.issues.map(({ path }) => path)).toEqual([[name]])
  })

  test.each(['a\nb', 'a\u0085', '\ud800', Number.NaN, null])('%j is not a value', (value) => {
    const result = settingsSchema.safeParse({ work_mem: value })
    expect(result.error?.issues.map(({ path }) => path)).toEqual([['work_mem']])
  })
})

describe('defaults', () => {
  test('the model takes the place of a default in any case', () => {
    expect(keepDefaults({ MAX_CONNECTIONS: 5 }, 512)).toHaveLength(steadyDefaults.length + 1)
    expect(mergeSettings({ MAX_CONNECTIONS: 5 }, 512)).toMatchObject({
      MAX_CONNECTIONS: 5,
      shared_buffers: '128MB',
    })
    expect(mergeSettings({ MAX_CONNECTIONS: 5 }, 512)).not.toHaveProperty('max_connections')
  })

  test('the defaults suit every major from 10 on', () => {
    for (const mem of [1, 512, 2_147_483_647]) {
      expect(judgeSettings(mergeSettings({}, mem), [10, 11, 12, 13, 14, 15, 16, 17, 18])).toEqual([])
    }
  })
})
