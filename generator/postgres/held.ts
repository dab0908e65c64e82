/** Says where a setting is set instead, or undefined when postgresql.conf is the place for it. */
export function whereHeld(name: string): string | undefined {
  const key = name.toLowerCase()
  if (key.startsWith('recovery_target')) return 'run_rep.sh switches every recovery target off'
  return heldSettings.get(key)
}

/**
 * Settings that run_rep.sh gives on the server's command line (or that only an agent can know), with the
 * place where a model says them. A line in postgresql.conf would have no effect, so the model refuses it.
 */
export const heldSettings: ReadonlyMap<string, string> = new Map([
  ['archive_cleanup_command', "run_rep.sh switches it off: an archive is not a replica's to clean"],
  ['archive_mode', 'run_rep.sh switches it off: only the master archives'],
  ['config_file', 'run_rep.sh names the file itself'],
  ['data_directory', 'set run.dataDir'],
  ['event_source', 'run_rep.sh marks the server by it; it means nothing elsewhere than on Windows'],
  ['external_pid_file', 'run_rep.sh switches it off: a path of the master means nothing on an agent'],
  ['hba_file', 'run_rep.sh names the file itself; its lines are in access'],
  ['hot_standby', 'run_rep.sh switches it on: a replica that answers no query is of no use here'],
  ['ident_file', 'run_rep.sh names the file itself'],
  ['include', 'a directive, not a setting: what it would read is known only on the agent'],
  ['include_dir', 'a directive, not a setting: what it would read is known only on the agent'],
  ['include_if_exists', 'a directive, not a setting: what it would read is known only on the agent'],
  ['listen_addresses', 'set run.listen'],
  ['log_destination', 'run_rep.sh sets it to stderr, which the logging collector writes to files'],
  ['log_directory', 'run_rep.sh names it: log/ beside the data'],
  ['log_file_mode', 'run_rep.sh sets it: the log is for RUN_USER only'],
  ['log_filename', 'run_rep.sh sets it, and removes old files by it; set run.logMiB'],
  ['log_rotation_age', 'run_rep.sh rotates by size; set run.logMiB'],
  ['log_rotation_size', 'set run.logMiB'],
  ['log_truncate_on_rotation', 'run_rep.sh switches it off: every file has a name of its own'],
  ['logging_collector', 'run_rep.sh switches it on: a task must not fill its standard error'],
  ['port', 'the supervisor assigns it (PORT0); set task.port for a fixed one'],
  ['primary_conninfo', 'run_rep.sh makes it from POSTGRES_MASTER and POSTGRES_REPUSER; set master'],
  ['primary_slot_name', 'run_rep.sh sets it; set run.slot'],
  ['promote_trigger_file', 'run_rep.sh switches it off: a replica is never promoted'],
  ['recovery_end_command', 'run_rep.sh switches it off: recovery never ends on a replica'],
  ['recovery_min_apply_delay', 'set run.delay'],
  ['restore_command', 'set restore'],
  ['standby_mode', 'run_rep.sh writes it where the major wants it'],
  ['sync_replication_slots', 'set run.syncSlots'],
  ['trigger_file', 'a replica is never promoted'],
  ['unix_socket_directories', 'the one socket is a door for run_rep.sh alone'],
  ['wal_receiver_create_temp_slot', 'set run.slot'],
  ['unix_socket_group', 'the one socket is a door for run_rep.sh alone'],
  ['unix_socket_permissions', 'the one socket is a door for run_rep.sh alone'],
  ['unix_socket_directory', 'the one socket is a door for run_rep.sh alone'],
])
