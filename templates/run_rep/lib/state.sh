# What a run tells of itself, for whoever cannot ask its server, or comes when it is gone. $store/status holds it as
# "state", which this script reads again, as status.json and as status.prom. All three are made beside and moved into
# place by one process; a full disk leaves the last ones. No secret is in them, and everybody may read them.

# begin_state: this run, which has the claim by now, writes from here on. What was heard of the master, and the last
# failure, are told on.
begin_state() {
  [ "$sub_command" = run ] || return 0
  state_at=$store/status state_own_name=$replica_name state_own_port=$PORT0
  read_state
  state_name=$replica_name state_kind='' state_words='' state_exit='' state_trouble='' state_copied_mb='' state_size_mb=''
  state_place=$store/status state_new=$store/status/new
  if [ ! -d "$state_place" ]; then
    umask 022
    ignore mkdir -- "$state_place"
    umask 077
  fi
  keep_contract
  leave_pointer "$sandbox/run_rep.data"
}

# tell_time: sets $state_time and, as seconds, $state_time_s, by the clock of this host.
tell_time() {
  know_time
  state_time=$now state_time_s=$now_s
}

# change_state KIND WORDS: at $state_time. Since when it is so, changes with the kind.
change_state() {
  if [ "$state_words" != "$2" ]; then
    plain_text "$2"
    state_words=$plain
  fi
  [ "$state_kind" != "$1" ] || return 0
  state_kind=$1 state_since=$state_time state_since_s=$state_time_s
}

# enter_phase KIND LEVEL TEXT: what this run does from now on, said once to all: the log, the supervisor and the status file.
enter_phase() {
  announce "$2" "$3"
  note_phase "$1" "$3"
}

# note_phase KIND WORDS: the same for the status file alone, where the log has it already, or later.
note_phase() {
  [ -n "$state_place" ] || return 0
  tell_time
  take_upstream
  change_state "$1" "$2"
  write_state
}

take_upstream() {
  read_upstream
  state_host=$upstream_host state_port=$upstream_port state_address=$upstream_address
}

# note_failure ID TEXT: by fail. It stays to be read when the run is over.
note_failure() {
  if [ "$planning" = yes ]; then
    printf 'refuse\t%s\t%s\t%s' "$1" "$failure_code" "$2"
    exit 0
  fi
  [ -n "$state_place" ] || return 0
  read_state
  tell_time
  plain_text "$2"
  state_name=$state_own_name
  failure_id=$1 failure_exit=$failure_code failure_words=$plain failure_help=$failure_advice
  failure_time=$state_time failure_time_s=$state_time_s
  change_state failed "$plain"
  write_state
}

# end_state STATUS: the last that this run does. What a watcher wrote is told on.
end_state() {
  [ -n "$state_place" ] || return 0
  read_state
  tell_time
  state_name=$state_own_name
  if [ "$state_kind" = failed ]; then
    _end_words="exit code $1: $state_words"
  else
    _end_words="exit code $1"
  fi
  state_exit=$1 state_lag_seconds='' state_copied_mb='' state_size_mb=''
  change_state ended "$_end_words"
  write_state
}

# write_state: into $state_new, of this process alone, and from there into place.
write_state() {
  if [ ! -d "$state_new" ]; then
    umask 022
    ignore mkdir -p -- "$state_new"
    umask 077
  fi
  list_state
  write_json
  write_prometheus
  umask 022
  if printf '%s' "$state_list" >"$state_new/state" && printf '%s\n' "$json" >"$state_new/status.json" \
    && printf '%s' "$prometheus" >"$state_new/status.prom"; then
    # While a clone is written to disk, what takes another's place would wait for that.
    [ "$behind" = no ] || ignore rm -f -- "$state_place/state" "$state_place/status.json" "$state_place/status.prom"
    ignore mv -f -- "$state_new/state" "$state_new/status.json" "$state_new/status.prom" "$state_place"
  fi 2>/dev/null
  umask 077
}
