import { waitFor } from '../pair/harness/wait.js'
import { isTerminal } from './protocol.js'
import type { Scene, SceneOptions } from './scenario.js'

/** Ten replicas on two agents, of a master that can feed just these. */
export const crowd: SceneOptions = {
  agents: [{}, {}],
  model: { app: { instances: 10, constraints: [] } },
  master: { conf: ['max_wal_senders = 10'] },
}

/** Waits until so many stream; the clock hardly goes on, so that the health checks rest. */
export async function streamTogether({ marathon, master }: Scene, count: number): Promise<void> {
  await waitFor(
    () => {
      const ends = marathon.events.filter(({ update }) => isTerminal(update.state))
      return `${count} streaming; ${JSON.stringify(ends)}`
    },
    async () => {
      const rows = await master.walsenders()
      if (rows.filter(({ state }) => state === 'streaming').length === count) return true
      await marathon.advance(0.1)
      return false
    },
    200_000,
  )
}
