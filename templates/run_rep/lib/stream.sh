# What the log of the task says of streaming, by the answer that each look of the watcher has anyway: that it began, that it
# ended and why, that the replica has caught up. Each once. Of a link that comes and goes the first end and the first
# beginning are told at once, and from then on one line a minute counts.

# begin_stream: before the first look.
begin_stream() {
  streams=no stream_receiver=0 stream_source='' stream_goal='' stream_since_s=$state_time_s
  stream_told=yes stream_pending=no stream_ends=0 stream_told_s='' stream_why=''
}

# tell_stream: after a look that was answered. Another walreceiver means that the last one ended in between.
tell_stream() {
  if [ "$streams" = yes ] && [ "$stand_receiver" != "$stream_receiver" ]; then
    end_stream
  fi
  if [ "$streams" = no ] && [ "$stand_receiver" -gt 0 ]; then
    note_stream
  fi
  count_stream_ends
  tell_caught_up
}

# note_stream: it streams from now on. It is told at once where its last end was.
note_stream() {
  streams=yes stream_receiver=$stand_receiver
  name_server "$state_host" "$state_port" "$state_address"
  stream_source=$server_name stream_why=''
  [ -n "$stream_goal" ] || stream_goal=$stand_told
  if [ "$stream_told" = yes ]; then
    announce INFO "streaming from $stream_source$(stream_place)"
  else
    stream_pending=yes
  fi
}

stream_place() {
  [ "$stand_timeline" -eq 0 ] || printf ', timeline %s' "$stand_timeline"
  printf ', at %s\n' "$stand_received"
}

# end_stream: why, the server's log tells, in its own words, or whoever led the walreceiver elsewhere.
end_stream() {
  streams=no stream_pending=no
  [ -n "$stream_goal" ] || stream_since_s=$stand_time_s
  if is_too_soon && [ -z "$stream_why" ]; then
    stream_ends=$((stream_ends + 1)) stream_told=no
    return 0
  fi
  if [ -z "$stream_why" ]; then
    find_last_error "$stream_receiver"
    [ -z "$last_error" ] || stream_why="the server logged: $last_error"
  fi
  announce WARN "streaming from $stream_source has ended at $stand_received${stream_why:+"; $stream_why"}"
  stream_told=yes stream_told_s=$stand_time_s
}

# is_too_soon: was an end of streaming told less than a minute ago?
is_too_soon() {
  seconds_since "$stream_told_s"
  [ -n "$elapsed" ] && [ "$elapsed" -lt 60 ]
}

# count_stream_ends: what was not told at once, a minute after the last line.
count_stream_ends() {
  [ "$stream_ends" -gt 0 ] || [ "$stream_pending" = yes ] || return 0
  ! is_too_soon || return 0
  _count_words=''
  [ "$stream_ends" -eq 0 ] || _count_words=" (streaming ended $stream_ends more times in the last $elapsed s)"
  if [ "$streams" = yes ]; then
    announce INFO "streaming from $stream_source$(stream_place)$_count_words"
  else
    announce WARN "not streaming from $stream_source$_count_words"
  fi
  stream_ends=0 stream_pending=no stream_told=no stream_told_s=$stand_time_s
}

# tell_caught_up: what the master had when streaming began is replayed, or held back by run.delay alone. How long that
# took counts from the start of the server, or from the end of streaming.
tell_caught_up() {
  [ -n "$stream_goal" ] && [ "$streams" = yes ] && [ "$stream_pending" = no ] || return 0
  [ "$stand_reached" = t ] || [ "$stand_held" = t ] || return 0
  seconds_since "$stream_since_s"
  announce INFO "caught up${elapsed:+" after $elapsed s"}: replay is at $stand_replayed, the master was at $stream_goal"
  stream_goal=''
}
