# @step serve
# The one place that starts a server. It is a child, so that SIGTERM becomes a fast shutdown; its end
# is ours.
step_serve() {
  log INFO "starting PostgreSQL $major as $replica_name on port $PORT0"
  serving=yes
  with_settings launch "$pg_bin"/postgres -D "$pgdata"
  await
  serving=no
  if [ "$signals" -gt 0 ] && [ "$status" -eq 0 ]; then
    log INFO "PostgreSQL shut down cleanly"
  else
    log WARN "PostgreSQL ended with status $status"
  fi
  exit "$status"
}
