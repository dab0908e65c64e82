# Is there another master than the one that is followed? In the watcher; the walreceiver is led there without a restart.

# doubt_master: is there another master than the one that we stream from? What was received may end within a record; what
# was replayed does not.
doubt_master() {
  is_integer "$look_timeline" 1 999999999 || return 0
  read_control "$pgdata" || return 0
  own_runs=yes
  know_own "$look_timeline" "$look_replayed"
  if ! look_for_master; then
    doubt_said=''
    _doubt_words=''
    [ "$is_own_master" = no ] || _doubt_words='POSTGRES_MASTER points to this replica itself, so no new WAL arrives'
  elif [ -n "$divergence" ]; then
    believe_divergence
    return 0
  else
    doubt_said='' _doubt_words=$host_notes
    [ ! -f "$replica/outdated" ] || ignore rm -f -- "$replica/outdated"
    judge_loop
    if is_followed; then
      leave_former_server
      [ -z "$slot" ] || drop_left_slots
    elif is_better; then
      follow_master
    fi
  fi
  [ -z "$_doubt_words" ] || [ "$_doubt_words" = "$hosts_said" ] || log WARN "hosts of POSTGRES_MASTER: $_doubt_words"
  hosts_said=$_doubt_words
}

# is_better: the one that we stream from is left for another of its timeline only if it says itself that it is no master.
is_better() {
  [ "$master_timeline" -eq "$look_timeline" ] || return 0
  for _better_place in "$work"/hosts/*.place; do
    IFS="$tab" read -r _better_host _better_port _better_address 2>/dev/null <"$_better_place" || continue
    if [ "$_better_host" = "$upstream_host" ] && [ "$_better_port" = "$upstream_port" ] \
      && [ "$_better_address" = "$upstream_address" ]; then
      [ "$(ignore cat "${_better_place%.place}.status")" = 0 ]
      return "$?"
    fi
  done
  return 1
}

# leave_former_server: behind an address there may be another server by now, which was promoted, while the connection to the
# one before lives on. So one on an older timeline from which nothing came between two judgements is left.
leave_former_server() {
  _leave_stand="$look_receiver $look_replayed $master_timeline"
  if [ "$look_timeline" -ge "$master_timeline" ]; then
    doubt_stood=''
  elif [ "$doubt_stood" = "$_leave_stand" ]; then
    log WARN "$master_name is on timeline $master_timeline, and this replica still streams timeline $look_timeline: connecting again"
    end_receiver
  else
    doubt_stood=$_leave_stand
  fi
}

# believe_divergence: when the same is said twice in a row, of the same host. How far that and this replica are meanwhile, is
# no difference.
believe_divergence() {
  _believe_key=${divergence%%; only*}
  case $_believe_key in
    'the data is at '*) _believe_key='the data is ahead' ;;
    *) ;;
  esac
  _believe_key="$master_host $master_port $master_address $_believe_key"
  [ "$_believe_key" != "$doubt_said" ] || decide diverged "$divergence"
  doubt_said=$_believe_key
}

# seek_master: while nothing streams, but not long yet. Only a promotion is reason enough to look for another one so soon.
seek_master() {
  [ "$look_replayed" != unknown ] && read_control "$pgdata" || return 0
  stand_of_server
  look_for_master && [ -z "$divergence" ] || return 0
  [ "$master_timeline" -gt "$own_floor" ] || return 0
  is_followed || follow_master
}

# stand_of_server: of one that runs, by what read_control read, and by how far replay is, if it says so.
stand_of_server() {
  control_position
  replayed_position
  own_runs=yes
  know_own "$timeline" "$position"
}

# follow_master: the walreceiver takes it when it connects next, and one that hangs is ended.
follow_master() {
  left_clean='' left_tries=0
  [ -z "$slot" ] || mend_slot
  if ! note_forks 2>/dev/null || ! write_upstream 2>/dev/null; then
    log WARN "cannot write $replica/upstream.conf, so this replica does not follow $master_name"
    return 0
  fi
  stream_why="this replica follows $master_name from now on"
  log WARN "following $master_name from now on, the master on timeline $master_timeline"
  end_receiver
}

# end_receiver: a walreceiver waits without end for a server that says nothing to it, and so does what keeps slots in step
# (since 17). PostgreSQL starts another one.
end_receiver() {
  _receiver_question="SELECT pid FROM pg_stat_activity WHERE backend_type IN ('walreceiver', 'slotsync worker')"
  ask_cluster "$_receiver_question" || return 0
  _receiver_children=$newline$(children_of "$server")$newline
  while read -r _receiver_pid; do
    case $_receiver_children in
      *"$newline$_receiver_pid$newline"*) ignore kill -s TERM "$_receiver_pid" ;;
      *) ;;
    esac
  done <"$answers"
}
