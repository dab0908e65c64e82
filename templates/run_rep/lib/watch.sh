# The watcher: a second process beside the server, which sees what a scheduler cannot: a server that
# was promoted, that waits for higher settings, that follows nobody any more, or whose script was killed.
# It only decides; the script stops the server and acts.

start_watcher() {
  server=$child
  verdict_file=$work/verdict
  watch_holder=$wal_holder watch_flusher=$flusher
  launching=yes
  (
    become_watcher
    watch_server
  ) &
  watcher=$!
  launched
}

# In its subshell: work files, a child, helpers and traps of its own. A helper of the script's that stops the server by
# now must not be ended by the watcher.
become_watcher() {
  child='' stopper='' watchdog='' flusher='' syncer='' wal_holder='' wal_client='' launching=no serving=no staging='' alive='' self='' pause_on_failure=no exit_code=0
  run_work=$work
  make_ours "$work/watch"
  work=$work/watch
  exec 9</dev/null
  trap - USR2
  trap 'on_signal || :' TERM INT HUP VTALRM
  trap on_exit EXIT
}

watch_server() {
  watch_still=0 watch_receiver=0 watch_replayed='' watch_said='' watch_compared=no behind_state=unflushed behind_still=0 behind_replayed='' renew_said='' door_superuser=''
  while :; do
    await_look
    end_if_alone
    renew_access
    trim_server_log
    renew_rotation
    look || watch_control
    # Nothing streams before it is on disk.
    if [ "$behind" = yes ]; then
      hurry_behind
    else
      watch_stream
    fi
  done
}

# await_look: until it is time to look at the server. One that is closed is opened as soon as it lets somebody in: a
# standby does not before it has replayed what makes it consistent, and says so in postmaster.pid.
await_look() {
  _look_left=$watch_interval _look_blinks=100
  while [ "$access" = closed ] || [ "$behind" = yes ]; do
    [ "$_look_left" -gt 0 ] || return 0
    _look_pause=0.1
    [ "$access" = open ] || _look_pause=0.02
    if is_open; then
      [ "$access" = open ] || open_doors || _look_blinks=0
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
  pause "$watch_interval"
}

# open_doors: once, when the server lets the script in. Rules that it would not take end it, as they would have kept it
# from starting; a full disk may have room again.
open_doors() {
  [ "$watch_compared" = yes ] || compare_collations
  watch_compared=yes
  if open_access; then
    access=open
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

# decide VERDICT TEXT: the script reads it when the server has ended; without it, on a full disk, it looks
# for itself.
decide() {
  log WARN "$2"
  ! printf '%s\n' "$1" "$2" 2>/dev/null >"$verdict_file.new" || ignore mv -- "$verdict_file.new" "$verdict_file"
  kill -s USR2 "$$" 2>/dev/null || end_if_alone
  exit 0
}

# look: one question, by one client, tells how the server stands. False when nobody is let in yet, or it gives no answer,
# which is no verdict. A walreceiver that has come to the end of a timeline is still there, but waits. A replica that lacks
# what its master raised has ended (before 14), or its replay is paused.
look() {
  is_open || return 1
  _look_question="SELECT recovers, \
coalesce((SELECT pid FROM pg_stat_wal_receiver WHERE coalesce(status, 'streaming') = 'streaming'), 0), \
CASE WHEN recovers THEN pg_last_wal_replay_lsn() END, CASE WHEN recovers THEN pg_is_wal_replay_paused() END \
FROM pg_is_in_recovery() AS recovers"
  ask_superuser postgres "$_look_question" || ask_anybody "$_look_question" || return 1
  IFS="$tab" read -r _look_recovers look_receiver look_replayed _look_paused <"$answers" || return 1
  is_integer "$look_receiver" 0 999999999 || return 1
  [ "$_look_recovers" = t ] || decide_promoted
  [ "$_look_paused" != t ] || ! read_control "$pgdata" || ! raised_parity || decide parity "$raised"
}

decide_promoted() {
  decide promoted "somebody promoted the server: it takes writes, beside $POSTGRES_MASTER"
}

# What the control file tells where the server does not. The state of a fresh clone is "in production" until recovery has
# read backup_label, so that is looked at first. How far replay is it hears only now and then.
watch_control() {
  look_receiver=0 look_replayed=unknown
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
# tries to connect is not listed.
watch_stream() {
  if [ "$look_receiver" -gt 0 ] && [ "$look_receiver" = "$watch_receiver" ]; then
    let_wal_go
    [ -z "$watch_said" ] || log INFO 'the walreceiver runs again'
    watch_still=0 watch_replayed='' watch_said=''
    return 0
  fi
  watch_receiver=$look_receiver
  watch_still=$((watch_still + watch_interval))
  [ "$watch_still" -ge "$stale_limit" ] || return 0
  watch_still=0
  judge_standstill
  [ "$standstill" = "$watch_said" ] || log WARN "not streaming: $standstill"
  watch_said=$standstill
}

# Why does nothing arrive? A master that is merely away is no reason to stop serving; and replay may have
# hours of WAL to read that is here, before it asks for more.
judge_standstill() {
  standstill='replay has WAL to read that is here'
  if [ "$look_replayed" != "$watch_replayed" ]; then
    watch_replayed=$look_replayed
    return 0
  fi
  # Of one that nobody is let into yet the control file tells too little.
  ! is_open || let_wal_go
  _still_mb=$(free_mb "$store")
  [ "${_still_mb:-16}" -ge 16 ] \
    || decide no_space "$store has $_still_mb MB left, so that no WAL can be received"
  standstill='the server gives no answer'
  [ "$look_replayed" != unknown ] || return 0
  standstill='the master gives no answer'
  if ! ask_master; then
    standstill="$standstill: $(words_of "$work/words")"
    return 0
  fi
  read_identity
  [ "$master_system" = "$pinned_system" ] || decide identity \
    "the data is of system $pinned_system, but $POSTGRES_MASTER is now system $master_system"
  standstill="pg_controldata cannot tell where $pgdata stands"
  read_control "$pgdata" || return 0
  control_position
  judge_history "$timeline" "$position" || decide diverged "$divergence"
  [ -z "$slot" ] || mend_slot
  standstill="the master answers, and has what comes after $look_replayed"
  needed_segment "$(segment_of "$timeline" "$look_replayed")"
  if is_wal_gone "$needed"; then
    decide wal_gone "the master has no longer the WAL file $needed, which comes next here"
  fi
}

# is_wal_gone NAME: asked of the master as a walreceiver would ask. Servers speak many languages, but
# each names the file. An empty file of that name, ending in .partial, says where pg_receivewal begins.
is_wal_gone() {
  [ -x "$client_bin/pg_receivewal" ] || return 1
  [ -d "$work/wal" ] || mkdir -- "$work/wal" || return 1
  rm -f -- "${work:?}/wal"/* || return 1
  printf '' >"$work/wal/$1.partial" || return 1
  bounded 5 "$client_bin"/pg_receivewal -D "$work/wal" -d "$primary_conninfo" -n -w 2>"$work/words"
  ignore rm -f -- "${work:?}/wal"/*
  [ "$status" -ne 124 ] && grep -q -F -e "$1" "$work/words"
}
