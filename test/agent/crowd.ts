import { expect } from 'vitest'
import { waitFor } from '../pair/harness/wait.js'
import { patience } from './marathon.js'
import type { Scene, SceneOptions } from './scenario.js'

/** Ten replicas on two agents, of a master that can feed just these; on a slow machine they wait long for each other. */
export const crowd: SceneOptions = {
  agents: [{}, {}],
  model: { task: { instances: 10 }, targets: { marathon: { constraints: [] } }, run: { masterWait: 7200 } },
  master: { conf: ['max_wal_senders = 10'] },
}

/** Waits until so many tasks are there and stream. The virtual clock stands still, so that the health checks rest. */
export async function streamTogether(scene: Scene, count: number): Promise<void> {
  await waitFor(`${count} tasks`, () => scene.running().length === count, patience)
  await scene.waitForStreams()
  // One that has ended is not waited for.
  expect(scene.running()).toHaveLength(count)
}
