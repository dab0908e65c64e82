import { afterAll, beforeAll, describe, expect } from 'vitest'
import { printMasterSql } from '../../generator/compile/master/sql.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { replicaSchema } from '../../generator/model/replica.js'
import { majors as knownMajors } from '../../generator/postgres/versions.js'
import { testWith } from '../pair/harness/capability.js'
import { type Master, startMaster } from '../pair/harness/master.js'
import { applyMasterSql } from '../pair/harness/master-sql.js'
import { makeNetwork } from '../pair/harness/network.js'
import { replicatorPassword } from '../pair/harness/passfile.js'
import { holdWalsender } from '../pair/harness/query.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { readTemplate } from '../postgres/server.js'
import { hostsOf } from './cell.js'
import { openHost, partsOf } from './host.js'

// A matrix with the group master: all; within npm test the oldest.
const groups = process.env.MATRIX_GROUPS?.split(' ')
const isWhole = (groups ?? process.env.MATRIX_PART?.split(' '))?.includes('master') ?? false
const all = knownMajors.filter((major) => major >= 10)
const majors = isWhole ? all : groups ? [] : [10]

const template = readTemplate('master.sql.hbs')
const print = (model: ReplicaInput, rewind = false) =>
  printMasterSql(template, replicaSchema.parse(model), { rewind })

describe.each(majors)('master.sql on %s', (major) => {
  const { master: options } = hostsOf({ major })
  const needs = [{ lab: partsOf(options) }]
  let space: Space
  beforeAll(() => {
    space = openSpace()
  })
  afterAll(() => space.close())

  async function start(set: readonly string[]): Promise<Master> {
    const { master: net } = await makeNetwork(space)
    const host = await openHost(space, net, options)
    return startMaster(space, { host, major, options: set })
  }

  const ask = async (master: Master, model: ReplicaInput, rewind = false) =>
    (await applyMasterSql(master.port, print(model, rewind))).map(({ setting }) => setting)

  testWith(needs, 'finds nothing where all is as it should be, and what pg_rewind lacks', async () => {
    const master = await start([])
    expect(await ask(master, {})).toEqual([])
    await master.sql('ALTER ROLE replicator NOLOGIN NOREPLICATION')
    expect(await ask(master, {})).toEqual([])
    await (await holdWalsender(master.port, replicatorPassword)).close()
    // Since 18 initdb makes checksums.
    expect(await ask(master, {}, true)).toEqual([
      ...(major < 11 ? ['server_version'] : []),
      ...(major < 18 ? ['wal_log_hints, data_checksums'] : []),
      'pg_hba.conf',
    ])
    const right =
      "SELECT has_function_privilege('replicator', 'pg_stat_file(text, boolean)', 'EXECUTE') AS may"
    expect(await master.sql(right)).toEqual([{ may: true }])
  })

  testWith(needs, 'names what does not fit', async () => {
    const keep = major < 13 ? 'wal_keep_segments' : 'wal_keep_size'
    const own = ['wal_level=minimal', 'max_wal_senders=0', 'max_replication_slots=0', 'full_page_writes=off']
    const master = await start([...own, `${keep}=0`])
    await master.sql(
      `SET password_encryption = 'md5'; ALTER ROLE replicator PASSWORD 'x' VALID UNTIL '2001-01-01'`,
    )
    const model: ReplicaInput = { master: { tls: 'verify-full', agents: ['10.1.0.0/16'] } }
    const found = [
      'wal_level',
      'max_wal_senders',
      'max_replication_slots',
      keep,
      'ssl',
      'password of replicator',
      'VALID UNTIL of replicator',
    ]
    expect(await ask(master, model)).toEqual(found)
    expect(await ask(master, model, true)).toEqual([
      ...found,
      ...(major < 11 ? ['server_version'] : []),
      'full_page_writes',
      ...(major < 18 ? ['wal_log_hints, data_checksums'] : []),
      'pg_hba.conf',
    ])
    const slots = await ask(master, { ...model, run: { slot: 'permanent' } })
    expect(slots.filter((name) => name.includes('keep'))).toEqual(
      major < 13 ? [] : ['max_slot_wal_keep_size'],
    )
  })
})
