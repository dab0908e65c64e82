# Alive: it accepts connections on loopback, it is ours, and it is a standby. Nothing is said about
# lag: a scheduler that kills replicas since their master is away makes everything worse. A role that
# exists is named, or each check would leave a FATAL in the log.
health() {
  find_client || unhealthy "no pg_isready is here"
  find_store
  [ -f "$pgdata/postmaster.pid" ] || unhealthy "no server runs on $pgdata"
  bounded 8 "$client_bin"/pg_isready -q -h 127.0.0.1 -p "$PORT0" -U "$POSTGRES_REPUSER" -d postgres -t 5
  [ "$status" -eq 0 ] || unhealthy "no connections are accepted on port $PORT0 (pg_isready: $status)"
  [ "$(sed -n 4p "$pgdata/postmaster.pid")" = "$PORT0" ] \
    || unhealthy "the server of $pgdata does not listen on $PORT0; another one does"
  find_server "$(cat "$pgdata/PG_VERSION")" || unhealthy "no pg_controldata is here"
  read_control "$pgdata" || unhealthy "pg_controldata cannot read $pgdata"
  _health_state=$(control_field 'Database cluster state')
  [ "$_health_state" = 'in archive recovery' ] || unhealthy "the state is \"$_health_state\""
}

unhealthy() {
  log ERROR "$1"
  exit 1
}
