# pg_rewind, where the model says so (run.onDiverged): data that left the master's history goes back to where both parted,
# and gets what the master has changed since. It writes in place, and what it leaves half done is no data any more. So from
# before its first write until all is looked at again there is $replica/rewinding instead of clone.done: a run that finds
# that never serves, whatever else lies there.

# rewind_data: before the data is chosen. What it cannot bring back keeps its $divergence and goes the way of all such data.
rewind_data() {
  if [ "$data_state" != finished ] || [ -z "$divergence" ] || [ "$master_major" != "$major" ]; then
    return 0
  fi
  know_rules
  rewind_fault='' rewind_plan=no rewind_size=''
  find_source
  if [ -z "$rewind_fault" ] && [ "$sub_command" != run ]; then
    log INFO "a run would rewind the data: $divergence"
    divergence=''
    return 0
  fi
  [ -n "$rewind_fault" ] || prepare_rewind
  if [ "$rewind_plan" = yes ]; then
    log WARN "$divergence; rewinding the data: $rewind_size"
    run_rewind
  else
    log WARN "the data cannot be rewound: $rewind_fault"
  fi
}

# find_source: pg_rewind reads the files of the master by SQL, in a database. What it may read there, its dry run tells.
find_source() {
  rewind_conninfo="$master_conninfo$login_patience application_name=run_rep_rewind"
  if [ -n "$rewind_role" ]; then
    conninfo_word "$rewind_role"
    rewind_conninfo="$rewind_conninfo user=$word"
  fi
  conninfo_word "$rewind_database"
  rewind_conninfo="$rewind_conninfo dbname=$word"
  if [ ! -x "$pg_bin/pg_rewind" ]; then
    rewind_fault="there is no pg_rewind in $pg_bin"
    return 0
  fi
  if ! ask_source "SELECT oid FROM pg_tablespace WHERE pg_tablespace_location(oid) LIKE '/%'"; then
    rewind_fault="cannot run SQL in the database $rewind_database of $master_name: $(words_of "$work/words")"
    return 0
  fi
  # Replay would make it where it lies on the master, which may be this very host.
  while read -r _source_space; do
    [ -L "$pgdata/pg_tblspc/$_source_space" ] \
      || rewind_fault="$master_name has a new tablespace ($_source_space), for which only a new clone makes a directory here"
  done <"$work/answers"
}

ask_source() {
  bounded "$ask_limit" "$client_bin"/psql -X -w -A -t -v ON_ERROR_STOP=1 \
    -d "$rewind_conninfo options='-c search_path=pg_catalog'" -c "$1" >"$work/answers" 2>"$work/words"
  [ "$status" -eq 0 ]
}

# prepare_rewind: all that pg_rewind could refuse, before anything is changed. It takes data only that was shut down
# cleanly, and looks only at what was replayed; WAL that came, and was not, is what the second try is for.
prepare_rewind() {
  flush_rest
  relink_tablespaces
  rewind_ended=no
  read_control "$pgdata" || fail GATE "pg_controldata cannot read $pgdata: $control"
  control_field 'Database cluster state'
  [ "$field" = 'shut down in recovery' ] || end_cleanly
  [ -n "$rewind_fault" ] || plan_rewind
  if [ "$rewind_plan" = nothing ] && [ "$rewind_ended" = no ]; then
    end_cleanly
    [ -n "$rewind_fault" ] || plan_rewind
  fi
  [ "$rewind_plan" != nothing ] || rewind_fault='pg_rewind finds nothing to rewind'
}

# @may rewind
# call_rewind OPTION...: by no means may it start a server on the data, as it would since 13 to shut it down cleanly: that
# one would be no standby. It ends with the script.
call_rewind() {
  [ "${major%%.*}" -lt 13 ] || set -- --no-ensure-shutdown "$@"
  bounded 2592000 "$pg_bin"/pg_rewind -D "$pgdata" --source-server="$rewind_conninfo" "$@" >"$work/rewind.log" 2>&1
}

# plan_rewind: sets $rewind_plan to yes, nothing, or no with a $rewind_fault.
plan_rewind() {
  rewind_plan=no
  call_rewind -n -P
  if [ "$status" -ne 0 ]; then
    rewind_fault="pg_rewind ended with status $status: $(words_of "$work/rewind.log")"
  elif grep -q 'no rewind required' "$work/rewind.log"; then
    rewind_plan=nothing
  elif has_next_wal; then
    rewind_plan=yes
    rewind_size=$(sed -n 's/.*need to copy \([0-9]* MB\) (total source directory size is \([0-9]* MB\)).*/\1 of \2/p' \
      "$work/rewind.log")
    find_free "$store"
    _plan_mb=${rewind_size%% *} _plan_free=$free
    if is_integer "$_plan_mb" 0 999999999 && [ "${_plan_free:-$_plan_mb}" -lt "$_plan_mb" ]; then
      rewind_plan=no
      rewind_fault="$store has only $_plan_free MB left; pg_rewind has to copy $_plan_mb MB"
    fi
    [ "$rewind_plan" = no ] || has_room_to_rewind || rewind_plan=no
  fi
}

# has_room_to_rewind: of WAL that lies on a disk of its own, pg_rewind copies all that the master has. False with a
# $rewind_fault.
has_room_to_rewind() {
  [ "$wal_disk" != "$store" ] || return 0
  _room_needed=''
  if ask_source "SELECT ceil(sum((pg_stat_file('$wal_directory/' || name, true)).size) / 1048576) FROM pg_ls_dir('$wal_directory', true, false) AS name"; then
    read -r _room_needed <"$work/answers" || :
  fi
  find_free "$wal_disk"
  _room_free=$free
  if is_integer "$_room_needed" 0 999999999 && [ "${_room_free:-$_room_needed}" -lt "$_room_needed" ]; then
    rewind_fault="$wal_disk has only $_room_free MB left; pg_rewind may have to copy $_room_needed MB of WAL"
    return 1
  fi
}

# has_next_wal: replay begins before the point where both parted, and needs all that the master has written since.
has_next_wal() {
  _next_fork=$(sed -n 's|.*diverged at WAL location \([0-9A-F/]*\) on timeline.*|\1|p' "$work/rewind.log")
  _next_parent=$(sed -n 's|.*diverged at WAL location .* on timeline \([0-9]*\).*|\1|p' "$work/rewind.log")
  if [ -z "$_next_fork" ] || ! ask_history; then
    rewind_fault="cannot tell where the histories diverged: $(words_of "$work/rewind.log")"
    return 1
  fi
  _next_timeline=$(awk -v parent="$_next_parent" -v last="$master_timeline" '
      $1 ~ /^[0-9]+$/ && $1 + 0 > parent + 0 && !found { found = $1 }
      END { print found ? found : last }' "$work/history") || return 1
  _next_segment=$(segment_of "$_next_timeline" "$_next_fork")
  _next_size=''
  if ask_source "SELECT size FROM pg_stat_file('$wal_directory/$_next_segment', true)"; then
    read -r _next_size <"$work/answers" || :
  fi
  [ -n "$_next_size" ] \
    || rewind_fault="$master_name no longer has the WAL segment $_next_segment, where its own history begins"
  [ -n "$_next_size" ]
}

# missing_wal FROM TO: prints the first of those WAL files, whatever the timeline, that is not here; TO may come yet.
missing_wal() {
  control_field 'Bytes per WAL segment'
  find "$pgdata/$wal_directory/" -type f | awk -F / -v from="$1" -v to="$2" -v size="$field" "$awk_lsn"'
    length($NF) == 24 { here[substr($NF, 9)] = 1 }
    END {
      high = hex(substr(from, 9, 8))
      low = hex(substr(from, 17, 8))
      last = substr(to, 9)
      for (;;) {
        name = sprintf("%08X%08X", high, low)
        if (name "" >= last "")
          exit
        if (!(name in here)) {
          print name
          exit
        }
        if (++low == 4294967296 / size) {
          high++
          low = 0
        }
      }
    }'
}

# run_rewind: from here on there is no way back for this data.
run_rewind() {
  _run_floor=$master_timeline
  { cat -- "$replica/clone.done" && printf 'floor=%s\n' "$_run_floor"; } >"$work/rewinding" \
    || cannot_write "$work" "cannot write $work/rewinding"
  mv -- "$work/rewinding" "$replica/rewinding" || cannot_write "$replica" "cannot write $replica/rewinding"
  rm -f -- "${replica:?}/clone.done"
  sync "$replica/rewinding" "$replica" || cannot_write "$replica" "cannot write $replica/rewinding"
  call_rewind
  if [ "$status" -eq 0 ]; then
    finish_rewind
  else
    leave_rewind "pg_rewind ended with status $status: $(words_of "$work/rewind.log")"
  fi
}

# finish_rewind: pg_rewind has taken away what the master has not, the standby's marker as well, and has flushed all. It
# counts when the gate lets it through, and when it is found in the master's history. That is told of what is flushed
# there, and the data may be a moment ahead of that.
finish_rewind() {
  forget_rewound
  write_standby_marker "$pgdata" || cannot_write "$pgdata" "cannot write the standby's marker in $pgdata"
  require_standby
  control_position
  know_own "$timeline" "$position"
  # All that the master has came along, and what is missing now will never come.
  _finish_start=$(sed -n 's|^START WAL LOCATION: \([0-9A-F/]*\) .*|\1|p' "$pgdata/backup_label")
  _finish_missing=$(segment_of "$timeline" "${_finish_start:-$position}")
  _finish_missing=$(missing_wal "$_finish_missing" "$(segment_of "$timeline" "$position")")
  if [ -n "$_finish_missing" ]; then
    leave_rewind "the data was rewound, but the WAL segment $_finish_missing, which replay needs, is gone"
    return 0
  fi
  _finish_tries=0
  until find_master && [ -z "$divergence" ]; do
    _finish_tries=$((_finish_tries + 1))
    if [ "$_finish_tries" -ge 10 ]; then
      leave_rewind "the data was rewound, but still cannot follow: ${divergence:-$no_master}"
      return 0
    fi
    pause 1
  done
  read_answers
  sync "$pgdata/$standby_marker" "$pgdata" || cannot_write "$pgdata" "cannot flush the files of $pgdata to disk"
  sed '/^floor=/d' "$replica/rewinding" >"$replica/clone.done.new" \
    || cannot_write "$replica" "cannot write $replica/clone.done"
  sync "$replica/clone.done.new" || cannot_write "$replica" "cannot write $replica/clone.done"
  mv -- "$replica/clone.done.new" "$replica/clone.done" || cannot_write "$replica" "cannot write $replica/clone.done"
  rm -f -- "${replica:?}/rewinding" "${replica:?}/outdated"
  ignore sync "$replica"
  log INFO "rewound: the data is at $position on timeline $timeline, in the history of $master_name"
}

# forget_rewound: pg_rewind has brought the files of another data directory, of which nothing is known yet. Rules that lie
# beside it go on.
forget_rewound() {
  ignore rm -f -- "${replica:?}/conf/postgresql.auto.conf.cloned"
  find_files
  case $rules_file in
    "$replica"/conf/*) ;;
    *) ignore rm -f -- "${replica:?}/conf/sources" ;;
  esac
}

# leave_rewind TEXT: half done, it is no data any more.
leave_rewind() {
  [ "$on_diverged" = reclone ] || fail HALF_REWOUND "$1"
  log WARN "$1; cloning again"
  data_state=outdated divergence=''
}

# end_cleanly: runs the data as a standby that follows nobody and lets nobody in, through the gate like any other, until
# what is here is replayed; then it is shut down. It keeps to its timeline, whatever it has heard of the master's. Before
# 12 all of that would stand in the marker itself.
end_cleanly() {
  rewind_ended=yes
  if [ "$standby_marker" != standby.signal ]; then
    rewind_fault="the data was not shut down cleanly, or its WAL was not replayed to the end; this script can do both only since PostgreSQL 12"
    return 0
  fi
  log INFO 'starting the server for a moment, closed to clients, to shut the data down cleanly'
  decision=reuse
  step_configure
  held_settings="$held_settings
recovery_target_timeline=current
recovery_min_apply_delay=0"
  primary_conninfo=''
  make_door
  write_access closed || cannot_write "$pgdata" "cannot write $hba_file"
  make_server_log
  allow_stale_pid
  serving=soon
  with_settings start_server
  serving=yes
  server=$child
  launching=yes
  (
    begin_helper
    await_replay
  ) &
  watchdog=$!
  launched
  await
  end_helper "$watchdog"
  watchdog=
  await_collector
  end_serving
  know_rules
  build_conninfo
  read_control "$pgdata" || fail GATE "pg_controldata cannot read $pgdata: $control"
  control_field 'Database cluster state'
  if [ "$field" != 'shut down in recovery' ] || [ "$status" -ne 0 ]; then
    tell_server_log
    rewind_fault="the data was not shut down cleanly, and its server ended with status $status"
  fi
}

# await_replay: in a helper, which sees the server through, also when the script is killed. Nobody can be asked how far
# replay is; most of what is here was replayed before.
await_replay() {
  _replay_left=$stall_limit
  while [ "$_replay_left" -gt 0 ] && kill -0 "$$" 2>/dev/null && ! is_open; do
    nap 1
    _replay_left=$((_replay_left - 1))
  done
  nap 2
  end_server "$server"
}
