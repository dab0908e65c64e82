import { catalogue, kindIn } from './catalogue.js'
import { type Settings, steadyDefaults } from './settings-schema.js'
import { countOf, readBool } from './values.js'

/** What a server of a major would have for each setting, read as it reads them. */
export interface Effective {
  readonly major: number
  /** As it is written, to be shown: by the model, else by our own defaults, else by PostgreSQL's. */
  readonly value: (name: string) => Settings[string]
  /** In the unit of the setting in that major; NaN for a value that it does not take, so that nothing compares. */
  readonly count: (name: string) => number
  /** In lower case, as enums and lists are compared. */
  readonly word: (name: string) => string
  readonly isOn: (name: string) => boolean
}

/**
 * Reads the settings of a model, with all defaults but those that follow the memory of its task; PostgreSQL's only of
 * settings that some rule asks for.
 */
export function readEffective(settings: Settings, major: number): Effective {
  const own = new Map(Object.entries(settings).map(([name, value]) => [name.toLowerCase(), value]))
  const value = (name: string) => own.get(name) ?? ourDefaults.get(name) ?? theirDefault(name, major)
  const word = (name: string) => {
    const text = value(name)
    return typeof text === 'boolean' ? (text ? 'on' : 'off') : String(text).trim().toLowerCase()
  }
  return {
    major,
    value,
    count: (name) => {
      const known = catalogue.get(name)
      const kind = known && kindIn(known, major)
      if (kind?.type !== 'integer' && kind?.type !== 'real') return Number.NaN
      return countOf(kind, value(name), major) ?? Number.NaN
    },
    word,
    isOn: (name) => readBool(word(name)) === true,
  }
}

/** The name of a setting as the model writes it; undefined where it does not. PostgreSQL ignores case. */
export function nameWritten(settings: Settings, name: string): string | undefined {
  return Object.keys(settings).find((key) => key.toLowerCase() === name)
}

const ourDefaults: ReadonlyMap<string, Settings[string]> = new Map(
  steadyDefaults.map(({ name, value }) => [name, value]),
)

function theirDefault(name: string, major: number): Settings[string] {
  const found = bootValues[name] ?? ''
  return typeof found === 'object' ? (found.find(({ since }) => major >= since)?.value ?? '') : found
}

type BootValue = string | number | readonly { readonly since: number; readonly value: string | number }[]

/** What PostgreSQL itself has for what some rule asks for (guc_tables.c, boot_val); where it changed, the newest first. */
export const bootValues: Readonly<Record<string, BootValue>> = {
  autovacuum_max_workers: 3,
  autovacuum_worker_slots: 16,
  default_transaction_isolation: 'read committed',
  huge_pages: 'try',
  idle_in_transaction_session_timeout: 0,
  io_combine_limit: '128kB',
  io_max_combine_limit: '128kB',
  io_method: 'worker',
  lock_timeout: 0,
  log_executor_stats: 'off',
  log_min_duration_sample: -1,
  log_min_duration_statement: -1,
  log_parser_stats: 'off',
  log_planner_stats: 'off',
  log_statement_stats: 'off',
  maintenance_io_concurrency: [
    { since: 18, value: 16 },
    { since: 13, value: 10 },
  ],
  max_logical_replication_workers: 4,
  max_parallel_apply_workers_per_subscription: 2,
  max_parallel_maintenance_workers: 2,
  max_parallel_workers: 8,
  max_parallel_workers_per_gather: 2,
  max_sync_workers_per_subscription: 2,
  max_wal_size: '1GB',
  max_worker_processes: 8,
  min_wal_size: '80MB',
  recovery_prefetch: 'try',
  reserved_connections: 0,
  shared_memory_type: 'mmap',
  ssl: 'off',
  ssl_max_protocol_version: '',
  ssl_min_protocol_version: [
    { since: 13, value: 'TLSv1.2' },
    { since: 12, value: 'TLSv1' },
  ],
  statement_timeout: 0,
  summarize_wal: 'off',
  superuser_reserved_connections: 3,
  transaction_timeout: 0,
  wal_receiver_status_interval: '10s',
  wal_receiver_timeout: '60s',
}
