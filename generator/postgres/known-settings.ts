// Printed from catalogue.json by "npm run settings"; do not edit it.

/** A word that a server knows by that name, or any other text, which is judged by the majors of the model. */
type Word<Known extends string> = Known | (string & Record<never, never>)
type Flag = boolean | Word<'on' | 'off'>
type Amount = number | string

/** Every setting that a postgresql.conf of ours may hold, of all majors in the catalogue. */
export interface KnownSettings {
  /** Sets the display format for date and time values. */
  readonly DateStyle?: string
  /** Sets the display format for interval values. */
  readonly IntervalStyle?: Word<'postgres' | 'postgres_verbose' | 'sql_standard' | 'iso_8601'>
  /** Sets the time zone for displaying and interpreting time stamps. */
  readonly TimeZone?: string
  /** Allows running the ALTER SYSTEM command. Since PostgreSQL 17. */
  readonly allow_alter_system?: Flag
  /** Allows tablespaces directly inside pg_tblspc, for testing. */
  readonly allow_in_place_tablespaces?: Flag
  /** Allows modifications of the structure of system tables. */
  readonly allow_system_table_mods?: Flag
  /** Sets the application name to be reported in statistics and logs. */
  readonly application_name?: string
  /** Sets the shell command that will be called to archive a WAL file. */
  readonly archive_command?: string
  /** Sets the library that will be called to archive a WAL file. Since PostgreSQL 15. */
  readonly archive_library?: string
  /** Sets the amount of time to wait before forcing a switch to the next WAL file. 0 to 1073741823 (in s). */
  readonly archive_timeout?: Amount
  /** Enables input of NULL elements in arrays. */
  readonly array_nulls?: Flag
  /** Sets the maximum allowed time to complete client authentication. 1 to 600 (in s). */
  readonly authentication_timeout?: Amount
  /** Starts the autovacuum subprocess. */
  readonly autovacuum?: Flag
  /** Number of tuple inserts, updates, or deletes prior to analyze as a fraction of reltuples. 0 to 100. */
  readonly autovacuum_analyze_scale_factor?: Amount
  /** Minimum number of tuple inserts, updates, or deletes prior to analyze. 0 to 2147483647. */
  readonly autovacuum_analyze_threshold?: Amount
  /** Age at which to autovacuum a table to prevent transaction ID wraparound. 100000 to 2000000000. */
  readonly autovacuum_freeze_max_age?: Amount
  /** Sets the maximum number of simultaneously running autovacuum worker processes. 1 to 262143. */
  readonly autovacuum_max_workers?: Amount
  /** Multixact age at which to autovacuum a table to prevent multixact wraparound. 10000 to 2000000000. */
  readonly autovacuum_multixact_freeze_max_age?: Amount
  /** Time to sleep between autovacuum runs. 1 to 2147483 (in s). */
  readonly autovacuum_naptime?: Amount
  /** Vacuum cost delay in milliseconds, for autovacuum. -1 to 100 (in ms). */
  readonly autovacuum_vacuum_cost_delay?: Amount
  /** Vacuum cost amount available before napping, for autovacuum. -1 to 10000. */
  readonly autovacuum_vacuum_cost_limit?: Amount
  /** Number of tuple inserts prior to vacuum as a fraction of reltuples. 0 to 100. Since PostgreSQL 13. */
  readonly autovacuum_vacuum_insert_scale_factor?: Amount
  /** Minimum number of tuple inserts prior to vacuum. -1 to 2147483647. Since PostgreSQL 13. */
  readonly autovacuum_vacuum_insert_threshold?: Amount
  /** Maximum number of tuple updates or deletes prior to vacuum. -1 to 2147483647. Since PostgreSQL 18. */
  readonly autovacuum_vacuum_max_threshold?: Amount
  /** Number of tuple updates or deletes prior to vacuum as a fraction of reltuples. 0 to 100. */
  readonly autovacuum_vacuum_scale_factor?: Amount
  /** Minimum number of tuple updates or deletes prior to vacuum. 0 to 2147483647. */
  readonly autovacuum_vacuum_threshold?: Amount
  /** Sets the maximum memory to be used by each autovacuum worker process. -1 to 2147483647 (in kB). */
  readonly autovacuum_work_mem?: Amount
  /** Sets the number of backend slots to allocate for autovacuum workers. 1 to 262143. Since PostgreSQL 18. */
  readonly autovacuum_worker_slots?: Amount
  /** Number of pages after which previously performed writes are flushed to disk. 0 to 256 (in 8kB). */
  readonly backend_flush_after?: Amount
  /** Sets whether "\'" is allowed in string literals. */
  readonly backslash_quote?: boolean | Word<'safe_encoding' | 'on' | 'off'>
  /** Log backtrace for errors in these functions. Since PostgreSQL 13. */
  readonly backtrace_functions?: string
  /** Background writer sleep time between rounds. 10 to 10000 (in ms). */
  readonly bgwriter_delay?: Amount
  /** Number of pages after which previously performed writes are flushed to disk. 0 to 256 (in 8kB). */
  readonly bgwriter_flush_after?: Amount
  /** Background writer maximum number of LRU pages to flush per round. 0 to 1073741823. */
  readonly bgwriter_lru_maxpages?: Amount
  /** Multiple of the average buffer usage to free per round. 0 to 10. */
  readonly bgwriter_lru_multiplier?: Amount
  /** Enables advertising the server via Bonjour. */
  readonly bonjour?: Flag
  /** Sets the Bonjour service name. */
  readonly bonjour_name?: string
  /** Sets the output format for bytea. */
  readonly bytea_output?: Word<'escape' | 'hex'>
  /** Check routine bodies during CREATE FUNCTION and CREATE PROCEDURE. */
  readonly check_function_bodies?: Flag
  /** Time spent flushing dirty buffers during checkpoint, as fraction of checkpoint interval. 0 to 1. */
  readonly checkpoint_completion_target?: Amount
  /** Number of pages after which previously performed writes are flushed to disk. 0 to 256 (in 8kB). */
  readonly checkpoint_flush_after?: Amount
  /** Sets the maximum time between automatic WAL checkpoints. 30 to 86400 (in s). */
  readonly checkpoint_timeout?: Amount
  /** Sets the maximum time before warning if checkpoints triggered by WAL volume happen too frequently. 0 to 2147483647 (in s). */
  readonly checkpoint_warning?: Amount
  /** Sets the time interval between checks for disconnection while running queries. 0 to 2147483647 (in ms). Since PostgreSQL 14. */
  readonly client_connection_check_interval?: Amount
  /** Sets the client's character set encoding. */
  readonly client_encoding?: string
  /** Sets the message levels that are sent to the client. */
  readonly client_min_messages?: Word<
    'debug5' | 'debug4' | 'debug3' | 'debug2' | 'debug1' | 'log' | 'notice' | 'warning' | 'error'
  >
  /** Sets the name of the cluster, which is included in the process title. */
  readonly cluster_name?: string
  /** Sets the delay in microseconds between transaction commit and flushing WAL to disk. 0 to 100000. */
  readonly commit_delay?: Amount
  /** Sets the minimum number of concurrent open transactions required before performing "commit_delay". 0 to 1000. */
  readonly commit_siblings?: Amount
  /** Sets the size of the dedicated buffer pool used for the commit timestamp cache. 0 to 131072 (in 8kB). Since PostgreSQL 17. */
  readonly commit_timestamp_buffers?: Amount
  /** Sets how version mismatches of composite values are handled. PostgreSQL 17 to 17. */
  readonly composite_type_mismatch?: Word<'error' | 'warn' | 'disabled'>
  /** Enables in-core computation of query identifiers. Since PostgreSQL 14. */
  readonly compute_query_id?: boolean | Word<'auto' | 'regress' | 'on' | 'off'>
  /** Enables the planner to use constraints to optimize queries. */
  readonly constraint_exclusion?: boolean | Word<'partition' | 'on' | 'off'>
  /** Sets the planner's estimate of the cost of processing each index entry during an index scan. 0 to 1.79769e+308. */
  readonly cpu_index_tuple_cost?: Amount
  /** Sets the planner's estimate of the cost of processing each operator or function call. 0 to 1.79769e+308. */
  readonly cpu_operator_cost?: Amount
  /** Sets the planner's estimate of the cost of processing each tuple (row). 0 to 1.79769e+308. */
  readonly cpu_tuple_cost?: Amount
  /** Sets whether a CREATEROLE user automatically grants the role to themselves, and with which options. Since PostgreSQL 16. */
  readonly createrole_self_grant?: string
  /** Sets the planner's estimate of the fraction of a cursor's rows that will be retrieved. 0 to 1. */
  readonly cursor_tuple_fraction?: Amount
  /** Whether to continue running after a failure to sync data files. */
  readonly data_sync_retry?: Flag
  /** Enables per-database user names. Until PostgreSQL 16. */
  readonly db_user_namespace?: Flag
  /** Sets the time to wait on a lock before checking for deadlock. 1 to 2147483647 (in ms). */
  readonly deadlock_timeout?: Amount
  /** Aggressively flush system caches for debugging purposes. 0 to 0. Since PostgreSQL 14. */
  readonly debug_discard_caches?: Amount
  /** Use direct I/O for file access. Since PostgreSQL 16. */
  readonly debug_io_direct?: string
  /** Forces immediate streaming or serialization of changes in large transactions. Since PostgreSQL 16. */
  readonly debug_logical_replication_streaming?: Word<'buffered' | 'immediate'>
  /** Forces the planner's use parallel query nodes. Since PostgreSQL 16. */
  readonly debug_parallel_query?: boolean | Word<'off' | 'on' | 'regress'>
  /** Indents parse and plan tree displays. */
  readonly debug_pretty_print?: Flag
  /** Logs each query's parse tree. */
  readonly debug_print_parse?: Flag
  /** Logs each query's execution plan. */
  readonly debug_print_plan?: Flag
  /** Logs each query's rewritten parse tree. */
  readonly debug_print_rewritten?: Flag
  /** Sets the default statistics target. 1 to 10000. */
  readonly default_statistics_target?: Amount
  /** Sets the default table access method for new tables. Since PostgreSQL 12. */
  readonly default_table_access_method?: string
  /** Sets the default tablespace to create tables and indexes in. */
  readonly default_tablespace?: string
  /** Sets default text search configuration. */
  readonly default_text_search_config?: string
  /** Sets the default compression method for compressible values. Since PostgreSQL 14. */
  readonly default_toast_compression?: Word<'pglz' | 'lz4'>
  /** Sets the default deferrable status of new transactions. */
  readonly default_transaction_deferrable?: Flag
  /** Sets the transaction isolation level of each new transaction. */
  readonly default_transaction_isolation?: Word<
    'serializable' | 'repeatable read' | 'read committed' | 'read uncommitted'
  >
  /** Sets the default read-only status of new transactions. */
  readonly default_transaction_read_only?: Flag
  /** Create new tables with OIDs by default. Until PostgreSQL 11. */
  readonly default_with_oids?: Flag
  /** Sets the path for dynamically loadable modules. */
  readonly dynamic_library_path?: string
  /** Selects the dynamic shared memory implementation used. */
  readonly dynamic_shared_memory_type?:
    | Word<'posix' | 'sysv' | 'mmap' | 'none'>
    | Word<'posix' | 'sysv' | 'mmap'>
  /** Sets the planner's assumption about the total size of the data caches. 1 to 2147483647 (in 8kB). */
  readonly effective_cache_size?: Amount
  /** Number of simultaneous requests that can be handled efficiently by the disk subsystem. 0 to 1000. */
  readonly effective_io_concurrency?: Amount
  /** Enables the planner's use of async append plans. Since PostgreSQL 14. */
  readonly enable_async_append?: Flag
  /** Enables the planner's use of bitmap-scan plans. */
  readonly enable_bitmapscan?: Flag
  /** Enables reordering of DISTINCT keys. Since PostgreSQL 18. */
  readonly enable_distinct_reordering?: Flag
  /** Enables the planner's use of gather merge plans. */
  readonly enable_gathermerge?: Flag
  /** Enables reordering of GROUP BY keys. Since PostgreSQL 17. */
  readonly enable_group_by_reordering?: Flag
  /** Enables the planner's use of hashed aggregation plans. */
  readonly enable_hashagg?: Flag
  /** Enables the planner's use of hash join plans. */
  readonly enable_hashjoin?: Flag
  /** Enables the planner's use of incremental sort steps. Since PostgreSQL 13. */
  readonly enable_incremental_sort?: Flag
  /** Enables the planner's use of index-only-scan plans. */
  readonly enable_indexonlyscan?: Flag
  /** Enables the planner's use of index-scan plans. */
  readonly enable_indexscan?: Flag
  /** Enables the planner's use of materialization. */
  readonly enable_material?: Flag
  /** Enables the planner's use of memoization. Since PostgreSQL 14. */
  readonly enable_memoize?: Flag
  /** Enables the planner's use of merge join plans. */
  readonly enable_mergejoin?: Flag
  /** Enables the planner's use of nested-loop join plans. */
  readonly enable_nestloop?: Flag
  /** Enables the planner's use of parallel append plans. Since PostgreSQL 11. */
  readonly enable_parallel_append?: Flag
  /** Enables the planner's use of parallel hash plans. Since PostgreSQL 11. */
  readonly enable_parallel_hash?: Flag
  /** Enables plan-time and execution-time partition pruning. Since PostgreSQL 11. */
  readonly enable_partition_pruning?: Flag
  /** Enables partitionwise aggregation and grouping. Since PostgreSQL 11. */
  readonly enable_partitionwise_aggregate?: Flag
  /** Enables partitionwise join. Since PostgreSQL 11. */
  readonly enable_partitionwise_join?: Flag
  /** Enables the planner's ability to produce plans that provide presorted input for ORDER BY / DISTINCT aggregate functions. Since PostgreSQL 16. */
  readonly enable_presorted_aggregate?: Flag
  /** Enables removal of unique self-joins. Since PostgreSQL 18. */
  readonly enable_self_join_elimination?: Flag
  /** Enables the planner's use of sequential-scan plans. */
  readonly enable_seqscan?: Flag
  /** Enables the planner's use of explicit sort steps. */
  readonly enable_sort?: Flag
  /** Enables the planner's use of TID scan plans. */
  readonly enable_tidscan?: Flag
  /** Warn about backslash escapes in ordinary string literals. */
  readonly escape_string_warning?: Flag
  /** Enables event triggers. Since PostgreSQL 17. */
  readonly event_triggers?: Flag
  /** Terminate session on any error. */
  readonly exit_on_error?: Flag
  /** Sets the path for extension control files. Since PostgreSQL 18. */
  readonly extension_control_path?: string
  /** Path to prepend for extension loading. PostgreSQL 13 to 17. */
  readonly extension_destdir?: string
  /** Sets the number of digits displayed for floating-point values. -15 to 3. */
  readonly extra_float_digits?: Amount
  /** Selects the file copy method. Since PostgreSQL 18. */
  readonly file_copy_method?: Word<'copy' | 'clone'>
  /** Selects the method used for extending data files. Since PostgreSQL 16. */
  readonly file_extend_method?: Word<'posix_fallocate' | 'write_zeros'>
  /** Forces use of parallel query facilities. Until PostgreSQL 15. */
  readonly force_parallel_mode?: boolean | Word<'off' | 'on' | 'regress'>
  /** Sets the FROM-list size beyond which subqueries are not collapsed. 1 to 2147483647. */
  readonly from_collapse_limit?: Amount
  /** Forces synchronization of updates to disk. */
  readonly fsync?: Flag
  /** Writes full pages to WAL when first modified after a checkpoint. */
  readonly full_page_writes?: Flag
  /** Enables genetic query optimization. */
  readonly geqo?: Flag
  /** GEQO: effort is used to set the default for other GEQO parameters. 1 to 10. */
  readonly geqo_effort?: Amount
  /** GEQO: number of iterations of the algorithm. 0 to 2147483647. */
  readonly geqo_generations?: Amount
  /** GEQO: number of individuals in the population. 0 to 2147483647. */
  readonly geqo_pool_size?: Amount
  /** GEQO: seed for random path selection. 0 to 1. */
  readonly geqo_seed?: Amount
  /** GEQO: selective pressure within the population. 1.5 to 2. */
  readonly geqo_selection_bias?: Amount
  /** Sets the threshold of FROM items beyond which GEQO is used. 2 to 2147483647. */
  readonly geqo_threshold?: Amount
  /** Sets the maximum allowed result for exact search by GIN. 0 to 2147483647. */
  readonly gin_fuzzy_search_limit?: Amount
  /** Sets the maximum size of the pending list for GIN index. 64 to 2147483647 (in kB). */
  readonly gin_pending_list_limit?: Amount
  /** Sets whether GSSAPI delegation should be accepted from the client. Since PostgreSQL 16. */
  readonly gss_accept_delegation?: Flag
  /** Multiple of "work_mem" to use for hash tables. 1 to 1000. Since PostgreSQL 13. */
  readonly hash_mem_multiplier?: Amount
  /** Allows feedback from a hot standby to the primary that will avoid query conflicts. */
  readonly hot_standby_feedback?: Flag
  /** The size of huge page that should be requested. 0 to 2147483647 (in kB). Since PostgreSQL 14. */
  readonly huge_page_size?: Amount
  /** Use of huge pages on Linux or Windows. */
  readonly huge_pages?: boolean | Word<'off' | 'on' | 'try'>
  /** Log level for reporting invalid ICU locale strings. Since PostgreSQL 16. */
  readonly icu_validation_level?: Word<
    'disabled' | 'debug5' | 'debug4' | 'debug3' | 'debug2' | 'debug1' | 'log' | 'notice' | 'warning' | 'error'
  >
  /** Sets the maximum allowed idle time between queries, when in a transaction. 0 to 2147483647 (in ms). */
  readonly idle_in_transaction_session_timeout?: Amount
  /** Sets the duration a replication slot can remain idle before it is invalidated. 0 to 2147483647 (in s). Since PostgreSQL 18. */
  readonly idle_replication_slot_timeout?: Amount
  /** Sets the maximum allowed idle time between queries, when not in a transaction. 0 to 2147483647 (in ms). Since PostgreSQL 14. */
  readonly idle_session_timeout?: Amount
  /** Continues processing after a checksum failure. */
  readonly ignore_checksum_failure?: Flag
  /** Continues recovery after an invalid pages failure. Since PostgreSQL 13. */
  readonly ignore_invalid_pages?: Flag
  /** Disables reading from system indexes. */
  readonly ignore_system_indexes?: Flag
  /** Limit on the size of data reads and writes. 1 to 128 (in 8kB). Since PostgreSQL 17. */
  readonly io_combine_limit?: Amount
  /** Server-wide limit that clamps io_combine_limit. 1 to 128 (in 8kB). Since PostgreSQL 18. */
  readonly io_max_combine_limit?: Amount
  /** Max number of IOs that one process can execute simultaneously. -1 to 1024. Since PostgreSQL 18. */
  readonly io_max_concurrency?: Amount
  /** Selects the method for executing asynchronous I/O. Since PostgreSQL 18. */
  readonly io_method?: Word<'sync' | 'worker' | 'io_uring'>
  /** Number of IO worker processes, for io_method=worker. 1 to 32. Since PostgreSQL 18. */
  readonly io_workers?: Amount
  /** Allow JIT compilation. Since PostgreSQL 11. */
  readonly jit?: Flag
  /** Perform JIT compilation if query is more expensive. -1 to 1.79769e+308. Since PostgreSQL 11. */
  readonly jit_above_cost?: Amount
  /** Register JIT-compiled functions with debugger. Since PostgreSQL 11. */
  readonly jit_debugging_support?: Flag
  /** Write out LLVM bitcode to facilitate JIT debugging. Since PostgreSQL 11. */
  readonly jit_dump_bitcode?: Flag
  /** Allow JIT compilation of expressions. Since PostgreSQL 11. */
  readonly jit_expressions?: Flag
  /** Perform JIT inlining if query is more expensive. -1 to 1.79769e+308. Since PostgreSQL 11. */
  readonly jit_inline_above_cost?: Amount
  /** Optimize JIT-compiled functions if query is more expensive. -1 to 1.79769e+308. Since PostgreSQL 11. */
  readonly jit_optimize_above_cost?: Amount
  /** Register JIT-compiled functions with perf profiler. Since PostgreSQL 11. */
  readonly jit_profiling_support?: Flag
  /** JIT provider to use. Since PostgreSQL 11. */
  readonly jit_provider?: string
  /** Allow JIT compilation of tuple deforming. Since PostgreSQL 11. */
  readonly jit_tuple_deforming?: Flag
  /** Sets the FROM-list size beyond which JOIN constructs are not flattened. 1 to 2147483647. */
  readonly join_collapse_limit?: Amount
  /** Sets whether Kerberos and GSSAPI user names should be treated as case-insensitive. */
  readonly krb_caseins_users?: Flag
  /** Sets the location of the Kerberos server key file. */
  readonly krb_server_keyfile?: string
  /** Sets the language in which messages are displayed. */
  readonly lc_messages?: string
  /** Sets the locale for formatting monetary amounts. */
  readonly lc_monetary?: string
  /** Sets the locale for formatting numbers. */
  readonly lc_numeric?: string
  /** Sets the locale for formatting date and time values. */
  readonly lc_time?: string
  /** Enables backward compatibility mode for privilege checks on large objects. */
  readonly lo_compat_privileges?: Flag
  /** Lists unprivileged shared libraries to preload into each backend. */
  readonly local_preload_libraries?: string
  /** Sets the maximum allowed duration of any wait for a lock. 0 to 2147483647 (in ms). */
  readonly lock_timeout?: Amount
  /** Sets the minimum execution time above which autovacuum actions will be logged. -1 to 2147483647 (in ms). */
  readonly log_autovacuum_min_duration?: Amount
  /** Logs each checkpoint. */
  readonly log_checkpoints?: Flag
  /** Logs specified aspects of connection establishment and setup. */
  readonly log_connections?: Flag | string
  /** Logs end of a session, including duration. */
  readonly log_disconnections?: Flag
  /** Logs the duration of each completed SQL statement. */
  readonly log_duration?: Flag
  /** Sets the verbosity of logged messages. */
  readonly log_error_verbosity?: Word<'terse' | 'default' | 'verbose'>
  /** Writes executor performance statistics to the server log. */
  readonly log_executor_stats?: Flag
  /** Logs the host name in the connection logs. */
  readonly log_hostname?: Flag
  /** Controls information prefixed to each log line. */
  readonly log_line_prefix?: string
  /** Logs lock failures. Since PostgreSQL 18. */
  readonly log_lock_failures?: Flag
  /** Logs long lock waits. */
  readonly log_lock_waits?: Flag
  /** Sets the minimum execution time above which a sample of statements will be logged. Sampling is determined by "log_statement_sample_rate". -1 to 2147483647 (in ms). Since PostgreSQL 13. */
  readonly log_min_duration_sample?: Amount
  /** Sets the minimum execution time above which all statements will be logged. -1 to 2147483647 (in ms). */
  readonly log_min_duration_statement?: Amount
  /** Causes all statements generating error at or above this level to be logged. */
  readonly log_min_error_statement?: Word<
    | 'debug5'
    | 'debug4'
    | 'debug3'
    | 'debug2'
    | 'debug1'
    | 'info'
    | 'notice'
    | 'warning'
    | 'error'
    | 'log'
    | 'fatal'
    | 'panic'
  >
  /** Sets the message levels that are logged. */
  readonly log_min_messages?: Word<
    | 'debug5'
    | 'debug4'
    | 'debug3'
    | 'debug2'
    | 'debug1'
    | 'info'
    | 'notice'
    | 'warning'
    | 'error'
    | 'log'
    | 'fatal'
    | 'panic'
  >
  /** Sets the maximum length in bytes of data logged for bind parameter values when logging statements. -1 to 1073741823 (in B). Since PostgreSQL 13. */
  readonly log_parameter_max_length?: Amount
  /** Sets the maximum length in bytes of data logged for bind parameter values when logging statements, on error. -1 to 1073741823 (in B). Since PostgreSQL 13. */
  readonly log_parameter_max_length_on_error?: Amount
  /** Writes parser performance statistics to the server log. */
  readonly log_parser_stats?: Flag
  /** Writes planner performance statistics to the server log. */
  readonly log_planner_stats?: Flag
  /** Logs standby recovery conflict waits. Since PostgreSQL 14. */
  readonly log_recovery_conflict_waits?: Flag
  /** Logs each replication command. */
  readonly log_replication_commands?: Flag
  /** Time between progress updates for long-running startup operations. 0 to 2147483647 (in ms). Since PostgreSQL 15. */
  readonly log_startup_progress_interval?: Amount
  /** Sets the type of statements logged. */
  readonly log_statement?: Word<'none' | 'ddl' | 'mod' | 'all'>
  /** Fraction of statements exceeding "log_min_duration_sample" to be logged. 0 to 1. Since PostgreSQL 13. */
  readonly log_statement_sample_rate?: Amount
  /** Writes cumulative performance statistics to the server log. */
  readonly log_statement_stats?: Flag
  /** Log the use of temporary files larger than this number of kilobytes. -1 to 2147483647 (in kB). */
  readonly log_temp_files?: Amount
  /** Sets the time zone to use in log messages. */
  readonly log_timezone?: string
  /** Sets the fraction of transactions from which to log all statements. 0 to 1. Since PostgreSQL 12. */
  readonly log_transaction_sample_rate?: Amount
  /** Sets the maximum memory to be used for logical decoding. 64 to 2147483647 (in kB). Since PostgreSQL 13. */
  readonly logical_decoding_work_mem?: Amount
  /** A variant of "effective_io_concurrency" that is used for maintenance work. 0 to 1000. Since PostgreSQL 13. */
  readonly maintenance_io_concurrency?: Amount
  /** Sets the maximum memory to be used for maintenance operations. 64 to 2147483647 (in kB). */
  readonly maintenance_work_mem?: Amount
  /** Sets the maximum number of active replication origins. 0 to 262143. Since PostgreSQL 18. */
  readonly max_active_replication_origins?: Amount
  /** Sets the maximum number of concurrent connections. 1 to 262143. */
  readonly max_connections?: Amount
  /** Sets the maximum number of files each server process is allowed to open simultaneously. 64 to 2147483647. */
  readonly max_files_per_process?: Amount
  /** Sets the maximum number of locks per transaction. 10 to 2147483647. */
  readonly max_locks_per_transaction?: Amount
  /** Maximum number of logical replication worker processes. 0 to 262143. */
  readonly max_logical_replication_workers?: Amount
  /** Sets the maximum number of allocated pages for NOTIFY / LISTEN queue. 64 to 2147483647. Since PostgreSQL 17. */
  readonly max_notify_queue_pages?: Amount
  /** Maximum number of parallel apply workers per subscription. 0 to 1024. Since PostgreSQL 16. */
  readonly max_parallel_apply_workers_per_subscription?: Amount
  /** Sets the maximum number of parallel processes per maintenance operation. 0 to 1024. Since PostgreSQL 11. */
  readonly max_parallel_maintenance_workers?: Amount
  /** Sets the maximum number of parallel workers that can be active at one time. 0 to 1024. */
  readonly max_parallel_workers?: Amount
  /** Sets the maximum number of parallel processes per executor node. 0 to 1024. */
  readonly max_parallel_workers_per_gather?: Amount
  /** Sets the maximum number of predicate-locked tuples per page. 0 to 2147483647. */
  readonly max_pred_locks_per_page?: Amount
  /** Sets the maximum number of predicate-locked pages and tuples per relation. -2147483648 to 2147483647. */
  readonly max_pred_locks_per_relation?: Amount
  /** Sets the maximum number of predicate locks per transaction. 10 to 2147483647. */
  readonly max_pred_locks_per_transaction?: Amount
  /** Sets the maximum number of simultaneously prepared transactions. 0 to 262143. */
  readonly max_prepared_transactions?: Amount
  /** Sets the maximum number of simultaneously defined replication slots. 0 to 262143. */
  readonly max_replication_slots?: Amount
  /** Sets the maximum WAL size that can be reserved by replication slots. -1 to 2147483647 (in MB). Since PostgreSQL 13. */
  readonly max_slot_wal_keep_size?: Amount
  /** Sets the maximum stack depth, in kilobytes. 100 to 2147483647 (in kB). */
  readonly max_stack_depth?: Amount
  /** Sets the maximum delay before canceling queries when a hot standby server is processing archived WAL data. -1 to 2147483647 (in ms). */
  readonly max_standby_archive_delay?: Amount
  /** Sets the maximum delay before canceling queries when a hot standby server is processing streamed WAL data. -1 to 2147483647 (in ms). */
  readonly max_standby_streaming_delay?: Amount
  /** Maximum number of table synchronization workers per subscription. 0 to 262143. */
  readonly max_sync_workers_per_subscription?: Amount
  /** Sets the maximum number of simultaneously running WAL sender processes. 0 to 262143. */
  readonly max_wal_senders?: Amount
  /** Sets the WAL size that triggers a checkpoint. 2 to 2147483647 (in MB). */
  readonly max_wal_size?: Amount
  /** Maximum number of concurrent worker processes. 0 to 262143. */
  readonly max_worker_processes?: Amount
  /** Enables deprecation warnings for MD5 passwords. Since PostgreSQL 18. */
  readonly md5_password_warnings?: Flag
  /** Amount of dynamic shared memory reserved at startup. 0 to 2147483647 (in MB). Since PostgreSQL 14. */
  readonly min_dynamic_shared_memory?: Amount
  /** Sets the minimum amount of index data for a parallel scan. 0 to 715827882 (in 8kB). */
  readonly min_parallel_index_scan_size?: Amount
  /** Sets the minimum amount of table data for a parallel scan. 0 to 715827882 (in 8kB). */
  readonly min_parallel_table_scan_size?: Amount
  /** Sets the minimum size to shrink the WAL to. 2 to 2147483647 (in MB). */
  readonly min_wal_size?: Amount
  /** Sets the size of the dedicated buffer pool used for the MultiXact member cache. 16 to 131072 (in 8kB). Since PostgreSQL 17. */
  readonly multixact_member_buffers?: Amount
  /** Sets the size of the dedicated buffer pool used for the MultiXact offset cache. 16 to 131072 (in 8kB). Since PostgreSQL 17. */
  readonly multixact_offset_buffers?: Amount
  /** Sets the size of the dedicated buffer pool used for the LISTEN/NOTIFY message cache. 16 to 131072 (in 8kB). Since PostgreSQL 17. */
  readonly notify_buffers?: Amount
  /** Lists libraries that may be called to validate OAuth v2 bearer tokens. Since PostgreSQL 18. */
  readonly oauth_validator_libraries?: string
  /** Time before a snapshot is too old to read pages changed after the snapshot was taken. -1 to 86400 (in min). Until PostgreSQL 16. */
  readonly old_snapshot_threshold?: Amount
  /** Emit a warning for constructs that changed meaning since PostgreSQL 9.4. Until PostgreSQL 13. */
  readonly operator_precedence_warning?: Flag
  /** Lists libraries that may be named as logical decoding output plugins. Since PostgreSQL 17. */
  readonly output_plugin_libraries?: string
  /** Controls whether Gather and Gather Merge also run subplans. Since PostgreSQL 11. */
  readonly parallel_leader_participation?: Flag
  /** Sets the planner's estimate of the cost of starting up worker processes for parallel query. 0 to 1.79769e+308. */
  readonly parallel_setup_cost?: Amount
  /** Sets the planner's estimate of the cost of passing each tuple (row) from worker to leader backend. 0 to 1.79769e+308. */
  readonly parallel_tuple_cost?: Amount
  /** Chooses the algorithm for encrypting passwords. */
  readonly password_encryption?: Word<'md5' | 'scram-sha-256'>
  /** Controls the planner's selection of custom or generic plan. Since PostgreSQL 12. */
  readonly plan_cache_mode?: Word<'auto' | 'force_generic_plan' | 'force_custom_plan'>
  /** Sets the amount of time to wait after authentication on connection startup. 0 to 2147 (in s). */
  readonly post_auth_delay?: Amount
  /** Sets the amount of time to wait before authentication on connection startup. 0 to 60 (in s). */
  readonly pre_auth_delay?: Amount
  /** When generating SQL fragments, quote all identifiers. */
  readonly quote_all_identifiers?: Flag
  /** Sets the planner's estimate of the cost of a nonsequentially fetched disk page. 0 to 1.79769e+308. */
  readonly random_page_cost?: Amount
  /** Sets the method for synchronizing the data directory before crash recovery. Since PostgreSQL 14. */
  readonly recovery_init_sync_method?: Word<'fsync' | 'syncfs'>
  /** Prefetch referenced blocks during recovery. Since PostgreSQL 15. */
  readonly recovery_prefetch?: boolean | Word<'off' | 'on' | 'try'>
  /** Sets the planner's estimate of the average size of a recursive query's working table. 0.001 to 1000000. Since PostgreSQL 15. */
  readonly recursive_worktable_factor?: Amount
  /** Remove temporary files after backend crash. Since PostgreSQL 14. */
  readonly remove_temp_files_after_crash?: Flag
  /** Sets the maximum number of tuples to be sorted using replacement selection. 0 to 2147483647. Until PostgreSQL 10. */
  readonly replacement_sort_tuples?: Amount
  /** Sets the number of connection slots reserved for roles with privileges of pg_use_reserved_connections. 0 to 262143. Since PostgreSQL 16. */
  readonly reserved_connections?: Amount
  /** Reinitialize server after backend crash. */
  readonly restart_after_crash?: Flag
  /** Prohibits access to non-system relations of specified kinds. Since PostgreSQL 12. */
  readonly restrict_nonsystem_relation_kind?: string
  /** Enables row security. */
  readonly row_security?: Flag
  /** Sets the iteration count for SCRAM secret generation. 1 to 2147483647. Since PostgreSQL 16. */
  readonly scram_iterations?: Amount
  /** Sets the schema search order for names that are not schema-qualified. */
  readonly search_path?: string
  /** Send SIGABRT not SIGQUIT to child processes after backend crash. Since PostgreSQL 16. */
  readonly send_abort_for_crash?: Flag
  /** Send SIGABRT not SIGKILL to stuck child processes. Since PostgreSQL 16. */
  readonly send_abort_for_kill?: Flag
  /** Sets the planner's estimate of the cost of a sequentially fetched disk page. 0 to 1.79769e+308. */
  readonly seq_page_cost?: Amount
  /** Sets the size of the dedicated buffer pool used for the serializable transaction cache. 16 to 131072 (in 8kB). Since PostgreSQL 17. */
  readonly serializable_buffers?: Amount
  /** Lists shared libraries to preload into each backend. */
  readonly session_preload_libraries?: string
  /** Sets the session's behavior for triggers and rewrite rules. */
  readonly session_replication_role?: Word<'origin' | 'replica' | 'local'>
  /** Sets the number of shared memory buffers used by the server. 16 to 1073741823 (in 8kB). */
  readonly shared_buffers?: Amount
  /** Selects the shared memory implementation used for the main shared memory region. Since PostgreSQL 12. */
  readonly shared_memory_type?: Word<'sysv' | 'mmap'>
  /** Lists shared libraries to preload into server. */
  readonly shared_preload_libraries?: string
  /** Enables SSL connections. */
  readonly ssl?: Flag
  /** Location of the SSL certificate authority file. */
  readonly ssl_ca_file?: string
  /** Location of the SSL server certificate file. */
  readonly ssl_cert_file?: string
  /** Sets the list of allowed TLSv1.2 (and lower) ciphers. */
  readonly ssl_ciphers?: string
  /** Location of the SSL certificate revocation list directory. Since PostgreSQL 14. */
  readonly ssl_crl_dir?: string
  /** Location of the SSL certificate revocation list file. */
  readonly ssl_crl_file?: string
  /** Location of the SSL DH parameters file. */
  readonly ssl_dh_params_file?: string
  /** Sets the curve to use for ECDH. Until PostgreSQL 17. */
  readonly ssl_ecdh_curve?: string
  /** Sets the group(s) to use for Diffie-Hellman key exchange. Since PostgreSQL 18. */
  readonly ssl_groups?: string
  /** Location of the SSL server private key file. */
  readonly ssl_key_file?: string
  /** Sets the maximum SSL/TLS protocol version to use. Since PostgreSQL 12. */
  readonly ssl_max_protocol_version?: Word<'' | 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'>
  /** Sets the minimum SSL/TLS protocol version to use. Since PostgreSQL 12. */
  readonly ssl_min_protocol_version?: Word<'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'>
  /** Command to obtain passphrases for SSL. Since PostgreSQL 11. */
  readonly ssl_passphrase_command?: string
  /** Controls whether "ssl_passphrase_command" is called during server reload. Since PostgreSQL 11. */
  readonly ssl_passphrase_command_supports_reload?: Flag
  /** Give priority to server ciphersuite order. */
  readonly ssl_prefer_server_ciphers?: Flag
  /** Sets the list of allowed TLSv1.3 cipher suites. Since PostgreSQL 18. */
  readonly ssl_tls13_ciphers?: string
  /** Causes '...' strings to treat backslashes literally. */
  readonly standard_conforming_strings?: Flag
  /** Sets the maximum allowed duration of any statement. 0 to 2147483647 (in ms). */
  readonly statement_timeout?: Amount
  /** Sets the consistency of accesses to statistics data. Since PostgreSQL 15. */
  readonly stats_fetch_consistency?: Word<'none' | 'cache' | 'snapshot'>
  /** Writes temporary statistics files to the specified directory. Until PostgreSQL 14. */
  readonly stats_temp_directory?: string
  /** Sets the size of the dedicated buffer pool used for the subtransaction cache. 0 to 131072 (in 8kB). Since PostgreSQL 17. */
  readonly subtransaction_buffers?: Amount
  /** Starts the WAL summarizer process to enable incremental backup. Since PostgreSQL 17. */
  readonly summarize_wal?: Flag
  /** Sets the number of connection slots reserved for superusers. 0 to 262143. */
  readonly superuser_reserved_connections?: Amount
  /** Enables synchronized sequential scans. */
  readonly synchronize_seqscans?: Flag
  /** Lists streaming replication standby server replication slot names that logical WAL sender processes will wait for. Since PostgreSQL 17. */
  readonly synchronized_standby_slots?: string
  /** Sets the current transaction's synchronization level. */
  readonly synchronous_commit?: boolean | Word<'local' | 'remote_write' | 'remote_apply' | 'on' | 'off'>
  /** Number of synchronous standbys and list of names of potential synchronous ones. */
  readonly synchronous_standby_names?: string
  /** Sets the syslog "facility" to be used when syslog enabled. */
  readonly syslog_facility?: Word<
    'local0' | 'local1' | 'local2' | 'local3' | 'local4' | 'local5' | 'local6' | 'local7'
  >
  /** Sets the program name used to identify PostgreSQL messages in syslog. */
  readonly syslog_ident?: string
  /** Add sequence number to syslog messages to avoid duplicate suppression. */
  readonly syslog_sequence_numbers?: Flag
  /** Split messages sent to syslog by lines and to fit into 1024 bytes. */
  readonly syslog_split_messages?: Flag
  /** Maximum number of TCP keepalive retransmits. 0 to 2147483647. */
  readonly tcp_keepalives_count?: Amount
  /** Time between issuing TCP keepalives. 0 to 2147483647 (in s). */
  readonly tcp_keepalives_idle?: Amount
  /** Time between TCP keepalive retransmits. 0 to 2147483647 (in s). */
  readonly tcp_keepalives_interval?: Amount
  /** TCP user timeout. 0 to 2147483647 (in ms). Since PostgreSQL 12. */
  readonly tcp_user_timeout?: Amount
  /** Sets the maximum number of temporary buffers used by each session. 100 to 1073741823 (in 8kB). */
  readonly temp_buffers?: Amount
  /** Limits the total size of all temporary files used by each process. -1 to 2147483647 (in kB). */
  readonly temp_file_limit?: Amount
  /** Sets the tablespace(s) to use for temporary tables and sort files. */
  readonly temp_tablespaces?: string
  /** Selects a file of time zone abbreviations. */
  readonly timezone_abbreviations?: string
  /** Logs details of pre-authentication connection handshake. Since PostgreSQL 17. */
  readonly trace_connection_negotiation?: Flag
  /** Generates debugging output for LISTEN and NOTIFY. */
  readonly trace_notify?: Flag
  /** Enables logging of recovery-related debugging information. Until PostgreSQL 16. */
  readonly trace_recovery_messages?: Word<
    'debug5' | 'debug4' | 'debug3' | 'debug2' | 'debug1' | 'log' | 'notice' | 'warning' | 'error'
  >
  /** Emit information about resource usage in sorting. */
  readonly trace_sort?: Flag
  /** Collects information about executing commands. */
  readonly track_activities?: Flag
  /** Sets the size reserved for pg_stat_activity.query, in bytes. 100 to 1048576 (in B). */
  readonly track_activity_query_size?: Amount
  /** Collects transaction commit time. */
  readonly track_commit_timestamp?: Flag
  /** Collects timing statistics for cost-based vacuum delay. Since PostgreSQL 18. */
  readonly track_cost_delay_timing?: Flag
  /** Collects statistics on database activity. */
  readonly track_counts?: Flag
  /** Collects function-level statistics on database activity. */
  readonly track_functions?: Word<'none' | 'pl' | 'all'>
  /** Collects timing statistics for database I/O activity. */
  readonly track_io_timing?: Flag
  /** Collects timing statistics for WAL I/O activity. Since PostgreSQL 14. */
  readonly track_wal_io_timing?: Flag
  /** Sets the size of the dedicated buffer pool used for the transaction status cache. 0 to 131072 (in 8kB). Since PostgreSQL 17. */
  readonly transaction_buffers?: Amount
  /** Sets the maximum allowed duration of any transaction within a session (not a prepared transaction). 0 to 2147483647 (in ms). Since PostgreSQL 17. */
  readonly transaction_timeout?: Amount
  /** Treats "expr=NULL" as "expr IS NULL". */
  readonly transform_null_equals?: Flag
  /** Updates the process title to show the active SQL command. */
  readonly update_process_title?: Flag
  /** Sets the buffer pool size for VACUUM, ANALYZE, and autovacuum. 0 to 16777216 (in kB). Since PostgreSQL 16. */
  readonly vacuum_buffer_usage_limit?: Amount
  /** Number of tuple inserts prior to index cleanup as a fraction of reltuples. 0 to 10000000000. PostgreSQL 11 to 13. */
  readonly vacuum_cleanup_index_scale_factor?: Amount
  /** Vacuum cost delay in milliseconds. 0 to 100 (in ms). */
  readonly vacuum_cost_delay?: Amount
  /** Vacuum cost amount available before napping. 1 to 10000. */
  readonly vacuum_cost_limit?: Amount
  /** Vacuum cost for a page dirtied by vacuum. 0 to 10000. */
  readonly vacuum_cost_page_dirty?: Amount
  /** Vacuum cost for a page found in the buffer cache. 0 to 10000. */
  readonly vacuum_cost_page_hit?: Amount
  /** Vacuum cost for a page not found in the buffer cache. 0 to 10000. */
  readonly vacuum_cost_page_miss?: Amount
  /** Number of transactions by which VACUUM and HOT cleanup should be deferred, if any. 0 to 1000000. Until PostgreSQL 15. */
  readonly vacuum_defer_cleanup_age?: Amount
  /** Age at which VACUUM should trigger failsafe to avoid a wraparound outage. 0 to 2100000000. Since PostgreSQL 14. */
  readonly vacuum_failsafe_age?: Amount
  /** Minimum age at which VACUUM should freeze a table row. 0 to 1000000000. */
  readonly vacuum_freeze_min_age?: Amount
  /** Age at which VACUUM should scan whole table to freeze tuples. 0 to 2000000000. */
  readonly vacuum_freeze_table_age?: Amount
  /** Fraction of pages in a relation vacuum can scan and fail to freeze before disabling eager scanning. 0 to 1. Since PostgreSQL 18. */
  readonly vacuum_max_eager_freeze_failure_rate?: Amount
  /** Multixact age at which VACUUM should trigger failsafe to avoid a wraparound outage. 0 to 2100000000. Since PostgreSQL 14. */
  readonly vacuum_multixact_failsafe_age?: Amount
  /** Minimum age at which VACUUM should freeze a MultiXactId in a table row. 0 to 1000000000. */
  readonly vacuum_multixact_freeze_min_age?: Amount
  /** Multixact age at which VACUUM should scan whole table to freeze tuples. 0 to 2000000000. */
  readonly vacuum_multixact_freeze_table_age?: Amount
  /** Enables vacuum to truncate empty pages at the end of the table. Since PostgreSQL 18. */
  readonly vacuum_truncate?: Flag
  /** Sets the number of disk-page buffers in shared memory for WAL. -1 to 262143 (in 8kB). */
  readonly wal_buffers?: Amount
  /** Compresses full-page writes written in WAL file with specified method. */
  readonly wal_compression?: Flag | boolean | Word<'pglz' | 'lz4' | 'zstd' | 'on' | 'off'>
  /** Sets the WAL resource managers for which WAL consistency checks are done. */
  readonly wal_consistency_checking?: string
  /** Buffer size for reading ahead in the WAL during recovery. 65536 to 1073741823 (in B). Since PostgreSQL 15. */
  readonly wal_decode_buffer_size?: Amount
  /** Writes zeroes to new WAL files before first use. Since PostgreSQL 12. */
  readonly wal_init_zero?: Flag
  /** Sets the number of WAL files held for standby servers. 0 to 2147483647. Until PostgreSQL 12. */
  readonly wal_keep_segments?: Amount
  /** Sets the size of WAL files held for standby servers. 0 to 2147483647 (in MB). Since PostgreSQL 13. */
  readonly wal_keep_size?: Amount
  /** Sets the level of information written to the WAL. */
  readonly wal_level?: Word<'minimal' | 'replica' | 'logical'>
  /** Writes full pages to WAL when first modified after a checkpoint, even for a non-critical modification. */
  readonly wal_log_hints?: Flag
  /** Sets the maximum interval between WAL receiver status reports to the sending server. 0 to 2147483 (in s). */
  readonly wal_receiver_status_interval?: Amount
  /** Sets the maximum wait time to receive data from the sending server. 0 to 2147483647 (in ms). */
  readonly wal_receiver_timeout?: Amount
  /** Recycles WAL files by renaming them. Since PostgreSQL 12. */
  readonly wal_recycle?: Flag
  /** Sets the time to wait before retrying to retrieve WAL after a failed attempt. 1 to 2147483647 (in ms). */
  readonly wal_retrieve_retry_interval?: Amount
  /** Sets the maximum time to wait for WAL replication. 0 to 2147483647 (in ms). */
  readonly wal_sender_timeout?: Amount
  /** Minimum size of new file to fsync instead of writing WAL. 0 to 2147483647 (in kB). Since PostgreSQL 13. */
  readonly wal_skip_threshold?: Amount
  /** Time for which WAL summary files should be kept. 0 to 35791394 (in min). Since PostgreSQL 17. */
  readonly wal_summary_keep_time?: Amount
  /** Selects the method used for forcing WAL updates to disk. */
  readonly wal_sync_method?: Word<'fsync' | 'fdatasync' | 'open_sync' | 'open_datasync'>
  /** Time between WAL flushes performed in the WAL writer. 1 to 10000 (in ms). */
  readonly wal_writer_delay?: Amount
  /** Amount of WAL written out by WAL writer that triggers a flush. 0 to 2147483647 (in 8kB). */
  readonly wal_writer_flush_after?: Amount
  /** Sets the maximum memory to be used for query workspaces. 64 to 2147483647 (in kB). */
  readonly work_mem?: Amount
  /** Sets how binary values are to be encoded in XML. */
  readonly xmlbinary?: Word<'base64' | 'hex'>
  /** Sets whether XML data in implicit parsing and serialization operations is to be considered as documents or content fragments. */
  readonly xmloption?: Word<'content' | 'document'>
  /** Continues processing past damaged page headers. */
  readonly zero_damaged_pages?: Flag
}
