import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { showPath } from '../../generator/diagnostics/path.js'
import { allow } from '../../generator/input/allow.js'
import { type AccessContext, judgeAccess } from '../../generator/postgres/access.js'
import { type AccessRule, accessRulesSchema } from '../../generator/postgres/access-schema.js'
import type { Settings } from '../../generator/postgres/settings-schema.js'
import { findServer } from './server.js'
import { makeCertificate, openTrial, type Trial } from './trial.js'

type Options = Readonly<Record<string, string>>

/** Options of a method, and the path of the finding; none where a server takes them. */
type Case = readonly [method: AccessRule['method'], options: Options, at?: string]

const ldap = { ldapserver: 'ldap.db' }
const base = { ...ldap, ldapbasedn: 'dc=db' }
const radius = { radiusservers: '127.0.0.1,127.0.0.2', radiussecrets: 'a' }

/** Since 14, when the words of clientcert became what they are. */
const cases: readonly Case[] = [
  ['ident', { map: 'staff' }],
  ['md5', { map: 'staff' }, 'options.map'],
  ['md5', { clientcert: 'verify-ca' }],
  ['md5', { clientcert: 'verify-full' }],
  ['md5', { clientcert: '1' }, 'options.clientcert'],
  ['md5', { clientcert: 'no-verify' }, 'options.clientcert'],
  ['md5', { clientcert: '' }, 'options.clientcert'],
  ['cert', { clientcert: 'verify-full' }],
  ['cert', { clientcert: 'verify-ca' }, 'options.clientcert'],
  ['cert', { clientname: 'DN' }],
  ['cert', { clientname: 'SAN' }, 'options.clientname'],
  ['ldap', {}, 'method'],
  ['ldap', ldap, 'method'],
  ['ldap', { ...ldap, ldapsuffix: ', dc=db' }],
  ['ldap', { ...ldap, ldapprefix: 'cn=' }],
  ['ldap', base],
  ['ldap', { ldapbasedn: 'dc=db' }],
  ['ldap', { ...base, ldapport: '389' }],
  ['ldap', { ...base, ldapport: '0' }, 'options.ldapport'],
  ['ldap', { ...base, ldapport: 'ldaps' }, 'options.ldapport'],
  ['ldap', { ...base, ldapprefix: 'cn=' }, 'options.ldapbasedn'],
  ['ldap', { ...ldap, ldapprefix: 'cn=', ldapbinddn: 'x' }, 'options.ldapbinddn'],
  ['ldap', { ...ldap, ldapprefix: 'cn=', ldapsearchfilter: 'x' }, 'options.ldapsearchfilter'],
  ['ldap', { ...base, ldapsearchfilter: '(uid=$username)' }],
  ['ldap', { ...base, ldapsearchfilter: 'x', ldapsearchattribute: 'uid' }, 'options.ldapsearchfilter'],
  ['ldap', { ...base, ldapbinnd: 'x' }, 'options.ldapbinnd'],
  ['ldap', { ldapurl: 'ldap://ldap.db/dc=db?uid?sub' }],
  ['ldap', { ldapurl: 'ldap://ldap.db' }, 'method'],
  ['ldap', { ldapurl: 'ldap://ldap.db', ldapbasedn: 'dc=db' }],
  ['ldap', { ldapurl: 'ldap://ldap.db', ldapprefix: 'cn=' }],
  ['ldap', { ldapurl: 'ldap://ldap.db/dc=db', ldapprefix: 'cn=' }, 'options.ldapurl'],
  ['ldap', { ldapurl: 'http://ldap.db/dc=db' }, 'options.ldapurl'],
  ['radius', {}, 'method'],
  ['radius', { radiusservers: '127.0.0.1' }, 'method'],
  ['radius', { ...radius, radiussecrets: '' }, 'method'],
  ['radius', radius],
  ['radius', { ...radius, radiussecrets: 'a,b' }],
  ['radius', { ...radius, radiussecrets: 'a,b,c' }, 'options.radiussecrets'],
  ['radius', { ...radius, radiusports: '1812' }],
  ['radius', { ...radius, radiusports: '1812,1813' }],
  ['radius', { ...radius, radiusports: '1812,radius' }, 'options.radiusports'],
  ['radius', { ...radius, radiusports: '1,2,3' }, 'options.radiusports'],
  ['radius', { ...radius, radiusidentifiers: 'x,y,z' }, 'options.radiusidentifiers'],
  ['radius', { ...radius, radiusserver: '127.0.0.1' }, 'options.radiusserver'],
  ['pam', { pamservice: 'postgresql' }],
  ['gss', { krb_realm: 'DB', include_realm: '0' }],
  ['md5', { krb_realm: 'DB' }, 'options.krb_realm'],
]

const rows = cases.map(([method, options, at]) => ({ method, options, at }))

const ruleOf = ([method, options]: Case): AccessRule[] =>
  accessRulesSchema.parse([allow.hostssl({ from: 'all', method, options: { ...options } })])

const context: AccessContext = { majors: [15], hasSsl: true, hasCa: true, validators: [] }

const errorsOf = (rules: readonly AccessRule[], given = context) =>
  judgeAccess(rules, given)
    .filter(({ code }) => code.startsWith('E_'))
    .map(({ path }) => showPath(path ?? []))

describe('options of a method', () => {
  test.each(rows)('$method $options: $at', ({ method, options, at }) => {
    expect(errorsOf(ruleOf([method, options]))).toEqual(at === undefined ? [] : [`access.0.${at}`])
  })

  test.each<[number[], Case]>([
    [[10], ['md5', { clientcert: '1' }]],
    [[11], ['md5', { clientcert: 'verify-full' }, 'options.clientcert']],
    [[11], ['cert', { clientcert: '0' }, 'options.clientcert']],
    [
      [12, 13],
      ['md5', { clientcert: 'no-verify' }],
    ],
    [[13], ['cert', { clientcert: 'no-verify' }, 'options.clientcert']],
    [
      [13, 14],
      ['md5', { clientcert: '1' }, 'options.clientcert'],
    ],
    [
      [12, 18],
      ['md5', { clientcert: 'verify-ca' }],
    ],
    [[10], ['ldap', { ldapbasedn: 'dc=db' }, 'method']],
    [[10], ['ldap', { ldapurl: 'ldap://ldap.db/dc=db' }]],
    [[10], ['ldap', { ...base, ldapsearchfilter: 'x' }, 'options.ldapsearchfilter']],
    [[11], ['ldap', { ...base, ldapscheme: 'ldaps' }]],
    [[9.6], ['radius', { radiusserver: '127.0.0.1', radiussecret: 'a' }]],
    [[9.6], ['radius', radius, 'options.radiusservers']],
  ])('of %j: %j', (majors, one) => {
    const found = errorsOf(ruleOf(one), { ...context, majors })
    expect([...new Set(found)].slice(0, 1)).toEqual(one[2] === undefined ? [] : [`access.0.${one[2]}`])
  })

  test.each<[string[], Options, string | undefined]>([
    [['v'], { issuer: 'https://id' }, 'method'],
    [[], { issuer: 'https://id', scope: 'openid' }, 'method'],
    [['v'], { issuer: 'https://id', scope: 'openid' }, undefined],
    [['v', 'w'], { issuer: 'https://id', scope: 'openid' }, 'method'],
    [['v', 'w'], { issuer: 'https://id', scope: 'openid', validator: 'w' }, undefined],
    [['v', 'w'], { issuer: 'https://id', scope: 'openid', validator: 'x' }, 'options.validator'],
    [['v'], { issuer: 'https://id', scope: 'openid', map: 'm', delegate_ident_mapping: '1' }, 'options.map'],
    [['v'], { issuer: 'https://id', scope: 'openid', map: 'm', delegate_ident_mapping: '0' }, undefined],
  ])('oauth with the libraries %j: %j', (validators, options, at) => {
    const found = errorsOf(ruleOf(['oauth', options]), { ...context, majors: [18], validators })
    expect(found).toEqual(at === undefined ? [] : [`access.0.${at}`])
  })
})

const bin = findServer()
const major = Number(/\/(\d+)\/bin$/.exec(bin ?? '')?.[1])

// It loads its pg_hba.conf when it starts, or does not start.
describe.skipIf(bin === undefined || major < 14)('a real server', () => {
  let trial: Trial
  let settings: Settings
  beforeAll(async () => {
    trial = await openTrial(bin ?? '', major)
    settings = { ssl: true, ...makeCertificate(trial) }
  })
  afterAll(() => trial.remove())

  test.each(rows)('$method $options: $at', async ({ method, options }) => {
    const rules = ruleOf([method, options])
    const { starts, log } = await trial.start({ settings, access: rules })
    expect(starts, log).toBe(errorsOf(rules, { ...context, majors: [major] }).length === 0)
  })
})
