import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect } from 'vitest'
import { linesOf } from '../readme.js'
import { runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { chownTo, isRoot, serverUser } from './harness/identity.js'
import { startMaster } from './harness/master.js'
import { replicatorPassword } from './harness/passfile.js'
import { openSpace } from './harness/space.js'
import { waitFor } from './harness/wait.js'

const space = openSpace()
afterAll(() => space.close())

testWith(
  [{ tool: 'openssl' }],
  'the commands of templates/operate/tls.md lead to a replica that verifies its master and logs in by a certificate',
  async () => {
    const dir = join(space.dir, 'tls')
    mkdirSync(dir)
    const operate = (commands: string) => execa('sh', ['-eu', '-c', commands], { cwd: dir, stdin: 'ignore' })
    await operate(linesOf('tls authority'))
    await operate(linesOf('tls server').replace('DNS:pg1.db', 'IP:127.0.0.1'))
    await operate(linesOf('tls client'))
    // As the page has them installed: keys for the server's user alone, certificates for everybody.
    await operate('chmod 755 . && chmod 644 *.crt && chmod 600 *.key')
    if (isRoot) await operate(`chown ${serverUser().name} server.key replicator.key`)

    const path = (name: string) => join(dir, name)
    const settings = { ssl_cert_file: 'server.crt', ssl_key_file: 'server.key', ssl_ca_file: 'ca.crt' }
    // As ALTER SYSTEM leaves them. They come along with the clone, which finds the files, being on the same host.
    const master = await startMaster(space, {
      autoConf: ['ssl = on', ...Object.entries(settings).map(([name, file]) => `${name} = '${path(file)}'`)],
      hba: ['host all postgres 127.0.0.1/32 trust', 'hostssl replication replicator 127.0.0.1/32 cert'],
    })
    const env = contractFor(space, master, {
      PGSSLMODE: 'verify-full',
      PGSSLROOTCERT: path('ca.crt'),
      PGSSLCERT: path('replicator.crt'),
      PGSSLKEY: path('replicator.key'),
      PGPASSFILE: path('none'),
    })
    const agent = await runAgent(space, { env })
    await agent.waitForRow(await master.insert())
    const shown = 'SELECT bool_and(ssl) AS ssl FROM pg_stat_replication JOIN pg_stat_ssl USING (pid)'
    expect(await master.sql(shown)).toEqual([{ ssl: true }])
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  },
)

testWith(
  [],
  'with the password file of templates/operate/secrets.md a replica streams, and is ready while nothing happens',
  async () => {
    const master = await startMaster(space)
    const [line = '', ...others] = linesOf('password file').split('\n')
    expect(others).toEqual([line.replace('pg1.db', 'pg2.db'), ''])
    const PGPASSFILE = join(space.dir, 'pgpass')
    const password = replicatorPassword.replace(/[\\:]/g, '\\$&')
    writeFileSync(
      PGPASSFILE,
      `${line.replace('pg1.db:5432', `127.0.0.1:${master.port}`).replace('…', () => password)}\n`,
    )
    chmodSync(PGPASSFILE, 0o600)
    chownTo(PGPASSFILE, serverUser())
    const env = contractFor(space, master, { PGPASSFILE })
    const agent = await runAgent(space, { env })
    await agent.waitUntilServing()
    const { sandbox, port } = agent
    // Not one row is written.
    await waitFor('it to be ready', async () => {
      const asked = await runAgent(space, { env, args: ['ready'], sandbox, port, ownLog: true })
      const code = await asked.exit
      if (code !== 0) throw new Error(asked.log())
      return true
    })
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  },
)
