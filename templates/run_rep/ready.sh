# Ready: alive, and not too far behind the master, by what each says of itself over the replication
# protocol. A scheduler must not kill what is merely not ready; a load balancer may leave it out.
ready() {
  health
  faults=0
  need_user
  [ "$faults" -eq 0 ] || unhealthy "RUN_USER is missing"
  build_conninfo
  make_work
  pid_line 1
  server=$line
  [ ! -r /proc/self/stat ] || [ -n "$(server_process 'wal *receiver')" ] \
    || unhealthy 'not streaming: there is no walreceiver'
  ask_replication "$primary_conninfo" IDENTIFY_SYSTEM \
    || unhealthy "the master gives no answer: $(words_of "$work/words")"
  read_identity
  own_position || unhealthy "cannot tell how far the replica is: $(words_of "$work/words")"
  behind=$(lsn_minus "$master_position" "$position")
  ! is_too_far "$behind" "$ready_bytes" \
    || unhealthy "$behind bytes behind the master ($position of $master_position)"
  ! is_too_far "$behind" 0 || await_progress
  check_replay
  [ -z "$ready_role" ] || check_seconds
  printf 'ready: %s bytes behind the master at %s\n' "$behind" "$master_position"
}

# is_too_far BYTES BOUND: more digits than every shell can count are too far.
is_too_far() {
  [ "${#1}" -gt 9 ] || [ "$1" -gt "$2" ]
}

# Behind, even a little, and standing still: what the master has does not come.
await_progress() {
  _progress_from=$position
  for _progress_try in 1 2 3 4 5; do
    pause 1
    own_position || unhealthy 'cannot tell how far the replica is'
    [ "$position" = "$_progress_from" ] || return 0
  done
  unhealthy "stands still at $position, $behind bytes behind the master"
}

# loopback_conninfo ROLE: sets $own_conninfo. The name of the master finds its line in the password file.
loopback_conninfo() {
  own_conninfo=host=$(quote_conninfo "${master_hosts%%,*}")
  own_conninfo="$own_conninfo hostaddr=127.0.0.1 port=$PORT0 sslmode=prefer user=$(quote_conninfo "$1")"
  own_conninfo="$own_conninfo passfile=$(quote_conninfo "$PGPASSFILE")"
}

# own_position: sets $position to what was received; asked over loopback, where the replica lets the role
# in, else from the title of the walreceiver.
own_position() {
  loopback_conninfo "$POSTGRES_REPUSER"
  if ask_replication "$own_conninfo" IDENTIFY_SYSTEM; then
    IFS="$tab" read -r _own_system _own_timeline position _own_rest <"$work/answers"
    return 0
  fi
  _own_pid=$(server_process 'wal *receiver')
  [ -n "$_own_pid" ] || return 1
  position=$(ignore cat "/proc/$_own_pid/cmdline" | tr '\0' ' ' | sed -n 's/.*streaming \([0-9A-F/]*\).*/\1/p')
  [ -n "$position" ]
}

# What was received and not replayed is not seen by any query; replay may stand still for itself.
check_replay() {
  _replay_segment=$(replay_segment)
  [ -n "$_replay_segment" ] || return 0
  _replay_behind=$(lsn_minus "$position" "$(segment_lsn "$_replay_segment")")
  control_field 'Bytes per WAL segment'
  ! is_too_far "$_replay_behind" "$((ready_bytes + field))" \
    || unhealthy "replay is at $_replay_segment, $_replay_behind bytes behind what was received"
}

# Seconds need SQL, and so a role of its own that may log in here.
check_seconds() {
  loopback_conninfo "$ready_role"
  bounded 10 "$client_bin"/psql -X -w -A -t -d "$own_conninfo dbname=postgres" -c "SELECT CASE \
WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 \
ELSE ceil(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())) END" \
    >"$work/answers" 2>"$work/words"
  [ "$status" -eq 0 ] || unhealthy "the role $ready_role cannot ask: $(words_of "$work/words")"
  read -r _seconds_behind <"$work/answers" || _seconds_behind=
  _seconds_behind=${_seconds_behind%%.*}
  if ! is_integer "$_seconds_behind" 0 999999999 || [ "$_seconds_behind" -gt "$ready_seconds" ]; then
    unhealthy "${_seconds_behind:-an unknown number of} seconds behind the master"
  fi
}
