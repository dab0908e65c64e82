import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type ModelPath, pathTo, showPath } from '../diagnostics/path.js'
import { nameWritten } from './effective.js'
import { perConnection, readSize, showMemory } from './memory.js'
import { mergeSettings, type Settings } from './settings-schema.js'

/**
 * Compares what the settings of a model let a server take with the memory limit of its task (MiB): a task above its limit
 * is killed at once. Shared memory, every connection at rest and one sort are counted; the page cache is not.
 */
export function judgeMemory(own: Settings, mem: number): Diagnostic[] {
  const settings = mergeSettings(own, mem)
  // What the model does not say follows from its memory.
  const isOwn = ({ name }: Found) => nameWritten(own, name) !== undefined
  const blame = (...found: readonly Found[]) => found.find(isOwn)?.path ?? pathTo`task.mem`
  const shared = find(settings, 'shared_buffers')
  const shown = `shared_buffers = ${shared.value}`
  const report = (path: ModelPath, message: string, hint: string): Diagnostic[] => [
    { code: 'W_SETTING_MEMORY', path, message, hint },
  ]
  if (shared.size > mem) {
    const message = `${shown} is more than ${showMemory(mem)}: the task would be killed`
    const hint = 'raise task.mem or lower shared_buffers'
    return [{ code: 'E_SETTING_MEMORY', path: blame(shared), message, hint }]
  }
  if (shared.size > mem / 2) {
    return report(blame(shared), `${shown} is more than half of ${showMemory(mem)}`, 'a quarter is usual')
  }
  const connections = find(settings, 'max_connections')
  const sort = find(settings, 'work_mem')
  const left = mem - shared.size
  const needed = connections.size * perConnection
  if (needed > left) {
    const message = `${connections.size} connections take ${needed} MiB or more, and ${shown} leaves ${left} of task.mem`
    const hint = 'raise task.mem, lower max_connections, or put a connection pool in front'
    return report(blame(connections), message, hint)
  }
  const cache = find(settings, 'effective_cache_size')
  const planned = `effective_cache_size = ${cache.value}`
  // The page cache of a task counts as its memory, and is dropped where that is full.
  if (sort.size <= left && isOwn(cache) && cache.size > mem) {
    const message = `the planner is told of ${planned}, and task.mem holds ${mem} MiB`
    return report(cache.path, message, 'three quarters of task.mem are usual')
  }
  if (isOwn(cache) && cache.size < shared.size) {
    const message = `${planned} is less than ${shown}${isOwn(shared) ? '' : ', which follows from task.mem'}: the planner would take for slow what is in memory`
    return report(cache.path, message, 'take it out: the default is three quarters of task.mem')
  }
  if (sort.size <= left) return []
  const message = `one sort may take work_mem = ${sort.value}, and ${shown} leaves ${left} MiB of task.mem`
  return report(blame(sort), message, 'raise task.mem or lower work_mem')
}

/** How much memory a server takes for its buffers (MiB), and as the model, or a default, writes it. */
export function readSharedBuffers(settings: Settings): Pick<Found, 'size' | 'value'> {
  return find(settings, 'shared_buffers')
}

/** Where the data of a replica lies, and how much it may hold (MiB). */
export interface DataSpace {
  readonly path: ModelPath
  readonly size: number
}

/**
 * Compares the space for the data with the WAL that the settings let grow there: max_wal_size is what a server keeps
 * between two restart points, wal_keep_size what it keeps for others.
 */
export function judgeDisk(settings: Settings, space: DataSpace): Diagnostic[] {
  const kept = ['max_wal_size', 'wal_keep_size', 'wal_keep_segments'].map((name) => find(settings, name))
  const [most] = kept.sort((a, b) => b.size - a.size)
  if (most === undefined || most.size <= space.size / 2) return []
  const isFull = most.size >= space.size
  const message = `${showPath(space.path)} holds ${space.size} MiB, and WAL alone may grow to ${most.name} = ${most.value}`
  const hint = `raise ${showPath(space.path)} or lower ${most.name}`
  return [{ code: isFull ? 'E_TASK_DISK' : 'W_TASK_DISK', path: space.path, message, hint }]
}

/** Compares that space with what is kept there of the server's own log (MiB). */
export function judgeLog(logMiB: number, space: DataSpace): Diagnostic[] {
  if (logMiB <= space.size / 4) return []
  const message = `${showPath(space.path)} holds ${space.size} MiB, and the log alone may grow to run.logMiB = ${logMiB}`
  const hint = `raise ${showPath(space.path)} or lower run.logMiB`
  return [
    { code: logMiB >= space.size ? 'E_TASK_DISK' : 'W_TASK_DISK', path: pathTo`run.logMiB`, message, hint },
  ]
}

interface Found {
  readonly name: string
  readonly path: ModelPath
  readonly value: Settings[string]
  /** MiB, or a plain count; 0 for a value that PostgreSQL does not take, of which another rule tells. */
  readonly size: number
}

// What the printed file says, or PostgreSQL's own default. Names compare without case.
function find(settings: Settings, name: string): Found {
  const key = nameWritten(settings, name) ?? name
  const value = settings[key] ?? defaults[name] ?? 0
  return { name, path: pathTo`postgresql.settings.${key}`, value, size: sizeOf(name, value) ?? 0 }
}

function sizeOf(name: string, value: Settings[string]): number | undefined {
  // It counts segments, of 16 MiB by default, though PostgreSQL gives it no unit.
  return name === 'wal_keep_segments' ? Number(value) * 16 : readSize({ [name]: value }, name)
}

const defaults: Readonly<Record<string, string | number>> = {
  work_mem: '4MB',
  max_wal_size: '1GB',
  wal_keep_size: 0,
  wal_keep_segments: 0,
}
