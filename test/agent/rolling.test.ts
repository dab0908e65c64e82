import { existsSync } from 'node:fs'
import { expect } from 'vitest'
import type { ReplicaInput } from '../../generator/model/replica.js'
import { waitFor } from '../pair/harness/wait.js'
import { testScene } from './scenario.js'

const app = { instances: 3, volume: '4GiB' }
const model: ReplicaInput = { app }

testScene(
  'a new configuration is rolled out to three replicas',
  { model, agents: [{}, {}, {}] },
  async (scene) => {
    const { deploy, marathon, master, running, publish, web } = scene
    await deploy()
    const names = (await master.walsenders()).map(({ application_name: name }) => name)
    expect(new Set(names).size).toBe(3)
    const oldVersion = running()[0]?.instance.version

    const changed: ReplicaInput = { ...model, run: { masterWait: 1200, watchInterval: 2 } }
    marathon.put(publish(changed))
    let least = 3
    await marathon.advanceUntil(
      'the deployment',
      () => {
        least = Math.min(least, marathon.instances.filter(({ isHealthy }) => isHealthy).length)
        return marathon.isDeployed()
      },
      5,
    )
    // Half of three, rounded up, goes on serving.
    expect(least).toBe(2)
    for (const replica of running()) {
      expect(replica.instance.version).not.toBe(oldVersion)
      expect(replica.instance.incarnation).toBe(2)
      await scene.waitForRow(replica)
    }
    expect(master.clones()).toBe(3)
    expect(web.requests().filter((line) => line.includes('run_rep.sh'))).toHaveLength(6)

    expect(() => marathon.put(publish({ app: { ...app, mem: 1024 } }))).toThrow('422')
    marathon.scale(1)
    await marathon.advanceUntil('one replica', () => marathon.isDeployed())
    expect(running()).toHaveLength(1)
    const [last] = running()
    marathon.destroy()
    await waitFor('the end of its volume', () => last !== undefined && !existsSync(last.dataDir))
  },
)

testScene(
  'three replicas on one host, each with a port and a name of its own',
  { model: { app: { instances: 3, constraints: [] } } },
  async (scene) => {
    const { deploy, master, running } = scene
    await deploy()
    const replicas = running()
    expect(new Set(replicas.map(({ port }) => port)).size).toBe(3)
    for (const replica of replicas) await scene.waitForRow(replica)
    const names = (await master.walsenders()).map(({ application_name: name }) => name)
    expect(names.sort()).toEqual(replicas.map(({ port }) => `postgres-replication@agent1:${port}`).sort())
  },
)
