import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { type Authority, type Certificate, makeAuthority } from './harness/authority.js'
import { missing, testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { type Master, type MasterOptions, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

const needs = [{ tool: 'openssl' }] as const
const address = 'IP:127.0.0.1'

let space: Space
let authority: Authority
let good: Certificate
let master: Master
let full: Environment
beforeAll(async () => {
  space = openSpace()
  if (missing('postgres', ...needs)) return
  authority = await makeAuthority(space)
  good = await authority.issue({ name: 'pg1.db', alternative: address })
  master = await startTls(good)
  full = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: authority.root }
})
afterAll(() => space.close())

/** A master with that certificate. A clone inherits none of this, so that the replica itself has no TLS. */
function startTls(
  certificate: Certificate,
  { options = [], ...rest }: MasterOptions = {},
  root = authority.root,
): Promise<Master> {
  return startMaster(space, { ...rest, options: [...tlsSettings(certificate, root), ...options] })
}

/** As lines of postgresql.conf, or as words after -c, which take no quotes. */
function tlsSettings({ cert, key }: Certificate, root: string, quote = ''): string[] {
  return [
    'ssl=on',
    `ssl_cert_file=${quote}${cert}${quote}`,
    `ssl_key_file=${quote}${key}${quote}`,
    `ssl_ca_file=${quote}${root}${quote}`,
  ]
}

/** Runs until it streams, as a replica that is well and by TLS, and stops it. */
async function expectStream(env: Environment, of: Master = master): Promise<Agent> {
  const contract = contractFor(space, of, env)
  const agent = await runAgent(space, { env: contract })
  await agent.waitForRow(await of.insert())
  const question = 'SELECT bool_and(ssl) AS ssl FROM pg_stat_ssl JOIN pg_stat_replication USING (pid)'
  expect(await of.sql(question)).toEqual([{ ssl: true }])
  for (const args of [['health'], ['ready']]) {
    const { sandbox, port } = agent
    const asked = await runAgent(space, { env: contract, args, sandbox, port, ownLog: true })
    expect(await asked.exit, asked.log()).toBe(0)
  }
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  return agent
}

/** Runs until its end, which comes before a copy and leaves nothing; gives the log. */
async function expectRefusal(id: string, env: Environment, of: Master = master): Promise<string> {
  const clones = of.clones()
  const agent = await runAgent(space, { env: contractFor(space, of, env) })
  const code = id === 'LIBPQ' ? 78 : 77
  expect(await agent.exit, agent.log()).toBe(code)
  expect(agent.log()).toContain(`(${id}, exit ${code})`)
  expect(of.clones(), 'base backups').toBe(clones)
  expect(existsSync(agent.dataDir)).toBe(false)
  await expectNothingLeft(agent)
  return agent.log()
}

describe('a master with a certificate', () => {
  testWith(needs, 'that verifies is followed, by a replica without TLS of its own', async () => {
    const agent = await expectStream(full)
    // Its data is served all the same, and that is told, when the master cannot be trusted any more.
    const other = await makeAuthority(space)
    const env = contractFor(space, master, { ...full, PGSSLROOTCERT: other.root })
    const again = await runAgent(space, { env, sandbox: agent.sandbox })
    await again.waitUntilServing()
    expect(again.log()).toMatch(/starting on the data here, because .*certificate verify failed/)
    again.terminate('SIGTERM', 'script')
    expect(await again.exit, again.log()).toBe(0)
  })

  testWith(needs, 'that has expired is refused', async () => {
    const old = await startTls(
      await authority.issue({ name: 'pg1.db', alternative: address, isExpired: true }),
    )
    expect(await expectRefusal('MASTER_TLS', full, old)).toMatch(/certificate verify failed/)
  })

  testWith(needs, 'of another name is refused, and followed where the name is not asked', async () => {
    const named = await startTls(await authority.issue({ name: 'pg2.db', alternative: 'DNS:pg2.db' }))
    expect(await expectRefusal('MASTER_TLS', full, named)).toMatch(/server certificate for "pg2\.db"/)
    await expectStream({ ...full, PGSSLMODE: 'verify-ca' }, named)
  })

  testWith(needs, 'that another authority signed is refused', async () => {
    const other = await makeAuthority(space)
    const strange = await startTls(
      await other.issue({ name: 'pg1.db', alternative: address }),
      {},
      other.root,
    )
    expect(await expectRefusal('MASTER_TLS', full, strange)).toMatch(/certificate verify failed/)
    await expectRefusal('MASTER_TLS', { ...full, PGSSLMODE: 'require' }, strange)
  })

  testWith(needs, 'that was revoked is refused, with a list that names it', async () => {
    const revoked = await authority.issue({ name: 'pg1.db', alternative: address })
    const before = await authority.list()
    await authority.revoke(revoked)
    const PGSSLCRL = await authority.list()
    const bad = await startTls(revoked)
    await expectStream({ ...full, PGSSLCRL: before }, bad)
    expect(await expectRefusal('MASTER_TLS', { ...full, PGSSLCRL }, bad)).toMatch(/certificate verify failed/)
    await expectStream({ ...full, PGSSLCRL })
  })
})

describe('files of certificates that are missing', () => {
  const nowhere = '/nonexistent/file'
  for (const mode of ['verify-full', 'verify-ca', 'require']) {
    testWith(needs, `the root, with ${mode}`, async () => {
      const log = await expectRefusal('MASTER_TLS', { PGSSLMODE: mode, PGSSLROOTCERT: nowhere })
      expect(log).toContain(nowhere)
    })
  }

  testWith(needs, 'the list of what was revoked, or what is none', async () => {
    expect(await expectRefusal('MASTER_TLS', { ...full, PGSSLCRL: nowhere })).toContain('PGSSLCRL')
    const PGSSLCRL = join(space.dir, 'no list')
    writeFileSync(PGSSLCRL, 'nothing\n', { mode: 0o644 })
    expect(await expectRefusal('MASTER_TLS', { ...full, PGSSLCRL })).toContain('PGSSLCRL')
  })

  testWith(needs, "the replica's own", async () => {
    const own = { PGSSLCERT: good.cert, PGSSLKEY: nowhere }
    expect(await expectRefusal('MASTER_TLS', { ...full, ...own })).toMatch(/private key file/)
  })
})

describe('a master without TLS', () => {
  testWith([], 'is refused where TLS is demanded', async () => {
    const plain = await startMaster(space)
    const log = await expectRefusal('MASTER_TLS', { PGSSLMODE: 'require' }, plain)
    expect(log).toMatch(/server does not support SSL/)
    expect(await expectRefusal('MASTER_TLS', { PGCHANNELBINDING: 'require' }, plain)).toMatch(
      /channel binding required, but SSL not in use/,
    )
  })
})

describe("a master that demands the replica's certificate", () => {
  const hba = [
    'host all postgres 127.0.0.1/32 trust',
    'hostssl replication replicator 127.0.0.1/32 scram-sha-256 clientcert=verify-full',
  ]
  let strict: Master
  beforeAll(async () => {
    if (missing('postgres', ...needs)) return
    // The clone has its access rules, which want TLS of the replica, too: so it has the certificate of its master.
    strict = await startMaster(space, { hba, conf: tlsSettings(good, authority.root, "'") })
  })

  testWith(needs, 'is followed where it is given', async () => {
    const own = await authority.issue({ name: 'replicator' })
    await expectStream({ ...full, PGSSLCERT: own.cert, PGSSLKEY: own.key }, strict)
  })

  testWith(needs, 'refuses without', async () => {
    expect(await expectRefusal('MASTER_TLS', full, strict)).toMatch(/valid client certificate/)
  })

  testWith(needs, 'refuses one of another authority, and one of another name', async () => {
    const other = await (await makeAuthority(space)).issue({ name: 'replicator' })
    await expectRefusal('MASTER_TLS', { ...full, PGSSLCERT: other.cert, PGSSLKEY: other.key }, strict)
    const own = await authority.issue({ name: 'somebody' })
    await expectRefusal('MASTER_REFUSES', { ...full, PGSSLCERT: own.cert, PGSSLKEY: own.key }, strict)
  })
})

describe("libpq's further words", () => {
  testWith(needs, 'a login that is bound to its TLS streams', async () => {
    const env = { PGSSLMODE: 'require', PGCHANNELBINDING: 'require', PGSSLMINPROTOCOLVERSION: 'TLSv1.3' }
    await expectStream(env)
  })

  testWith(needs, 'one that the master does not bind is refused', async () => {
    const hba = ['host all postgres 127.0.0.1/32 trust', 'hostssl replication replicator 127.0.0.1/32 trust']
    const trusting = await startTls(good, { hba })
    const log = await expectRefusal('MASTER_TLS', { ...full, PGCHANNELBINDING: 'require' }, trusting)
    expect(log).toMatch(/channel binding/)
  })

  testWith(needs, 'a TLS that is too old is refused', async () => {
    const old = await startTls(good, { options: ['ssl_max_protocol_version=TLSv1.2'] })
    await expectRefusal('MASTER_TLS', { ...full, PGSSLMINPROTOCOLVERSION: 'TLSv1.3' }, old)
  })

  testWith(needs, 'GSSAPI, which nobody here has, is refused', async () => {
    expect(await expectRefusal('MASTER_TLS', { PGGSSENCMODE: 'require' })).toMatch(/GSSAPI/)
  })

  // The client here is 15.
  const words: readonly (readonly [name: string, value: string, since: number])[] = [
    ['PGREQUIREAUTH', 'scram-sha-256', 16],
    ['PGSSLROOTCERT', 'system', 16],
    ['PGSSLNEGOTIATION', 'direct', 17],
  ]
  for (const [name, value, since] of words) {
    testWith(needs, `${name}=${value} is refused by a libpq that would not keep it`, async () => {
      const log = await expectRefusal('LIBPQ', { PGSSLMODE: 'verify-full', [name]: value })
      expect(log).toContain(`(${name})`)
      expect(log).toContain(`psql 15 of /usr/lib/postgresql/15/bin: install postgresql-client-${since}`)
    })
  }

  testWith(
    needs,
    'what only asks for the usual is left out, and what is patient reaches the server',
    async () => {
      const env = { ...full, PGSSLNEGOTIATION: 'postgres', PGGSSENCMODE: 'disable' }
      const agent = await runAgent(space, { env: contractFor(space, master, env) })
      await agent.waitForRow(await master.insert())
      const [{ conninfo } = {}] = await agent.sql('SELECT conninfo FROM pg_stat_wal_receiver')
      expect(conninfo).toMatch(/ keepalives_idle=30 .*tcp_user_timeout=3000 /)
      expect(conninfo).not.toContain('sslnegotiation')
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
    },
  )
})
