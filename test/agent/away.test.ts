import { expect } from 'vitest'
import { waitFor } from '../pair/harness/wait.js'
import { type Running, type Scene, testScene } from './scenario.js'

/** Waits until the watcher of each has slept, and so looked, so many times more. */
async function waitForLooks(
  { processes }: Scene,
  replicas: readonly Running[],
  count: number,
): Promise<void> {
  const sleeps = replicas.map(() => new Set<number>())
  await waitFor(`${count} looks of each watcher`, () => {
    for (const [index, replica] of replicas.entries())
      for (const { pid, args } of processes(replica)) if (/^sleep /.test(args)) sleeps[index]?.add(pid)
    return sleeps.every(({ size }) => size >= count)
  })
}

testScene(
  'the master is away for an hour: replicas live, and none is cloned again',
  {
    // The watcher lives by the real clock, so its hour is made short.
    model: { app: { instances: 3, health: { interval: 120 } }, run: { watchInterval: 1, staleLimit: 5 } },
    agents: [{}, {}, {}],
  },
  async (scene) => {
    const { deploy, marathon, master, running, ask } = scene
    await deploy()
    const before = running()
    const said = () => before.map(({ task }) => task.output('stderr'))
    const old = said()
    await master.stop()
    await marathon.advance(3600)
    const lines = /WARN serve: not streaming: the master gives no answer/
    await waitFor('each to miss its master', () => said().every((text) => lines.test(text)))
    // Nobody ever cuts that file, so it is said once, however often the watcher looks.
    const now = said()
    for (const [index, text] of now.entries())
      expect(text.length - (old[index]?.length ?? 0)).toBeLessThan(2000)
    await waitForLooks(scene, before, 8)
    expect(said()).toEqual(now)
    expect(running().map(({ task }) => task.pid)).toEqual(before.map(({ task }) => task.pid))
    for (const { agent, port } of running())
      expect(await ask(agent, port, 'SELECT pg_is_in_recovery()')).toEqual(['t'])
    expect(marathon.isDeployed()).toBe(true)
    await master.start()
    for (const replica of running()) await scene.waitForRow(replica)
    expect(marathon.instances).toMatchObject(Array(3).fill({ incarnation: 1 }))
    expect(master.clones()).toBe(3)
  },
)

testScene(
  'the agent process is away, and comes back',
  { model: { app: { volume: '4GiB' } } },
  async (scene) => {
    const { deploy, marathon, master, single } = scene
    await deploy()
    const { agent, task, instance } = single()
    agent.stop()
    await marathon.advance(14 * 60)
    expect(instance.state).toBe('unreachable')
    await agent.start()
    await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
    expect(single().task.pid).toBe(task.pid)
    await scene.waitForRow(single())

    // Longer than the recovery timeout: the executor ends the task, in good order.
    agent.stop()
    await marathon.advance(20 * 60)
    await marathon.advanceUntil('the end of the task', () => task.orphans().length === 0, 0)
    await agent.start()
    await task.destroyed
    expect(task.updates.at(-1)).toMatchObject({ state: 'TASK_KILLED', isEscalated: false })
    await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
    expect(master.clones()).toBe(1)
  },
)
