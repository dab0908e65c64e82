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
  [ ! -e "$state_place/early" ] || ignore rm -f -- "$state_place/early"
  keep_contract
  leave_pointer "$sandbox/run_rep.data"
}

# tell_time: sets $state_time and, as seconds, $state_time_s, by the clock of this host.
tell_time() {
  know_time
  state_time=$now state_time_s=$now_s
}

# words_of_kind KIND: sets $kind_words to what that state means for clients.
words_of_kind() {
  case $1 in
    starting) kind_words='the server replays WAL until its data is consistent, and accepts no clients before' ;;
    silent) kind_words='the server does not answer' ;;
    closed) kind_words='closed to clients until its collations are compared' ;;
    behind) kind_words='open to clients; streaming begins when the clone is on disk' ;;
    *) kind_words='' ;;
  esac
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
  if [ -z "$state_place" ]; then
    note_early "$1" "$2"
    return 0
  fi
  read_state
  tell_time
  plain_text "$2"
  state_name=$state_own_name
  failure_id=$1 failure_exit=$failure_code failure_words=$plain failure_help=$failure_advice failure_means=$failure_data
  failure_time=$state_time failure_time_s=$state_time_s
  change_state failed "$plain"
  write_state
}

# note_early ID TEXT: of a run that failed before the data was its own. What the last run told stays as it is, since another
# one may be at work; this lies beside it until the next run has the data. Nothing is written as root, whom a link could
# lead elsewhere, nor where no run of ours has been.
note_early() {
  _early_place=${store:+$store/status}
  [ "$sub_command" = run ] && [ -f "$_early_place/state" ] && [ "$(id -u)" != 0 ] || return 0
  tell_time
  plain_text "$2"
  printf '%s\n' "$state_time" "$state_time_s" "$1" "$failure_code" "$plain" "$failure_advice" "$failure_data" \
    2>/dev/null >"$_early_place/early.new" || return 0
  ignore mv -f -- "$_early_place/early.new" "$_early_place/early"
}

# recall_early: takes over what a run that came after the last one, and failed early, told of itself.
recall_early() {
  [ -n "$(ignore find "$store/status/early" -prune -type f -newer "$store/status/state" -print)" ] || return 0
  {
    IFS= read -r _early_time && IFS= read -r _early_time_s && IFS= read -r _early_id && IFS= read -r _early_exit \
      && IFS= read -r _early_words && IFS= read -r _early_help && IFS= read -r _early_means
  } 2>/dev/null <"$store/status/early" || return 0
  is_integer "$_early_exit" 1 255 || return 0
  failure_time=$_early_time failure_time_s=$_early_time_s failure_id=$_early_id failure_exit=$_early_exit
  failure_words=$_early_words failure_help=$_early_help failure_means=$_early_means
  state_kind=ended state_since=$_early_time state_since_s=$_early_time_s state_exit=$_early_exit
  state_words="exit code $_early_exit: $_early_words"
}

# settle_ended: of a run that is over, by what it told of itself. One that was killed could not say so: the last that is known
# is when it was seen.
settle_ended() {
  case $state_kind in
    ended | failed | '') ;;
    *)
      state_kind=ended state_words='it was killed, or its host went down, and was seen last then'
      state_since=$state_time state_since_s=$state_time_s state_exit='' state_copied_mb='' state_size_mb=''
      ;;
  esac
  recall_early
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
