# Alive: it accepts connections on loopback, it is ours, and it is a standby. Nothing is said about
# lag: a scheduler that kills replicas since their master is away makes everything worse. A role that
# exists is named, or each check would leave a FATAL in the log.
health() {
  find_client || unhealthy "no pg_isready is here"
  find_store
  [ -f "$pgdata/postmaster.pid" ] || unhealthy "no server runs on $pgdata"
  ! is_closed || unhealthy 'closed to clients until its collations are compared'
  bounded 8 "$client_bin"/pg_isready -q -h 127.0.0.1 -p "$PORT0" -U "$POSTGRES_REPUSER" \
    -d "dbname=postgres $near" -t 5
  [ "$status" -eq 0 ] || unhealthy "no connections are accepted on port $PORT0 (pg_isready: $status)"
  pid_line 4
  [ "$line" = "$PORT0" ] \
    || unhealthy "the server of $pgdata does not listen on $PORT0; another one does"
  read -r data_major 2>/dev/null <"$pgdata/PG_VERSION" || data_major=''
  find_server "$data_major" || unhealthy "no pg_controldata is here"
  read_control "$pgdata" || unhealthy "pg_controldata cannot read $pgdata"
  control_field 'Database cluster state'
  [ "$field" = 'in archive recovery' ] || unhealthy "the state is \"$field\""
}

unhealthy() {
  log ERROR "$1"
  exit 1
}
