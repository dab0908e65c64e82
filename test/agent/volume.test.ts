import { existsSync, lstatSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { signal } from '../pair/harness/processes.js'
import { waitFor } from '../pair/harness/wait.js'
import { patience } from './marathon.js'
import { nextTask, type SceneOptions, testScene } from './scenario.js'

// Each volume is a disk of its own, with a lost+found; on the second agent it gets into the sandbox by a symbolic link.
const rolling: SceneOptions = {
  model: { task: { instances: 2, volume: '4GiB' }, targets: { marathon: { volume: { type: 'mount' } } } },
  agents: [{}, { filesystem: 'posix' }],
}
testScene('a new configuration is rolled out to two replicas with volumes', rolling, async (scene) => {
  const { deploy, marathon, master, running, publish } = scene
  await deploy()
  const before = running()
  for (const { task, dataDir } of before) {
    expect(lstatSync(join(task.sandbox, 'pgdata')).isSymbolicLink()).toBe(task === before[1]?.task)
    expect(existsSync(join(dataDir, '../../lost+found'))).toBe(true)
  }
  await scene.waitForStreams()

  const changed: ReplicaInput = { ...rolling.model, run: { watchInterval: 2 } }
  const start = marathon.events.length
  marathon.post(publish(changed))
  await marathon.advanceUntil('the deployment', () => marathon.isDeployed())
  // One after the other: at no time was none healthy.
  expect(Math.min(...marathon.events.slice(start).map(({ healthy }) => healthy))).toBe(1)
  await scene.waitForStreams()
  for (const [index, replica] of running().entries()) {
    const old = before[index]
    expect(replica.instance).toBe(old?.instance)
    expect(replica.instance.incarnation).toBe(2)
    expect(replica.dataDir).toBe(old?.dataDir)
    expect(replica.port).not.toBe(old?.port)
    expect(old?.task.updates.at(-1)).toMatchObject({ state: 'TASK_KILLED', isEscalated: false })
    expect(old?.task.left()).toEqual([])
    await scene.waitForRow(replica)
  }
  expect(master.clones()).toBe(2)
})

// The master does not hear of it, so the slot may stay in use, until wal_sender_timeout: here, until the test says so. The
// next task first waits for a sign of life, since it cannot know that the claim is of this host before it went down.
const powerLoss: SceneOptions = {
  model: { task: { volume: '4GiB' }, run: { slot: 'permanent' } },
  master: { conf: ['wal_sender_timeout = 0', 'max_slot_wal_keep_size = 1GB'] },
}
testScene('a host that loses its power, and comes back', powerLoss, async (scene) => {
  const { deploy, master, marathon, single } = scene
  await deploy()
  await scene.waitForStreams()
  const first = single()
  await first.agent.cutPower()
  await marathon.advance(600)
  // The volume is there and nowhere else, so it waits.
  expect(marathon.instances).toMatchObject([{ id: first.instance.id, state: 'unreachable' }])
  expect(await master.walsenders()).toHaveLength(1)
  await first.agent.boot()
  expect(first.task.updates.at(-1)).toMatchObject({ state: 'TASK_GONE' })
  const second = await nextTask(scene, first)
  await master.sql('SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots')
  await scene.waitForRow(second)
  expect(master.clones()).toBe(1)
})

testScene(
  'what the posix launcher leaves behind is ended by the next task',
  { model: { task: { volume: '4GiB' } }, agents: [{ launcher: 'posix', filesystem: 'posix' }] },
  async (scene) => {
    const { deploy, master, single } = scene
    await deploy()
    const first = single()
    const { task } = first
    const isServer = (args: string) => /^(\S*\/postgres -D|postgres: )/.test(args)
    // The script and its watcher at once, so that nobody is left who would end the server: they are stopped first,
    // until two looks in a row find the same processes, and none that runs.
    const shells = () => task.others().filter(({ args }) => !isServer(args))
    let seen = ''
    signal(task.pid, 'SIGSTOP')
    await waitFor(
      'all shells to stand still',
      () => {
        const all = shells()
        for (const { pid } of all) signal(pid, 'SIGSTOP')
        const last = seen
        seen = all.map(({ pid, state }) => `${pid} ${state}`).join()
        return seen === last && all.every(({ state }) => state === 'T')
      },
      patience,
    )
    for (const { pid } of shells()) signal(pid, 'SIGKILL')
    signal(task.pid, 'SIGKILL')
    await task.destroyed
    const orphans = () => task.others().map(({ args }) => args)
    // What a shell was waiting for, as its sleep, has an end of its own.
    await waitFor('nobody but the server to be left', () => orphans().every(isServer), patience)
    expect(orphans()).toContainEqual(expect.stringMatching(/^\S*\/postgres -D/))
    const second = await nextTask(scene, first)
    expect(second.task.output('stderr')).toMatch(/shutting down the server .* which outlived its run/)
    await waitFor('the end of all orphans', () => task.others().length === 0, patience)
    await scene.waitForRow(second)
    expect(master.clones()).toBe(1)
  },
)
