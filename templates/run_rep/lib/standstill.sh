# Nothing streams: why, and what follows from it. In the watcher.

# Why does nothing arrive? A master that is merely away is no reason to stop serving; and replay may have
# hours of WAL to read that is here, before it asks for more. $standstill is empty where a walreceiver streams by now.
judge_standstill() {
  _still_wait=''
  ! waits_for_delay \
    || _still_wait="WAL that is here is replayed first, each transaction $apply_delay s after its commit (run.delay)"
  renew_login
  if [ "$watch_stood" -lt "$stale_limit" ] && [ "$look_replayed" != unknown ]; then
    standstill=${_still_wait:-"still replaying WAL that is here, now at $look_replayed"}
    return 0
  fi
  # Of one that nobody is let into yet the control file tells too little.
  ! is_open || let_wal_go
  ! find_no_room 16 || decide no_space "$no_room, too little to receive WAL"
  standstill='the server does not answer'
  [ "$look_replayed" != unknown ] || return 0
  standstill="pg_controldata cannot read $pgdata"
  read_control "$pgdata" || return 0
  stand_of_server
  if ! look_for_master; then
    say_no_master
    standstill=$no_master_words doubt_said=''
    # A master that refuses us takes writes that do not come here.
    if [ -n "$refusal_words" ]; then
      standstill="$standstill; once that is mended, it streams again without a restart (see MASTER_REFUSES)"
      state_trouble="not streaming: $standstill"
    fi
    believe_strangers
    ! streams_by_now || standstill=''
    return 0
  fi
  strangers=0
  standstill=$divergence
  if [ -n "$divergence" ]; then
    believe_divergence
    return 0
  fi
  doubt_said=''
  [ -z "$slot" ] || mend_slot
  standstill=${_still_wait:-"$master_name answers and has the WAL after $look_replayed"}
  needed_segment "$look_replayed" || return 0
  _still_gone=no
  ! is_wal_gone "$needed" || _still_gone=yes
  # What was needed at the last look may be here by now, and not be kept there any more.
  if streams_by_now; then
    standstill=''
    return 0
  fi
  [ "$_still_gone" = no ] || decide wal_gone "$gone"
  if is_followed; then
    end_receiver
  else
    follow_master
  fi
  note_answer
}

# streams_by_now: asking the hosts takes seconds, in which a walreceiver may have connected: with the password that was
# renewed before, say. It is left alone, and the next look tells whether it stays.
streams_by_now() {
  ask_stand && [ "$stand_receiver" -gt 0 ] || return 1
  watch_receiver=$stand_receiver state_trouble='' watch_answered=0
}

# believe_strangers: as meet_strangers.
believe_strangers() {
  if [ "$foreign" = no ]; then
    strangers=0
    return 0
  fi
  strangers=$((strangers + 1))
  [ "$strangers" -lt 3 ] || decide identity "no host of POSTGRES_MASTER is a master of the data in $store: $no_master"
}

# waits_for_delay: is replay where run.delay lets it be? Only then WAL that is here keeps new WAL from being asked for.
waits_for_delay() {
  [ "$apply_delay" -gt 0 ] && is_open || return 1
  ask_superuser postgres "SELECT 'waits' FROM pg_stat_activity WHERE wait_event = 'RecoveryApplyDelay'" \
    && grep -q -x waits "$answers"
}

# is_wal_gone NAME: asked of the master as a walreceiver would ask, and of the archive, if there is one; $gone says so.
# Servers speak many languages, but each names the file. An empty file of that name, ending in .partial, says where
# pg_receivewal begins; it names that one itself when a server shuts down while it is asked. Since 11 it ends when the
# first of it arrives.
is_wal_gone() {
  gone="$master_name no longer has the WAL segment $1, which this replica needs next"
  [ -x "$client_bin/pg_receivewal" ] || return 1
  [ -d "$work/wal" ] || mkdir -- "$work/wal" || return 1
  rm -f -- "${work:?}/wal"/* || return 1
  printf '' >"$work/wal/$1.partial" || return 1
  _gone_segment=$1
  set -- -D "$work/wal" -d "$master_conninfo" -n -w
  [ "$client_major" -lt 11 ] || set -- "$@" --endpos="$(start_of_segment "$_gone_segment")"
  bounded 5 "$client_bin"/pg_receivewal "$@" 2>"$work/words"
  ignore rm -f -- "${work:?}/wal"/*
  [ "$status" -ne 124 ] && grep -v -F -e "$_gone_segment.partial" "$work/words" | grep -q -F -e "$_gone_segment" \
    && ! in_archive "$_gone_segment"
}
