import { expect } from 'vitest'
import { crowd, streamTogether } from './crowd.js'
import { testScene } from './scenario.js'

testScene(
  'ten replicas begin in the same second, and the master has ten walsenders',
  crowd,
  async (scene) => {
    const { marathon, master, running, file } = scene
    marathon.post(file)
    await streamTogether(scene, 10)
    const names = (await master.walsenders()).map(({ application_name: name }) => name)
    expect(new Set(names).size).toBe(10)
    for (const replica of running()) await scene.waitForRow(replica)
    // Nobody gave up and began anew, and nobody knocked without a pause.
    expect(marathon.instances).toMatchObject(Array(10).fill({ incarnation: 1 }))
    const attempts = master.log().match(/connection received: host=10\./g)?.length ?? 0
    expect(attempts).toBeLessThan(10 * 15)
    expect(master.clones()).toBeLessThan(10 * 3)
  },
)
