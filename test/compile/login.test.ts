import { describe, expect, test } from 'vitest'
import { tryModel } from '../../generator/compile/compile.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { list } from './sources.js'

/** What is found of how a replica logs in; another host than the example's, so that it counts. */
function judge(master: ReplicaInput['master'], rest: ReplicaInput = {}): string[] {
  const { model, diagnostics } = tryModel({ ...rest, master: { hosts: 'pg1.db', ...master } })
  if (model === undefined) throw new Error(JSON.stringify(diagnostics))
  return list(diagnostics)
}

const newest: ReplicaInput = { postgresql: { majors: [18] } }
const full = { mode: 'verify-full' } as const
const root = '/etc/ssl/ca.pem'

describe('a word that a server of some major does not know', () => {
  test.each<[string, ReplicaInput['master'], number, string]>([
    ['a method', { tls: full.mode, requireAuth: 'scram-sha-256' }, 16, 'master.requireAuth'],
    [
      'the newest method',
      { tls: full.mode, requireAuth: ['scram-sha-256', 'oauth'] },
      18,
      'master.requireAuth',
    ],
    ['a bound login', { tls: full.mode, channelBinding: 'require' }, 13, 'master.channelBinding'],
    ['nothing but GSSAPI', { gssEncMode: 'require' }, 12, 'master.gssEncMode'],
    ['the certificates of the system', { tls: { ...full, rootCert: 'system' } }, 16, 'master.tls.rootCert'],
    ['the oldest TLS', { tls: { ...full, minProtocol: 'TLSv1.3' } }, 13, 'master.tls.minProtocol'],
    ['TLS at once', { tls: { ...full, negotiation: 'direct' } }, 17, 'master.tls.negotiation'],
  ])('%s is refused where it protects', (_title, master, since, path) => {
    expect(judge(master, { postgresql: { majors: [10, 18] } })).toEqual([`E_MASTER_LIBPQ ${path}`])
    if (since > 10) {
      const before = (since - 1) as 17
      expect(judge(master, { postgresql: { majors: [before] } })).toEqual([`E_MASTER_LIBPQ ${path}`])
    }
    expect(judge(master, { postgresql: { majors: [since as 18] } })).toEqual([])
  })

  test.each<[string, ReplicaInput['master']]>([
    ['a wish', { channelBinding: 'prefer', gssEncMode: 'prefer' }],
    ['what a libpq without it does anyway', { channelBinding: 'disable', gssEncMode: 'disable' }],
    ['the usual way', { tls: { ...full, negotiation: 'postgres' } }],
    ['patience', { tcp: { userTimeout: 60, keepalivesIdle: 0, keepalivesCount: 3 } }],
  ])('%s is left out there', (_title, master) => {
    expect(judge({ tls: full.mode, ...master }, { postgresql: { majors: [10] } })).toEqual([])
  })

  test('is named with the majors', () => {
    const { diagnostics } = tryModel({
      master: { hosts: 'a', tls: full.mode, requireAuth: 'scram-sha-256' },
      postgresql: { majors: [15, 16, 10] },
    })
    expect(diagnostics[0]?.message).toBe(
      'require_auth=scram-sha-256 is supported by libpq since PostgreSQL 16, but a server of 15, 10 streams with its own, older libpq',
    )
  })

  test('is found where the task sets it, too', () => {
    const task = { env: { PGREQUIREAUTH: '!password' } }
    expect(judge({ tls: full.mode }, { task, postgresql: { majors: [15] } })).toEqual([
      'E_MASTER_LIBPQ task.env.PGREQUIREAUTH',
    ])
  })
})

describe('words that contradict each other', () => {
  const wrong = (path: string) => [`E_MASTER_TLS ${path}`]
  const unsafe = 'W_MASTER_TLS master.tls'
  test.each<[string, ReplicaInput['master'], string[]]>([
    [
      'the certificates of the system, and any name',
      { tls: { mode: 'verify-ca', rootCert: 'system' } },
      [...wrong('master.tls.rootCert'), unsafe],
    ],
    ['the certificates of the system', { tls: { ...full, rootCert: 'system' } }, []],
    [
      'TLS at once, perhaps',
      { tls: { mode: 'prefer', negotiation: 'direct' } },
      [...wrong('master.tls.negotiation'), unsafe],
    ],
    ['TLS at once', { tls: { ...full, negotiation: 'direct' } }, []],
    [
      'a login bound to no TLS',
      { tls: 'disable', channelBinding: 'require' },
      wrong('master.channelBinding'),
    ],
    ['a bound login', { tls: 'require', channelBinding: 'require' }, []],
    [
      'a login bound to GSSAPI',
      { gssEncMode: 'require', channelBinding: 'require' },
      wrong('master.channelBinding'),
    ],
    [
      'a method that is not bound',
      { tls: 'require', channelBinding: 'require', requireAuth: 'md5' },
      wrong('master.channelBinding'),
    ],
    [
      'the method that is, left out',
      { tls: 'require', channelBinding: 'require', requireAuth: '!scram-sha-256' },
      wrong('master.channelBinding'),
    ],
    ['others left out', { tls: 'require', channelBinding: 'require', requireAuth: '!password,!md5' }, []],
    [
      'revoked certificates that nobody looks at',
      { tls: { mode: 'require', crl: '/c' } },
      [...wrong('master.tls.crl'), unsafe],
    ],
    ['the same without TLS', { tls: { mode: 'disable', crl: '/c' } }, [...wrong('master.tls.crl'), unsafe]],
    [
      'revoked certificates of the system',
      { tls: { ...full, rootCert: 'system', crl: '/c' } },
      wrong('master.tls.crl'),
    ],
    ['revoked certificates', { tls: { ...full, rootCert: root, crl: '/c' } }, []],
    [
      'the same as libpq has done since 9.0',
      { tls: { mode: 'require', rootCert: root, crl: '/c' }, channelBinding: 'require' },
      [],
    ],
    [
      'a version of no TLS',
      { tls: { mode: 'disable', minProtocol: 'TLSv1.2' } },
      [unsafe, 'W_MASTER_UNUSED master.tls.minProtocol'],
    ],
    ['TLS beside GSSAPI', { tls: full.mode, gssEncMode: 'require' }, ['W_MASTER_UNUSED master.tls']],
  ])('%s', (_title, master, wanted) => {
    expect(judge(master, newest).sort()).toEqual([...wanted].sort())
  })
})

describe('what a stranger on the way could do', () => {
  const warn = ['W_MASTER_TLS master.tls']
  test.each<[string, ReplicaInput['master'], string[]]>([
    ['without a word of TLS', {}, warn],
    ['without TLS', { tls: 'disable' }, warn],
    ['with TLS that nobody verifies', { tls: 'require' }, warn],
    ['with any certificate of the authority', { tls: { mode: 'verify-ca', rootCert: root } }, warn],
    ['with the certificate of the master', { tls: full.mode }, []],
    ['with a master that knows the password', { channelBinding: 'require' }, []],
    ['with GSSAPI', { gssEncMode: 'require' }, []],
    ['on one host', { hosts: ['127.0.0.1', '[::1]:5433', 'localhost:1', '127.9.9.9:2', '::1'] }, []],
    ['on one host and another', { hosts: ['127.0.0.1', '10.0.0.1'] }, warn],
    ['to the master of the example', { hosts: 'postgres01' }, []],
  ])('%s', (_title, master, wanted) => {
    expect(judge(master, newest)).toEqual(wanted)
  })

  test('is told once for all hosts, and where the task sets the mode, there', () => {
    const task = { env: { PGSSLMODE: 'allow' } }
    expect(judge({ hosts: ['a', 'b'] }, { task })).toEqual(['W_MASTER_TLS task.env.PGSSLMODE'])
  })

  test.each<[string, ReplicaInput['master'], boolean]>([
    ['any method', {}, true],
    ['all but md5', { requireAuth: '!md5' }, true],
    ['all but the password', { requireAuth: '!password' }, false],
    ['one method', { requireAuth: 'scram-sha-256' }, false],
  ])('with %s: may it ask for the password in clear?', (_title, master, mayAsk) => {
    const { diagnostics } = tryModel({ ...newest, master: { hosts: 'a', ...master } })
    const [{ message = '' } = {}] = diagnostics
    expect(message).toContain('read all data')
    expect(message.includes('in clear')).toBe(mayAsk)
  })
})
