# Alive: a server of ours has the port, it lets clients in, and it is a standby. Nothing is said about lag: a scheduler that
# kills replicas since their master is away makes everything worse. What is not so is told in one line.
health() {
  find_client || unhealthy 'psql or pg_isready is missing: install the package postgresql-client on this agent'
  find_store
  server_is_live || no_server
  pid_line 4
  [ "$line" = "$PORT0" ] \
    || unhealthy "the server on $pgdata was started for port ${line:-(none yet)}, not $PORT0: run health with the PORT0 of the task"
  read -r data_major 2>/dev/null <"$pgdata/PG_VERSION" || data_major=''
  find_server "$data_major" || unhealthy "$pgdata needs PostgreSQL $data_major, whose server is missing here: install it again"
  read_control "$pgdata" || unhealthy "pg_controldata cannot read $pgdata: check its files and the disk"
  health_phase
  health_port
  ! is_closed || unhealthy "closed to clients until its port, logins, collations and access rules are checked: see the task's log"
  health_answer
  health_login
  control_field 'Database cluster state'
  [ "$field" = 'in archive recovery' ] \
    || unhealthy "this is not a standby: the state of $pgdata is \"$field\"; see the task's log"
}

# Nothing runs: what else does this run do, as far as it can be seen?
no_server() {
  judge_ended
  # Of the others data that was replaced is being removed.
  for _no_clone in "$store"/clone.*[!0]*; do
    [ ! -d "$_no_clone" ] || unhealthy "no server runs yet: a clone is being made in $_no_clone; see the task's log for its progress"
  done
  [ -d "$pgdata" ] \
    || unhealthy "no server runs yet, and there is no data in $store: see the task's log for what the run waits for"
  [ ! -L "$pgdata/pg_wal" ] || [ -d "$pgdata/pg_wal" ] \
    || unhealthy "no server runs, and pg_wal of $pgdata leads to $(ignore readlink -- "$pgdata/pg_wal"), which does not exist"
  unhealthy "no server runs on $pgdata: see the task's log, and PostgreSQL's log in $store/log"
}

# judge_ended: a run that has ended, or was killed, waits for nothing; what it told of itself says why.
judge_ended() {
  know_identity
  find_claim
  if [ "$claim" -gt 0 ] && ! holder_lives "$claim_holder"; then
    state_at=$store/status
    read_state
    settle_ended
    plain_text "${state_words:-the log of the task says why}"
    unhealthy "no server runs on $pgdata, and no live run holds the data: the last one that did ended${state_since:+" at $state_since"}: $plain"
  fi
}

# The eighth line of postmaster.pid is the server's own word on how far it is.
health_phase() {
  pid_line 8
  case ${line%% *} in
    ready) ;;
    stopping) unhealthy "the server is shutting down: see the task's log" ;;
    *)
      control_field 'Database cluster state'
      [ "$field" = 'in archive recovery' ] \
        || unhealthy "starting: no WAL is replayed yet (the state is \"$field\"); see $store/log"
      control_position
      unhealthy "starting: replaying WAL, at $position or later; clients are accepted when the data is consistent; see $store/log"
      ;;
  esac
}

# Whoever answers must be ours.
health_port() {
  list_sockets "$live_server" || return 0
  check_listeners "$live_server"
  [ -z "$port_fault" ] || unhealthy "$port_fault: free the port, or choose another PORT0"
}

# An address that clients use: loopback, if the server listens there.
health_answer() {
  case ,$listen, in
    *,'*',* | *,0.0.0.0,* | *,127.0.0.1,* | *,localhost,*) _answer_host=127.0.0.1 ;;
    *,::,*) _answer_host=::1 ;;
    *) _answer_host=${listen%%,*} ;;
  esac
  bounded 8 "$client_bin"/pg_isready -q -h "$_answer_host" -p "$PORT0" -U "$POSTGRES_REPUSER" -d "dbname=postgres $near" -t 5
  case $status in
    0) ;;
    1) unhealthy "the server on $_answer_host, port $PORT0, rejects connections: it is starting or shutting down; see $store/log" ;;
    2 | 124) unhealthy "the server on $_answer_host, port $PORT0, does not answer within 5 s: check the load of this host, and see $store/log" ;;
    *) unhealthy "$client_bin/pg_isready does not run (status $status): install the package postgresql-client again" ;;
  esac
}

# Can anybody log in? By the door, first with all that sessions are set to, then without: only the difference tells, since
# a server that is full of clients lets nobody in either, and is well. Whoever is asked without was asked with it before.
# The superuser's name is known since the opening.
health_login() {
  _login_superuser=postgres
  read -r _login_superuser 2>/dev/null <"$replica/superuser" || :
  know_door "$data_major"
  door_options=''
  ! health_ask "$_login_superuser" postgres || return 0
  [ "$status" -eq 2 ] || return 0
  _login_words=$health_words
  # What is set for that role or database alone keeps nobody else out.
  ! health_ask "$POSTGRES_REPUSER" template1 || return 0
  ! health_ask "$_login_superuser" template1 || return 0
  door_options=$without_settings
  if health_ask "$_login_superuser" postgres || health_ask "$_login_superuser" template1; then
    unhealthy "no client can log in: ${_login_words#*' failed: '}; check session_preload_libraries here and on the master"
  fi
}

# health_ask ROLE DATABASE: no file is written for it, since a full disk is no reason to be killed.
health_ask() {
  status=0
  health_words=$(ask_recovery "$@" 2>&1) || status=$?
  [ "$health_words" != f ] \
    || unhealthy "this server was promoted and accepts writes: stop it, then save what only it holds"
  [ "$health_words" = t ]
}

ask_recovery() {
  call_door 5 "$@" 'SELECT pg_is_in_recovery()' || return "$status"
}

unhealthy() {
  log ERROR "$1"
  exit 1
}
