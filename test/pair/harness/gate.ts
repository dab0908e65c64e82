import { connect, createServer, type Socket } from 'node:net'
import type { Master } from './master.js'
import { pickPort, type Space } from './space.js'
import { waitFor } from './wait.js'

/** A port before a master, at which copies can be held. Everything else passes: questions, WAL, the look at sizes. */
export interface Gate {
  /** Where a replica finds its master. */
  readonly port: number
  /** Copies that begin from now on get so many bytes, and the rest when they are released. */
  hold(bytes?: number): void
  /** Done when a copy has got what it may have: until it is released, it can neither end nor fail. */
  waitForCopy(): Promise<void>
  release(): void
}

/** Opens one on a port of its own; it closes with the space. */
export async function openGate(space: Space, master: Pick<Master, 'port'>): Promise<Gate> {
  const port = await pickPort()
  const passages = new Set<Passage>()
  let allowance = Number.POSITIVE_INFINITY
  const server = createServer((replica) => {
    const passage = openPassage(replica, connect(master.port, '127.0.0.1'), () => allowance)
    passages.add(passage)
    replica.once('close', () => passages.delete(passage))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  space.track(() => {
    for (const passage of passages) passage.close()
    server.close()
  })
  return {
    port,
    // Less than the smallest cluster has.
    hold: (bytes = 1024 * 1024) => {
      allowance = bytes
    },
    waitForCopy: async () => {
      await waitFor('a copy at the gate', () => [...passages].some((passage) => passage.isHeld()))
    },
    release: () => {
      allowance = Number.POSITIVE_INFINITY
      for (const passage of passages) passage.release()
    },
  }
}

interface Passage {
  isHeld(): boolean
  release(): void
  close(): void
}

/** The command of pg_basebackup. It is sent at once, and so arrives in one piece; the script's own label is another. */
const copyCommand = "LABEL 'pg_basebackup"

function openPassage(replica: Socket, master: Socket, allowance: () => number): Passage {
  let left = Number.POSITIVE_INFINITY
  let held: Buffer | undefined
  replica.on('data', (chunk: Buffer) => {
    if (chunk.includes(copyCommand)) left = allowance()
    master.write(chunk)
  })
  master.on('data', (chunk: Buffer) => {
    const passes = chunk.subarray(0, left)
    left -= passes.length
    if (passes.length < chunk.length) held = chunk.subarray(passes.length)
    if (!replica.write(passes) || held) master.pause()
  })
  replica.on('drain', () => {
    if (!held) master.resume()
  })
  for (const [one, other] of [
    [replica, master],
    [master, replica],
  ] as const) {
    one.on('error', () => undefined)
    one.on('close', () => other.destroySoon())
  }
  return {
    isHeld: () => held !== undefined,
    release: () => {
      left = Number.POSITIVE_INFINITY
      if (!held) return
      replica.write(held)
      held = undefined
      master.resume()
    },
    close: () => {
      replica.destroy()
      master.destroy()
    },
  }
}
