import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, type AgentOptions, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { isRoot, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { replicatorPassword, writePassfile } from './harness/passfile.js'
import { processesUnder } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  script = buildQuickScript(space)
})
afterAll(() => space.close())

/** The contract without a password file. */
function contract(of: Pick<Master, 'port'>, more: Environment): Environment {
  const { PGPASSFILE: _passfile, ...rest } = contractFor(space, of, more)
  return rest
}

/** A file as a supervisor mounts a secret: in a directory of its own. */
function mountSecret(text: string, mode: number, group?: number): string {
  const home = mkdtempSync(join(space.dir, 'secret-'))
  chmodSync(home, 0o755)
  const file = join(home, 'password')
  writeFileSync(file, text)
  chmodSync(file, mode)
  if (isRoot && group !== undefined) chownSync(file, 0, group)
  return file
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}

/** In no argument, environment or log, and in no file but the one that libpq reads. */
function expectHidden({ sandbox, log }: Agent): void {
  const words = replicatorPassword.slice(0, 6)
  for (const { pid, args } of processesUnder(sandbox)) {
    expect(args).not.toContain(words)
    expect(readIfThere(`/proc/${pid}/environ`), args).not.toContain(words)
  }
  expect(log()).not.toContain(words)
  // The gate is in this process, and must not wait for long; nor for a FIFO.
  const holders = readdirSync(sandbox, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\/data\/(base|pg_wal|global|pg_xact)\//.test(name))
    .filter((name) => statSync(join(sandbox, name), { throwIfNoEntry: false })?.isFile())
    .filter((name) => readIfThere(join(sandbox, name)).includes(words))
  expect(holders.filter((name) => name !== 'pgdata/login/passfile')).toEqual([])
}

const loginDir = ({ sandbox }: Agent) => join(sandbox, 'pgdata/login')

/** A whole life: held while it clones, then serving, then ended. */
async function live(more: Environment, options: Partial<AgentOptions> = {}): Promise<Agent> {
  const gate = await openGate(space, master)
  gate.hold()
  const env = contract(gate, more)
  const agent = await runAgent(space, { env, script, ...options })
  await gate.waitForCopy()
  expectHidden(agent)
  gate.release()
  await agent.waitForRow(await master.insert())
  await agent.waitUntilServing()
  expectHidden(agent)
  expect(statSync(loginDir(agent)).mode & 0o777).toBe(0o700)
  const file = statSync(join(loginDir(agent), 'passfile'))
  expect([file.mode & 0o777, file.uid]).toEqual([0o600, serverUser().uid])
  const { sandbox, port } = agent
  for (const args of [['health'], ['ready']]) {
    const asked = await runAgent(space, { ...options, env, script, sandbox, port, args, ownLog: true })
    expect(await asked.exit, asked.log()).toBe(0)
    expect(asked.log()).not.toContain(replicatorPassword.slice(0, 6))
  }
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  expect(existsSync(loginDir(agent))).toBe(false)
  await expectNothingLeft(agent)
  return agent
}

describe('a password from a file', () => {
  testWith(['root'], 'that root alone may read, with a newline at its end', async () => {
    await live({ POSTGRES_REPPASSWORD_FILE: mountSecret(`${replicatorPassword}\n`, 0o400) })
  })

  testWith(['root'], 'that a group may read, as the user of the server', async () => {
    const file = mountSecret(replicatorPassword, 0o440, serverUser().gid)
    await live({ POSTGRES_REPPASSWORD_FILE: file }, { user: serverUser() })
  })

  testWith(['root'], 'that RUN_USER cannot read, or that holds none, is 77', async () => {
    const start = (file: string) =>
      runAgent(space, {
        env: contract(master, { POSTGRES_REPPASSWORD_FILE: file }),
        script,
        user: serverUser(),
      })
    const closed = await start(mountSecret(replicatorPassword, 0o400))
    expect(await closed.exit, closed.log()).toBe(77)
    expect(closed.log()).toMatch(/cannot read .* \(POSTGRES_REPPASSWORD_FILE\)/)
    const absent = await start('/nowhere/password')
    expect(await absent.exit, absent.log()).toBe(77)
    expect(absent.log()).toMatch(
      /the password file \/nowhere\/password \(POSTGRES_REPPASSWORD_FILE\) does not exist/,
    )
    for (const text of ['', '\n', 'one\ntwo\n']) {
      const empty = await start(mountSecret(text, 0o444))
      expect(await empty.exit, empty.log()).toBe(77)
      expect(empty.log()).toMatch(/does not hold a password on a single line/)
    }
  })
})

testWith(
  [],
  'a password that was changed under a running replica: why nothing streams, and then a stream that is left alone',
  async () => {
    const of = await startMaster(space)
    const user = serverUser()
    const file = mountSecret(replicatorPassword, 0o640, user.gid)
    // The walreceiver connects while the watcher is still asking why nothing streams: it waits for that here.
    const quick = readFileSync(buildQuickScript(space, { receiver: { retryInterval: 1 } }), 'utf8')
    const asked = '  needed_segment "$look_replayed" || return 0\n'
    const wait = '  until ask_stand && [ "$stand_receiver" -gt 0 ]; do pause 1; done\n'
    expect(quick.split(asked)).toHaveLength(2)
    const held = join(space.dir, 'held.sh')
    writeFileSync(held, quick.replace(asked, wait + asked))
    const env = contract(of, { POSTGRES_REPPASSWORD_FILE: file })
    const agent = await runAgent(space, { env, script: held, ...(isRoot ? { user } : {}) })
    await agent.waitForRow(await of.insert())

    await of.sql("ALTER ROLE replicator PASSWORD 'another'")
    await of.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
    await agent.waitForLog(
      /not streaming: the master refuses the role replicator: .*password authentication failed.*\(the password is from \S+\/password\)/,
    )
    writeFileSync(file, 'another')
    await agent.waitForRow(await of.insert())
    await agent.waitForLog(/\/password has changed: the next connection to the master uses the new content/)
    await waitFor('the watcher to see it stream', () =>
      /"state": "streaming"/.test(readIfThere(join(agent.sandbox, 'pgdata/status/status.json'))),
    )
    expect(agent.log()).not.toMatch(/answers and has the WAL after/)
    expect(agent.serverLog()).not.toMatch(/terminating walreceiver process/)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await of.stop()
  },
)

describe('a password from the environment', () => {
  for (const shell of ['dash', 'bash', 'busybox', 'mksh', 'yash']) {
    testWith(
      ['root', 'namespace', { tool: shell }],
      `becomes a file of our own, and leaves all environments, as root under ${shell}`,
      async () => {
        await live({ POSTGRES_REPPASSWORD: replicatorPassword }, { shell })
      },
    )
  }

  testWith([], 'as the user of the server, whose run begins anew in its place', async () => {
    const of = await startMaster(space)
    const env = contract(of, { POSTGRES_REPPASSWORD: replicatorPassword })
    const agent = await runAgent(space, { env, script, user: serverUser() })
    await agent.waitForRow(await of.insert())
    await of.sql('ALTER SYSTEM SET max_connections = 70')
    await of.stop()
    // The harness gives the port and more by -c, but not this.
    await of.start()
    await agent.waitForLog(/starting again with that value/)
    await agent.waitForRow(await of.insert())
    expectHidden(agent)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    expect(existsSync(loginDir(agent))).toBe(false)
  })

  testWith([], 'beside a file for the same is refused, and shown to nobody', async () => {
    const refused = [
      { POSTGRES_REPPASSWORD: 'x7Secret', POSTGRES_REPPASSWORD_FILE: '/run/secrets/x' },
      { POSTGRES_REPPASSWORD: 'x7Secret', PGPASSFILE: '/etc/passfile' },
      { POSTGRES_REPPASSWORD_FILE: '/run/secrets/x', PGPASSFILE: '/etc/passfile' },
    ]
    for (const more of refused) {
      const agent = await runAgent(space, { env: { ...contract(master, {}), ...more }, script })
      expect(await agent.exit, agent.log()).toBe(78)
      expect(agent.log()).toMatch(/keep one of them/)
      expect(agent.log()).not.toContain('x7Secret')
    }
  })
})

describe('a password file that others may read', () => {
  testWith(['root'], 'is copied, followed when it changes, and comes along with no clone', async () => {
    const of = await startMaster(space)
    const { gid } = serverUser()
    const file = mountSecret('', 0o640, gid)
    const give = (password: string) => {
      writePassfile(file, { ...serverUser(), uid: 0, gid }, [{ password }])
      chmodSync(file, 0o640)
    }
    give(replicatorPassword)
    const env = contractFor(space, of, { PGPASSFILE: file })
    const agent = await runAgent(space, { env, script })
    await agent.waitForRow(await of.insert())
    expect(agent.log()).toMatch(/INFO inspect_master: others may access .*: using a copy with mode 0600/)
    const lower = await runAgent(space, { env: contractFor(space, { port: agent.port }), script })
    await lower.waitForRow(await of.insert())
    expectHidden(lower)
    lower.terminate('SIGTERM', 'script')
    await lower.exit

    await of.sql("ALTER ROLE replicator PASSWORD 'another'")
    give('another')
    await of.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
    await agent.waitForRow(await of.insert())
    await waitFor('the new password', () =>
      readIfThere(join(loginDir(agent), 'passfile')).includes('another'),
    )
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    expect(existsSync(loginDir(agent))).toBe(false)
  })
})
