import { describe, expect, test } from 'vitest'
import { showPath } from '../../generator/diagnostics/path.js'
import { allow, deny } from '../../generator/input/allow.js'
import { type AccessRule, accessRulesSchema, completeAccess } from '../../generator/postgres/access-schema.js'
import { judgeAdmission, type Visitors } from '../../generator/postgres/admission.js'

function judge(rules: readonly object[], visitors: Partial<Visitors> = {}): string[] {
  const parsed: AccessRule[] = accessRulesSchema.parse(rules)
  const given = { role: 'replicator', listen: ['*'], tls: 'maybe', isCascade: false, ...visitors } as const
  return judgeAdmission(completeAccess(parsed), given).map(
    ({ code, path }) => `${code} ${showPath(path ?? [])}`,
  )
}

describe('replicas of this model', () => {
  const from = '10.0.0.0/8'
  const source = { database: 'replication', from }
  test.each<[string, readonly object[], Partial<Visitors>, string[]]>([
    ['their role', [allow.host({ ...source, user: 'replicator' })], {}, []],
    ['every role', [allow.host(source)], {}, []],
    ['a group that may hold it', [allow.host({ ...source, user: '+replicas' })], {}, []],
    ['another role', [allow.host({ ...source, user: 'repl' })], {}, ['W_ACCESS_REPLICATION access']],
    ['nobody, on purpose', [deny.host(source)], {}, []],
    ['another role on this host', [allow.host({ ...source, user: 'repl', from: '127.0.0.1' })], {}, []],
    ['with TLS', [allow.hostssl(source)], {}, []],
    [
      'with TLS, which they do not talk',
      [allow.hostssl(source)],
      { tls: 'never' },
      ['W_ACCESS_REPLICATION access'],
    ],
    ['with or without', [allow.hostssl(source), allow.host(source)], { tls: 'never' }, []],
    ['nobody, though they stream from each other', [], { isCascade: true }, ['W_ACCESS_REPLICATION access']],
    ['their role, since they stream from each other', [allow.host(source)], { isCascade: true }, []],
    ['nobody else', [], {}, []],
    [
      'without TLS, which they always talk',
      [allow.host(source)],
      { tls: 'always' },
      ['W_ACCESS_REPLICATION access.0'],
    ],
    ['this host without TLS', [allow.host({ ...source, from: '::1' })], { tls: 'always' }, []],
    ['nobody without TLS', [deny.host(source)], { tls: 'always' }, []],
    ['clients without TLS', [allow.host({ from })], { tls: 'always' }, []],
  ])('%s', (_what, rules, visitors, codes) => {
    expect(judge(rules, visitors)).toEqual(codes)
  })
})

describe('addresses', () => {
  test.each<[string, string[], string[]]>([
    ['10.0.0.0/8', ['*'], []],
    ['10.0.0.0/8', ['0.0.0.0'], []],
    ['10.0.0.0/8', ['127.0.0.1'], ['W_ACCESS_LISTEN access.0.from']],
    ['10.0.0.0/8', ['localhost'], ['W_ACCESS_LISTEN access.0.from']],
    ['10.0.0.0/8', ['localhost', 'db.example'], []],
    ['fd00::/8', ['0.0.0.0'], ['W_ACCESS_LISTEN access.0.from']],
    ['fd00::/8', ['127.0.0.1', '::'], []],
    ['fd00::/8', ['127.0.0.1', 'fd00::5'], []],
    ['127.0.0.1/32', ['127.0.0.1'], []],
    ['::1/128', ['127.0.0.1'], ['W_ACCESS_LISTEN access.0.from']],
    ['all', ['127.0.0.1'], []],
  ])('a client from %s, a server on %j', (from, listen, codes) => {
    expect(judge([allow.host({ from })], { listen })).toEqual(codes)
  })

  test('a rule that turns clients away needs no address', () => {
    expect(judge([deny.host({ from: '10.0.0.0/8' })], { listen: ['127.0.0.1'] })).toEqual([])
  })
})
