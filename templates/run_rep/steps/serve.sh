# @step serve
# The one place that starts a server. It is a child, so that SIGTERM becomes a fast shutdown; its end
# is ours.
step_serve() {
  log INFO "starting PostgreSQL $major as $replica_name on port $PORT0"
  allow_stale_pid
  serving=yes
  with_settings launch "$pg_bin"/postgres -D "$pgdata"
  await
  if [ "$signals" -gt 0 ] && [ "$status" -eq 0 ]; then
    log INFO "PostgreSQL shut down cleanly"
  else
    log WARN "PostgreSQL ended with status $status"
  fi
  exit "$status"
}

# PostgreSQL does not start while the process of an old postmaster.pid lives, though that number may
# now belong to somebody else. A process whose number is in PG_GRANDPARENT_PID is not taken for one, and
# the lock on shared memory stays in force. That no server of ours lives is asked again: since
# look_at_data minutes may have passed.
allow_stale_pid() {
  if server_is_live; then
    fail DATA_IN_USE "a server with process number $live_server already runs on $pgdata"
  fi
  [ -f "$pgdata/postmaster.pid" ] || return 0
  read -r _stale_pid <"$pgdata/postmaster.pid" || return 0
  ! is_integer "$_stale_pid" 2 999999999 || export PG_GRANDPARENT_PID="$_stale_pid"
}
