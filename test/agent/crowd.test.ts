import { expect } from 'vitest'
import { crowd, streamTogether } from './crowd.js'
import { testScene } from './scenario.js'

testScene(
  'ten replicas on two agents begin in the same second, and the master has ten walsenders',
  crowd,
  async (scene) => {
    const { marathon, master, running, file } = scene
    marathon.post(file)
    await streamTogether(scene, 10)
    for (const replica of running()) await scene.waitForRow(replica)
    // Nobody gave up and began anew, and nobody asked for a copy again without a pause.
    expect(marathon.instances).toMatchObject(Array(10).fill({ incarnation: 1 }))
    const said = running().map(({ task }) => task.output('stderr'))
    const pauses = said.join('').match(/trying again in \d+ s/g)?.length ?? 0
    expect(master.clones()).toBeLessThanOrEqual(10 + pauses)
  },
)
