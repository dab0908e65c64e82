import { pathTo } from '../diagnostics/path.js'
import { newestKind } from './catalogue.js'
import type { DefaultSetting, Settings } from './settings-schema.js'
import { readMebibytes } from './values.js'

/** The least private memory of a backend that has answered one query, in MiB (measured with 15: 1.6). */
export const perConnection = 2

/** How many connections a server takes where nobody says it. */
export const usualConnections = 100

// The most that PostgreSQL counts: blocks of 8 kB in an Int32, of shared_buffers half as many (guc_tables.c).
const mostBuffers = 8_388_607
const mostCache = 16_777_215

/**
 * The settings whose defaults follow the memory of the task, in MiB: a quarter for shared_buffers, less where all
 * connections would not fit beside it (PostgreSQL, "Resource Consumption"), and for the planner three quarters as what is
 * cached, and never less than shared_buffers. What the model says itself is taken from it. maintenance_work_mem is no
 * matter of a standby, which neither vacuums nor builds indexes; for work_mem and max_wal_size no share of the memory is
 * documented.
 */
export function memoryDefaults(settings: Settings, mem: number): DefaultSetting[] {
  const buffers = usualBuffers(settings, mem)
  const own = readSize(settings, 'shared_buffers')
  const floor = own === undefined ? buffers.size : Math.ceil(own)
  const planned = Math.min(Math.floor((mem * 3) / 4), mostCache)
  return [
    { name: 'shared_buffers', value: showSize(buffers.size), why: buffers.why, from: pathTo`task.mem` },
    {
      name: 'effective_cache_size',
      value: showSize(Math.min(Math.max(planned, floor), mostCache)),
      why:
        floor > planned
          ? 'the planner: as much as shared_buffers'
          : `the planner: three quarters of ${showMemory(mem)}`,
      from: pathTo`task.mem`,
    },
  ]
}

/** A setting that is a size, or a count, as the model writes it; undefined where it does not, or PostgreSQL refuses it. */
export function readSize(settings: Settings, name: string): number | undefined {
  const value = Object.entries(settings).find(([key]) => key.toLowerCase() === name)?.[1]
  const kind = newestKind(name)
  if (value === undefined || kind?.type !== 'integer') return undefined
  const size = kind.unit === '' ? Number(value) : readMebibytes(kind.unit, value)
  return Number.isNaN(size) ? undefined : size
}

/** The memory of the task, as it stands in messages and files. */
export function showMemory(mem: number): string {
  return `task.mem (${mem} MiB)`
}

function usualBuffers(settings: Settings, mem: number): { readonly size: number; readonly why: string } {
  const connections = readSize(settings, 'max_connections') ?? usualConnections
  const quarter = Math.min(mem / 4, mostBuffers)
  const left = mem - connections * perConnection
  if (left >= quarter) return { size: whole(quarter), why: `a quarter of ${showMemory(mem)}` }
  const eighth = whole(mem / 8)
  if (left <= eighth) return { size: eighth, why: `an eighth of ${showMemory(mem)}` }
  return { size: whole(left), why: `what ${connections} connections leave of ${showMemory(mem)}` }
}

// Below a MiB in kB: a server takes no less than 128 of these.
function whole(size: number): number {
  return size >= 1 ? Math.floor(size) : Math.max(128, Math.floor(size * 1024)) / 1024
}

function showSize(size: number): string {
  if (size < 1) return `${size * 1024}kB`
  return size % 1024 === 0 ? `${size / 1024}GB` : `${size}MB`
}
