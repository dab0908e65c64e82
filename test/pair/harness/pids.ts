import { existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signal } from './processes.js'
import type { Space } from './space.js'
import { waitFor } from './wait.js'

/** A cgroup that bounds how many processes a task may have, as containers and units do. */
export interface PidsGroup {
  /** Words that put a process into it and exec the rest. */
  readonly words: readonly string[]
  /** The processes in it. */
  pids(): number[]
  /** From now on none can be made: the limit is what is there, also of those that end. */
  close(): Promise<void>
  /** So many, or as many as there may be. */
  limit(count?: number): void
  /** How often a process was refused. */
  refusals(): number
}

const root = '/sys/fs/cgroup'
const parents = [join(root, 'pids'), root]

/** Why no such cgroup can be made here, or undefined. */
export function pidsGroupFault(): string | undefined {
  try {
    rmdirSync(makeDirectory())
    return undefined
  } catch (error) {
    return `no pids cgroup can be made: ${String(error)}`
  }
}

/** Makes one without a limit; it goes with the space, and all in it. Needs root. */
export function makePidsGroup(space: Space): PidsGroup {
  const dir = makeDirectory()
  const procs = join(dir, 'cgroup.procs')
  const limit = (count?: number) => writeFileSync(join(dir, 'pids.max'), String(count ?? 'max'))
  const pids = () =>
    (existsSync(procs) ? readFileSync(procs, 'utf8') : '').split('\n').filter(Boolean).map(Number)
  space.track(async () => {
    await waitFor(`the end of all in ${dir}`, () => {
      for (const pid of pids()) signal(pid, 'SIGKILL')
      return pids().length === 0
    })
    rmdirSync(dir)
  })
  const refusals = () => Number(/^max (\d+)$/m.exec(readFileSync(join(dir, 'pids.events'), 'utf8'))?.[1])
  return {
    words: ['sh', '-c', `echo $$ >'${procs}' && exec "$@"`, 'sh'],
    pids,
    limit,
    refusals,
    // Fewer than there are by far, so that an end makes no room.
    close: async () => {
      const before = refusals()
      limit(1)
      await waitFor('a process to be refused', () => refusals() > before)
    },
  }
}

function makeDirectory(): string {
  for (const parent of parents.filter((one) => existsSync(one))) {
    const dir = mkdtempSync(join(parent, 'pgrep-'))
    if (existsSync(join(dir, 'pids.max'))) return dir
    rmdirSync(dir)
  }
  throw new Error(`${root} hands on no pids controller`)
}
