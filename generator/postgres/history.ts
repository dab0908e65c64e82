/** When a setting of postgresql.conf existed: from `since` to `until`, both included; no bound means always. */
export interface SettingSpan {
  readonly since?: number
  readonly until?: number
}

/**
 * Settings that came or went before 10, where the catalogue begins, from the release notes. All others of its first
 * major were always there.
 */
export const settingsBefore10: ReadonlyMap<string, SettingSpan> = new Map([
  ...spans({ until: 9.1 }, 'custom_variable_classes silent_mode wal_sender_delay'),
  ...spans({ until: 9.2 }, 'unix_socket_directory replication_timeout'),
  ...spans({ until: 9.3 }, 'krb_srvname'),
  ...spans({ until: 9.4 }, 'checkpoint_segments ssl_renegotiation_limit'),
  ...spans({ until: 9.6 }, 'sql_inheritance'),
  ...spans({ since: 9.6, until: 9.6 }, 'min_parallel_relation_size'),
  // Settings of recovery.conf that never were settings of postgresql.conf.
  ...spans({ until: 9 }, 'standby_mode trigger_file'),
  ...spans(
    { since: 9.4 },
    `autovacuum_work_mem dynamic_shared_memory_type huge_pages max_replication_slots max_worker_processes
     session_preload_libraries ssl_ecdh_curve ssl_prefer_server_ciphers wal_log_hints`,
  ),
  ...spans(
    { since: 9.5 },
    `cluster_name gin_pending_list_limit log_replication_commands max_wal_size min_wal_size
     operator_precedence_warning row_security track_commit_timestamp wal_compression wal_retrieve_retry_interval`,
  ),
  ...spans(
    { since: 9.6 },
    `backend_flush_after bgwriter_flush_after checkpoint_flush_after force_parallel_mode
     idle_in_transaction_session_timeout max_parallel_workers_per_gather old_snapshot_threshold
     parallel_setup_cost parallel_tuple_cost replacement_sort_tuples wal_writer_flush_after`,
  ),
  ...spans(
    { since: 10 },
    `enable_gathermerge max_logical_replication_workers max_parallel_workers max_pred_locks_per_page
     max_pred_locks_per_relation max_sync_workers_per_subscription min_parallel_index_scan_size
     min_parallel_table_scan_size ssl_dh_params_file wal_consistency_checking`,
  ),
])

/** What to write where a setting is gone or has not come yet, from the release notes. */
export const successors: ReadonlyMap<string, string> = new Map([
  ['unix_socket_directory', 'unix_socket_directories'],
  ['replication_timeout', 'wal_sender_timeout'],
  ['checkpoint_segments', 'max_wal_size'],
  ['max_wal_size', 'checkpoint_segments'],
  ['min_parallel_relation_size', 'min_parallel_table_scan_size'],
  ['wal_keep_segments', 'wal_keep_size'],
  ['wal_keep_size', 'wal_keep_segments'],
  ['vacuum_defer_cleanup_age', 'hot_standby_feedback'],
  ['force_parallel_mode', 'debug_parallel_query'],
  ['debug_parallel_query', 'force_parallel_mode'],
  ['ssl_groups', 'ssl_ecdh_curve'],
])

/** An older name that servers since that major take for another (guc.c, map_old_guc_names). */
export interface Renamed {
  readonly to: string
  readonly since?: number
}

export const renamed: ReadonlyMap<string, Renamed> = new Map<string, Renamed>([
  ['sort_mem', { to: 'work_mem' }],
  ['vacuum_mem', { to: 'maintenance_work_mem' }],
  ['ssl_ecdh_curve', { to: 'ssl_groups', since: 18 }],
])

/** A value that a major before 10 refuses although it knows the setting; compared in lower case. */
export interface ValueSpan extends SettingSpan {
  readonly name: string
  readonly values: readonly string[]
  readonly instead: string
}

/** Values that came before 10, from the release notes of the majors named. */
export const valuesBefore10: readonly ValueSpan[] = [
  { name: 'wal_level', values: ['replica'], since: 9.6, instead: 'hot_standby' },
  { name: 'password_encryption', values: ['scram-sha-256', 'md5'], since: 10, instead: 'on' },
]

function spans(span: SettingSpan, names: string): [string, SettingSpan][] {
  return names.split(/\s+/).map((name) => [name, span])
}
