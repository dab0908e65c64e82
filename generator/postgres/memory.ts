import type { Diagnostic } from '../compile/diagnostic.js'
import type { Settings } from '../model/settings.js'

/**
 * Compares shared_buffers with the task's memory limit (MiB): a task above its limit is killed at once,
 * and connections, work_mem and the page cache count too.
 */
export function judgeMemory(settings: Settings, mem: number): Diagnostic[] {
  const [name, value] = Object.entries(settings).find(([key]) => key.toLowerCase() === 'shared_buffers') ?? []
  if (value === undefined || typeof value === 'boolean') return []
  const size = readMebibytes(value)
  if (size === undefined || size <= mem / 2) return []
  const path = `postgresql.settings.${name}`
  const message = `shared_buffers = ${value} is more than half of app.mem (${mem} MiB)`
  if (size <= mem) return [{ code: 'W_SETTING_MEMORY', path, message, hint: 'a quarter is usual' }]
  const tooBig = `shared_buffers = ${value} is more than app.mem (${mem} MiB): the task would be killed`
  return [{ code: 'E_SETTING_MEMORY', path, message: tooBig, hint: 'raise app.mem or lower shared_buffers' }]
}

// Units are case-sensitive in PostgreSQL; a bare number counts pages of 8 kB.
function readMebibytes(value: string | number): number | undefined {
  const parts = /^\s*(\d+(?:\.\d+)?)\s*(B|kB|MB|GB|TB)?\s*$/.exec(String(value))
  if (parts?.[1] === undefined) return undefined
  return Number(parts[1]) * (mebibytesPer[parts[2] ?? 'page'] ?? Number.NaN)
}

const mebibytesPer: Readonly<Record<string, number>> = {
  page: 1 / 128,
  B: 1 / 1_048_576,
  kB: 1 / 1024,
  MB: 1,
  GB: 1024,
  TB: 1_048_576,
}
