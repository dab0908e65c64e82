/** When a setting of postgresql.conf exists: from `since` to `last`, both included; no bound means always. */
export interface SettingSpan {
  readonly name: string
  readonly since?: number
  readonly last?: number
  /** What to write instead, once it is gone or before it came. */
  readonly instead?: string
}

/**
 * Settings that came or went between 9.3 and 19, from the release notes. Those that were always there are in
 * catalogue.ts.
 */
export const settingHistory: readonly SettingSpan[] = [
  ...gone(9.1, ['custom_variable_classes', 'silent_mode', 'wal_sender_delay']),
  { name: 'unix_socket_directory', last: 9.2, instead: 'unix_socket_directories' },
  { name: 'replication_timeout', last: 9.2, instead: 'wal_sender_timeout' },
  { name: 'krb_srvname', last: 9.3 },
  { name: 'checkpoint_segments', last: 9.4, instead: 'max_wal_size' },
  { name: 'ssl_renegotiation_limit', last: 9.4 },
  { name: 'sql_inheritance', last: 9.6 },
  { name: 'min_parallel_relation_size', since: 9.6, last: 9.6, instead: 'min_parallel_table_scan_size' },
  { name: 'replacement_sort_tuples', since: 9.6, last: 10 },
  { name: 'wal_keep_segments', last: 12, instead: 'wal_keep_size' },
  { name: 'operator_precedence_warning', since: 9.5, last: 13 },
  { name: 'vacuum_cleanup_index_scale_factor', since: 11, last: 13 },
  { name: 'stats_temp_directory', last: 14 },
  { name: 'promote_trigger_file', since: 12, last: 15 },
  { name: 'vacuum_defer_cleanup_age', last: 15, instead: 'hot_standby_feedback' },
  { name: 'force_parallel_mode', since: 9.6, last: 15, instead: 'debug_parallel_query' },
  { name: 'old_snapshot_threshold', since: 9.6, last: 16 },
  { name: 'db_user_namespace', last: 16 },
  { name: 'trace_recovery_messages', last: 16 },
  { name: 'escape_string_warning', last: 18 },
  // Settings of recovery.conf that never were settings of postgresql.conf, or only under a new name.
  ...gone(9, ['standby_mode', 'trigger_file']),
  ...since(9.4, [
    'autovacuum_work_mem',
    'dynamic_shared_memory_type',
    'huge_pages',
    'max_replication_slots',
    'max_worker_processes',
    'session_preload_libraries',
    'ssl_ecdh_curve',
    'ssl_prefer_server_ciphers',
    'wal_log_hints',
  ]),
  ...since(9.5, [
    'cluster_name',
    'gin_pending_list_limit',
    'log_replication_commands',
    'row_security',
    'track_commit_timestamp',
    'wal_compression',
    'wal_retrieve_retry_interval',
  ]),
  { name: 'max_wal_size', since: 9.5, instead: 'checkpoint_segments' },
  { name: 'min_wal_size', since: 9.5 },
  ...since(9.6, [
    'backend_flush_after',
    'bgwriter_flush_after',
    'checkpoint_flush_after',
    'idle_in_transaction_session_timeout',
    'max_parallel_workers_per_gather',
    'parallel_setup_cost',
    'parallel_tuple_cost',
    'wal_writer_flush_after',
  ]),
  ...since(10, [
    'max_logical_replication_workers',
    'max_parallel_workers',
    'max_sync_workers_per_subscription',
    'min_parallel_index_scan_size',
    'min_parallel_table_scan_size',
    'ssl_dh_params_file',
  ]),
  ...since(11, [
    'jit',
    'jit_above_cost',
    'jit_inline_above_cost',
    'jit_optimize_above_cost',
    'max_parallel_maintenance_workers',
    'parallel_leader_participation',
    'ssl_passphrase_command',
  ]),
  ...since(12, [
    'archive_cleanup_command',
    'log_transaction_sample_rate',
    'plan_cache_mode',
    'primary_conninfo',
    'primary_slot_name',
    'recovery_end_command',
    'recovery_min_apply_delay',
    'restore_command',
    'shared_memory_type',
    'ssl_max_protocol_version',
    'ssl_min_protocol_version',
    'tcp_user_timeout',
    'wal_init_zero',
    'wal_recycle',
  ]),
  { name: 'wal_keep_size', since: 13, instead: 'wal_keep_segments' },
  ...since(13, [
    'autovacuum_vacuum_insert_scale_factor',
    'autovacuum_vacuum_insert_threshold',
    'enable_incremental_sort',
    'hash_mem_multiplier',
    'ignore_invalid_pages',
    'log_min_duration_sample',
    'log_parameter_max_length',
    'log_statement_sample_rate',
    'logical_decoding_work_mem',
    'maintenance_io_concurrency',
    'max_slot_wal_keep_size',
    'wal_receiver_create_temp_slot',
    'wal_skip_threshold',
  ]),
  ...since(14, [
    'client_connection_check_interval',
    'compute_query_id',
    'default_toast_compression',
    'huge_page_size',
    'idle_session_timeout',
    'log_recovery_conflict_waits',
    'min_dynamic_shared_memory',
    'recovery_init_sync_method',
    'ssl_crl_dir',
    'track_wal_io_timing',
    'vacuum_failsafe_age',
  ]),
  ...since(15, [
    'archive_library',
    'log_startup_progress_interval',
    'recovery_prefetch',
    'stats_fetch_consistency',
    'wal_decode_buffer_size',
  ]),
  { name: 'debug_parallel_query', since: 16, instead: 'force_parallel_mode' },
  ...since(16, [
    'createrole_self_grant',
    'max_parallel_apply_workers_per_subscription',
    'reserved_connections',
    'scram_iterations',
    'vacuum_buffer_usage_limit',
  ]),
  ...since(17, [
    'allow_alter_system',
    'event_triggers',
    'io_combine_limit',
    'summarize_wal',
    'sync_replication_slots',
    'synchronized_standby_slots',
    'transaction_timeout',
    'wal_summary_keep_time',
  ]),
  ...since(18, [
    'autovacuum_worker_slots',
    'idle_replication_slot_timeout',
    'io_method',
    'io_workers',
    'max_active_replication_origins',
    'ssl_groups',
    'ssl_tls13_ciphers',
  ]),
]

/** A value that a major refuses although it knows the setting; the values are compared in lower case. */
export interface ValueSpan {
  readonly name: string
  readonly values: readonly string[]
  readonly since?: number
  readonly last?: number
  readonly instead: string
}

/** Values that came or went, from the release notes of the majors named. */
export const valueHistory: readonly ValueSpan[] = [
  { name: 'wal_level', values: ['replica'], since: 9.6, instead: 'hot_standby' },
  { name: 'password_encryption', values: ['scram-sha-256', 'md5'], since: 10, instead: 'on' },
  { name: 'password_encryption', values: ['on', 'true', 'yes', '1'], last: 13, instead: 'scram-sha-256' },
  { name: 'password_encryption', values: ['off', 'plain'], last: 9.6, instead: 'scram-sha-256' },
  { name: 'dynamic_shared_memory_type', values: ['none'], last: 11, instead: 'posix' },
]

function gone(last: number, names: readonly string[]): SettingSpan[] {
  return names.map((name) => ({ name, last }))
}

function since(first: number, names: readonly string[]): SettingSpan[] {
  return names.map((name) => ({ name, since: first }))
}
