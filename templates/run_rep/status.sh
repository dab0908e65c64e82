# How the replica stands, for a person and for programs: by its server, if that runs, and by what the last run wrote
# (lib/state.sh), and what a run would do now. It changes nothing. 0: it could tell, whatever it told.
status() {
  status_form=text ask_master=no
  while [ "$#" -gt 0 ]; do
    case $1 in
      --json) status_form=json ;;
      --prometheus) status_form=prometheus ;;
      --master) ask_master=yes ;;
      *) fail USAGE "status takes --json, --prometheus and --master, and not $1" ;;
    esac
    shift
  done
  recall_contract
  step_contract
  faults=0
  need_user
  [ "$faults" -eq 0 ] || untold "RUN_USER is missing"
  find_store
  _status_id=$(id -u)
  if [ "$_status_id" -ne 0 ] && [ "$_status_id" != "$user_id" ]; then
    untold "only $RUN_USER and root may ask; what the last run wrote is for everybody: $store/status/status.json"
  fi
  if [ -d "$store" ] && ! { [ -r "$store" ] && [ -x "$store" ]; }; then
    untold "$(id -un) may not look into $store"
  fi
  make_work
  state_at=$store/status state_own_port=$PORT0
  read_state
  forget_stand
  clean_state
  know_identity
  find_claim
  find_status
  foresee_restart "$ask_master"
  find_last_error
  name_status_slot
  compare_asked
  case $status_form in
    json)
      write_json
      printf '%s\n' "$json"
      ;;
    prometheus)
      write_prometheus
      printf '%s' "$prometheus"
      ;;
    *) tell_status ;;
  esac
}

untold() {
  log ERROR "no status: $1"
  exit 1
}

# clean_state: whoever wrote the file, what is printed is one line of text.
clean_state() {
  [ "$recalled" = no ] || [ -z "$state_name" ] || replica_name=$state_name
  plain_text "$replica_name"
  state_name=$plain
  plain_text "$state_words"
  state_words=$plain
  plain_text "$failure_words"
  failure_words=$plain
  plain_text "$failure_id"
  failure_id=$plain
  plain_text "$failure_help"
  failure_help=$plain
  plain_text "$failure_means"
  failure_means=$plain
}

# find_status: the kind of state, by who lives. A run that was killed could not say so.
find_status() {
  take_upstream
  door_superuser='' data_major=''
  if server_is_live; then
    find_live_status
  elif [ "$claim" -gt 0 ] && holder_lives "$claim_holder"; then
    case $state_kind in
      waiting | cloning | failed) ;;
      *) state_kind=preparing state_words='a run is on its way to its server' state_since='' state_since_s='' ;;
    esac
  else
    settle_ended
    clean_state
    [ -n "$state_kind" ] || state_kind=none state_words='no run has been here'
  fi
  [ -n "$stand_recovers" ] || find_positions
}

find_live_status() {
  _seen_kind=$state_kind
  pid_line 8
  if [ "${line%% *}" != ready ]; then
    words_of_kind starting
    state_kind=starting state_words=$kind_words
  elif ! find_client; then
    state_kind=silent state_words='no psql is here, so the server cannot be asked'
  elif ! ask_stand; then
    words_of_kind silent
    state_kind=silent state_words="$kind_words: $(words_of "$work/words")"
    plain_text "$state_words"
    state_words=$plain
  else
    take_stand
    take_seen_kind
  fi
  [ "$state_kind" = "$_seen_kind" ] || state_since=${stand_time#-} state_since_s=${stand_time_s#0}
}

take_seen_kind() {
  if [ "$stand_recovers" != t ]; then
    state_kind=promoted state_words="the server was promoted: it accepts writes beside the master of $POSTGRES_MASTER"
  elif is_closed; then
    words_of_kind closed
    state_kind=closed state_words=$kind_words
  elif [ -e "$replica/unflushed" ]; then
    words_of_kind behind
    state_kind=behind state_words=$kind_words
  elif [ "$stand_receiver" -gt 0 ]; then
    say_stand
    state_words=$stand_words
    state_kind=streaming state_told=$stand_told state_heard=$stand_heard state_heard_s=$stand_heard_s
  else
    [ "$state_kind" = not_streaming ] || state_words='no walreceiver is connected'
    state_kind=not_streaming
  fi
}

# find_positions: of data whose server cannot be asked, by its control file; it hears of replay only now and then.
find_positions() {
  state_lag_seconds='' state_lag_bytes='' state_unreplayed_bytes='' state_received_bytes='' state_replayed_bytes=''
  [ -f "$pgdata/PG_VERSION" ] || return 0
  read -r data_major 2>/dev/null <"$pgdata/PG_VERSION" || data_major=''
  find_server "$data_major" && read_control "$pgdata" || return 0
  control_position
  [ -n "$state_timeline" ] || state_timeline=$timeline
  if [ -z "$state_replayed" ] || is_ahead "$position" "$state_replayed"; then
    state_timeline=$timeline state_replayed=$position
  fi
}

# name_status_slot: that of the data, which is there before anything streams.
name_status_slot() {
  [ "$slot_mode" = permanent ] && [ -f "$store/slot" ] || return 0
  IFS= read -r slot <"$store/slot" || slot=''
  case $slot in
    '' | *[!a-z0-9_]*) ;;
    *) state_slot=$slot ;;
  esac
}

# compare_asked: how far the data is behind the master that was asked.
compare_asked() {
  [ -n "$asked_master" ] && is_lsn "$state_replayed" || return 0
  asked_lag=$(lsn_minus "$asked_position" "$state_replayed")
  case $asked_lag in
    -*) asked_lag=0 ;;
    *) ;;
  esac
}

tell_status() {
  role_of_state
  tell_row role "$role"
  _tell_kind=$state_kind
  [ "$state_kind" != not_streaming ] || _tell_kind='not streaming'
  _tell_since=since
  [ "$state_kind" != ended ] || _tell_since='at'
  tell_row state "$_tell_kind${state_since:+" $_tell_since $state_since"}${state_words:+": $state_words"}"
  tell_row name "$state_name"
  name_server "$state_host" "$state_port" "$state_address"
  [ -z "$state_host" ] || tell_row upstream "$server_name"
  [ -z "$state_copied_mb" ] || tell_row copied "$state_copied_mb of $state_size_mb MB"
  tell_row timeline "$state_timeline"
  tell_row received "$state_received"
  tell_row replayed "$state_replayed"
  [ -z "$state_lag_bytes" ] \
    || tell_row lag "$state_lag_bytes bytes, $state_lag_seconds s${state_told:+"; the master was at $state_told"}"
  [ -z "$asked_master" ] || tell_row master "$asked_master is at $asked_position${asked_lag:+", $asked_lag bytes ahead"}"
  tell_row heard "$state_heard"
  tell_row slot "$state_slot"
  if [ -z "$failure_id" ]; then
    :
  elif is_last_failure; then
    tell_row failure "$failure_time $failure_id, exit $failure_exit: $failure_words; what to do: $failure_help"
    tell_row data "$failure_means"
  else
    tell_row failure "none of this run; an earlier one ended at $failure_time with $failure_id, exit $failure_exit"
  fi
  tell_row 'last error' "$last_error"
  tell_row restart "$restart_does${restart_failure:+" ($restart_failure, exit $restart_exit)"}: $restart_why"
}

# is_last_failure: did the last run end with it? What it says of the data holds no longer than until the next run.
is_last_failure() {
  case $state_kind in
    failed) return 0 ;;
    ended) [ "$state_exit" = "$failure_exit" ] ;;
    *) return 1 ;;
  esac
}

# tell_row WORD TEXT: nothing where nothing is known.
tell_row() {
  [ -z "$2" ] || printf '%-11s %s\n' "$1" "$2"
}
