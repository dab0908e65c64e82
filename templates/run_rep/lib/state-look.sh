# What the watcher tells at each look (lib/state.sh), from the one question that it asked.

# note_look: takes over what ask_stand was answered, or says that there was no answer.
note_look() {
  if [ -z "$stand_recovers" ]; then
    tell_time
    state_lag_seconds=''
    _note_kind=starting
    ! is_open || _note_kind=silent
    words_of_kind "$_note_kind"
    change_state "$_note_kind" "$kind_words"
  else
    take_stand
    take_upstream
    [ "$behind" = yes ] || tell_stream
    if [ "$stand_receiver" -gt 0 ] && { [ "$watch_receiver" = "$stand_receiver" ] || [ -z "$watch_said" ]; }; then
      state_heard=$stand_heard state_heard_s=$stand_heard_s
      state_told=$stand_told
      say_stand
      _note_kind=streaming _note_words=$stand_words
    else
      _look_words=${watch_said:-no walreceiver is connected}
      _look_words=${state_trouble:-$_look_words}
      _note_kind=not_streaming _note_words=${_look_words#not streaming: }
    fi
    [ "$access" = open ] || _note_kind=closed
    [ "$behind" = no ] || _note_kind=behind
    words_of_kind "$_note_kind"
    change_state "$_note_kind" "${kind_words:-$_note_words}"
  fi
  write_state
}

# take_stand: what the answer says of positions. Of one that is behind by nothing, or by run.delay, it is noted when.
take_stand() {
  state_time=$stand_time state_time_s=$stand_time_s
  [ "$stand_timeline" -eq 0 ] || state_timeline=$stand_timeline
  state_received=$stand_received state_replayed=$stand_replayed
  state_received_bytes=$stand_received_bytes state_replayed_bytes=$stand_replayed_bytes
  state_lag_bytes=$stand_lag state_unreplayed_bytes=$stand_unplayed
  state_slot=${stand_slot#-}
  # What is here, the master had; while nothing streams, nobody else tells.
  [ "$stand_told" = - ] || state_told=$stand_told
  if [ "$stand_unplayed" = 0 ] || [ "$stand_held" = t ]; then
    state_caught_s=$stand_time_s
  fi
  lag_in_seconds
  state_lag_seconds=$lag_seconds
}

# lag_in_seconds: sets $lag_seconds to how old what is here is: for how long there is WAL to replay, but at most since it
# was seen that there was none, as after hours without a transaction; and for how long nothing was heard of the master,
# where nothing streams. An idle master says something each half of wal_receiver_timeout.
lag_in_seconds() {
  lag_seconds=$stand_seconds
  seconds_since "$state_caught_s"
  [ -z "$elapsed" ] || ! is_too_far "$lag_seconds" "$elapsed" || lag_seconds=$elapsed
  silent_seconds=0
  _lag_heard=$state_heard_s _lag_patience=0
  if [ "$stand_receiver" -gt 0 ]; then
    _lag_heard=$stand_heard_s _lag_patience=$stand_silence
    [ "$_lag_patience" -gt 0 ] || _lag_patience=999999999
  fi
  seconds_since "$_lag_heard"
  if [ -n "$elapsed" ] && [ "$elapsed" -gt "$_lag_patience" ]; then
    silent_seconds=$elapsed
    ! is_too_far "$elapsed" "$lag_seconds" || lag_seconds=$elapsed
  fi
}

# look_for_master: as find_master, and what it tells of the master, or of a master that is none, is noted.
look_for_master() {
  if find_master; then
    state_asked=$master_position
    # What note_answer has said holds until the replica streams.
    [ -z "$divergence" ] && [ "$watch_answered" -ge 2 ] || state_trouble=$divergence
    return 0
  fi
  watch_answered=0
  judge_hosts_found
  return 1
}

# note_answer: a master that answers at two judgements in a row, while nothing streams, is not merely away.
note_answer() {
  watch_answered=$((watch_answered + 1))
  [ "$watch_answered" -lt 2 ] || state_trouble="not streaming: $standstill"
}

# judge_hosts_found: is there no answer because the master is merely away?
judge_hosts_found() {
  state_trouble=''
  if [ "$is_own_master" = yes ]; then
    state_trouble='POSTGRES_MASTER points to this replica itself, so no new WAL arrives'
  elif [ "$foreign" = yes ]; then
    state_trouble="no host of POSTGRES_MASTER is a master of this data: $no_master"
  elif [ "$older_hosts" -gt 0 ]; then
    state_trouble="only a former master answers: $no_master"
  fi
  plain_text "$state_trouble"
  state_trouble=$plain
}

# begin_look: before the first look. The run has asked the master a moment ago.
begin_look() {
  state_new=$state_place/new.watch
  if [ "$master_known" = yes ]; then
    state_asked=$master_position
  else
    judge_hosts_found
  fi
  tell_time
  begin_stream
  state_copied_mb='' state_size_mb=''
  [ "$decision" = reuse ] || state_heard=$state_time state_heard_s=$state_time_s
  change_state starting 'the server is starting'
  write_state
}

# note_copied MB: how far a copy is, by the helper that watches it.
note_copied() {
  [ -n "$state_place" ] || return 0
  state_new=$state_place/new.clone state_copied_mb=$1
  tell_time
  write_state
}
