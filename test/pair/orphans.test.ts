import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { makeFakeTool } from './harness/fake-tool.js'
import { type Master, startMaster } from './harness/master.js'
import { type Process, processesUnder, signal } from './harness/processes.js'
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

/** Both processes of a copy that cannot end, since its master is frozen: pg_basebackup and its WAL child. */
async function freezeCopy(agent: Agent, of: Master): Promise<readonly [Process, Process]> {
  const copies = () => agent.descendants().filter(({ args }) => /bin\/pg_basebackup/.test(args))
  const [parent, child] = await waitFor('both processes of the copy', () => {
    const found = copies()
    if (found.length >= 2) of.freeze()
    return found.length === 2 && found
  })
  if (!parent || !child) throw new Error('unreachable')
  return parent.pid === child.ppid ? [parent, child] : [child, parent]
}

/** No connection of a copy is left at the master, and no slot. */
async function expectMasterFree(of: Master): Promise<void> {
  await waitFor('the walsenders of the copy to go', async () => (await of.walsenders()).length === 0)
  expect(await of.sql('SELECT * FROM pg_replication_slots')).toEqual([])
}

describe('pg_basebackup', () => {
  testWith([], 'killed alone: its WAL child is ended, and the same run copies anew', async () => {
    const slow = await startMaster(space)
    const agent = await runAgent(space, { env: contractFor(space, slow) })
    const [parent, child] = await freezeCopy(agent, slow)
    signal(parent.pid, 'SIGKILL')
    await agent.waitForLog(/the copy is removed; trying again/)
    expect(processesUnder(agent.sandbox).some(({ pid }) => pid === child.pid)).toBe(false)
    slow.thaw()
    await agent.waitForRow(await slow.insert())
    expect(slow.clones()).toBeGreaterThan(1)
    await finish(agent)
    await expectMasterFree(slow)
    await slow.stop()
  })

  testWith([], 'of a script that was killed alone does not go on for long', async () => {
    const slow = await startMaster(space)
    const agent = await runAgent(space, { env: contractFor(space, slow) })
    await freezeCopy(agent, slow)
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    await waitFor('its end', () => processesUnder(agent.sandbox).length === 0)
    slow.thaw()
    await expectMasterFree(slow)
    await slow.stop()
  })

  testWith(
    [],
    'of a script that was killed alone is ended by the next run, if that comes first',
    async () => {
      const slow = await startMaster(space)
      const env = contractFor(space, slow)
      const agent = await runAgent(space, { env })
      const copy = await freezeCopy(agent, slow)
      // Whatever of the script is left is stopped, so that only the next run can act.
      for (const one of agent.descendants()) signal(one.pid, 'SIGSTOP')
      agent.terminate('SIGKILL', 'script')
      await agent.exit
      const next = await runAgent(space, { env, sandbox: agent.sandbox })
      await next.waitForLog(/still writes to/)
      await waitFor('the end of the copy', () =>
        copy.every(({ pid }) => !processesUnder(agent.sandbox).some((p) => p.pid === pid)),
      )
      slow.thaw()
      await next.waitForRow(await slow.insert())
      next.terminate('SIGTERM', 'script')
      expect(await next.exit, next.log()).toBe(0)
      expect(readdirSync(storeOf(next)).sort()).toEqual(['claim.2', 'log', 'replica'])
      for (const one of processesUnder(agent.sandbox)) signal(one.pid, 'SIGKILL')
      await expectMasterFree(slow)
      await slow.stop()
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
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    const next = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
    await next.waitForLog(/which outlived its run/)
    await next.waitForLog(/gate passed: .*\(shut down in recovery\)/)
    await next.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    // The watcher of the dead run looks once more, and must not take the new server for its own.
    const watchers = () =>
      processesUnder(agent.sandbox).filter(({ ppid, args }) => ppid === 1 && /^sh /.test(args))
    await waitFor('the old watcher to go', () => watchers().length === 0)
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
    for (const one of agent.descendants()) if (one !== postmaster) signal(one.pid, 'SIGSTOP')
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
    const tool = makeFakeTool(space, `${serverBin}/pg_controldata`)
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
  const watcher = await waitFor('the watcher', () =>
    agent.descendants().find(({ args, ppid }) => ppid === agent.pid && args.startsWith('sh ')),
  )
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
