import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { become, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { query } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
let env: Environment
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  env = contractFor(space, master)
  script = buildQuickScript(space)
})
afterAll(() => space.close())

/** A replica that has served, and was stopped well. */
async function stoppedReplica(): Promise<Agent> {
  const agent = await runAgent(space, { env, script })
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  return agent
}

async function expectRefused(agent: Agent, words: RegExp): Promise<void> {
  const next = await runAgent(space, { env, script, sandbox: agent.sandbox, port: agent.port })
  expect(await next.exit, next.log()).toBe(65)
  expect(next.log()).toMatch(words)
  expect(next.log()).not.toMatch(/starting PostgreSQL/)
  await expectNothingLeft(next)
}

const pgCtl = (dataDir: string, ...args: string[]) => {
  const [word = '', ...words] = [
    ...become(serverUser()),
    `${serverBin}/pg_ctl`,
    '-D',
    dataDir,
    '-s',
    '-w',
    // For a slow machine.
    '-t',
    '300',
    ...args,
  ]
  return execa(word, words, { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore', cwd: dataDir })
}

describe('no second master', () => {
  testWith([], 'when standby.signal was removed between two runs', async () => {
    const agent = await stoppedReplica()
    rmSync(join(agent.dataDir, 'standby.signal'))
    await expectRefused(agent, /standby\.signal is missing/)
  })

  testWith([], 'when recovery.signal was put beside it', async () => {
    const agent = await stoppedReplica()
    writeFileSync(join(agent.dataDir, 'recovery.signal'), '')
    await expectRefused(agent, /recovery\.signal is in/)
  })

  testWith([], 'when somebody started it by hand as a master, also if the marker is back', async () => {
    const agent = await stoppedReplica()
    rmSync(join(agent.dataDir, 'standby.signal'))
    const options = `-p ${agent.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1`
    await pgCtl(agent.dataDir, '-o', options, 'start')
    await query(agent.port, 'INSERT INTO rows (body) VALUES (1)')
    await pgCtl(agent.dataDir, '-m', 'fast', 'stop')
    writeFileSync(join(agent.dataDir, 'standby.signal'), '')
    await expectRefused(agent, /has run as a master/)
  })

  testWith([], 'when somebody promoted it by hand, while it was down', async () => {
    const agent = await stoppedReplica()
    const options = `-p ${agent.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1`
    await pgCtl(agent.dataDir, '-o', options, 'start')
    await pgCtl(agent.dataDir, 'promote')
    await pgCtl(agent.dataDir, '-m', 'fast', 'stop')
    await expectRefused(agent, /standby\.signal is missing|has run as a master/)
  })

  testWith(
    [],
    'when somebody promotes it while it serves: it is ended, and refused from then on',
    async () => {
      const agent = await runAgent(space, { env, script })
      await agent.waitForRow(await master.insert())
      // Without a wait: the script may end the server before the answer comes.
      await agent.sql('SELECT pg_promote(wait => false)')
      expect(await agent.exit, agent.log()).toBe(65)
      expect(agent.log()).toMatch(/the server was promoted/)
      await expectNothingLeft(agent)
      await expectRefused(agent, /GATE/)
    },
  )

  for (const where of ['postgresql.auto.conf', 'postgresql.conf']) {
    testWith([], `when ${where} came along with recovery targets and a trigger file`, async () => {
      const agent = await stoppedReplica()
      const trigger = join(space.dir, `trigger-${where}`)
      writeFileSync(trigger, '')
      const lines = [
        "recovery_target = 'immediate'",
        "recovery_target_action = 'promote'",
        "recovery_target_timeline = 'current'",
        `promote_trigger_file = '${trigger}'`,
        "restore_command = 'false'",
        "recovery_end_command = 'touch promoted'",
        'hot_standby = off',
      ]
      appendFileSync(join(agent.dataDir, where), `${lines.join('\n')}\n`)
      const next = await runAgent(space, { env, script, sandbox: agent.sandbox, port: agent.port })
      await next.waitForRow(await master.insert())
      expect(existsSync(join(agent.dataDir, 'promoted'))).toBe(false)
      await expect(next.sql('INSERT INTO rows (body) VALUES (1)')).rejects.toThrow(/read-only/)
      next.terminate('SIGTERM', 'script')
      expect(await next.exit, next.log()).toBe(0)
    })
  }
})

describe('a clone of a replica of ours', () => {
  testWith([], 'is no former run because of files that came along, and follows that replica', async () => {
    const upstream = await runAgent(space, { env, script })
    await upstream.waitForRow(await master.insert())
    const cascade = contractFor(space, upstream)
    const agent = await runAgent(space, { env: cascade, script })
    await agent.waitForRow(await master.insert())
    expect(agent.log()).toMatch(/found in .*: nothing/)
    // Those of a copy are never told what has been replayed; one may still be on its way out.
    const standbys = 'SELECT application_name AS name FROM pg_stat_replication WHERE replay_lsn IS NOT NULL'
    await waitFor('one standby of the upstream', async () => {
      const name = expect.stringContaining(String(agent.port))
      expect(await query(upstream.port, standbys)).toEqual([{ name }])
      return true
    })

    // The upstream restarts: what it has sent may be more than it has replayed, which is no divergence.
    upstream.terminate('SIGTERM', 'script')
    expect(await upstream.exit).toBe(0)
    const again = await runAgent(space, { env, script, sandbox: upstream.sandbox, port: upstream.port })
    await again.waitForRow(await master.insert())
    await agent.waitForRow(await master.insert())
    for (const one of [agent, again]) {
      one.terminate('SIGTERM', 'script')
      expect(await one.exit, one.log()).toBe(0)
    }
  })

  testWith([], 'that was promoted to master is cloned as any master', async () => {
    const upstream = await stoppedReplica()
    const options = `-p ${upstream.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1 -c hot_standby=on`
    await pgCtl(upstream.dataDir, '-o', options, 'start')
    await pgCtl(upstream.dataDir, 'promote')
    const agent = await runAgent(space, { env: contractFor(space, upstream), script })
    await agent.waitForLog(/timeline 2/)
    await agent.waitUntilServing()
    await query(upstream.port, "INSERT INTO rows (body) VALUES ('of timeline 2')")
    await agent.waitForRow('of timeline 2')
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await pgCtl(upstream.dataDir, '-m', 'fast', 'stop')
  })
})
