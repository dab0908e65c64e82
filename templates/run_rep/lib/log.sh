# have TOOL: is it here? The only way in which this script asks.
have() {
  command -v "$1" >/dev/null 2>&1
}

# ignore COMMAND...: it may fail, and that is no news.
ignore() {
  "$@" 2>/dev/null || :
}

# log LEVEL TEXT: one line on standard error. Control characters become blanks, so that no server
# and no variable can forge a line or steer a terminal. A full disk must not end a running replica, so
# a line that cannot be written is lost. Most lines are plain, and need no other process.
log() {
  if [ "${no_fork:-no}" = yes ]; then
    log_plainly "$1 $step: $2"
    return 0
  fi
  know_time
  _log_text=$2
  case $2 in
    *[!\ -~]*) _log_text=$(printf '%s' "$2" | ignore tr '[:cntrl:]' '[ *]') ;;
    *) ;;
  esac
  printf '%s %s %s: %s\n' "$now" "$1" "$step" "$_log_text" >&2 2>/dev/null || :
}

# know_time: sets $now, and $now_s in seconds since the epoch, by the clock of this host. Asked once for each second that
# the host is up, so both may be up to a second late.
know_time() {
  seconds_up
  [ "$seconds_up" -eq 0 ] || [ "$seconds_up" != "$now_up" ] || return 0
  now_s=$(date -u '+%s %Y-%m-%dT%H:%M:%SZ' 2>/dev/null) || now_s=''
  now=${now_s#* } now_s=${now_s%% *} now_up=$seconds_up
}

# log_plainly TEXT: where no process can be made, and it is not known what time it is. For mksh printf is a program.
log_plainly() {
  echo "$1" >&2 2>/dev/null || :
}

# tell_fault TEXT: one of several faults that are told together; the caller fails when $faults > 0.
tell_fault() {
  faults=$((faults + 1))
  log ERROR "$1"
}

# Set to yes in a process that only judges, where a failure ends nothing else.
judging=no

# fail ID TEXT: says what was found and what to do, then ends with the exit code of that failure.
fail() {
  tell_failure "$1" "$2"
  end_run "$failure_code"
}

# tell_failure ID TEXT
tell_failure() {
  said=yes
  failure "$1"
  if [ "$judging" = yes ]; then
    log ERROR "$2"
    exit "$failure_code"
  fi
  place_advice
  announce ERROR "$2"
  [ "$sub_command" != run ] || [ -z "$failure_data" ] || log ERROR "data: $failure_data"
  log ERROR "what to do: $failure_advice ($1, exit $failure_code)"
  note_failure "$1" "$2"
}

# place_advice: as soon as it is known where the data is, the command in $failure_advice that moves it away gets its real
# path, and $failure_data speaks of what is there.
place_advice() {
  if [ "${replica:+$failure_stays}" = yes ]; then
    failure_data='there is no finished copy here that a run could go on with: the next run clones again; an unfinished copy is removed'
    [ ! -f "${replica:-}/clone.done" ] || [ -e "${replica:-}/outdated" ] \
      || failure_data='nothing was removed: the finished copy here stays as it is, and the next run goes on with it'
  fi
  _place_words='"mv replica replica.old" in PGDATA_DIR'
  case ${replica:+$failure_advice} in
    *"$_place_words"*)
      ! find_place || failure_advice="${failure_advice%%"$_place_words"*}\"mv $place\" and restart the task\
${failure_advice#*"$_place_words"}"
      ;;
    *) ;;
  esac
}

# find_place: sets $place to the operands of mv(1), as a shell reads them, for a name that nothing has yet: into a directory
# of that name the data would be moved. False for a path with a quote in it.
find_place() {
  _place_end=.old _place_number=1
  while [ -e "${replica:-}$_place_end" ] && [ "$_place_number" -lt 100 ]; do
    _place_number=$((_place_number + 1))
    _place_end=.old$_place_number
  done
  case ${replica:-} in
    *\'*) return 1 ;;
    *[!A-Za-z0-9_./-]*) place="'${replica:-}' '${replica:-}$_place_end'" ;;
    *) place="${replica:-} ${replica:-}$_place_end" ;;
  esac
}

# end_run CODE: a scheduler restarts whatever the code is, so what only a person can mend is told slowly. A step that
# runs apart ends with a status that no program has by chance (curl has 77, too); run_own_step does the rest.
end_run() {
  end_asking
  [ "$apart" = no ] || exit "$(($1 + 130))"
  case $1 in
    65 | 77 | 78)
      _end_pause=${EXIT_PAUSE:-0}
      if [ "$pause_on_failure" = yes ] && is_integer "$_end_pause" 1 86400; then
        log INFO "pausing about $_end_pause s before the exit (EXIT_PAUSE)"
        exit_code=$1
        pause "$(jittered "$_end_pause")"
      fi
      ;;
    *) ;;
  esac
  exit "$1"
}
