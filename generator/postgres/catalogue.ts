/**
 * What a setting may hold. `unit` is what a bare number counts: kB, 8kB (pages), MB, B, ms, s or min; `min` and
 * `max` count that, too.
 */
export type SettingKind =
  | { readonly type: 'bool' | 'string' }
  | { readonly type: 'enum'; readonly words: readonly string[] }
  | { readonly type: 'integer' | 'real'; readonly unit: string; readonly min: number; readonly max: number }

/** The major that the catalogue was read from. */
export const catalogueMajor = 15

// Read from pg_settings of PostgreSQL 15.18: every setting that a postgresql.conf may hold. What came later or went
// before is in history.ts.
const bools = `
  allow_in_place_tablespaces allow_system_table_mods array_nulls autovacuum bonjour check_function_bodies
  data_sync_retry db_user_namespace debug_pretty_print debug_print_parse debug_print_plan
  debug_print_rewritten default_transaction_deferrable default_transaction_read_only enable_async_append
  enable_bitmapscan enable_gathermerge enable_hashagg enable_hashjoin enable_incremental_sort
  enable_indexonlyscan enable_indexscan enable_material enable_memoize enable_mergejoin enable_nestloop
  enable_parallel_append enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate
  enable_partitionwise_join enable_seqscan enable_sort enable_tidscan escape_string_warning exit_on_error
  fsync full_page_writes geqo hot_standby hot_standby_feedback ignore_checksum_failure
  ignore_invalid_pages ignore_system_indexes jit jit_debugging_support jit_dump_bitcode jit_expressions
  jit_profiling_support jit_tuple_deforming krb_caseins_users lo_compat_privileges log_checkpoints
  log_connections log_disconnections log_duration log_executor_stats log_hostname log_lock_waits
  log_parser_stats log_planner_stats log_recovery_conflict_waits log_replication_commands
  log_statement_stats log_truncate_on_rotation logging_collector parallel_leader_participation
  quote_all_identifiers recovery_target_inclusive remove_temp_files_after_crash restart_after_crash
  row_security ssl ssl_passphrase_command_supports_reload ssl_prefer_server_ciphers
  standard_conforming_strings synchronize_seqscans syslog_sequence_numbers syslog_split_messages
  trace_notify trace_sort track_activities track_commit_timestamp track_counts track_io_timing
  track_wal_io_timing transaction_deferrable transaction_read_only transform_null_equals
  update_process_title wal_init_zero wal_log_hints wal_receiver_create_temp_slot wal_recycle
  zero_damaged_pages
`

const strings = `
  DateStyle TimeZone application_name archive_cleanup_command archive_command archive_library
  backtrace_functions bonjour_name client_encoding cluster_name config_file data_directory
  default_table_access_method default_tablespace default_text_search_config dynamic_library_path
  event_source extension_destdir external_pid_file hba_file ident_file jit_provider krb_server_keyfile
  lc_messages lc_monetary lc_numeric lc_time listen_addresses local_preload_libraries log_destination
  log_directory log_filename log_line_prefix log_timezone primary_conninfo primary_slot_name
  promote_trigger_file recovery_end_command recovery_target recovery_target_lsn recovery_target_name
  recovery_target_time recovery_target_timeline recovery_target_xid restore_command
  restrict_nonsystem_relation_kind search_path session_preload_libraries shared_preload_libraries
  ssl_ca_file ssl_cert_file ssl_ciphers ssl_crl_dir ssl_crl_file ssl_dh_params_file ssl_ecdh_curve
  ssl_key_file ssl_passphrase_command synchronous_standby_names syslog_ident temp_tablespaces
  timezone_abbreviations unix_socket_directories unix_socket_group wal_consistency_checking
`

const fixed = `
  block_size data_checksums data_directory_mode debug_assertions in_hot_standby integer_datetimes
  lc_collate lc_ctype max_function_args max_identifier_length max_index_keys segment_size server_encoding
  server_version server_version_num shared_memory_size shared_memory_size_in_huge_pages ssl_library
  wal_block_size wal_segment_size
`

// name, unit, least, most
const integers = `
  archive_timeout s 0 1073741823
  authentication_timeout s 1 600
  autovacuum_analyze_threshold - 0 2147483647
  autovacuum_freeze_max_age - 100000 2000000000
  autovacuum_max_workers - 1 262143
  autovacuum_multixact_freeze_max_age - 10000 2000000000
  autovacuum_naptime s 1 2147483
  autovacuum_vacuum_cost_limit - -1 10000
  autovacuum_vacuum_insert_threshold - -1 2147483647
  autovacuum_vacuum_threshold - 0 2147483647
  autovacuum_work_mem kB -1 2147483647
  backend_flush_after 8kB 0 256
  bgwriter_delay ms 10 10000
  bgwriter_flush_after 8kB 0 256
  bgwriter_lru_maxpages - 0 1073741823
  checkpoint_flush_after 8kB 0 256
  checkpoint_timeout s 30 86400
  checkpoint_warning s 0 2147483647
  client_connection_check_interval ms 0 2147483647
  commit_delay - 0 100000
  commit_siblings - 0 1000
  deadlock_timeout ms 1 2147483647
  debug_discard_caches - 0 0
  default_statistics_target - 1 10000
  effective_cache_size 8kB 1 2147483647
  effective_io_concurrency - 0 1000
  extra_float_digits - -15 3
  from_collapse_limit - 1 2147483647
  geqo_effort - 1 10
  geqo_generations - 0 2147483647
  geqo_pool_size - 0 2147483647
  geqo_threshold - 2 2147483647
  gin_fuzzy_search_limit - 0 2147483647
  gin_pending_list_limit kB 64 2147483647
  huge_page_size kB 0 2147483647
  idle_in_transaction_session_timeout ms 0 2147483647
  idle_session_timeout ms 0 2147483647
  join_collapse_limit - 1 2147483647
  lock_timeout ms 0 2147483647
  log_autovacuum_min_duration ms -1 2147483647
  log_file_mode - 0 511
  log_min_duration_sample ms -1 2147483647
  log_min_duration_statement ms -1 2147483647
  log_parameter_max_length B -1 1073741823
  log_parameter_max_length_on_error B -1 1073741823
  log_rotation_age min 0 35791394
  log_rotation_size kB 0 2097151
  log_startup_progress_interval ms 0 2147483647
  log_temp_files kB -1 2147483647
  logical_decoding_work_mem kB 64 2147483647
  maintenance_io_concurrency - 0 1000
  maintenance_work_mem kB 1024 2147483647
  max_connections - 1 262143
  max_files_per_process - 64 2147483647
  max_locks_per_transaction - 10 2147483647
  max_logical_replication_workers - 0 262143
  max_parallel_maintenance_workers - 0 1024
  max_parallel_workers - 0 1024
  max_parallel_workers_per_gather - 0 1024
  max_pred_locks_per_page - 0 2147483647
  max_pred_locks_per_relation - -2147483648 2147483647
  max_pred_locks_per_transaction - 10 2147483647
  max_prepared_transactions - 0 262143
  max_replication_slots - 0 262143
  max_slot_wal_keep_size MB -1 2147483647
  max_stack_depth kB 100 2147483647
  max_standby_archive_delay ms -1 2147483647
  max_standby_streaming_delay ms -1 2147483647
  max_sync_workers_per_subscription - 0 262143
  max_wal_senders - 0 262143
  max_wal_size MB 2 2147483647
  max_worker_processes - 0 262143
  min_dynamic_shared_memory MB 0 2147483647
  min_parallel_index_scan_size 8kB 0 715827882
  min_parallel_table_scan_size 8kB 0 715827882
  min_wal_size MB 2 2147483647
  old_snapshot_threshold min -1 86400
  port - 1 65535
  post_auth_delay s 0 2147
  pre_auth_delay s 0 60
  recovery_min_apply_delay ms 0 2147483647
  shared_buffers 8kB 16 1073741823
  statement_timeout ms 0 2147483647
  superuser_reserved_connections - 0 262143
  tcp_keepalives_count - 0 2147483647
  tcp_keepalives_idle s 0 2147483647
  tcp_keepalives_interval s 0 2147483647
  tcp_user_timeout ms 0 2147483647
  temp_buffers 8kB 100 1073741823
  temp_file_limit kB -1 2147483647
  track_activity_query_size B 100 1048576
  unix_socket_permissions - 0 511
  vacuum_cost_limit - 1 10000
  vacuum_cost_page_dirty - 0 10000
  vacuum_cost_page_hit - 0 10000
  vacuum_cost_page_miss - 0 10000
  vacuum_defer_cleanup_age - 0 1000000
  vacuum_failsafe_age - 0 2100000000
  vacuum_freeze_min_age - 0 1000000000
  vacuum_freeze_table_age - 0 2000000000
  vacuum_multixact_failsafe_age - 0 2100000000
  vacuum_multixact_freeze_min_age - 0 1000000000
  vacuum_multixact_freeze_table_age - 0 2000000000
  wal_buffers 8kB -1 262143
  wal_decode_buffer_size B 65536 1073741823
  wal_keep_size MB 0 2147483647
  wal_receiver_status_interval s 0 2147483
  wal_receiver_timeout ms 0 2147483647
  wal_retrieve_retry_interval ms 1 2147483647
  wal_sender_timeout ms 0 2147483647
  wal_skip_threshold kB 0 2147483647
  wal_writer_delay ms 1 10000
  wal_writer_flush_after 8kB 0 2147483647
  work_mem kB 64 2147483647
`

const reals = `
  autovacuum_analyze_scale_factor - 0 100
  autovacuum_vacuum_cost_delay ms -1 100
  autovacuum_vacuum_insert_scale_factor - 0 100
  autovacuum_vacuum_scale_factor - 0 100
  bgwriter_lru_multiplier - 0 10
  checkpoint_completion_target - 0 1
  cpu_index_tuple_cost - 0 1.79769e+308
  cpu_operator_cost - 0 1.79769e+308
  cpu_tuple_cost - 0 1.79769e+308
  cursor_tuple_fraction - 0 1
  geqo_seed - 0 1
  geqo_selection_bias - 1.5 2
  hash_mem_multiplier - 1 1000
  jit_above_cost - -1 1.79769e+308
  jit_inline_above_cost - -1 1.79769e+308
  jit_optimize_above_cost - -1 1.79769e+308
  log_statement_sample_rate - 0 1
  log_transaction_sample_rate - 0 1
  parallel_setup_cost - 0 1.79769e+308
  parallel_tuple_cost - 0 1.79769e+308
  random_page_cost - 0 1.79769e+308
  recursive_worktable_factor - 0.001 1e+06
  seq_page_cost - 0 1.79769e+308
  vacuum_cost_delay ms 0 100
`

const enums: Readonly<Record<string, string>> = {
  IntervalStyle: 'postgres|postgres_verbose|sql_standard|iso_8601',
  archive_mode: 'always|on|off',
  backslash_quote: 'safe_encoding|on|off',
  bytea_output: 'escape|hex',
  client_min_messages: 'debug5|debug4|debug3|debug2|debug1|log|notice|warning|error',
  compute_query_id: 'auto|regress|on|off',
  constraint_exclusion: 'partition|on|off',
  default_toast_compression: 'pglz|lz4',
  default_transaction_isolation: 'serializable|repeatable read|read committed|read uncommitted',
  dynamic_shared_memory_type: 'posix|sysv|mmap',
  force_parallel_mode: 'off|on|regress',
  huge_pages: 'off|on|try',
  log_error_verbosity: 'terse|default|verbose',
  log_min_error_statement: 'debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic',
  log_min_messages: 'debug5|debug4|debug3|debug2|debug1|info|notice|warning|error|log|fatal|panic',
  log_statement: 'none|ddl|mod|all',
  password_encryption: 'md5|scram-sha-256',
  plan_cache_mode: 'auto|force_generic_plan|force_custom_plan',
  recovery_init_sync_method: 'fsync|syncfs',
  recovery_prefetch: 'off|on|try',
  recovery_target_action: 'pause|promote|shutdown',
  session_replication_role: 'origin|replica|local',
  shared_memory_type: 'sysv|mmap',
  ssl_max_protocol_version: '|TLSv1|TLSv1.1|TLSv1.2|TLSv1.3',
  ssl_min_protocol_version: 'TLSv1|TLSv1.1|TLSv1.2|TLSv1.3',
  stats_fetch_consistency: 'none|cache|snapshot',
  synchronous_commit: 'local|remote_write|remote_apply|on|off',
  syslog_facility: 'local0|local1|local2|local3|local4|local5|local6|local7',
  trace_recovery_messages: 'debug5|debug4|debug3|debug2|debug1|log|notice|warning|error',
  track_functions: 'none|pl|all',
  transaction_isolation: 'serializable|repeatable read|read committed|read uncommitted',
  wal_compression: 'pglz|lz4|zstd|on|off',
  wal_level: 'minimal|replica|logical',
  wal_sync_method: 'fsync|fdatasync|open_sync|open_datasync',
  xmlbinary: 'base64|hex',
  xmloption: 'content|document',
}

/** Every setting by its name in lower case. */
export const catalogue: ReadonlyMap<string, SettingKind> = new Map<string, SettingKind>([
  ...split(bools).map((name): [string, SettingKind] => [name, { type: 'bool' }]),
  ...split(strings).map((name): [string, SettingKind] => [name, { type: 'string' }]),
  ...rows(integers).map((row) => number('integer', row)),
  ...rows(reals).map((row) => number('real', row)),
  ...Object.entries(enums).map(([name, words]): [string, SettingKind] => [
    name.toLowerCase(),
    { type: 'enum', words: words.split('|') },
  ]),
])

/** Settings that only tell something: how the server was built, or what initdb was given. */
export const fixedSettings: ReadonlySet<string> = new Set(split(fixed))

function split(text: string): string[] {
  return text.trim().toLowerCase().split(/\s+/)
}

function rows(text: string): string[][] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().split(' '))
}

function number(
  type: 'integer' | 'real',
  [name = '', unit = '-', min, max]: string[],
): [string, SettingKind] {
  return [name.toLowerCase(), { type, unit: unit === '-' ? '' : unit, min: Number(min), max: Number(max) }]
}
