import { describe, expect, test } from 'vitest'
import { listAccess } from '../../generator/compile/access.js'
import { tryModel } from '../../generator/compile/compile.js'
import { hbaLine } from '../../generator/compile/hba.js'
import { parseModel } from '../../generator/compile/parse-model.js'
import { showPath } from '../../generator/diagnostics/path.js'
import { allow } from '../../generator/input/allow.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'

/** The printed lines that let replication in. */
function replicationOf(input: ReplicaInput): string[] {
  const parsed = parseModel(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics))
  return listAccess(parsed.model)
    .flatMap(({ rules }) => rules)
    .map((rule) => hbaLine(rule, 'scram-sha-256'))
    .filter((line) => / replication /.test(line))
}

const master: NonNullable<ReplicaInput['master']> = { hosts: 'pg1.db', agents: ['10.1.0.0/16'] }
const tls = { ...master, tls: 'verify-full' } as const
const from = '10.2.0.0/16'

describe('who may replicate from a replica', () => {
  test.each<[string, ReplicaInput, string[]]>([
    ['nobody, where no access is wanted', { master: tls, access: [] }, []],
    ['nobody, where nothing is said of access', { master }, []],
    ['nobody, where clients may connect', { master, access: [allow.host({ from })] }, []],
    ['nobody, where the example has access rules', { access: [allow.host({ from })] }, []],
    [
      'whom access names',
      { master, access: [allow.replication({ from })] },
      [`host replication replicator ${from} scram-sha-256`],
    ],
    [
      'as the role of the master, with TLS where it is asked for',
      { master: { ...tls, role: 'a b' }, access: [allow.replication({ from })] },
      [`hostssl replication "a b" ${from} scram-sha-256`],
    ],
    [
      'as another role, by another method',
      { master: tls, access: [allow.replication({ from, user: 'backup', method: 'cert' })] },
      [`hostssl replication backup ${from} cert`],
    ],
    [
      'replicas, where they stream from each other',
      { master, run: { from: 'replica' } },
      ['host replication replicator 10.1.0.0/16 scram-sha-256'],
    ],
    [
      'replicas, also where access lets nobody else in, and with TLS only',
      { master: tls, run: { from: 'replica' }, access: [] },
      ['hostssl replication replicator 10.1.0.0/16 scram-sha-256'],
    ],
    [
      'those that access names, and no others',
      { master: tls, run: { from: 'replica' }, access: [allow.replication({ from })] },
      [`hostssl replication replicator ${from} scram-sha-256`],
    ],
    [
      'with TLS, where the login is bound to it',
      { master: { ...master, channelBinding: 'require' }, access: [allow.replication({ from })] },
      [`hostssl replication replicator ${from} scram-sha-256`],
    ],
    [
      'without TLS, where GSSAPI is asked for',
      { master: { ...master, gssEncMode: 'require' }, access: [allow.replication({ from })] },
      [`host replication replicator ${from} scram-sha-256`],
    ],
  ])('is %s', (_title, model, lines) => {
    expect(replicationOf(model)).toEqual(lines)
  })

  test('is everybody on this host and in private networks only in the example', () => {
    expect(replicationOf({})).toHaveLength(6)
    expect(replicationOf({ master: { tls: 'require' } })[0]).toMatch(/^hostssl /)
  })
})

describe('a model whose replicas stream from each other', () => {
  const codesOf = (model: ReplicaInput) =>
    tryModel(model)
      .diagnostics.filter(({ code }) => code.startsWith('W_ACCESS'))
      .map(({ code, path = [] }) => `${code} ${showPath(path)}`)
  const cascade = (rest: ReplicaInput = {}): ReplicaInput => ({
    run: { from: 'replica' },
    access: [],
    ...rest,
    master: { ...tls, ...rest.master },
    postgresql: { majors: [15], ...rest.postgresql },
  })
  const ssl = { settings: { ssl: true, ssl_cert_file: '/c', ssl_key_file: '/k' } }

  test.each<[string, ReplicaInput, string[]]>([
    ['has TLS, as they ask for it', cascade({ postgresql: ssl }), []],
    ['has none', cascade(), ['W_ACCESS_SSL run.from']],
    ['has none, and asks for none', cascade({ master: { tls: 'prefer' } }), []],
    [
      'has none, by an entry of its own',
      cascade({ access: [allow.replication({ from })] }),
      ['W_ACCESS_SSL access.0.type'],
    ],
    [
      'lets in somebody else',
      cascade({ postgresql: ssl, access: [allow.replication({ from, user: 'backup' })] }),
      ['W_ACCESS_REPLICATION access'],
    ],
    [
      'lets them in without TLS',
      cascade({ postgresql: ssl, access: [allow.host({ database: 'replication', from })] }),
      ['W_ACCESS_REPLICATION access.0'],
    ],
  ])('%s', (_title, model, codes) => {
    expect(codesOf(model)).toEqual(codes)
  })
})
