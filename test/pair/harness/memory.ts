import { chmodSync, existsSync, mkdtempSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signal } from './processes.js'
import type { Space } from './space.js'
import { waitFor } from './wait.js'

/** A memory cgroup, as the one in which a scheduler puts a task. */
export interface MemoryGroup {
  /** Words that put a process into it and exec the rest. */
  readonly words: readonly string[]
  /** How many of its processes the kernel has killed for want of memory. */
  oomKills(): number
  /** The processes in it, whoever their parents are. */
  pids(): number[]
  /** Ends them all, as often as they make new ones. */
  kill(): Promise<void>
}

const root = '/sys/fs/cgroup'

/** Kernel documentation, cgroup-v1/memory.rst and cgroup-v2.rst: the same three things by other names. */
const versions = [
  {
    parent: join(root, 'memory'),
    probe: 'memory.limit_in_bytes',
    limit: 'memory.limit_in_bytes',
    swap: 'memory.memsw.limit_in_bytes',
    events: 'memory.oom_control',
  },
  {
    parent: root,
    probe: 'cgroup.controllers',
    limit: 'memory.max',
    swap: 'memory.swap.max',
    events: 'memory.events',
  },
] as const

/** Why no memory cgroup can be made here, or undefined. */
export function memoryGroupFault(): string | undefined {
  try {
    const dir = makeDirectory()
    rmdirSync(dir)
    return undefined
  } catch (error) {
    return `no memory cgroup can be made: ${String(error)}`
  }
}

/** Makes a cgroup of at most so many MiB, without swap, or without limit; it goes with the space. Needs root. */
export function makeMemoryGroup(space: Space, mebibytes?: number): MemoryGroup {
  const { limit, swap, events } = version()
  const dir = makeDirectory()
  const procs = join(dir, 'cgroup.procs')
  const pids = () =>
    (existsSync(procs) ? readFileSync(procs, 'utf8') : '').split('\n').filter(Boolean).map(Number)
  const kill = async () => {
    await waitFor(`the end of all in ${dir}`, () => {
      for (const pid of pids()) signal(pid, 'SIGKILL')
      return pids().length === 0
    })
  }
  space.track(async () => {
    await kill()
    rmdirSync(dir)
  })
  if (mebibytes !== undefined) {
    writeFileSync(join(dir, limit), String(mebibytes * 1024 * 1024))
    // In version 2 it is what may be swapped, in version 1 memory and swap together.
    const swappable = swap === 'memory.swap.max' ? 0 : mebibytes * 1024 * 1024
    if (existsSync(join(dir, swap))) writeFileSync(join(dir, swap), String(swappable))
  }
  return {
    words: ['sh', '-c', `echo $$ >'${procs}' && exec "$@"`, 'sh'],
    pids,
    kill,
    oomKills: () => Number(/^oom_kill (\d+)$/m.exec(readFileSync(join(dir, events), 'utf8'))?.[1]),
  }
}

function version(): (typeof versions)[number] {
  const found = versions.find(({ parent, probe }) => existsSync(join(parent, probe)))
  if (!found) throw new Error(`neither version of cgroups is mounted at ${root}`)
  return found
}

function makeDirectory(): string {
  const { parent, limit } = version()
  const dir = mkdtempSync(join(parent, 'pgrep-'))
  // As whoever makes them else: everybody may read what the limit is.
  chmodSync(dir, 0o755)
  if (existsSync(join(dir, limit))) return dir
  rmdirSync(dir)
  throw new Error(`${parent} does not hand on the memory controller`)
}
