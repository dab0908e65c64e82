# PostgreSQL's own log. Nobody ever cuts what a task writes to standard error, so the server writes files in
# $store/log, each of a quarter of what the model keeps, and all but the newest four are removed.

make_server_log() {
  [ -d "$store/log" ] || mkdir -- "$store/log" || cannot_write "$store" "cannot make the directory $store/log"
  if [ ! -w "$store/log" ] || [ ! -x "$store/log" ]; then
    fail DATA_DIR "$RUN_USER may not write to $store/log"
  fi
  printf '' >"$work/first_words" || cannot_write "$work" "cannot write $work/first_words"
  log_state
  log_before=$log_state
  log INFO "the log of PostgreSQL is in $store/log"
}

# server_logs: prints the names of its files, the newest first.
server_logs() {
  ignore ls -t -- "$store/log" | sed -n '/^postgresql-[0-9T-]*\.log$/p'
}

# find_live_log: sets $live_log to the file that the server writes to; it notes each change of it.
find_live_log() {
  live_log=''
  [ -f "$pgdata/current_logfiles" ] || return 0
  while read -r _live_kind _live_path; do
    [ "$_live_kind" != stderr ] || live_log=$_live_path
  done 2>/dev/null <"$pgdata/current_logfiles" || :
}

# log_state: sets $log_state to how long that file is, and its name.
log_state() {
  find_live_log
  log_state=''
  [ ! -f "$live_log" ] || log_state=$(wc -c "$live_log" 2>/dev/null) || log_state=''
}

# said_since: prints what the live log has got since this start; one of an earlier start may go on in the same second.
said_since() {
  find_live_log
  [ -f "$live_log" ] || return 0
  _since_size=0
  case $log_before in
    *" $live_log")
      _since_size=${log_before#"${log_before%%[0-9]*}"}
      _since_size=${_since_size%%[!0-9]*}
      ;;
    *) ;;
  esac
  ignore tail -c "+$((_since_size + 1))" "$live_log"
}

# Among the four that stay is the one that is written to, whatever its time says after a jump of the clock.
trim_server_log() {
  set -- "$store"/log/postgresql-*.log
  [ "$#" -gt 4 ] || return 0
  find_live_log
  server_logs | grep -v -F -x -e "${live_log##*/}" | sed 1,3d | while read -r _trim_name; do
    ignore rm -f -- "$store/log/${_trim_name:?}"
  done
}

# A collector that could not open its next file, on a full disk, goes on with the old one for ever; HUP tells it to
# try again.
renew_rotation() {
  find_live_log
  [ -n "$live_log" ] && [ -n "$(ignore find "$live_log" -prune -size "+$((log_file_kb * 4))")" ] || return 0
  ignore kill -s HUP "$server"
}

# await_collector: the process that writes the log ends after its server, when all is written.
await_collector() {
  _collector_tries=30
  _collector_left=$(workers_of "$pgdata")
  while [ "$_collector_tries" -gt 0 ] && [ -n "$_collector_left" ]; do
    blink
    _collector_left=$(printf '%s\n' "$_collector_left" | working_in "$pgdata")
    _collector_tries=$((_collector_tries - 1))
  done
}

# tell_first_words DIRECTORY: what the server said before it had a log of its own, but for the lines that say where
# that is.
tell_first_words() {
  while IFS= read -r _first_line; do
    case $_first_line in
      *'redirecting log output'* | *'Future log output'*) ;;
      *) log WARN "| $_first_line" ;;
    esac
  done <"$1/first_words"
}

# The last words of a server that ended without being told to, for whoever looks at the task first. An older log says
# nothing of this end. Each reload of ours makes the server say of what start_server sets, as its port, that it keeps it.
tell_server_log() {
  [ -e "$work/told" ] || tell_first_words "$work"
  find_live_log
  log_state
  [ -f "$live_log" ] && [ "$log_state" != "$log_before" ] || return 0
  log WARN "the end of $live_log:"
  tail -n 200 -- "$live_log" | sed -e '/ cannot be changed without restarting the server$/d' \
    -e '/ contains errors; unaffected changes were applied$/d' | tail -n 20 | cut -c 1-1000 | while IFS= read -r _tell_line; do
    log WARN "| $_tell_line"
  done
}
