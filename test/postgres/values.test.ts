import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { catalogue, catalogueMajor, fixedSettings } from '../../generator/postgres/catalogue.js'
import { judgeSettings } from '../../generator/postgres/settings.js'
import { judgeSettingValue } from '../../generator/postgres/values.js'
import { majorOf } from '../../generator/postgres/versions.js'
import { type Cluster, findServer, startCluster } from './server.js'

const verdicts = (name: string, value: string | number | boolean, majors = [15]) =>
  judgeSettings({ [name]: value }, majors).map(({ code }) => code)

describe('values', () => {
  test.each<[string, string | number | boolean]>([
    ['max_connections', 200],
    ['max_connections', '200'],
    ['max_connections', '1e2'],
    ['max_connections', '0x64'],
    ['work_mem', '8MB'],
    ['work_mem', '8 MB'],
    ['work_mem', 8192],
    ['shared_buffers', '0.5GB'],
    ['checkpoint_timeout', '15min'],
    ['checkpoint_timeout', '0.5h'],
    ['random_page_cost', 1.1],
    ['checkpoint_completion_target', '0.9'],
    ['hot_standby_feedback', true],
    ['jit', 'of'],
    ['jit', 'TRUE'],
    ['wal_compression', 'lz4'],
    ['wal_compression', true],
    ['synchronous_commit', 'remote_apply'],
    ['wal_level', 'hot_standby'],
    ['log_line_prefix', '%m'],
    ['pg_stat_statements.max', 'anything'],
    ['IntervalStyle', 'ISO_8601'],
  ])('%s = %j passes', (name, value) => {
    expect(verdicts(name, value)).toEqual([])
  })

  test.each<[string, string | number | boolean]>([
    ['max_connections', 'many'],
    ['max_connections', 300_000],
    ['max_connections', 0],
    ['max_connections', true],
    ['max_connections', '100MB'],
    ['work_mem', '8mb'],
    ['work_mem', '8M'],
    ['work_mem', '1B'],
    ['work_mem', '8min'],
    ['checkpoint_timeout', '1s'],
    ['checkpoint_completion_target', 1.5],
    ['jit', 'o'],
    ['jit', 'maybe'],
    ['wal_compression', 'gzip'],
    ['synchronous_commit', 'never'],
    ['work_mem', ''],
  ])('%s = %j is refused', (name, value) => {
    expect(verdicts(name, value)).toEqual(['E_SETTING_VALUE'])
  })

  test('ranges and words are judged for the major of the catalogue only', () => {
    expect(verdicts('wal_compression', 'gzip', [17])).toEqual([])
    expect(verdicts('max_connections', 'many', [17])).toEqual(['E_SETTING_VALUE'])
    expect(verdicts('wal_compression', 'gzip', [15, 17])).toEqual(['E_SETTING_VALUE'])
  })

  test('a name that nobody has is refused, with the one that was meant', () => {
    const [found] = judgeSettings({ shared_bufers: '1GB' }, [15])
    expect(found).toMatchObject({ code: 'E_SETTING_UNKNOWN', hint: 'did you mean shared_buffers?' })
    expect(verdicts('server_version', '15')).toEqual(['E_SETTING_FIXED'])
  })
})

const bin = findServer()
describe.skipIf(bin === undefined)('the server agrees', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster(bin ?? '')
  })
  afterAll(() => cluster.stop())

  // Another major has other ranges and words; a skipped test counts as NOT RUN, and fails in CI.
  const accepts = (name: string, value: string) => {
    try {
      cluster.run('postgres', ['-D', cluster.data, '-C', name, '-c', `${name}=${value}`])
      return true
    } catch {
      return false
    }
  }

  test('on every setting that there is', async (context) => {
    const client = await cluster.connect()
    const { rows } = await client.query('SELECT name, vartype, context FROM pg_settings')
    const version = await client.query('SHOW server_version_num')
    await client.end()
    if (majorOf(Number(version.rows[0].server_version_num)) !== catalogueMajor) context.skip()
    const theirs = rows.map(({ name, vartype, context: when }) =>
      when === 'internal' ? `${name} fixed` : `${name} ${vartype}`,
    )
    const ours = [
      ...[...catalogue].map(([name, { type }]) => `${name} ${type}`),
      ...[...fixedSettings].map((name) => `${name} fixed`),
    ]
    expect(ours.sort()).toEqual(theirs.map((line: string) => line.toLowerCase()).sort())
  })

  // What the build, the machine or another setting has a say in.
  const asked = new Set(
    'max_stack_depth bonjour autovacuum_max_workers max_connections max_wal_senders max_worker_processes'.split(
      ' ',
    ),
  )

  test('on values at and beyond the bounds, with units, words and none of these', async (context) => {
    const client = await cluster.connect()
    const version = await client.query('SHOW server_version_num')
    await client.end()
    if (majorOf(Number(version.rows[0].server_version_num)) !== catalogueMajor) context.skip()
    const kinds = [...catalogue].filter(([, { type }]) => type !== 'string')
    const example = fc.constantFrom(...kinds).chain(([name, kind]) => {
      const usual = [
        'on',
        'off',
        'tr',
        'nonsense',
        '1',
        '-1',
        '0.4',
        '8MB',
        '8mb',
        '2min',
        '3 s',
        '0x10',
        '1e3',
        '',
      ]
      const own =
        kind.type === 'enum'
          ? [...kind.words, 'ON']
          : kind.type === 'integer' || kind.type === 'real'
            ? [kind.min, kind.max, kind.min - 1, kind.max + 1].map(String)
            : []
      return fc.constantFrom(...usual, ...own).map((value) => ({ name, kind, value }))
    })
    fc.assert(
      fc.property(example, ({ name, kind, value }) => {
        const ours = judgeSettingValue(kind, value) === undefined
        const theirs = accepts(name, value)
        if (!ours) expect(theirs, `${name} = ${value} is refused by us alone`).toBe(false)
        else if (!asked.has(name)) expect(theirs, `${name} = ${value} is accepted by us alone`).toBe(true)
      }),
      { numRuns: 150 },
    )
  }, 240_000)
})
