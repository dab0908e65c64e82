import type { Settings } from '../../generator/postgres/settings-schema.js'

/** Settings that a server of these majors refuses to start with, and the like of them with which it starts. */
export interface CombinationCase {
  readonly since?: number
  readonly until?: number
  readonly bad: Settings
  /** The setting at which the finding is. */
  readonly at: string
  readonly good: Settings
}

export const refusedCases: readonly CombinationCase[] = [
  { bad: { wal_level: 'minimal' }, at: 'wal_level', good: { wal_level: 'logical' } },
  { bad: { Wal_Level: 'MINIMAL', max_wal_senders: 0 }, at: 'Wal_Level', good: { max_wal_senders: 0 } },
  { until: 10, bad: { max_connections: 10 }, at: 'max_connections', good: { max_connections: 11 } },
  { until: 10, bad: { max_wal_senders: 100 }, at: 'max_wal_senders', good: { max_wal_senders: 99 } },
  {
    since: 11,
    until: 11,
    bad: { max_connections: 13 },
    at: 'max_connections',
    good: { max_connections: 14 },
  },
  {
    since: 11,
    until: 11,
    bad: { max_wal_senders: 97 },
    at: 'max_wal_senders',
    good: { max_wal_senders: 96 },
  },
  {
    until: 15,
    bad: { superuser_reserved_connections: 100 },
    at: 'superuser_reserved_connections',
    good: { superuser_reserved_connections: 89 },
  },
  {
    since: 12,
    until: 15,
    bad: { max_connections: 5, superuser_reserved_connections: '5' },
    at: 'superuser_reserved_connections',
    good: { max_connections: 5, superuser_reserved_connections: 4 },
  },
  { since: 12, bad: { max_connections: 3 }, at: 'max_connections', good: { max_connections: 4 } },
  {
    since: 16,
    bad: { reserved_connections: 97 },
    at: 'reserved_connections',
    good: { reserved_connections: 96 },
  },
  {
    bad: { max_worker_processes: 262_100 },
    at: 'max_worker_processes',
    good: { max_worker_processes: 1000 },
  },
  { since: 11, bad: { min_wal_size: '31MB' }, at: 'min_wal_size', good: { min_wal_size: 32 } },
  { since: 11, bad: { max_wal_size: 31 }, at: 'max_wal_size', good: { max_wal_size: '32MB' } },
  {
    since: 12,
    bad: { huge_pages: 'yes', shared_memory_type: 'sysv' },
    at: 'shared_memory_type',
    good: { huge_pages: 'try', shared_memory_type: 'sysv' },
  },
  {
    bad: { log_statement_stats: true, log_planner_stats: 'on' },
    at: 'log_statement_stats',
    good: { log_parser_stats: true, log_planner_stats: true, log_statement_stats: 'off' },
  },
]

/** Settings that do nothing beside each other, and the like of them that do. */
export const idleCases: readonly CombinationCase[] = [
  { bad: { max_parallel_workers: 9 }, at: 'max_parallel_workers', good: { max_worker_processes: 4 } },
  {
    bad: { max_parallel_workers: 2, max_parallel_workers_per_gather: 3 },
    at: 'max_parallel_workers_per_gather',
    good: { max_parallel_workers: 1 },
  },
  {
    since: 11,
    bad: { max_parallel_maintenance_workers: 9 },
    at: 'max_parallel_maintenance_workers',
    good: { max_parallel_maintenance_workers: 8 },
  },
  {
    bad: { max_logical_replication_workers: 9 },
    at: 'max_logical_replication_workers',
    good: { max_logical_replication_workers: 9, max_worker_processes: 9 },
  },
  {
    bad: { max_sync_workers_per_subscription: 5 },
    at: 'max_sync_workers_per_subscription',
    good: { max_sync_workers_per_subscription: 4 },
  },
  {
    since: 16,
    bad: { max_parallel_apply_workers_per_subscription: 5 },
    at: 'max_parallel_apply_workers_per_subscription',
    good: { max_parallel_apply_workers_per_subscription: 4 },
  },
  {
    since: 18,
    bad: { autovacuum_max_workers: 17 },
    at: 'autovacuum_max_workers',
    good: { autovacuum_max_workers: 17, autovacuum_worker_slots: 17 },
  },
  {
    since: 18,
    bad: { io_combine_limit: '256kB' },
    at: 'io_combine_limit',
    good: { io_combine_limit: '256kB', io_max_combine_limit: 32 },
  },
  { bad: { min_wal_size: '2GB' }, at: 'min_wal_size', good: { min_wal_size: '2GB', max_wal_size: '2GB' } },
  {
    bad: { statement_timeout: '1min', lock_timeout: '60s' },
    at: 'lock_timeout',
    good: { statement_timeout: '1min', lock_timeout: 59_999 },
  },
  {
    since: 17,
    bad: { transaction_timeout: '1min', statement_timeout: '2min' },
    at: 'statement_timeout',
    good: { transaction_timeout: 0, statement_timeout: '2min' },
  },
  {
    since: 17,
    bad: { transaction_timeout: '1min', idle_in_transaction_session_timeout: '1min' },
    at: 'idle_in_transaction_session_timeout',
    good: { transaction_timeout: '1min', idle_in_transaction_session_timeout: '30s' },
  },
  {
    since: 13,
    bad: { log_min_duration_statement: 500, log_min_duration_sample: '1s' },
    at: 'log_min_duration_sample',
    good: { log_min_duration_statement: '1s', log_min_duration_sample: 500 },
  },
  {
    since: 13,
    bad: { log_statement_sample_rate: 0.1 },
    at: 'log_statement_sample_rate',
    good: { log_statement_sample_rate: 0.1, log_min_duration_sample: 0 },
  },
  {
    bad: { hot_standby_feedback: true, wal_receiver_status_interval: 0 },
    at: 'hot_standby_feedback',
    good: { wal_receiver_status_interval: 0 },
  },
  {
    since: 15,
    bad: { recovery_prefetch: 'on', maintenance_io_concurrency: 0 },
    at: 'recovery_prefetch',
    good: { recovery_prefetch: 'off', maintenance_io_concurrency: 0 },
  },
  {
    since: 14,
    bad: { huge_pages: 'off', huge_page_size: '2MB' },
    at: 'huge_page_size',
    good: { huge_pages: false, huge_page_size: 0 },
  },
  { since: 18, bad: { io_method: 'sync', io_workers: 5 }, at: 'io_workers', good: { io_workers: 5 } },
  {
    since: 17,
    bad: { wal_summary_keep_time: '1d' },
    at: 'wal_summary_keep_time',
    good: { wal_summary_keep_time: '1d', summarize_wal: true },
  },
  { bad: { ssl_ca_file: 'ca.crt' }, at: 'ssl_ca_file', good: { ssl_ca_file: '' } },
  {
    since: 12,
    bad: { ssl_min_protocol_version: 'TLSv1.3', ssl: false },
    at: 'ssl_min_protocol_version',
    good: { ssl: 'off' },
  },
  {
    since: 11,
    bad: { ssl_passphrase_command_supports_reload: true },
    at: 'ssl_passphrase_command_supports_reload',
    good: { ssl_passphrase_command_supports_reload: false },
  },
  {
    bad: { 'pg_stat_statements.max': 1000 },
    at: 'pg_stat_statements.max',
    good: { 'of_an_extension.that_we_do_not_know': 1 },
  },
  { bad: { archive_command: 'cp %p /x/%f' }, at: 'archive_command', good: { archive_command: '' } },
  { bad: { syslog_ident: 'pg' }, at: 'syslog_ident', good: { event_source: '' } },
]
