import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { makeFakeTool } from './harness/fake-tool.js'
import { type Gate, openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { freeze, isAlive, type Process, processesUnder, signal } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { makeReplica, makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

const storeOf = (agent: Agent) => join(agent.sandbox, 'pgdata')

async function finish(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
}

const pidsOf = (agent: Agent) => agent.descendants().map(({ pid }) => pid)

/** The only child of a script that serves which is a shell, too. */
async function waitForWatcher(agent: Agent): Promise<Process> {
  return waitFor('the watcher', () =>
    // The last one that the script has started: who holds WAL came before the server.
    agent.descendants().findLast(({ args, ppid }) => ppid === agent.pid && args.startsWith('sh ')),
  )
}

/** No connection of a copy is left at the master, and no slot. */
async function expectMasterFree(): Promise<void> {
  await waitFor('the walsenders of the copy to go', async () => (await master.walsenders()).length === 0)
  expect(await master.sql('SELECT * FROM pg_replication_slots')).toEqual([])
}

describe('pg_basebackup', () => {
  let gate: Gate
  beforeEach(async () => {
    gate = await openGate(space, master)
    gate.hold()
  })

  /** Both processes of a copy that cannot end: pg_basebackup and its WAL child. */
  async function waitForCopy(agent: Agent): Promise<readonly [Process, Process]> {
    await gate.waitForCopy()
    return waitFor('both processes of the copy', () => {
      const found = agent.descendants().filter(({ args }) => /bin\/pg_basebackup .*-D/.test(args))
      const parent = found.find(({ ppid }) => !found.some(({ pid }) => pid === ppid))
      const child = found.find(({ ppid }) => ppid === parent?.pid)
      return parent && child && ([parent, child] as const)
    })
  }

  testWith([], 'killed alone: its WAL child is ended, and the same run copies again', async () => {
    const clones = master.clones()
    const agent = await runAgent(space, { env: contractFor(space, gate) })
    const [parent, child] = await waitForCopy(agent)
    signal(parent.pid, 'SIGKILL')
    await agent.waitForLog(/the copy was removed; trying again/)
    await waitFor('the end of the WAL child', () => !isAlive(child.pid))
    gate.release()
    await agent.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones + 2)
    await finish(agent)
    await expectMasterFree()
  })

  testWith([], 'of a script that was killed alone does not go on for long', async () => {
    const agent = await runAgent(space, { env: contractFor(space, gate) })
    await waitForCopy(agent)
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    await waitFor('its end', () => processesUnder(agent.sandbox).length === 0)
    await expectMasterFree()
  })

  testWith(
    [],
    'of a script that was killed alone is ended by the next run, if that comes first',
    async () => {
      const env = contractFor(space, gate)
      const agent = await runAgent(space, { env })
      const copy = await waitForCopy(agent)
      // Whatever of the script is left is stopped, so that only the next run can act.
      freeze(pidsOf(agent))
      agent.terminate('SIGKILL', 'script')
      await agent.exit
      gate.release()
      const next = await runAgent(space, { env, sandbox: agent.sandbox })
      await next.waitForLog(/still writes to/)
      await waitFor('the end of the copy', () => copy.every(({ pid }) => !isAlive(pid)))
      await next.waitForRow(await master.insert())
      next.terminate('SIGTERM', 'script')
      expect(await next.exit, next.log()).toBe(0)
      expect(readdirSync(storeOf(next)).sort()).toEqual(['claim.2', 'log', 'replica', 'status'])
      for (const one of processesUnder(agent.sandbox)) signal(one.pid, 'SIGKILL')
      await expectMasterFree()
    },
  )
})

describe('a server whose script was killed alone', () => {
  testWith([], 'is shut down by the watcher', async () => {
    const agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitForRow(await master.insert())
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    await waitFor('its end', () => processesUnder(agent.sandbox).length === 0)
    expect(agent.log()).toMatch(/the script was killed; shutting down/)
    expect(await agent.state()).toBe('shut down in recovery')
    await expectNothingLeft(agent)
  })

  testWith([], 'is ended by a fast shutdown by the next run, if that comes first', async () => {
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env })
    await agent.waitForRow(await master.insert())
    const clones = master.clones()
    const watcher = await waitForWatcher(agent)
    freeze([watcher.pid])
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    const next = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
    await next.waitForLog(/which outlived its run/)
    await next.waitForLog(/checked: a standby .*\(control file: shut down in recovery\)/)
    await next.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    // The watcher of the dead run looks once more, and must not take the new server for its own.
    signal(watcher.pid, 'SIGCONT')
    await waitFor('the old watcher to go', () => !isAlive(watcher.pid))
    await next.waitForRow(await master.insert())
    await finish(next)
  })

  testWith([], 'is ended also when it is stopped and its postmaster dies first', async () => {
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env })
    await agent.waitForRow(await master.insert())
    const clones = master.clones()
    const servers = agent.descendants().filter(({ args }) => /postgres/.test(args))
    const postmaster = servers.find(({ args }) => args.includes('/postgres -D'))
    freeze(pidsOf(agent).filter((pid) => pid !== postmaster?.pid))
    signal(postmaster?.pid ?? 0, 'SIGKILL')
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    const next = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
    await next.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    next.terminate('SIGTERM', 'script')
    expect(await next.exit, next.log()).toBe(0)
    for (const one of processesUnder(agent.sandbox)) signal(one.pid, 'SIGKILL')
  })
})

testWith(
  ['namespace'],
  'a watcher whose script dies while it looks ends what it has found to be promoted',
  async () => {
    const tool = makeFakeTool(space, `${serverBin}/psql`)
    const script = buildQuickScript(space)
    const agent = await runAgent(space, { env: contractFor(space, master), script, mounts: tool.mounts })
    await agent.waitForRow(await master.insert())
    await tool.hold()
    await agent.sql('SELECT pg_promote()')
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    tool.relent()
    await waitFor('the end of the server', () => processesUnder(agent.sandbox).length === 0)
    expect(agent.log()).toMatch(/the script was killed; shutting down the server/)
  },
)

testWith(
  ['namespace'],
  'a data directory with two slashes at its front, which bash keeps: the server of a dead script is ended',
  async () => {
    const volume = makeVolume(space)
    const env = contractFor(space, master, { PGDATA_DIR: `/${volume}` })
    const agent = await runAgent(space, { env, shell: 'bash', script: buildQuickScript(space) })
    await agent.waitForRow(await master.insert())
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    await waitFor('the end of the server', () => processesUnder(volume).length === 0)
  },
)

testWith([], 'an empty postmaster.pid, left by a server that died too early, stops nobody', async () => {
  const volume = await makeReplica(space, master)
  writeFileSync(join(volume, 'replica/data/postmaster.pid'), '')
  const next = await runAgent(space, { env: contractFor(space, master, { PGDATA_DIR: volume }) })
  await next.waitForRow(await master.insert())
  await finish(next)
})

testWith([], 'a watcher that was killed alone is no loss to the replica', async () => {
  const agent = await runAgent(space, { env: contractFor(space, master) })
  await agent.waitForRow(await master.insert())
  const watcher = await waitForWatcher(agent)
  signal(watcher.pid, 'SIGKILL')
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await waitFor('its sleep to end', () => processesUnder(agent.sandbox).length === 0)
})

testWith([], 'a clone that lacked only its rename is gone on with, without a copy', async () => {
  const env = contractFor(space, master)
  const agent = await runAgent(space, { env })
  await agent.waitForRow(await master.insert())
  await finish(agent)
  const clones = master.clones()
  renameSync(join(storeOf(agent), 'replica'), join(storeOf(agent), 'clone.1'))
  const next = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
  await next.waitForRow(await master.insert())
  expect(master.clones()).toBe(clones)
  expect(existsSync(join(storeOf(agent), 'clone.1'))).toBe(false)
  await finish(next)
})
