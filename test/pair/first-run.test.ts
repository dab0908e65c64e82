import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { replicatorPassword, writePassfile } from './harness/passfile.js'
import { processesUnder } from './harness/processes.js'
import { openSession } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

describe('a first run', () => {
  let agent: Agent
  afterEach(async () => {
    agent.terminate('SIGTERM', 'script')
    await agent.exit
  })

  testWith([], 'clones, streams, refuses writes and ends cleanly', async () => {
    const before = await master.insert()
    agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitForRow(before)
    await agent.waitForRow(await master.insert())
    expect(await agent.sql('SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
    await expect(agent.sql('CREATE TABLE mine ()')).rejects.toThrow(/read-only transaction/)
    expect(master.clones()).toBe(1)

    const client = await openSession(agent.port)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await client.close()
    expect(await agent.state()).toBe('shut down in recovery')
    await expectNothingLeft(agent)
  })

  testWith([], 'is known to the master by its task, not as walreceiver (D22)', async () => {
    agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitUntilServing()
    await waitFor('the walsender', async () =>
      (await master.walsenders()).some((row) => String(row.application_name).includes(`:${agent.port}`)),
    )
  })

  testWith([], 'runs the server as RUN_USER, and as a child of the watched process', async () => {
    agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitUntilServing()
    const postmaster = agent.descendants().find((one) => one.args.includes('/postgres -D'))
    expect(postmaster?.ppid).toBe(agent.pid)
    expect(statSync(`/proc/${postmaster?.pid}`).uid).toBe(serverUser().uid)
  })

  testWith([], 'shows the password nowhere: arguments, environments, logs, configuration', async () => {
    agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitForRow(await master.insert())
    const words = replicatorPassword.slice(0, 6)
    for (const { pid, args } of processesUnder(agent.sandbox)) {
      expect(args).not.toContain(words)
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain(words)
    }
    expect(agent.log()).not.toContain(words)
    const texts = readdirSync(join(agent.sandbox, 'pgdata'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(agent.sandbox, 'pgdata', name))
      .filter((path) => /\.(conf|signal|done|opts|pid)$|clone\.|work\./.test(path) && statSync(path).isFile())
    expect(texts.some((path) => path.endsWith('postgresql.conf'))).toBe(true)
    for (const path of texts) expect(readFileSync(path, 'latin1'), path).not.toContain(words)
  })

  testWith([], 'ignores PG* variables that are not in the contract, PGHOSTADDR above all', async () => {
    agent = await runAgent(space, {
      env: contractFor(space, master, {
        PGHOSTADDR: '192.0.2.1',
        PGPORT: '1',
        PGDATABASE: 'nowhere',
        PGUSER: 'nobody',
        PGOPTIONS: '-c nonsense=1',
        PGSERVICE: 'nowhere',
        PGDATA: '/nonexistent',
      }),
    })
    await agent.waitForRow(await master.insert())
  })

  testWith([], 'takes a role, paths and a passfile full of quotes, blanks and $(…) (D17-D20)', async () => {
    const role = `o'brien \\ "x" $(touch pwned) \`id\``
    const password = "pass':\\word"
    const odd = join(space.dir, `pass 'file' $(touch pwned) \\ "x"`)
    const odder = await startMaster(space, {
      hba: ['host all postgres all trust', 'host replication all all scram-sha-256'],
    })
    await odder.sql(`CREATE ROLE "${role.replaceAll('"', '""')}" LOGIN REPLICATION PASSWORD 'pass'':\\word'`)
    writePassfile(odd, serverUser(), [{ host: '127.0.0.1', port: odder.port, user: role, password }])
    agent = await runAgent(space, {
      env: contractFor(space, odder, {
        POSTGRES_REPUSER: role,
        PGPASSFILE: odd,
        PGDATA_DIR: `pg data's $(touch pwned) \`touch pwned\` "x" = %p`,
        MESOS_TASK_ID: `task'"$(touch pwned)\\`,
        MARATHON_APP_ID: `/app '$(touch pwned)\n`,
        HOST: `host"'$(touch pwned)`,
      }),
    })
    await agent.waitForRow(await odder.insert())
    const found = readdirSync(space.dir, { recursive: true, encoding: 'utf8' })
    expect(found.filter((name) => name.endsWith('/pwned'))).toEqual([])
    await odder.stop()
  })

  testWith(
    [],
    'finds the master by name, by host:port and behind a list whose first host is away',
    async () => {
      agent = await runAgent(space, {
        env: contractFor(space, master, {
          POSTGRES_MASTER: `127.0.0.1:1,localhost:${master.port}`,
          POSTGRES_PORT: '2',
        }),
      })
      await agent.waitForRow(await master.insert())
    },
  )

  testWith([], 'has health say no before, yes while and no after it serves', async () => {
    const env = contractFor(space, master)
    const early = await runAgent(space, { env, args: ['health'] })
    expect(await early.exit).not.toBe(0)

    agent = await runAgent(space, { env })
    await agent.waitUntilServing()
    const { sandbox, port } = agent
    const health = async () => (await runAgent(space, { env, sandbox, port, args: ['health'] })).exit
    await waitFor('health to say yes', async () => (await health()) === 0)

    agent.terminate('SIGTERM', 'script')
    await agent.exit
    expect(await health()).not.toBe(0)
  })
})
