import { expect } from 'vitest'
import { testScene } from './scenario.js'

testScene(
  'the master is away for an hour: replicas live, and none is cloned again',
  { model: { app: { instances: 3, health: { interval: 120 } } }, agents: [{}, {}, {}] },
  async (scene) => {
    const { deploy, marathon, master, running, ask } = scene
    await deploy()
    const before = running()
    const said = before.map(({ task }) => task.output('stderr').length)
    await master.stop()
    await marathon.advance(3600)
    // Nobody ever cuts that file.
    for (const [index, { task }] of before.entries())
      expect(task.output('stderr').length - (said[index] ?? 0)).toBeLessThan(2000)
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
