import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printMasterHba } from '../../../generator/compile/master/hba.js'
import { printMasterSql } from '../../../generator/compile/master/sql.js'
import type { ReplicaInput } from '../../../generator/input/replica-input.js'
import { replicaSchema } from '../../../generator/model/replica.js'
import { applyMasterSql } from '../../pair/harness/master-sql.js'
import { adminLine, type Cluster, findServer, readTemplate, startCluster } from '../../postgres/server.js'

const bin = findServer()

function print(model: ReplicaInput, rewind = false): string {
  return printMasterHba(readTemplate('master.pg_hba.conf.hbs'), replicaSchema.parse(model), { rewind })
}

/** The lines, with one space between columns. */
function linesOf(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => /^\w/.test(line))
    .map((line) => line.replace(/ +/g, ' '))
}

const agents = ['10.1.0.0/16', 'fd00::1']
const cert = { mode: 'verify-full', cert: '/c', key: '/k' } as const

describe('the lines for the master', () => {
  test('are those of the agents', () => {
    expect(linesOf(print({ master: { role: 'a b', agents } }))).toEqual([
      'host replication "a b" 10.1.0.0/16 scram-sha-256',
      'host replication "a b" fd00::1/128 scram-sha-256',
    ])
  })

  test('are for the same networks as those of a replica, where nobody says where agents are', () => {
    const froms = linesOf(print({})).map((line) => line.split(' ')[3])
    expect(froms).toEqual([
      '127.0.0.1/32',
      '::1/128',
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      'fc00::/7',
    ])
  })

  test.each<[string, ReplicaInput, string]>([
    ['any way', { master: { tls: 'prefer' } }, 'host … scram-sha-256'],
    ['without TLS', { master: { tls: 'disable' } }, 'host … scram-sha-256'],
    ['TLS', { master: { tls: 'require' } }, 'hostssl … scram-sha-256'],
    [
      'TLS, to which the login is bound',
      { master: { channelBinding: 'require' } },
      'hostssl … scram-sha-256',
    ],
    [
      'TLS by a variable of the task',
      { task: { env: { PGSSLMODE: 'verify-ca' } } },
      'hostssl … scram-sha-256',
    ],
    [
      'GSSAPI, beside which there is no TLS',
      { master: { tls: 'require', gssEncMode: 'require' } },
      'host … scram-sha-256',
    ],
    ['a certificate', { master: { tls: cert } }, 'hostssl … cert'],
    [
      'a certificate if there is TLS',
      { master: { tls: { ...cert, mode: 'prefer' } } },
      'host … scram-sha-256',
    ],
    [
      'a certificate and a password',
      { master: { tls: cert }, run: { passfile: '/p' } },
      'hostssl … scram-sha-256',
    ],
  ])('ask for what master.tls does: %s', (_title, model, wanted) => {
    const [line = ''] = linesOf(print(model))
    expect(line.replace(/ replication .*\/32 /, ' … ')).toBe(wanted)
  })

  test('let pg_rewind into the database that it connects to', () => {
    expect(linesOf(print({ master: { agents: ['10.1.0.0/16'] } }, true))).toEqual([
      'host replication replicator 10.1.0.0/16 scram-sha-256',
      'host postgres replicator 10.1.0.0/16 scram-sha-256',
    ])
  })
})

describe.skipIf(bin === undefined)('a real server', () => {
  let cluster: Cluster
  let admin: pg.Client
  beforeAll(async () => {
    cluster = await startCluster(bin ?? '')
    admin = await cluster.connect()
    await admin.query(
      'CREATE ROLE team; CREATE ROLE other; CREATE ROLE replicator LOGIN REPLICATION IN ROLE team',
    )
  })
  afterAll(async () => {
    await admin.end()
    await cluster.stop()
  })

  /** What of pg_hba.conf master.sql finds to be missing. */
  async function ask(lines: string, model: ReplicaInput, rewind = false): Promise<string[]> {
    cluster.write('pg_hba.conf', `${adminLine}${lines}\n`)
    await cluster.reload(admin)
    const text = printMasterSql(readTemplate('master.sql.hbs'), replicaSchema.parse(model), { rewind })
    const found = await applyMasterSql(cluster.port, text, 'admin')
    return found
      .filter(({ setting }) => setting === 'pg_hba.conf')
      .map(({ value, needs }) => `${value}: ${needs}`)
  }

  test.each<[string, ReplicaInput]>([
    ['passwords', { master: { role: 'a "b", #c', agents } }],
    ['TLS', { master: { tls: 'require' } }],
    ['certificates', { master: { tls: cert } }],
  ])('takes each line, and misses none then: %s', async (_title, model) => {
    const text = print(model, true)
    expect(await ask(text, model, true)).toEqual([])
    const { rows } = await admin.query('SELECT error FROM pg_hba_file_rules OFFSET 1')
    // The server has no TLS: that is told, and the file is taken.
    const wanted = linesOf(text).map((line) =>
      line.startsWith('hostssl') ? /because SSL is disabled$/ : /^null$/,
    )
    expect(rows).toHaveLength(wanted.length)
    for (const [index, words] of wanted.entries()) expect(String(rows[index]?.error)).toMatch(words)
    expect(await ask('', model, true)).not.toEqual([])
  })

  const usual = 'host replication replicator'
  const near = 'host replication replicator 127.0.0.1/32 trust'
  test.each([
    ['the very line', `${usual} 10.1.0.0/16 md5`, true],
    ['a wider network', `${usual} 10.0.0.0/8 md5`, true],
    ['a mask', `${usual} 10.0.0.0 255.0.0.0 md5`, true],
    ['everybody', 'host replication all all md5', true],
    ['a group', 'host replication +team 0.0.0.0/0 md5', true],
    ['a name that may be there', `${usual} .agents.example md5`, true],
    ['the networks of the master', `${usual} samenet md5`, true],
    ['nothing', '', false],
    ['a narrower network', `${usual} 10.1.2.0/24 md5`, false],
    ['another network', `${usual} 10.2.0.0/16 md5`, false],
    ['the other family', `${usual} ::/0 md5`, false],
    ['the master itself', `${usual} samehost md5`, false],
    ['all databases, which is no replication', 'host all replicator 0.0.0.0/0 md5', false],
    ['another role', 'host replication other 0.0.0.0/0 md5', false],
    ['a group without it', 'host replication +other 0.0.0.0/0 md5', false],
    ['a socket', 'local replication replicator md5', false],
    ['a refusal', `${usual} 0.0.0.0/0 reject`, false],
    ['a refusal before', `${usual} all reject\n${usual} 10.1.0.0/16 md5`, false],
    ['a refusal before of a part', `${usual} 10.1.7.0/24 reject\n${usual} 10.1.0.0/16 md5`, false],
    ['a refusal before of others', `${usual} 10.2.0.0/16 reject\n${usual} 10.1.0.0/16 md5`, true],
    ['a refusal before of the other family', `${usual} ::/0 reject\n${usual} 10.1.0.0/16 md5`, true],
    ['a refusal behind', `${usual} 10.1.0.0/16 md5\n${usual} all reject`, true],
    ['a refusal without TLS', `hostnossl replication all all reject\n${usual} 10.1.0.0/16 md5`, true],
  ])('knows whether agents of a network get in by %s', async (_title, lines, isIn) => {
    const wanted = isIn ? [] : ['no line lets them in: host replication replicator 10.1.0.0/16 scram-sha-256']
    expect(await ask(lines, { master: { agents: ['10.1.0.0/16'] } })).toEqual(wanted)
  })

  test.each([
    ['one without TLS', 'hostnossl replication all all md5', 'off'],
    ['one with TLS', 'hostssl replication all all md5', 'on'],
    ['TLS refused', 'hostssl replication all all reject\nhost replication all all md5', 'off'],
    ['the rest refused', 'hostnossl replication all all reject\nhost replication all all md5', 'on'],
  ])('takes a line for what the agents do: %s', async (_title, lines, wanted) => {
    const isIn = async (tls: 'require' | 'disable') =>
      (await ask(lines, { master: { tls, agents: ['10.1.0.0/16'] } })).length === 0
    expect({ on: await isIn('require'), off: await isIn('disable') }).toEqual({
      on: wanted === 'on',
      off: wanted === 'off',
    })
  })

  test.each([
    ['any other host', `${usual} 198.51.100.7/32 md5`, true],
    ['this host alone', `${near}\nhost replication all ::1/128 trust`, false],
  ])('is content, where nobody says where agents are, with a line for %s', async (_title, lines, isIn) => {
    expect((await ask(lines, {})).length === 0).toBe(isIn)
  })

  test('is asked of the same host, where the master is there', async () => {
    expect(await ask(near, { master: { hosts: 'localhost' } })).toEqual([])
  })

  test('tells of a line that it does not take', async () => {
    expect(await ask(`${usual} 0.0.0.0/0 md5\nhost nonsense`, {})).toEqual([
      'line 3: end-of-line before role specification: a file without errors',
    ])
  })
})
