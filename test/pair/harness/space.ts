import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processesUnder, signal } from './processes.js'
import { waitFor } from './wait.js'

export const spacePrefix = 'pgrep-'

/** A private directory in which one test file keeps its servers, sandboxes and secrets. */
export interface Space {
  readonly dir: string
  /** Something to undo when the space is closed; the latest is undone first. */
  track(undo: () => Promise<void> | void): void
  close(): Promise<void>
}

/** Makes a space; `close` ends whatever still runs in it and removes it. */
export function openSpace(): Space {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), spacePrefix)))
  // Servers and agents of other users live below it.
  chmodSync(dir, 0o755)
  const undos: (() => Promise<void> | void)[] = []
  return {
    dir,
    track: (undo) => {
      undos.push(undo)
    },
    close: async () => {
      for (let undo = undos.pop(); undo !== undefined; undo = undos.pop())
        await Promise.resolve(undo()).catch(() => undefined)
      await endProcessesUnder(dir)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A free TCP port away from 5432 and from the range that Mesos offers; no other process of tests gets it from us. */
export async function pickPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 8_000)
    if ((await reserve(port)) && (await isFree(port))) return port
  }
}

const reserved: Server[] = []

/** Between the choice of a port and its use seconds may pass. An abstract socket lasts as long as this process. */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const holder = createServer().unref()
    holder.once('error', () => resolve(false))
    holder.listen(`\0${spacePrefix}port-${port}`, () => {
      reserved.push(holder)
      resolve(true)
    })
  })
}

/** True when nobody listens on the port and it can be bound. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, '0.0.0.0', () => probe.close(() => resolve(true)))
  })
}

async function endProcessesUnder(dir: string): Promise<void> {
  await waitFor(
    `the end of what runs in ${dir}`,
    () => {
      const left = processesUnder(dir)
      for (const { pid } of left) signal(pid, 'SIGKILL')
      return left.length === 0
    },
    20_000,
  )
}
