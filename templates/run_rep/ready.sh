# Ready: alive, and not too far behind the master, by what the replica knows itself: an outage of the master takes no
# replica that had caught up out of a load balancer. Where the model says so (ready.by), the master is asked, too. A
# scheduler must not kill what is merely not ready.
ready() {
  health
  faults=0
  need_user
  [ "$faults" -eq 0 ] || unready 'RUN_USER is missing' 'the environment of the task'
  make_work
  door_superuser=''
  state_at=$store/status
  read_state
  ask_stand_here
  [ ! -e "$replica/unflushed" ] || unready 'not streaming yet: the clone is still written to disk' "$store/status/status.json"
  [ "$stand_recovers" = t ] || unready 'the server was promoted' 'who promoted it, before it is started again'
  [ -z "$state_trouble" ] || unready "$state_trouble" 'the hosts of POSTGRES_MASTER'
  [ "$ready_by" = replica ] || judge_by_master
  judge_lag
  if [ "$stand_receiver" -gt 0 ]; then
    printf 'ready: %s bytes behind the master, which was at %s\n' "$stand_lag" "$stand_told"
  else
    printf 'ready: %s bytes behind the master, which was at %s when it was last heard, %s s ago\n' "$stand_lag" "$stand_told" \
      "$silent_seconds"
    plain_text "$state_words"
    [ "$state_kind" != not_streaming ] || [ -z "$plain" ] || printf 'not streaming: %s\n' "$plain"
  fi
  say_stand
  [ -z "$stand_words" ] || printf '%s\n' "$stand_words"
  [ "$stand_held" = f ] || printf 'held back for %s s by run.delay: %s bytes that are here\n' "$apply_delay" "$stand_unplayed"
}

# unready WHAT WHERE: one line, which says where to look.
unready() {
  log ERROR "not ready: $1; check $2"
  exit 1
}

# is_too_far NUMBER BOUND: more digits than every shell can count are too far.
is_too_far() {
  [ "${#1}" -gt 9 ] || [ "$1" -gt "$2" ]
}

ask_stand_here() {
  ask_stand || unready "the server does not answer: $(words_of "$work/words")" "its log in $store/log"
}

# judge_lag: by what the walreceiver was told, and while it is away by what is known of the master. Nothing is old only
# since nothing is written on the master.
judge_lag() {
  _judge_look="the network, the master and the log in $store/log"
  [ "$stand_told" != - ] || unready 'no master has been heard from yet' "$_judge_look"
  [ "$apply_delay" -eq 0 ] || await_delay
  ! is_too_far "$stand_unreceived" "$ready_bytes" \
    || unready "$stand_unreceived bytes behind the master ($stand_received of $stand_told)" "$_judge_look"
  _judge_look='queries here that delay replay (pg_stat_activity, max_standby_streaming_delay), and the disk'
  if [ "$stand_paused" = t ] && is_too_far "$stand_unplayed" "$ready_bytes"; then
    unready "replay is paused at $stand_replayed, $stand_unplayed bytes behind what was received" \
      'who paused it; "SELECT pg_wal_replay_resume();" on this replica lets it go on'
  fi
  if [ "$stand_held" = f ] && is_too_far "$stand_unplayed" "$ready_bytes"; then
    unready "replay is at $stand_replayed, $stand_unplayed bytes behind what was received" "$_judge_look"
  fi
  ! is_too_far "$stand_lag" "$ready_bytes" || [ "$apply_delay" -gt 0 ] \
    || unready "replay is at $stand_replayed, $stand_lag bytes behind the master ($stand_told)" "$_judge_look"
  lag_in_seconds
  [ -n "$ready_seconds" ] || return 0
  ! is_too_far "$silent_seconds" "$ready_seconds" \
    || unready "nothing was heard from the master for $silent_seconds s" 'the network and the master'
  ! is_too_far "$lag_seconds" "$ready_seconds" || unready "$lag_seconds seconds behind the master" "$_judge_look"
}

# await_delay: replay that keeps up with run.delay waits, nearly always, for the next commit to be old enough, and all
# that comes behind is younger. One that is late never waits.
await_delay() {
  for _delay_try in 1 2 3 4 5; do
    [ "$stand_held" = f ] && [ "$stand_unplayed" != 0 ] || return 0
    pause 1
    ask_stand_here
  done
}

# judge_by_master: the master is there, this replica streams from it, is on its timeline, and near to where it is now.
judge_by_master() {
  settle_login
  build_conninfo
  know_no_master
  [ "$stand_receiver" -gt 0 ] || unready 'not streaming: no walreceiver is connected' "$store/log"
  read_pins "$replica/clone.done" || unready "$replica/clone.done is damaged" "$replica"
  find_claim
  own_mark=$claim_holder own_runs=yes
  version_rules "$data_major" || unready "this script was not made for PostgreSQL $data_major" 'postgresql.majors of the model'
  # Only a superuser sees it.
  _ready_timeline=$stand_timeline
  timeline=$stand_timeline
  [ "$timeline" -gt 0 ] || control_position
  know_own "$timeline" "$stand_replayed"
  if ! find_master; then
    say_no_master
    unready "$no_master_words" 'the hosts of POSTGRES_MASTER'
  fi
  [ -z "$divergence" ] || unready "$divergence" 'which server is the right master'
  [ "$_ready_timeline" -eq 0 ] || [ "$_ready_timeline" -eq "$master_timeline" ] \
    || unready "the replica is on timeline $_ready_timeline, but the master $master_name is on timeline $master_timeline" "$store/log"
  state_asked=$master_position
  ready_behind=$(lsn_minus "$master_position" "$stand_received")
  ! is_too_far "$ready_behind" 0 || is_too_far "$ready_behind" "$ready_bytes" || await_progress
  ask_stand_here
}

# await_progress: behind, even a little, and standing still: what the master has does not come.
await_progress() {
  _progress_from=$stand_received
  for _progress_try in 1 2 3 4 5; do
    pause 1
    ask_stand_here
    [ "$stand_received" = "$_progress_from" ] || return 0
  done
  unready "no WAL has arrived since $stand_received, $ready_behind bytes behind the master" "the walreceiver's messages in $store/log"
}
