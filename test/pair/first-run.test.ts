import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { replicatorPassword, writePassfile } from './harness/passfile.js'
import { processesUnder } from './harness/processes.js'
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

  testWith([], 'is known to the master by its task, not as walreceiver (D22)', async () => {
    agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitUntilServing()
    await waitFor('the walsender', async () =>
      (await master.standbys()).some((row) => String(row.application_name).includes(`:${agent.port}`)),
    )
  })

  testWith([], 'runs the server as RUN_USER, and as a child of the watched process', async () => {
    agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitUntilServing()
    const postmaster = agent.descendants().find((one) => one.args.includes('/postgres -D'))
    expect(postmaster?.ppid).toBe(agent.pid)
    expect(statSync(`/proc/${postmaster?.pid}`).uid).toBe(serverUser().uid)
  })

  testWith([], 'leaves one error in the log of a master whose settings it may not see', async () => {
    const before = master.log().length
    agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitForRow(await master.insert())
    expect(
      master
        .log()
        .slice(before)
        .match(/ERROR: .*/g),
    ).toEqual([expect.stringContaining('data_directory')])
  })

  testWith([], 'shows the password nowhere: arguments, environments, logs, configuration', async () => {
    const gate = await openGate(space, master)
    gate.hold()
    agent = await runAgent(space, { env: contractFor(space, gate) })
    await gate.waitForCopy()
    expectNoSecret(agent, /bin\/pg_basebackup/, /\/work\.1\/asked\/postgresql\.conf$/)
    gate.release()
    await agent.waitForRow(await master.insert())
    expectNoSecret(agent, /bin\/postgres -D/, /\/replica\/data\/postgresql\.conf$/)
  })

  /** In what there is at this moment, among it such a process and such a file. */
  function expectNoSecret({ sandbox, log }: Agent, command: RegExp, file: RegExp): void {
    const words = replicatorPassword.slice(0, 6)
    const processes = processesUnder(sandbox)
    expect(processes.map(({ args }) => args)).toContainEqual(expect.stringMatching(command))
    for (const { pid, args } of processes) {
      expect(args).not.toContain(words)
      expect(readIfThere(`/proc/${pid}/environ`), args).not.toContain(words)
    }
    expect(log()).not.toContain(words)
    const texts = readdirSync(join(sandbox, 'pgdata'), { recursive: true, encoding: 'utf8' })
      .map((name) => join(sandbox, 'pgdata', name))
      .filter((path) => /\.(conf|signal|done|opts|pid)$|clone\.|work\.|status\//.test(path))
      .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile())
    expect(texts).toContainEqual(expect.stringMatching(file))
    for (const path of texts) expect(readIfThere(path), path).not.toContain(words)
  }

  /** A helper ends, and a file goes, between the listing and the look. */
  function readIfThere(path: string): string {
    try {
      return readFileSync(path, 'latin1')
    } catch {
      return ''
    }
  }

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
        // pg_verifybackup would hand this to a shell, when it calls pg_waldump.
        PGDATA_DIR: `pg data's $(touch pwned) \`touch pwned\` "x" \\ c=d %p`,
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
