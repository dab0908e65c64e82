# Ready: alive, and not too far behind the master, by what each says of itself. A scheduler must not kill what is
# merely not ready; a load balancer may leave it out.
ready() {
  health
  faults=0
  need_user
  [ "$faults" -eq 0 ] || unhealthy "RUN_USER is missing"
  build_conninfo
  make_work
  own_position
  [ ! -e "$replica/unflushed" ] || unhealthy 'not streaming yet: the clone is still written to disk'
  [ "$receiver" -gt 0 ] || unhealthy 'not streaming: there is no walreceiver'
  ask_replication "$primary_conninfo" IDENTIFY_SYSTEM \
    || unhealthy "the master gives no answer: $(words_of "$work/words")"
  read_identity
  behind=$(lsn_minus "$master_position" "$position")
  ! is_too_far "$behind" "$ready_bytes" \
    || unhealthy "$behind bytes behind the master ($position of $master_position)"
  ! is_too_far "$behind" 0 || await_progress
  _ready_unplayed=$(lsn_minus "$position" "$replayed")
  ! is_too_far "$_ready_unplayed" "$ready_bytes" \
    || unhealthy "replay is at $replayed, $_ready_unplayed bytes behind what was received"
  [ -z "$ready_seconds" ] || ! is_too_far "$seconds_behind" "$ready_seconds" \
    || unhealthy "$seconds_behind seconds behind the master"
  printf 'ready: %s bytes behind the master at %s\n' "$behind" "$master_position"
}

# is_too_far NUMBER BOUND: more digits than every shell can count are too far.
is_too_far() {
  [ "${#1}" -gt 9 ] || [ "$1" -gt "$2" ]
}

# Behind, even a little, and standing still: what the master has does not come.
await_progress() {
  _progress_from=$position
  for _progress_try in 1 2 3 4 5; do
    pause 1
    own_position
    [ "$position" = "$_progress_from" ] || return 0
  done
  unhealthy "stands still at $position, $behind bytes behind the master"
}

# own_position: asks by the door for the walreceiver's number (0: there is none), for $position, up to which WAL was
# received, for $replayed, and for how many seconds what was replayed last is old, while there is more to replay.
own_position() {
  _own_question="SELECT coalesce((SELECT pid FROM pg_stat_wal_receiver), 0), \
coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), pg_last_wal_replay_lsn(), \
CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 \
ELSE coalesce(ceil(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())), 0) END"
  ask_anybody "$_own_question" || unhealthy "the server gives no answer: $(words_of "$work/words")"
  IFS="$tab" read -r receiver position replayed seconds_behind <"$answers" || receiver=''
  is_integer "$receiver" 0 999999999 || unhealthy "the server gives no answer: $(words_of "$answers")"
}
