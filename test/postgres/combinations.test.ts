import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { showPath } from '../../generator/diagnostics/path.js'
import { cataloguedMajors } from '../../generator/postgres/catalogue.js'
import { judgeCombinations } from '../../generator/postgres/combinations.js'
import { bootValues, readEffective } from '../../generator/postgres/effective.js'
import { judgeSettings } from '../../generator/postgres/settings.js'
import type { Settings } from '../../generator/postgres/settings-schema.js'
import { type CombinationCase, idleCases, refusedCases } from './combinations.js'
import { connectTo, findServer, startCluster } from './server.js'
import { makeCertificate, openTrial, type Trial } from './trial.js'

const codesOf = (settings: Settings, majors: readonly number[]) =>
  judgeCombinations(settings, majors).map(({ code, path }) => `${code} ${showPath(path ?? [])}`)

const spanOf = ({ since = 0, until = 99 }: CombinationCase) =>
  cataloguedMajors.filter((major) => since <= major && major <= until)

describe('judgeCombinations', () => {
  test.each([
    ...refusedCases.map((one) => ({ ...one, code: 'E_SETTING_CONFLICT' })),
    ...idleCases.map((one) => ({ ...one, code: 'W_SETTING_IDLE' })),
  ])('$bad: $code at $at', (one) => {
    const majors = spanOf(one)
    for (const major of majors) {
      expect(judgeSettings(one.bad, [major])).toEqual([])
      expect(codesOf(one.bad, [major])).toEqual([
        `${one.code} ${showPath(['postgresql', 'settings', one.at])}`,
      ])
      expect(codesOf(one.good, [major])).toEqual([])
    }
    expect(codesOf(one.bad, majors)).toEqual([`${one.code} ${showPath(['postgresql', 'settings', one.at])}`])
  })

  test('what no model wrote is not judged', () => {
    expect(codesOf({}, cataloguedMajors)).toEqual([])
  })

  test('a value that is none is for another rule', () => {
    expect(codesOf({ max_connections: 'few', superuser_reserved_connections: 'all' }, [15])).toEqual([])
  })

  test('the finding names the values and the majors', () => {
    const [found, ...others] = judgeCombinations({ max_connections: 10 }, [10, 11, 12, 18])
    expect(others).toEqual([])
    expect(found?.message).toBe(
      'superuser_reserved_connections = 3, max_wal_senders = 10, max_connections = 10: if no connection is left for others PostgreSQL 10, 11 does not start',
    )
  })

  test.each([
    [11, { max_worker_processes: 262_039 }, { max_worker_processes: 262_040 }],
    [12, { max_worker_processes: 262_029 }, { max_worker_processes: 262_030 }],
    [16, { autovacuum_max_workers: 262_024 }, { autovacuum_max_workers: 262_025 }],
    [17, { max_worker_processes: 262_028 }, { max_worker_processes: 262_029 }],
    [18, { max_worker_processes: 262_015 }, { max_worker_processes: 262_016 }],
    [18, { autovacuum_worker_slots: 262_023 }, { autovacuum_worker_slots: 262_024 }],
  ])('a server of %i has no more than 262143 processes', (major, good, bad) => {
    expect(codesOf(good, [major])).toEqual([])
    expect(codesOf(bad, [major])).toEqual([`E_SETTING_CONFLICT postgresql.settings.${Object.keys(bad)[0]}`])
  })

  test.each([
    ['TLSv1.3', 'TLSv1.2', true],
    ['TLSv1.2', 'TLSv1.2', false],
    ['TLSv1.2', '', false],
    [undefined, 'TLSv1.1', true],
    [undefined, 'TLSv1.2', false],
  ])('TLS from %s to %s', (min, max, isBroken) => {
    const versions = { ...(min && { ssl_min_protocol_version: min }), ssl_max_protocol_version: max }
    const codes = codesOf({ ssl: true, ...versions }, [13])
    expect(codes).toEqual(isBroken ? ['E_SETTING_CONFLICT postgresql.settings.ssl_max_protocol_version'] : [])
  })

  test('a list of revoked certificates wants the certificates that signed', () => {
    const idle = 'W_SETTING_IDLE postgresql.settings.ssl_crl_file'
    expect(codesOf({ ssl: true, ssl_crl_file: 'crl' }, [15])).toEqual([idle])
    expect(codesOf({ ssl: true, ssl_crl_file: 'crl', ssl_ca_file: 'ca' }, [15])).toEqual([])
  })

  test('an extension that is loaded', () => {
    const loaded = { shared_preload_libraries: 'auto_explain, pg_stat_statements' }
    expect(codesOf({ ...loaded, 'pg_stat_statements.max': 1000 }, [15])).toEqual([])
  })

  test('no query is answered by a standby that is to be serializable', () => {
    expect(codesOf({ default_transaction_isolation: 'Serializable' }, [15])).toEqual([
      'E_SETTING_CONFLICT postgresql.settings.default_transaction_isolation',
    ])
    expect(codesOf({ default_transaction_isolation: 'repeatable read' }, [15])).toEqual([])
  })
})

const bin = findServer()
const major = Number(/\/(\d+)\/bin$/.exec(bin ?? '')?.[1])

describe.skipIf(bin === undefined)('a real server', () => {
  let trial: Trial
  beforeAll(async () => {
    trial = await openTrial(bin ?? '', major)
  })
  afterAll(() => trial.remove())

  const ofMajor = (one: CombinationCase) => spanOf(one).includes(major)

  test.each(refusedCases.filter(ofMajor))('does not start with $bad, but does with $good', async (one) => {
    const bad = await trial.start({ settings: one.bad })
    expect(bad.log).toMatch(/FATAL|must be less than/)
    expect(bad.starts, bad.log).toBe(false)
    const good = await trial.start({ settings: one.good })
    expect(good, good.log).toMatchObject({ starts: true, refusal: undefined })
  })

  test.each(idleCases.filter(ofMajor))('starts with $bad', async ({ bad }) => {
    const verdict = await trial.start({ settings: bad })
    expect(verdict, verdict.log).toMatchObject({ starts: true, refusal: undefined })
  })

  test('agrees on no version of TLS', async () => {
    const tls = { ssl: true, ...makeCertificate(trial) }
    const bad = await trial.start({
      settings: { ...tls, ssl_min_protocol_version: 'TLSv1.3', ssl_max_protocol_version: 'TLSv1.2' },
    })
    expect(bad.log).toContain('could not set SSL protocol version range')
    expect(bad.starts).toBe(false)
    const good = await trial.start({ settings: { ...tls, ssl_max_protocol_version: 'TLSv1.2' } })
    expect(good.starts, good.log).toBe(true)
  })

  test('answers nothing as a serializable standby', async () => {
    const bad = await trial.start({ settings: { default_transaction_isolation: 'serializable' } })
    expect(bad.refusal).toContain('cannot use serializable mode in a hot standby')
    const good = await trial.start({ settings: { default_transaction_isolation: 'repeatable read' } })
    expect(good, good.log).toMatchObject({ starts: true, refusal: undefined })
  })

  test('has the defaults that we take it to have', async () => {
    const cluster = await startCluster(bin ?? '')
    try {
      const client = await connectTo(cluster.port)
      const { rows } = await client.query<{ name: string; boot_val: string }>(
        'SELECT name, boot_val FROM pg_settings WHERE name = ANY ($1)',
        [Object.keys(bootValues)],
      )
      await client.end()
      const theirs = readEffective(Object.fromEntries(rows.map((row) => [row.name, row.boot_val])), major)
      const ours = readEffective({}, major)
      expect(rows.length).toBeGreaterThan(25)
      for (const { name } of rows) {
        expect([name, ours.count(name), Number.isNaN(ours.count(name)) && ours.word(name)]).toEqual([
          name,
          theirs.count(name),
          Number.isNaN(theirs.count(name)) && theirs.word(name),
        ])
      }
    } finally {
      await cluster.stop()
    }
  })
})
