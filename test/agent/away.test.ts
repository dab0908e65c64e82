import { expect } from 'vitest'
import { waitFor } from '../pair/harness/wait.js'
import { patience } from './marathon.js'
import { testScene } from './scenario.js'

testScene(
  'the master is away for half an hour: the replica lives, and is not cloned again',
  // The watcher lives by the real clock, so its limit is made short.
  { model: { task: { health: { interval: 120 } }, run: { watchInterval: 1, staleLimit: 5 } } },
  async (scene) => {
    const { deploy, marathon, master, single, ask } = scene
    await deploy()
    const { task, agent, port } = single()
    const said = () => task.output('stderr')
    const old = said()
    await master.stop()
    await marathon.advance(1800)
    await waitFor(
      'the replica to miss its master',
      () => /WARN serve: not streaming: no master was found/.test(said()),
      patience,
    )
    // Nobody ever cuts that file, so it is said once, however often the watcher looks.
    const now = said()
    expect(now.length - old.length).toBeLessThan(2000)
    // Each fifth look asks the master again. Between two looks the watcher sleeps, each time by another process.
    const sleeps = new Set<number>()
    await waitFor(
      'six looks of the watcher',
      () => {
        for (const { pid, args } of task.others()) if (/^sleep /.test(args)) sleeps.add(pid)
        return sleeps.size > 6
      },
      patience,
    )
    expect(said()).toBe(now)
    expect(single().task).toBe(task)
    expect(await ask(agent, port, 'SELECT pg_is_in_recovery()')).toEqual(['t'])
    expect(marathon.isDeployed()).toBe(true)
    await master.start()
    await scene.waitForRow(single())
    expect(marathon.instances).toMatchObject([{ incarnation: 1 }])
    expect(master.clones()).toBe(1)
  },
)
