import type { Effective } from './effective.js'

/** Settings that do not go together, though each of them is right by itself. */
export interface RefusedSettings {
  /** What it is about in a major: the finding is at the first of them that the model writes, if it writes any. */
  readonly names: (major: number) => readonly string[]
  readonly since?: number
  readonly isBroken: (values: Effective) => boolean
  /** What comes of it; `who` is PostgreSQL with its majors. */
  readonly reason: (who: string) => string
  readonly hint: string
}

const noStart = (who: string) => `${who} does not start`
const partsOfStatement = ['log_parser_stats', 'log_planner_stats', 'log_executor_stats']

const only =
  (...names: string[]) =>
  () =>
    names

/**
 * What PostgreSQL says only when it starts (PostmasterMain, InitializeMaxBackends, be_tls_init, the checks of guc.c), or
 * to whoever asks it. test/postgres/combinations.test.ts lets a server answer for each row.
 */
export const refusedSettings: readonly RefusedSettings[] = [
  {
    names: only('wal_level'),
    isBroken: ({ word }) => word('wal_level') === 'minimal',
    reason: (who) =>
      `run_rep.sh gives a replica no fewer max_wal_senders than its master has, and with any ${noStart(who)}`,
    hint: "use 'replica' or 'logical'",
  },
  {
    names: (major) => [...listTakers(major), 'max_connections'],
    isBroken: (values) => {
      const taken = listTakers(values.major).map(values.count)
      // 10 compares each by itself.
      const most = values.major < 11 ? Math.max(...taken) : taken.reduce((sum, count) => sum + count, 0)
      return most >= values.count('max_connections')
    },
    reason: (who) => `if no connection is left for others ${noStart(who)}`,
    hint: 'raise max_connections',
  },
  {
    names: (major) => ['max_connections', ...listProcesses(major)],
    isBroken: (values) => values.count('max_connections') + sumOf(values) > mostBackends,
    reason: (who) =>
      `together, and with what PostgreSQL adds, they may be ${mostBackends} at most, or ${noStart(who)}`,
    hint: 'lower the largest of them',
  },
  ...['min_wal_size', 'max_wal_size'].map(
    (name): RefusedSettings => ({
      names: only(name),
      // Segments may have another size since 11. With smaller ones less would do, but nothing is gained by it.
      since: 11,
      isBroken: ({ count }) => count(name) < 32,
      reason: (who) =>
        `it is at least two WAL segments, of 16 MB each unless initdb was told otherwise, or ${noStart(who)}`,
      hint: "use '32MB' or more",
    }),
  ),
  {
    names: only('shared_memory_type', 'huge_pages'),
    since: 12,
    isBroken: ({ isOn, word }) => isOn('huge_pages') && word('shared_memory_type') === 'sysv',
    reason: (who) => `memory of System V has no huge pages, and if they are demanded ${noStart(who)}`,
    hint: "take shared_memory_type out, or use huge_pages = 'try'",
  },
  {
    names: only('ssl_max_protocol_version', 'ssl_min_protocol_version'),
    since: 12,
    isBroken: ({ isOn, word }) =>
      isOn('ssl') && isAbove(word('ssl_min_protocol_version'), word('ssl_max_protocol_version')),
    // 12 starts, but agrees with no client.
    reason: (who) => `no version of TLS is left, so that ${who} does not start, or lets nobody in with TLS`,
    hint: 'raise ssl_max_protocol_version, or take it out',
  },
  {
    names: only('log_statement_stats', ...partsOfStatement),
    isBroken: ({ isOn }) => isOn('log_statement_stats') && partsOfStatement.some(isOn),
    reason: (who) => `the first stands for all of them, and beside another one ${noStart(who)}`,
    hint: 'keep log_statement_stats, or the others',
  },
  {
    names: only('default_transaction_isolation'),
    isBroken: ({ word }) => word('default_transaction_isolation') === 'serializable',
    reason: () => 'a standby cannot be serializable, so every query would fail',
    hint: "use 'repeatable read'",
  },
]

// Who takes connections before anybody else does; walsenders have places of their own since 12.
function listTakers(major: number): string[] {
  const reserved = major >= 16 ? ['reserved_connections'] : []
  return [...reserved, 'superuser_reserved_connections', ...(major < 12 ? ['max_wal_senders'] : [])]
}

/** MAX_BACKENDS */
const mostBackends = 262_143

function listProcesses(major: number): string[] {
  const workers = major >= 18 ? 'autovacuum_worker_slots' : 'autovacuum_max_workers'
  return ['max_worker_processes', workers, ...(major >= 12 ? ['max_wal_senders'] : [])]
}

// Added are the launcher of autovacuum, and since 17 the worker that synchronizes slots.
function sumOf({ major, count }: Effective): number {
  return listProcesses(major).reduce((sum, name) => sum + count(name), major >= 17 ? 2 : 1)
}

const protocols = ['tlsv1', 'tlsv1.1', 'tlsv1.2', 'tlsv1.3']

// An empty ssl_max_protocol_version is no bound.
function isAbove(low: string, high: string): boolean {
  return protocols.includes(high) && protocols.indexOf(low) > protocols.indexOf(high)
}
