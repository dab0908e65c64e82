import { expect } from 'vitest'
import { expectCleanEnd, testScene } from './scenario.js'

const shells = ['dash', 'bash', 'busybox']

testScene(
  'killed while it serves an idle client, under dash, bash and BusyBox: a fast shutdown in time',
  { agents: shells.map((shell) => ({ shell })), model: { task: { instances: shells.length } } },
  async (scene) => {
    const { deploy, running, connect, marathon } = scene
    await deploy()
    const replicas = running()
    await Promise.all(replicas.map(connect))
    marathon.scale(0)
    for (const replica of replicas) {
      await expectCleanEnd(scene, replica)
      expect(replica.task.updates.at(-1)?.message).toBe('Command exited with status 0')
      expect(await scene.state(replica)).toBe('shut down in recovery')
    }
    expect(replicas.map(({ agent }) => agent.hostname).sort()).toEqual(['agent1', 'agent2', 'agent3'])
  },
)
