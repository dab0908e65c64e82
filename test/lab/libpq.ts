import { chownSync } from 'node:fs'
import { expect } from 'vitest'
import { type Authority, type Certificate, makeAuthority } from '../pair/harness/authority.js'
import type { Environment } from '../pair/harness/contract.js'
import type { Space } from '../pair/harness/space.js'
import { type Cell, live, type Pair, shell } from './cell.js'
import type { LabHost } from './host.js'

export interface Tls {
  readonly authority: Authority
  readonly own: Certificate
  /** For the command line of the master, so that no clone has them. */
  readonly options: readonly string[]
}

export async function makeTls(space: Space, host: LabHost): Promise<Tls> {
  const authority = await makeAuthority(space)
  const own = await authority.issue({ name: 'pg1', alternative: `IP:${host.address}` })
  chownSync(own.key, host.user.uid, host.user.gid)
  const options = ['ssl=on', `ssl_cert_file=${own.cert}`, `ssl_key_file=${own.key}`]
  return { authority, own, options }
}

/** Each word of libpq's for safety keeps a replica from a master that does not do it, and with all of them it streams. */
export async function liveSafely(
  pair: Pair,
  tls: Tls,
  { asksLibpq }: Pick<Cell, 'asksLibpq'>,
): Promise<void> {
  const { authority, own } = tls
  const refused = async (env: Environment, id: string, words: RegExp) => {
    const asked = await pair.runWith(env, 'preflight')
    const code = id === 'LIBPQ' ? 78 : 77
    expect(await asked.exit, asked.log()).toBe(code)
    expect(asked.log()).toMatch(words)
    expect(asked.log()).toContain(`(${id}, exit ${code})`)
  }
  const system = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: 'system' }
  const scram = { PGREQUIREAUTH: 'scram-sha-256' }
  if (asksLibpq === 'older server') {
    await refused(
      scram,
      'LIBPQ',
      /require_auth=scram-sha-256 \(PGREQUIREAUTH\) is supported since PostgreSQL 16, but not by the server 15/,
    )
    return
  }
  await refused(system, 'MASTER_TLS', /certificate verify failed/)
  const trust = 'mkdir -p /usr/lib/ssl; rm -f /usr/lib/ssl/cert.pem; cp "$0" /usr/lib/ssl/cert.pem'
  await shell(pair.agentHost, trust, authority.root)
  const direct = { ...system, PGSSLNEGOTIATION: 'direct' }
  if (asksLibpq === 'older master') {
    await refused(
      direct,
      'MASTER_TLS',
      /does not accept direct TLS \(PGSSLNEGOTIATION\), which servers support since PostgreSQL 17/,
    )
  }
  const all: Environment = {
    ...(asksLibpq === 'direct' ? direct : system),
    ...scram,
    PGCHANNELBINDING: 'require',
    PGGSSENCMODE: 'disable',
  }
  await refused(
    { ...all, PGREQUIREAUTH: 'md5' },
    'MASTER_TLS',
    /authentication method requirement "md5" failed/,
  )
  await refused({ ...all, PGGSSENCMODE: 'require' }, 'MASTER_TLS', /GSSAPI/)
  await authority.revoke(own)
  const PGSSLCRL = await authority.list()
  await refused(
    { ...all, PGSSLCRL },
    'MASTER_TLS',
    /libpq ignores the revocation list \(PGSSLCRL\) when PGSSLROOTCERT is system/,
  )
  const file = { ...all, PGSSLROOTCERT: authority.root }
  await refused({ ...file, PGSSLCRL }, 'MASTER_TLS', /certificate verify failed/)
  await live({
    ...pair,
    run: (...args) => pair.runWith(all, ...args),
    ask: (what) => pair.askWith(all, what),
  })
}
