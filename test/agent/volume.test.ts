import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import type { ReplicaInput } from '../../generator/model/replica.js'
import { waitFor } from '../pair/harness/wait.js'
import { expectCleanEnd, type Scene, type SceneOptions, signalEach, testScene } from './scenario.js'

const model: ReplicaInput = { app: { volume: '4GiB' } }

/** Waits for another task of the only instance. */
async function nextTask({ marathon, single }: Scene, after: { readonly incarnation: number }) {
  const { incarnation } = after
  await marathon.advanceUntil(
    'the next task',
    () => marathon.isDeployed() && (marathon.instances[0]?.incarnation ?? 0) > incarnation,
  )
  return single()
}

describe.each(['linux', 'posix'] as const)('a volume by filesystem/%s', (filesystem) => {
  testScene(
    'is used again by the next task, on another port',
    { model, agents: [{ filesystem }] },
    async (scene) => {
      const { deploy, master, marathon, single } = scene
      await deploy()
      const first = single()
      expect(lstatSync(join(first.task.sandbox, 'pgdata')).isSymbolicLink()).toBe(filesystem === 'posix')
      const { incarnation } = first.instance
      marathon.restart()
      await expectCleanEnd(scene, first)
      expect(first.task.updates.at(-1)).toMatchObject({ state: 'TASK_KILLED', isEscalated: false })
      const second = await nextTask(scene, { incarnation })
      expect(second.agent).toBe(first.agent)
      expect(second.dataDir).toBe(first.dataDir)
      expect(second.port).not.toBe(first.port)
      await scene.waitForRow(second)
      expect(master.clones()).toBe(1)
      expect((await master.walsenders()).map(({ application_name: name }) => name)).toEqual([
        `postgres-replication@agent1:${second.port}`,
      ])
    },
  )
})

testScene(
  'a volume that is a disk of its own',
  { model: { app: { volume: { size: '4GiB', type: 'mount' } } } },
  async (scene) => {
    const { deploy, master, marathon, single } = scene
    await deploy()
    const { incarnation } = single().instance
    marathon.restart()
    await scene.waitForRow(await nextTask(scene, { incarnation }))
    expect(master.clones()).toBe(1)
  },
)

// The master does not hear of it, so the slot stays in use until wal_sender_timeout.
const powerLoss: SceneOptions = {
  model: { ...model, run: { slot: 'permanent' } },
  master: { conf: ['wal_sender_timeout = 10s', 'max_slot_wal_keep_size = 1GB'] },
}
testScene('a host that loses its power, and comes back', powerLoss, async (scene) => {
  const { deploy, master, marathon, single } = scene
  await deploy()
  const first = single()
  const { incarnation } = first.instance
  await first.agent.cutPower()
  await marathon.advance(600)
  // The volume is there and nowhere else, so it waits.
  expect(marathon.instances).toMatchObject([{ id: first.instance.id, state: 'unreachable' }])
  expect(await master.walsenders()).toHaveLength(1)
  await first.agent.boot()
  expect(first.task.updates.at(-1)).toMatchObject({ state: 'TASK_GONE' })
  const second = await nextTask(scene, { incarnation })
  await scene.waitForRow(second)
  expect(master.clones()).toBe(1)
})

testScene('an agent that is lost with its volume', { model, agents: [{}, {}] }, async (scene) => {
  const { deploy, master, marathon, single, agents } = scene
  await deploy()
  const first = single()
  await first.agent.cutPower()
  await marathon.advance(3600)
  expect(master.clones()).toBe(1)
  // What an operator does: the instance is given up, with its volume.
  marathon.giveUp(first.instance)
  await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
  const second = single()
  expect(second.agent.hostname).toBe(agents.find((agent) => agent !== first.agent)?.hostname)
  await scene.waitForRow(second)
  expect(master.clones()).toBe(2)
})

testScene(
  'what the posix launcher leaves behind is ended by the next task',
  { model, agents: [{ launcher: 'posix', filesystem: 'posix' }] },
  async (scene) => {
    const { deploy, master, single, processes } = scene
    await deploy()
    const first = single()
    const { incarnation } = first.instance
    // The script and its watcher at once, so that nobody is left who would end the server.
    const shells = processes(first).filter(({ args }) => !args.includes('postgres'))
    signalEach(shells, 'SIGKILL')
    if (first.task.pid !== undefined) process.kill(first.task.pid, 'SIGKILL')
    await first.task.destroyed
    const orphans = first.task.orphans()
    expect(orphans.map(({ args }) => args)).toContainEqual(expect.stringMatching(/^\S*postgres -D/))
    const second = await nextTask(scene, { incarnation })
    expect(second.task.output('stderr')).toMatch(/ending the server .* which outlived its run/)
    await waitFor('the end of all orphans', () => first.task.orphans().length === 0)
    await scene.waitForRow(second)
    expect(master.clones()).toBe(1)
  },
)
