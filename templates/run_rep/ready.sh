# Ready: alive, and not too far behind the master, by what each says of itself. A scheduler must not kill what is
# merely not ready; a load balancer may leave it out.
ready() {
  health
  faults=0
  need_user
  [ "$faults" -eq 0 ] || unhealthy "RUN_USER is missing"
  build_conninfo
  make_work
  door_superuser=''
  know_no_master
  own_position
  [ ! -e "$replica/unflushed" ] || unhealthy 'not streaming yet: the clone is still written to disk'
  [ "$receiver" -gt 0 ] || unhealthy 'not streaming: there is no walreceiver that is connected'
  read_pins "$replica/clone.done" || unhealthy "$replica/clone.done is damaged"
  find_claim
  own_mark=$claim_holder own_runs=yes
  version_rules "$data_major" || unhealthy "PostgreSQL $data_major is not one that this script was made for"
  # Only a superuser sees it.
  _ready_timeline=$timeline _ready_position=$position
  [ "$timeline" -gt 0 ] || control_position
  position=$_ready_position
  know_own "$timeline" "$replayed"
  find_master || unhealthy "no master answers: $no_master"
  [ -z "$divergence" ] || unhealthy "$divergence"
  [ "$_ready_timeline" -eq 0 ] || [ "$timeline" -eq "$master_timeline" ] \
    || unhealthy "the replica is on timeline $timeline, $master_name is the master on timeline $master_timeline"
  behind=$(lsn_minus "$master_position" "$position")
  ! is_too_far "$behind" "$ready_bytes" \
    || unhealthy "$behind bytes behind $master_name ($position of $master_position)"
  ! is_too_far "$behind" 0 || await_progress
  [ "$apply_delay" -eq 0 ] || await_delay
  _ready_unplayed=$(lsn_minus "$position" "$replayed")
  [ "$held_back" = t ] || ! is_too_far "$_ready_unplayed" "$ready_bytes" \
    || unhealthy "replay is at $replayed, $_ready_unplayed bytes behind what was received"
  [ -z "$ready_seconds" ] || ! is_too_far "$seconds_behind" "$ready_seconds" \
    || unhealthy "$seconds_behind seconds behind the master"
  printf 'ready: %s bytes behind %s at %s\n' "$behind" "$master_name" "$master_position"
  [ "$held_back" = f ] || printf 'held back for %s s: %s bytes that are here\n' "$apply_delay" "$_ready_unplayed"
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

# Replay that keeps up with run.delay waits, nearly always, for the next commit to be old enough, and all that comes behind
# is younger. One that is late never waits.
await_delay() {
  for _delay_try in 1 2 3 4 5; do
    [ "$held_back" = f ] && [ "$replayed" != "$position" ] || return 0
    pause 1
    own_position
  done
}

# own_position: asks by the door for the walreceiver's number (0: none streams), for $timeline and $position up to which
# WAL was received, for $replayed, and for how many seconds what was replayed last is old, while there is more to replay.
# With run.delay they count from its end, and $held_back tells whether replay waits for it.
own_position() {
  _own_wait=false
  [ "$apply_delay" -eq 0 ] || _own_wait="EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'RecoveryApplyDelay')"
  _own_question="SELECT coalesce((SELECT pid FROM pg_stat_wal_receiver WHERE coalesce(status, 'streaming') = 'streaming'), 0), \
coalesce((SELECT received_tli FROM pg_stat_wal_receiver), 0), \
coalesce(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), pg_last_wal_replay_lsn(), \
CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() OR $_own_wait THEN 0 \
ELSE coalesce(ceil(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())) - $apply_delay, 0) END, \
$_own_wait"
  ask_superuser postgres "$_own_question" || ask_superuser template1 "$_own_question" || ask_anybody "$_own_question" \
    || unhealthy "the server gives no answer: $(words_of "$work/words")"
  IFS="$tab" read -r receiver timeline position replayed seconds_behind held_back <"$answers" || receiver=''
  is_integer "$receiver" 0 999999999 || unhealthy "the server gives no answer: $(words_of "$answers")"
}
