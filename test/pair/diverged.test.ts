import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { makeFakeTool } from './harness/fake-tool.js'
import { openGate } from './harness/gate.js'
import { become, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { freeze, signal } from './harness/processes.js'
import { query } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
const scripts = { fail: '', reclone: '' }
beforeAll(() => {
  space = openSpace()
  scripts.fail = buildQuickScript(space)
  scripts.reclone = buildQuickScript(space, { onDiverged: 'reclone' })
})
afterAll(() => space.close())

type Policy = keyof typeof scripts

async function replicaOf(
  master: Master,
  policy: Policy,
  address: Pick<Master, 'port'> = master,
): Promise<Agent> {
  const agent = await runAgent(space, { env: contractFor(space, address), script: scripts[policy] })
  // A row that came by the stream: a clone that has never streamed may be made again, whatever the policy.
  await agent.waitUntilServing()
  await agent.waitForRow(await master.insert())
  return agent
}

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

function again(agent: Agent, master: Pick<Master, 'port'>, policy: Policy): Promise<Agent> {
  const env = contractFor(space, master)
  return runAgent(space, { env, script: scripts[policy], sandbox: agent.sandbox, port: agent.port })
}

/** The WAL file that is written to. */
async function currentWal(master: Master): Promise<string> {
  const [row] = await master.sql('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name')
  return String(row?.name)
}

/** Writes until that file is gone; by default the one of now, so that whatever has been sent so far is not enough. */
async function forgetWal(master: Master, file?: string): Promise<void> {
  const path = join(master.dataDir, 'pg_wal', file ?? (await currentWal(master)))
  await waitFor(`${path} to be removed`, async () => {
    await master.insert()
    await master.sql('SELECT pg_switch_wal()')
    await master.sql('CHECKPOINT')
    return !existsSync(path)
  })
}

/** More WAL than a server writes when it starts as a master. */
async function writeMuch(master: Master): Promise<void> {
  await master.sql(
    "INSERT INTO rows (body) SELECT string_agg(md5(random()::text), '') FROM generate_series(1, 50000)",
  )
}

/** The processes of its server that have such a title. */
const pidsOf = (agent: Agent, title: string) =>
  agent
    .descendants()
    .filter(({ args }) => args.startsWith(`postgres: ${title}`))
    .map(({ pid }) => pid)

const shortWal = {
  smallSegments: true,
  options: ['wal_keep_size=0', 'max_wal_size=4MB', 'min_wal_size=2MB'],
}

const pgCtl = (dataDir: string, ...args: string[]) => {
  const [word = '', ...words] = [
    ...become(serverUser()),
    `${serverBin}/pg_ctl`,
    '-D',
    dataDir,
    '-s',
    '-w',
    '-t',
    '180',
    ...args,
  ]
  return execa(word, words, { stdin: 'ignore', stdout: 'ignore', stderr: 'ignore', cwd: dataDir })
}

describe('WAL that the master has removed', () => {
  for (const german of [false, true]) {
    const needs = german ? (['localedef'] as const) : []
    testWith(needs, `is 65 and named, by the policy fail${german ? ', also in German' : ''}`, async () => {
      const master = await startMaster(space, { ...shortWal, german })
      const agent = await replicaOf(master, 'fail')
      await stop(agent)
      await forgetWal(master)
      const next = await again(agent, master, 'fail')
      expect(await next.exit, next.log()).toBe(65)
      expect(next.log()).toMatch(/no longer has the WAL segment 0{7}1\w{16}.*\n.* data: .*\n.*WAL_GONE/)
      expect(existsSync(agent.dataDir)).toBe(true)
      await expectNothingLeft(next)
      // Those who come later do not serve old rows until they find out, too.
      const later = await again(agent, master, 'fail')
      expect(await later.exit, later.log()).toBe(65)
      expect(later.log()).not.toMatch(/starting PostgreSQL/)
      await master.stop()
    })
  }

  testWith(
    [],
    'is noticed where processes have no titles, too, and nothing untrue is said before',
    async () => {
      const master = await startMaster(space, { ...shortWal, conf: ['update_process_title = off'] })
      const agent = await replicaOf(master, 'fail')
      expect(agent.descendants().map(({ args }) => args)).not.toContainEqual(
        expect.stringMatching(/: walreceiver +streaming/),
      )
      await stop(agent)
      await forgetWal(master)
      const next = await again(agent, master, 'fail')
      expect(await next.exit, next.log()).toBe(65)
      expect(next.log()).toMatch(/no longer has the WAL segment 0{7}1\w{16}.*\n.* data: .*\n.*WAL_GONE/)
      expect(next.log()).not.toMatch(/not streaming: replay/)
      await master.stop()
    },
  )

  testWith([], 'is a new clone, by the policy reclone, in a task of its own', async () => {
    const master = await startMaster(space, shortWal)
    const agent = await replicaOf(master, 'reclone')
    await stop(agent)
    await forgetWal(master)
    const clones = master.clones()
    const ended = await again(agent, master, 'reclone')
    expect(await ended.exit, ended.log()).toBe(75)
    expect(ended.log()).toMatch(/cloning again \(run\.onDiverged is reclone\)(.*\n)*.*RECLONE/)
    expect(master.clones()).toBe(clones)
    const next = await again(agent, master, 'reclone')
    await next.waitForLog(/cloned \d+ MB/)
    await next.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones + 1)
    await stop(next)
    expect(readdirSync(join(agent.sandbox, 'pgdata')).sort()).toEqual([
      expect.stringMatching(/^claim/),
      'log',
      'replica',
      'status',
    ])
    expect(existsSync(join(agent.sandbox, 'pgdata/replica/outdated'))).toBe(false)
    await master.stop()
  })

  testWith(
    [],
    'while a replica serves is noticed, too; the old data stays until the new is complete',
    async () => {
      const master = await startMaster(space, shortWal)
      const gate = await openGate(space, master)
      const agent = await replicaOf(master, 'reclone', gate)
      gate.hold()
      const [receiver = 0] = pidsOf(agent, 'walreceiver')
      freeze([receiver])
      await master.sql('SELECT pg_terminate_backend(pid) FROM pg_stat_replication')
      await forgetWal(master)
      signal(receiver, 'SIGCONT')
      await agent.waitForLog(/no longer has the WAL segment/)
      expect(await agent.exit, agent.log()).toBe(75)
      const outdated = join(agent.sandbox, 'pgdata/replica/outdated')
      const copying = await again(agent, gate, 'reclone')
      await gate.waitForCopy()
      expect(existsSync(outdated)).toBe(true)
      await copying.kill()
      gate.release()
      expect(existsSync(outdated)).toBe(true)
      const next = await again(agent, gate, 'reclone')
      await next.waitForLog(/cloned \d+ MB/)
      await next.waitForRow(await master.insert())
      await stop(next)
      await master.stop()
    },
  )

  testWith([], 'but is here already, is no matter', async () => {
    const master = await startMaster(space, shortWal)
    const agent = await replicaOf(master, 'fail')
    // What arrives is not replayed for now, so that the next start has it all to read.
    await agent.sql('SELECT pg_wal_replay_pause()')
    const paused = await currentWal(master)
    for (let i = 0; i < 3; i++) {
      await master.insert()
      await master.sql('SELECT pg_switch_wal()')
    }
    // What comes after that, the master keeps.
    await master.sql('CHECKPOINT')
    await master.sql("SELECT pg_create_physical_replication_slot('kept', true)")
    const row = await master.insert()
    const [{ lsn } = { lsn: '' }] = await master.sql('SELECT pg_current_wal_lsn()::text AS lsn')
    await waitFor('the WAL to arrive', async () => {
      const [found] = await agent.sql(`SELECT pg_last_wal_receive_lsn() >= '${String(lsn)}' AS yes`)
      return found?.yes === true
    })
    await agent.kill()
    await forgetWal(master, paused)
    const next = await again(agent, master, 'fail')
    await next.waitForRow(row)
    await next.waitForRow(await master.insert())
    await stop(next)
    await master.stop()
  })
})

describe('a master that is promoted', () => {
  testWith(
    [],
    'is followed to its new timeline, without a copy, if it left the history behind us',
    async () => {
      const master = await startMaster(space)
      const heir = await replicaOf(master, 'fail')
      await stop(heir)
      const agent = await replicaOf(master, 'fail')
      // All of it reaches the heir, which is promoted after the old master is gone.
      await stop(agent)
      const informed = await again(heir, master, 'fail')
      await informed.waitForRow(await master.insert())
      await stop(informed)
      await master.stop()
      const options = `-p ${heir.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1 -c hot_standby=on`
      await pgCtl(heir.dataDir, '-o', options, 'start')
      await pgCtl(heir.dataDir, 'promote')
      const next = await again(agent, heir, 'fail')
      await query(heir.port, "INSERT INTO rows (body) VALUES ('of the heir')")
      await next.waitForRow('of the heir')
      expect(next.log()).toMatch(/without a copy/)
      await stop(next)
      await pgCtl(heir.dataDir, '-m', 'fast', 'stop')
    },
  )

  testWith(
    ['namespace'],
    'before what we have, while pg_controldata cannot be asked: no verdict until it can',
    async () => {
      const master = await startMaster(space)
      const heir = await replicaOf(master, 'fail')
      await stop(heir)
      const tool = makeFakeTool(space, `${serverBin}/pg_controldata`)
      const options = { env: contractFor(space, master), script: scripts.fail, mounts: tool.mounts }
      const agent = await runAgent(space, options)
      await agent.waitForRow(await master.insert())
      tool.fail()
      await master.stop()
      const address = `-p ${master.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1`
      await pgCtl(heir.dataDir, '-o', `${address} -c hot_standby=on`, 'start')
      await pgCtl(heir.dataDir, 'promote')
      await agent.waitForLog(/not streaming: pg_controldata cannot read/)
      tool.relent()
      expect(await agent.exit, agent.log()).toBe(65)
      expect(agent.log()).toMatch(/left that timeline.*\n(.*\n)*.*DATA_DIVERGED/)
      await pgCtl(heir.dataDir, '-m', 'fast', 'stop')
    },
  )

  for (const policy of ['fail', 'reclone'] as const) {
    testWith(
      [],
      `before what we have is ${policy === 'fail' ? '65' : 'cloned again'}, by the policy ${policy}`,
      async () => {
        const master = await startMaster(space)
        const heir = await replicaOf(master, policy)
        await stop(heir)
        const agent = await replicaOf(master, policy)
        await stop(agent)
        await master.stop()
        const options = `-p ${heir.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1 -c hot_standby=on`
        await pgCtl(heir.dataDir, '-o', options, 'start')
        await pgCtl(heir.dataDir, 'promote')
        const next = await again(agent, heir, policy)
        if (policy === 'fail') {
          expect(await next.exit, next.log()).toBe(65)
          expect(next.log()).toMatch(/left that timeline.*\n.* data: .*\n.*DATA_DIVERGED/)
        } else {
          await query(heir.port, "INSERT INTO rows (body) VALUES ('of the heir')")
          await next.waitForRow('of the heir')
          expect(next.log()).toMatch(/cloning again/)
          await stop(next)
        }
        await pgCtl(heir.dataDir, '-m', 'fast', 'stop')
      },
    )
  }
})

testWith([], 'a master that went back in time, on the same timeline, is 65', async () => {
  const master = await startMaster(space)
  const old = await replicaOf(master, 'fail')
  await stop(old)
  const agent = await replicaOf(master, 'fail')
  await writeMuch(master)
  await agent.waitForRow(await master.insert())
  await stop(agent)
  await master.stop()
  // A copy of before, started as a master without a new timeline, as after a restore of the volume.
  await execa('rm', [join(old.dataDir, 'standby.signal')])
  const options = `-p ${old.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1`
  await pgCtl(old.dataDir, '-o', options, 'start')
  const next = await again(agent, old, 'fail')
  expect(await next.exit, next.log()).toBe(65)
  expect(next.log()).toMatch(/on the same timeline/)
  await pgCtl(old.dataDir, '-m', 'fast', 'stop')
})

for (const promoted of [true, false]) {
  const what = promoted ? 'a promotion before' : 'a return to before'
  testWith([], `${what} what only the WAL of a killed replica holds is 65, too`, async () => {
    const master = await startMaster(space)
    const agent = await replicaOf(master, 'fail')
    const heir = await replicaOf(master, 'fail')
    // From now on the control file of the replica hears of nothing.
    freeze([...pidsOf(agent, 'checkpointer'), ...pidsOf(agent, 'background writer')])
    await heir.waitForRow(await master.insert())
    await stop(heir)
    await writeMuch(master)
    await agent.waitForRow(await master.insert())
    await agent.kill()
    await master.stop()
    if (!promoted) await execa('rm', [join(heir.dataDir, 'standby.signal')])
    const options = `-p ${heir.port} -c unix_socket_directories= -c listen_addresses=127.0.0.1 -c hot_standby=on`
    await pgCtl(heir.dataDir, '-o', options, 'start')
    if (promoted) await pgCtl(heir.dataDir, 'promote')
    const next = await again(agent, heir, 'fail')
    expect(await next.exit, next.log()).toBe(65)
    expect(next.log()).toMatch(
      promoted
        ? /has WAL of timeline 1 beyond .* left that timeline/
        : /has WAL of timeline 1 beyond .* ends/,
    )
    await pgCtl(heir.dataDir, '-m', 'fast', 'stop')
  })
}

testWith([], 'another cluster that comes up where the master was ends the replica with 65', async () => {
  const master = await startMaster(space)
  const agent = await replicaOf(master, 'reclone')
  await master.stop()
  const other = await startMaster(space, { port: master.port, isStranger: true })
  expect(await agent.exit, agent.log()).toBe(65)
  expect(agent.log()).toMatch(/its system identifier is/)
  const next = await again(agent, other, 'reclone')
  expect(await next.exit, next.log()).toBe(65)
  expect(next.log()).toMatch(/DATA_IDENTITY/)
})
