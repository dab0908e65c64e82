import { describe, expect, test } from 'vitest'
import { showPath } from '../../generator/diagnostics/path.js'
import { allow, deny } from '../../generator/input/allow.js'
import { type AccessContext, defaultMethod, judgeAccess } from '../../generator/postgres/access.js'
import { judgeOrder } from '../../generator/postgres/access-order.js'
import { accessRulesSchema } from '../../generator/postgres/access-schema.js'
import { parseNetwork } from '../../generator/postgres/network.js'

describe('parseNetwork', () => {
  test.each<[string, string, boolean, boolean, number, boolean]>([
    ['10.0.0.0/8', '10.0.0.0/8', false, false, 4, false],
    ['10.1.2.3/8', '10.1.2.3/8', false, true, 4, false],
    ['10.1.2.3', '10.1.2.3/32', false, false, 4, false],
    ['127.0.0.0/8', '127.0.0.0/8', true, false, 4, true],
    ['127.0.0.0/7', '127.0.0.0/7', false, true, 4, true],
    ['::1', '::1/128', true, false, 6, false],
    ['::/0', '::/0', false, false, 6, false],
    ['fd00::1/64', 'fd00::1/64', false, true, 6, false],
    ['::ffff:10.0.0.1/128', '::ffff:10.0.0.1/128', false, false, 6, false],
    ['1:2:3:4:5:6:7:8/127', '1:2:3:4:5:6:7:8/127', false, false, 6, false],
  ])('%s is a range', (given, text, isLoopback, hasHostBits, family, holdsLoopback) => {
    const range = { kind: 'range', text, family, isLoopback, holdsLoopback, hasHostBits }
    expect(parseNetwork(given)).toEqual(range)
  })

  test.each(['pg.db', '.db', 'a_b-1', '1x', 'ALL'])('%s is a host name', (text) => {
    expect(parseNetwork(text)).toEqual({ kind: 'name', text })
  })

  test.each(['all', 'samehost', 'samenet'])('%s is a keyword', (text) => {
    expect(parseNetwork(text)).toEqual({ kind: 'keyword', text })
  })

  test.each([
    '',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/',
    '10.0.0.256',
    '1.2.3',
    '::1/129',
    'fe80::1%eth0',
    '10.0.0.0/8/8',
    'pg.db/32',
    '-a',
    'a.',
    'a\n',
  ])('%j is nothing', (text) => {
    expect(parseNetwork(text)).toBeUndefined()
  })
})

describe('judgeAccess', () => {
  const modern: AccessContext = { majors: [15], hasSsl: true, hasCa: true, validators: [] }
  // Another rule comes first, so that an index is one.
  const judge = (rule: object, context = modern) =>
    judgeAccess(accessRulesSchema.parse([deny.host({ from: '192.0.2.1' }), rule]), context).map(
      ({ code, path = [] }) => [code, showPath(path)],
    )

  test.each<[string, object, AccessContext, [string, string] | undefined]>([
    ['a plain rule', allow.host({ from: 'all' }), modern, undefined],
    [
      'trust to a network',
      allow.host({ from: 'samenet', method: 'trust' }),
      modern,
      ['W_ACCESS_TRUST', 'method'],
    ],
    ['trust to loopback', allow.host({ from: '::1', method: 'trust' }), modern, undefined],
    ['peer by TCP', allow.host({ from: 'all', method: 'peer' }), modern, ['E_ACCESS_METHOD', 'method']],
    ['a socket', allow.local({ method: 'peer' }), modern, ['W_ACCESS_LOCAL', 'type']],
    ['cert without TLS', allow.host({ from: 'all', method: 'cert' }), modern, ['E_ACCESS_METHOD', 'method']],
    ['cert', allow.hostssl({ from: 'all', method: 'cert' }), modern, undefined],
    [
      'cert without those who sign',
      allow.hostssl({ from: 'all', method: 'cert' }),
      { ...modern, hasCa: false },
      ['W_ACCESS_CERT', 'method'],
    ],
    [
      'a certificate without those who sign',
      allow.hostssl({ from: 'all', options: { clientcert: 'verify-ca' } }),
      { ...modern, hasCa: false },
      ['W_ACCESS_CERT', 'options.clientcert'],
    ],
    [
      'no certificate',
      allow.hostssl({ from: 'all', options: { clientcert: '0' } }),
      { ...modern, majors: [13], hasCa: false },
      undefined,
    ],
    [
      'a map that nobody fetches',
      allow.host({ from: 'all', method: 'ident', options: { map: 'staff' } }),
      modern,
      ['W_ACCESS_MAP', 'options.map'],
    ],
    ['gss', allow.host({ from: 'all', method: 'gss' }), modern, undefined],
    [
      'scram before its time',
      allow.host({ from: 'all', method: 'scram-sha-256' }),
      { ...modern, majors: [9.6, 15] },
      ['E_ACCESS_METHOD', 'method'],
    ],
    ['no method before scram', allow.host({ from: 'all' }), { ...modern, majors: [9.6] }, undefined],
    ['clear text', allow.host({ from: 'all', method: 'password' }), modern, ['W_ACCESS_CLEAR', 'method']],
    ['clear text in TLS', allow.hostssl({ from: 'all', method: 'password' }), modern, undefined],
    ['host bits', allow.host({ from: '10.1.0.0/8' }), modern, ['W_ACCESS_NETWORK', 'from']],
    [
      'TLS that is off',
      allow.hostssl({ from: 'all' }),
      { ...modern, hasSsl: false },
      ['W_ACCESS_SSL', 'type'],
    ],
    [
      'an unknown option',
      allow.host({ from: 'all', options: { colour: 'red' } }),
      modern,
      ['E_ACCESS_OPTION', 'options.colour'],
    ],
    [
      'an option of another method',
      allow.host({ from: 'all', options: { pamservice: 'x' } }),
      modern,
      ['E_ACCESS_OPTION', 'options.pamservice'],
    ],
    [
      'a client certificate without TLS',
      allow.host({ from: 'all', options: { clientcert: 'verify-full' } }),
      modern,
      ['E_ACCESS_OPTION', 'options.clientcert'],
    ],
    [
      'a client certificate',
      allow.hostssl({ from: 'all', options: { clientcert: 'verify-ca' } }),
      modern,
      undefined,
    ],
    [
      'an option in its time',
      allow.hostssl({ from: 'all', options: { clientname: 'DN' } }),
      { majors: [14], hasSsl: true, hasCa: true, validators: [] },
      undefined,
    ],
    [
      'an option before its time',
      allow.hostssl({ from: 'all', options: { clientname: 'DN' } }),
      { ...modern, majors: [13] },
      ['E_ACCESS_OPTION', 'options.clientname'],
    ],
  ])('%s', (_what, rule, context, found) => {
    expect(judge(rule, context)).toEqual(found === undefined ? [] : [[found[0], `access.1.${found[1]}`]])
  })

  test('the default method is one that every major knows', () => {
    expect(defaultMethod([10, 18])).toBe('scram-sha-256')
    expect(defaultMethod([9.6, 18])).toBe('md5')
  })
})

test('gss on a socket, which is not there', () => {
  const found = judgeAccess(accessRulesSchema.parse([allow.local({ method: 'gss' })]), {
    majors: [15],
    hasSsl: false,
    hasCa: false,
    validators: [],
  })
  expect(found.map(({ code }) => code)).toEqual(['E_ACCESS_METHOD', 'W_ACCESS_LOCAL'])
})

describe('a line behind a wider one', () => {
  const lines = (...rules: object[]) =>
    judgeOrder(accessRulesSchema.parse(rules)).map(({ code, path }) => `${code} ${showPath(path ?? [])}`)
  const second = 'W_ACCESS_ORDER access.1'
  const ten = '10.0.0.0/8'

  test.each<[string, object, object, string[]]>([
    ['the same', allow.host({ from: ten }), allow.host({ from: ten }), [second]],
    ['a part that is turned away', allow.host({ from: ten }), deny.host({ from: '10.1.2.3' }), [second]],
    ['all', allow.host({ from: 'all' }), deny.host({ from: 'web01' }), [second]],
    ['the narrower one first', deny.host({ from: '10.1.2.3' }), allow.host({ from: ten }), []],
    ['beside it', allow.host({ from: ten }), allow.host({ from: '11.0.0.0/8' }), []],
    ['of the other family', allow.host({ from: '0.0.0.0/0' }), allow.host({ from: '::/0' }), []],
    ['IPv6', allow.host({ from: 'fc00::/7' }), allow.host({ from: 'fd12:3456::/32' }), [second]],
    ['a name', allow.host({ from: '0.0.0.0/0' }), allow.host({ from: 'web01' }), []],
    ['with TLS', allow.host({ from: ten }), allow.hostssl({ from: ten }), [second]],
    ['with or without it', allow.hostssl({ from: ten }), allow.host({ from: ten }), []],
    ['a socket', allow.host({ from: 'all' }), allow.local({}), []],
    ['two sockets', allow.local({}), allow.local({ user: 'a' }), [second]],
    ['one database of all', allow.host({ from: ten }), allow.host({ database: 'shop', from: ten }), [second]],
    [
      'replication is none of all',
      allow.host({ from: ten }),
      allow.host({ database: 'replication', from: ten }),
      [],
    ],
    [
      'a database of that name is',
      allow.host({ from: ten }),
      allow.host({ database: { name: 'replication' }, from: ten }),
      [second],
    ],
    [
      'some roles',
      allow.host({ user: ['a', 'b', '+c'], from: ten }),
      allow.host({ user: ['b', { name: 'a' }], from: ten }),
      [second],
    ],
    [
      'a role called as a group is written',
      allow.host({ user: '+c', from: ten }),
      allow.host({ user: { name: '+c' }, from: ten }),
      [],
    ],
    [
      'another role, too',
      allow.host({ user: 'a', from: ten }),
      allow.host({ user: ['a', 'b'], from: ten }),
      [],
    ],
  ])('%s', (_what, first, then, codes) => {
    expect(lines(first, then)).toEqual(codes)
  })
})
