import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { confValue, printConf } from '../../generator/compile/conf.js'
import { keepDefaults } from '../../generator/postgres/settings-schema.js'
import { type Cluster, findServer, readTemplate, startCluster } from '../postgres/server.js'

const template = readTemplate('postgresql.conf.hbs')
const bin = findServer()

describe('confValue', () => {
  test.each([
    [100, '100'],
    [0.9, '0.9'],
    [1e21, "'1e+21'"],
    [true, 'on'],
    [false, 'off'],
    ["it's", "'it''s'"],
    ['C:\\x', "'C:\\\\x'"],
  ])('%j is printed as %s', (value, text) => {
    expect(confValue(value)).toBe(text)
  })

  test.each(['a\nb', '\u007f', '\ud800'])('%j never reaches a file', (value) => {
    expect(() => confValue(value)).toThrow()
  })
})

describe('printConf', () => {
  test('prints the model in the order of names, then the defaults that it leaves standing', () => {
    const text = printConf(template, { work_mem: '8MB', Max_Connections: 200 }, 1024)
    expect(settingLines(text).slice(0, 3)).toEqual([
      'Max_Connections = 200',
      "work_mem        = '8MB'",
      expect.stringMatching(/^shared_buffers {7}= '256MB' {10,}# a quarter of task\.mem \(1024 MiB\)$/),
    ])
    expect(text).not.toMatch(/^max_connections/m)
  })

  test('a default that another part of the model holds is none of its lines', () => {
    const text = printConf(template, {}, 512, ['hot_standby_feedback'])
    expect(text).not.toMatch(/^hot_standby_feedback/m)
    expect(text).toMatch(/^# .*hot_standby_feedback/m)
    expect(printConf(template, {}, 512)).toMatch(/^hot_standby_feedback/m)
  })
})

describe.skipIf(bin === undefined)('a real server', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster(bin ?? '')
  })
  afterAll(() => cluster.stop())

  // GetConfigOption prints in base units: pages of 8 kB for both memory settings.
  const readBack: Record<string, string> = {
    max_connections: '100',
    shared_buffers: '16384',
    effective_cache_size: '49152',
    wal_level: 'replica',
    max_wal_senders: '10',
    hot_standby_feedback: 'off',
    password_encryption: 'scram-sha-256',
    log_line_prefix: '%m [%p] %q%u@%d ',
    log_checkpoints: 'on',
  }

  test('every default comes back by postgres -C', () => {
    expect(Object.keys(readBack).sort()).toEqual(
      keepDefaults({}, 512)
        .map(({ name }) => name)
        .sort(),
    )
    const file = cluster.write('default.conf', printConf(template, {}, 512))
    for (const [name, value] of Object.entries(readBack)) {
      expect(readSetting(file, name)).toBe(value)
    }
  })

  test('any string that is let in comes back unchanged', async () => {
    const client = await cluster.connect()
    const value = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !/[\p{Cc}\p{Cs}]/u.test(text))
    const hostile = fc.string({
      unit: fc.constantFrom("'", '\\', '"', '#', '=', ' ', '$', '`', 'n', '0', 'é', '%'),
      maxLength: 12,
    })
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.oneof(value, hostile), { minLength: 100, maxLength: 200 }),
          async (values) => {
            const lines = values.map((text, index) => `prop.v${index} = ${confValue(text)}`)
            cluster.write('postgresql.conf', `${lines.join('\n')}\n`)
            // Rows without a line say that settings of initdb's file are missing now; a bad line has no name.
            const { rows } = await client.query<{ setting: string | null }>(
              'select setting from pg_file_settings where sourceline is not null order by sourceline',
            )
            expect(rows.map(({ setting }) => setting)).toEqual(values)
          },
        ),
        { numRuns: 10 },
      )
    } finally {
      await client.end()
    }
  })

  test.each([1, 256, 16_384, 2_147_483_647])('the defaults of a task of %i MiB come back, too', (mem) => {
    const file = cluster.write('memory.conf', printConf(template, {}, mem))
    const [buffers, cache] = ['shared_buffers', 'effective_cache_size'].map((name) =>
      Number(readSetting(file, name)),
    )
    expect(buffers).toBeGreaterThanOrEqual(16)
    expect(cache).toBeGreaterThanOrEqual(buffers ?? Number.NaN)
  })

  function readSetting(file: string, name: string): string {
    return cluster.run('postgres', ['-D', cluster.data, '-c', `config_file=${file}`, '-C', name]).slice(0, -1)
  }
})

function settingLines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}
