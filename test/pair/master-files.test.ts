import { execFileSync } from 'node:child_process'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { compileReplica } from '../../generator/compile/compile.js'
import { sqlName } from '../../generator/compile/master/text.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { readTemplates } from '../../generator/load/templates.js'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { chownTo, serverUser } from './harness/identity.js'
import { startMaster } from './harness/master.js'
import { applyMasterSql } from './harness/master-sql.js'
import { writePassfile } from './harness/passfile.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

/** What is printed for the master of a model. */
function print(model: ReplicaInput): { sql: string; hba: string } {
  const { files, diagnostics } = compileReplica(model, {
    templates: readTemplates(),
    stepFiles: {},
    docs: {},
  })
  const { 'master.sql': sql, 'master.pg_hba.conf': hba } = files
  if (sql === undefined || hba === undefined) throw new Error(JSON.stringify(diagnostics))
  return { sql, hba }
}

/** A certificate of that name which signs itself, and its key, for the user of servers. */
function makeCertificate(name: string): { key: string; cert: string } {
  const [key, cert] = [join(space.dir, `${name}.key`), join(space.dir, `${name}.crt`)]
  const words = ['req', '-new', '-x509', '-nodes', '-subj', `/CN=${name}`, '-days', '30']
  execFileSync('openssl', [...words, '-keyout', key, '-out', cert], { stdio: 'ignore' })
  chmodSync(key, 0o600)
  for (const file of [key, cert]) chownTo(file, serverUser())
  return { key, cert }
}

const adminLines = ['local all all trust', 'host all postgres 127.0.0.1/32 trust']

describe('what is printed for the master', () => {
  testWith([], 'is all that a replica needs to be cloned and to stream', async () => {
    const role = 'copy of "o\'ffice" \\ #Ü'
    const model: ReplicaInput = { master: { hosts: '127.0.0.1', role, agents: ['127.0.0.1'] } }
    const { sql, hba } = print(model)
    const master = await startMaster(space, { hba: [...adminLines, hba] })
    const first = await applyMasterSql(master.port, sql)
    expect(first.map(({ setting }) => setting)).toEqual([`password of ${role}`])
    expect(await applyMasterSql(master.port, sql)).toEqual(first)
    await master.sql(`ALTER ROLE ${sqlName(role)} PASSWORD 'p'`)
    expect(await applyMasterSql(master.port, sql)).toEqual([])

    const passfile = join(space.dir, 'passfile of the role')
    const agent = await runAgent(space, {
      script: buildQuickScript(space, {}, model),
      env: contractFor(space, master, {
        POSTGRES_REPUSER: role,
        PGPASSFILE: writePassfile(passfile, serverUser(), [{ user: role, password: 'p' }]),
      }),
    })
    await agent.waitForRow(await master.insert())
    await waitFor('a standby of the role', async () =>
      (await master.standbys()).some(({ usename }) => usename === role),
    )
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await expectNothingLeft(agent)
  })

  testWith([{ tool: 'openssl' }], 'lets a replica in by its certificate, without a password', async () => {
    const { key, cert } = makeCertificate('copier')
    const tls = { mode: 'verify-ca', rootCert: cert, cert, key } as const
    const model: ReplicaInput = {
      master: { hosts: '127.0.0.1', role: 'copier', agents: ['127.0.0.1'], tls },
    }
    const { sql, hba } = print(model)
    const files = [`ssl_cert_file=${cert}`, `ssl_key_file=${key}`, `ssl_ca_file=${cert}`]
    const master = await startMaster(space, { hba: [...adminLines, hba], options: ['ssl=on', ...files] })
    expect(await applyMasterSql(master.port, sql)).toEqual([])

    const agent = await runAgent(space, {
      script: buildQuickScript(space, {}, model),
      env: contractFor(space, master, {
        POSTGRES_REPUSER: 'copier',
        PGPASSFILE: join(space.dir, 'none'),
        PGSSLMODE: 'verify-ca',
        PGSSLROOTCERT: cert,
        PGSSLCERT: cert,
        PGSSLKEY: key,
      }),
    })
    await agent.waitForRow(await master.insert())
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await expectNothingLeft(agent)
  })

  testWith([], 'names what of a master does not fit, and changes none of it', async () => {
    const options = ['wal_level=minimal', 'max_wal_senders=0', 'max_replication_slots=0', 'wal_keep_size=0']
    const master = await startMaster(space, {
      options,
      hba: [...adminLines, 'host replication all all reject'],
    })
    await master.sql('ALTER ROLE replicator NOLOGIN NOREPLICATION CONNECTION LIMIT 1')
    const { sql } = print({ master: { tls: 'require', agents: ['10.1.0.0/16', '10.2.0.0/16'] } })
    const found = await applyMasterSql(master.port, sql)
    expect(found.map(({ setting, value }) => `${setting}: ${value}`)).toEqual([
      'wal_level: minimal',
      'max_wal_senders: 0',
      'max_replication_slots: 0',
      'wal_keep_size: 0',
      'listen_addresses: 127.0.0.1',
      'ssl: off',
      'CONNECTION LIMIT of replicator: 1',
      'pg_hba.conf: no line lets them in',
      'pg_hba.conf: no line lets them in',
    ])
    for (const { needs, why } of found) expect([needs, why]).not.toContain('')
    expect(found.slice(-2).map(({ needs }) => needs)).toEqual([
      'hostssl replication replicator 10.1.0.0/16 scram-sha-256',
      'hostssl replication replicator 10.2.0.0/16 scram-sha-256',
    ])
    expect(await applyMasterSql(master.port, sql)).toEqual(found)
    const kept = await master.sql(
      "SELECT rolcanlogin, rolreplication, rolconnlimit FROM pg_roles WHERE rolname = 'replicator'",
    )
    expect(kept).toEqual([{ rolcanlogin: true, rolreplication: true, rolconnlimit: 1 }])
  })
})
