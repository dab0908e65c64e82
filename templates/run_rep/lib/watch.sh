# The watcher: a second process beside the server, which sees what a scheduler cannot: a server that
# was promoted, that waits for higher settings, that follows nobody any more, or whose script was killed.
# It only decides; the script stops the server and acts.

start_watcher() {
  server=$child
  verdict_file=$work/verdict
  watch_holder=$wal_holder watch_flusher=$flusher watch_keeper=$keeper
  launching=yes
  (
    become_watcher
    watch_server
  ) &
  watcher=$!
  launched
  # For the keeper.
  printf '%s\n' "$watcher" 2>/dev/null >"$work/watcher" || :
}

# miss_watcher: in the script, when it was told that the watcher is gone, or the keeper: is another one wanted
# ($watcher_gone)? What that one had settled, the files tell. It is said once; how often it may be needed, nobody knows. With
# another keeper there is another watcher, too, which knows it.
miss_watcher() {
  watcher_gone=no
  unwatched=no
  if [ "$signals" -gt 0 ] || [ "$called" = yes ]; then
    return 0
  fi
  end_watcher
  if lives "$keeper"; then
    watcher_falls=$((watcher_falls + 1))
    [ "$watcher_falls" -gt 1 ] || log WARN 'the watcher of the server was killed: starting another, now and each time this happens'
  else
    log WARN 'the process that gives the signs of life of this run was killed: starting another'
    ignore wait "$keeper"
    start_keeper
  fi
  [ -f "$replica/unflushed" ] || grep -q -s -x 'run_rep.clone = flushed' "$replica/behind.conf" || behind=no
  if ! is_closed; then
    access=open
    # The one before may not have come to it. A server that only begins would die of it.
    ! is_open || ignore kill -s HUP "$child"
  fi
  watcher_gone=yes
}

# end_of_watcher STATUS: in a watcher that ends by itself, as a rule since it could make no process. What it has started is
# ended, and it becomes who asks for another one.
end_of_watcher() {
  no_fork=yes
  [ "$watcher_falls" -gt 0 ] \
    || log ERROR "the watcher of the server ended with status $1: the server is not watched until a process can be started again"
  know_self
  tell_below KILL "$self_number"
  ignore wait
  ask_for_processes
}

# In its subshell: work files, a child, helpers and traps of its own. A helper of the script's that stops the server by
# now must not be ended by the watcher.
become_watcher() {
  child='' stopper='' watchdog='' teller='' own_login='' flusher='' syncer='' wal_holder='' wal_client='' launching=no serving=no staging=''
  self='' keeper='' clock='' pause_on_failure=no exit_code=0
  run_work=$work
  # Of the one before it, which could not take it away.
  [ ! -d "$work/watch" ] || remove_work "$work/watch"
  make_ours "$work/watch"
  work=$work/watch
  exec 9</dev/null
  trap - USR2 PROF
  trap 'on_signal || :' TERM INT HUP VTALRM
  know_self
  trap_number=$self_number
  trap on_exit EXIT
}

watch_server() {
  watch_still=0 watch_streamed=0 watch_receiver=0 watch_replayed='' watch_said='' watch_answered=0 watch_stood=0
  strangers=0 hosts_said='' doubt_said='' doubt_stood='' left_clean='' left_tries=0 loop_position='' loop_said_s=''
  opening_tries=0 opening_port=no opening_settled=no renew_said='' access_tries=0 door_superuser='' superuser_missing=no watch_links=''
  behind_state=unflushed behind_still=0 behind_replayed='' watch_closed=0 watch_pause=no watch_full=no watch_free=0 watch_put_off=no
  watch_calm=0 stand_words=''
  know_door "$major"
  forget_stand
  begin_look
  ready_told=yes
  [ -z "$told_socket" ] || ready_told=no
  while :; do
    await_look
    end_if_alone
    end_if_taken
    lives "$watch_keeper" || ignore kill -s PROF "$$"
    watch_tablespaces
    tell_early_words
    renew_access
    tell_opening
    ! is_calm || continue
    trim_server_log
    renew_rotation
    look || watch_control
    watch_clients
    # Nothing streams before it is on disk.
    if [ "$behind" = yes ]; then
      hurry_behind
    else
      watch_stream
    fi
    note_look
  done
}

# tell_early_words: once; no log has them.
tell_early_words() {
  [ ! -e "$run_work/told" ] || return 0
  tell_first_words "$run_work"
  printf '' 2>/dev/null >"$run_work/told" || :
}

# await_look: until it is time to look at the server, or to tell that it answers. One that is closed is opened as soon as it lets somebody in: a
# standby does not before it has replayed what makes it consistent, and says so in postmaster.pid.
await_look() {
  _look_left=$watch_interval _look_blinks=100
  while [ "$opening_settled" = no ] || [ "$ready_told" = no ] || [ "$access" = closed ] || [ "$behind" = yes ]; do
    [ "$_look_left" -gt 0 ] || return 0
    _look_pause=0.1
    [ "$access" = open ] || _look_pause=0.02
    watch_tablespaces
    if is_open; then
      { [ "$opening_settled" = yes ] && [ "$access" = open ]; } || open_doors || _look_blinks=0
      [ "$opening_settled" = no ] || [ "$access" = closed ] || tell_ready
      # Where the server does not obey at once, it is asked less and less often.
      [ "$behind" = no ] || settle_behind || _look_blinks=$((_look_blinks / 2))
    fi
    if [ "$_look_blinks" -gt 0 ]; then
      _look_blinks=$((_look_blinks - 1))
      blink "$_look_pause"
    else
      _look_left=$((_look_left - 1))
      pause 1
    fi
    end_if_alone
  done
  pause_watching
}

# open_doors: once, when the server lets the script in. Rules that it would not take end it, as they would have kept it
# from starting; a full disk may have room again.
open_doors() {
  [ "$opening_settled" = yes ] || settle_opening || return 1
  opening_settled=yes
  [ "$access" = closed ] || return 0
  if open_access; then
    access=open
    log INFO "open to clients on port $PORT0"
    prove_published
    return 0
  fi
  case $access_fault in
    line*) decide access "$access_fault" ;;
    *) ;;
  esac
  return 1
}

# The first line is the number of the server, the eighth its state.
is_open() {
  pid_line 1
  [ "$line" = "$server" ] || return 1
  pid_line 8
  [ "${line%% *}" = ready ]
}

# Without its script a server would live on, and nobody would know of it.
end_if_alone() {
  ! kill -0 "$$" 2>/dev/null || return 0
  log WARN "the script was killed; shutting down the server that it left behind"
  end_old_server "$server"
  # Nobody is there to be called.
  behind=no access=open
  exit 0
}

# The keeper sees it sooner, if it lives.
end_if_taken() {
  is_taken || return 0
  ignore kill -s USR2 "$$"
  behind=no access=open
  exit 0
}

# decide VERDICT TEXT: the script reads it when the server has ended; without it, on a full disk, it looks
# for itself.
decide() {
  log WARN "$2"
  ! printf '%s\n' "$1" "$2" "${master_timeline:-0}" 2>/dev/null >"$verdict_file.new" || ignore mv -- "$verdict_file.new" "$verdict_file"
  # What is written at the end of such a server could go to the master's files.
  [ "$1" != tablespace ] || ignore kill -s QUIT "$server"
  kill -s USR2 "$$" 2>/dev/null || end_if_alone
  exit 0
}

# is_calm: may this look do without a question? Four of five may, while the replica streams, lacks nothing and has nothing
# to tell. An end of streaming ends the walreceiver, and a promotion takes the standby's marker away, which both is seen
# without one; a pause of replay, or clients that take every connection, are told so much later. A client and its session
# cost more than all the rest of a look. Who reads what was written takes it for old after a minute: 25 s are the most.
is_calm() {
  if [ "$watch_calm" -ge 4 ] || [ "$((watch_interval * (watch_calm + 2)))" -gt 25 ] \
    || [ "$streams" = no ] || [ "$watch_receiver" != "$stream_receiver" ] || [ -n "$stream_goal" ] \
    || [ "$stream_pending" = yes ] || [ "$stream_ends" -gt 0 ] || [ "$access" = closed ] || [ "$behind" = yes ] \
    || [ "$stand_lag" != 0 ] || [ -n "$stand_words" ] || [ "$watch_full" = yes ] || [ ! -e "$pgdata/$standby_marker" ] \
    || ! lives "$stream_receiver" || ! is_open; then
    watch_calm=0
    return 1
  fi
  watch_calm=$((watch_calm + 1))
  watch_streamed=$((watch_streamed + watch_interval))
}

# look: one question, by one client, tells how the server stands. False when nobody is let in yet, or it gives no answer,
# which is no verdict. A walreceiver that has come to the end of a timeline is still there, but waits. A replica that lacks
# what its master raised has ended (before 14), or its replay is paused.
look() {
  forget_stand
  is_open || return 1
  [ -e "$run_work/served" ] || printf '' 2>/dev/null >"$run_work/served" || :
  ask_stand || return 1
  look_receiver=$stand_receiver look_replayed=$stand_replayed look_timeline=$stand_timeline
  [ "$stand_recovers" = t ] || decide_promoted
  [ "$stand_paused" != t ] || ! read_control "$pgdata" || ! raised_parity || decide parity "$raised"
}

decide_promoted() {
  decide promoted "the server was promoted: it accepts writes beside the master of $POSTGRES_MASTER"
}

# watch_clients: what keeps clients from what they came for, once: replay that somebody paused by hand, and connections that
# are all in use. The script itself has those of a superuser, until they are gone, too.
watch_clients() {
  if [ "$stand_paused" = t ] && [ "$stand_unplayed" != 0 ] && [ "$watch_pause" = no ]; then
    watch_pause=yes
    announce WARN "replay is paused at $stand_replayed, and $stand_unplayed bytes wait for it: \
\"SELECT pg_wal_replay_resume();\" on this replica lets it go on"
  elif [ "$stand_paused" = f ] && [ "$watch_pause" = yes ]; then
    watch_pause=no
    announce INFO 'replay has resumed'
  fi
  if [ -z "$stand_recovers" ]; then
    ! is_open || ! is_full "$(ignore words_of "$work/words")" || tell_full
  elif [ "$stand_left" -le 0 ]; then
    tell_full
  elif [ "$watch_full" = yes ]; then
    # A pool at its limit would be told at each look.
    watch_free=$((watch_free + 1))
    [ "$watch_free" -ge 12 ] || return 0
    watch_full=no
    announce INFO 'connections for clients are free again'
  fi
}

# is_full WORDS: does the server refuse a login since all connections are in use?
is_full() {
  case $1 in
    *'too many clients'* | *'remaining connection slots'*) return 0 ;;
    *) return 1 ;;
  esac
}

tell_full() {
  watch_free=0
  [ "$watch_full" = no ] || return 0
  watch_full=yes
  announce WARN 'all connections for clients are in use (max_connections): new clients are refused; pg_stat_activity says by whom'
}

# What the control file tells where the server does not. The state of a fresh clone is "in production" until recovery has
# read backup_label, so that is looked at first. How far replay is it hears only now and then.
watch_control() {
  look_receiver=0 look_replayed=unknown look_timeline=0
  _watch_label=no
  [ ! -e "$pgdata/backup_label" ] || _watch_label=yes
  read_control "$pgdata" || return 0
  control_field 'Database cluster state'
  if [ "$field" = 'in production' ] && [ "$_watch_label" = no ]; then
    decide_promoted
  fi
  ! raised_parity || decide parity "$raised"
  control_position
  look_replayed=${position:-unknown}
}

# raised_parity: did the master raise, in the WAL that came here, what a standby must not have less of? By what
# read_control read. From 14 on replay pauses for it, with stale rows; before, the server ends.
raised_parity() {
  while IFS='=' read -r _raised_name _raised_field _raised_held; do
    [ -n "$_raised_name" ] || continue
    control_field "$_raised_field setting"
    if [ "${field:-0}" -gt "$_raised_held" ]; then
      raised="the master raised $_raised_name from $_raised_held to $field"
      return 0
    fi
  done <<EOF
$parity_held
EOF
  return 1
}

# A walreceiver that is connected at two looks streams; one that cannot is a new process each time, and one that only
# tries to connect is not listed. Even one that streams may stream from somebody who is the master no more.
watch_stream() {
  if [ "$look_receiver" -gt 0 ] && [ -e "$replica/never_streamed" ]; then
    ignore rm -f -- "$replica/never_streamed"
  fi
  # Where replay was at the last look: what moves while nothing streams is read from here.
  [ "$watch_still" -gt 0 ] || watch_replayed=$look_replayed watch_stood=0
  if [ "$look_receiver" -gt 0 ] && [ "$look_receiver" = "$watch_receiver" ]; then
    let_wal_go
    [ "$watch_still" -eq 0 ] && [ "$watch_answered" -eq 0 ] || state_trouble='' watch_answered=0
    watch_still=0 watch_said='' watch_put_off=no
    watch_streamed=$((watch_streamed + watch_interval))
    [ "$watch_streamed" -ge "$stale_limit" ] || return 0
    watch_streamed=0
    doubt_master
    return 0
  fi
  watch_receiver=$look_receiver
  watch_still=$((watch_still + watch_interval))
  # What the walreceiver brought last is replayed up to wal_retrieve_retry_interval after its end.
  if [ "$look_replayed" = "$watch_replayed" ]; then
    watch_stood=$((watch_stood + watch_interval))
  else
    watch_replayed=$look_replayed watch_stood=0
  fi
  # Put off once: an archive may bring a file now and then for as long as it likes.
  if [ "$watch_still" -ge "$stale_limit" ] && [ "$watch_put_off" = no ] \
    && [ "$watch_stood" -gt 0 ] && [ "$watch_stood" -lt "$stale_limit" ]; then
    watch_still=$watch_stood watch_put_off=yes
    return 0
  fi
  # One that has just connected is looked at once more.
  _watch_limit=$stale_limit
  [ "$look_receiver" -eq 0 ] || _watch_limit=$((stale_limit + watch_interval))
  if [ "$watch_still" -ge "$_watch_limit" ]; then
    watch_still=0 watch_streamed=0 watch_put_off=no
    judge_standstill
    [ -n "$standstill" ] || return 0
    [ "$standstill" = "$watch_said" ] || announce WARN "not streaming: $standstill"
    watch_said=$standstill
  elif [ "$((watch_still / watch_interval % 2))" -eq 0 ]; then
    seek_master
  fi
}
