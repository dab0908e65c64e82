import { describe, expect, test } from 'vitest'
import { accessSchema, allow } from '../../generator/model/access.js'
import { type AccessContext, defaultMethod, judgeAccess } from '../../generator/postgres/access.js'
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
  const modern: AccessContext = { majors: [15], hasSsl: true }
  const judge = (rule: object, context = modern) =>
    judgeAccess(accessSchema.parse([{ type: 'local' }, rule]), context).map(({ code, path }) => [code, path])

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
    ['peer', allow.local({ method: 'peer' }), modern, undefined],
    ['cert without TLS', allow.host({ from: 'all', method: 'cert' }), modern, ['E_ACCESS_METHOD', 'method']],
    ['cert', allow.hostssl({ from: 'all', method: 'cert' }), modern, undefined],
    ['gss on a socket', allow.local({ method: 'gss' }), modern, ['E_ACCESS_METHOD', 'method']],
    [
      'scram before its time',
      allow.host({ from: 'all', method: 'scram-sha-256' }),
      { majors: [9.6, 15], hasSsl: true },
      ['E_ACCESS_METHOD', 'method'],
    ],
    ['no method before scram', allow.host({ from: 'all' }), { majors: [9.6], hasSsl: true }, undefined],
    ['clear text', allow.host({ from: 'all', method: 'password' }), modern, ['W_ACCESS_CLEAR', 'method']],
    ['clear text in TLS', allow.hostssl({ from: 'all', method: 'password' }), modern, undefined],
    ['host bits', allow.host({ from: '10.1.0.0/8' }), modern, ['W_ACCESS_NETWORK', 'from']],
    [
      'TLS that is off',
      allow.hostssl({ from: 'all' }),
      { majors: [15], hasSsl: false },
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
      { majors: [14], hasSsl: true },
      undefined,
    ],
    [
      'an option before its time',
      allow.hostssl({ from: 'all', options: { clientname: 'DN' } }),
      { majors: [13], hasSsl: true },
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
