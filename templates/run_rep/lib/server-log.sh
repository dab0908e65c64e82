# PostgreSQL's own log. Nobody ever cuts what a task writes to standard error, so the server writes files in
# $store/log, each of a quarter of what the model keeps, and all but the newest four are removed.

make_server_log() {
  [ -d "$store/log" ] || mkdir -- "$store/log" || cannot_write "$store" "cannot make the directory $store/log"
  trim_server_log
  log INFO "the log of PostgreSQL is in $store/log"
}

# server_logs: prints the names of its files, the newest first.
server_logs() {
  ignore ls -t -- "$store/log" | sed -n '/^postgresql-[0-9T-]*\.log$/p'
}

# live_log: prints the path of the file that the server writes to; it notes each change of it.
live_log() {
  ignore sed -n 's/^stderr //p' "$pgdata/current_logfiles"
}

# Among the four that stay is the one that is written to, whatever its time says after a jump of the clock.
trim_server_log() {
  set -- "$store"/log/postgresql-*.log
  [ "$#" -gt 4 ] || return 0
  _trim_live=$(live_log)
  server_logs | grep -v -F -x -e "${_trim_live##*/}" | sed 1,3d | while read -r _trim_name; do
    ignore rm -f -- "$store/log/${_trim_name:?}"
  done
}

# A collector that could not open its next file, on a full disk, goes on with the old one for ever; HUP tells it to
# try again.
renew_rotation() {
  _renew_live=$(live_log)
  [ -n "$_renew_live" ] && [ -n "$(ignore find "$_renew_live" -prune -size "+$((log_file_kb * 4))")" ] || return 0
  _renew_collector=$(server_process logger)
  [ -z "$_renew_collector" ] || ignore kill -s HUP "$_renew_collector"
}

# await_collector: the process that writes the log ends after its server, when all is written.
await_collector() {
  for _collector_nap in 0 0 0 0 0 1 1 1; do
    [ -n "$(workers_of "$pgdata")" ] || return 0
    sleep "$_collector_nap"
  done
}

# The last words of a server that ended without being told to, for whoever looks at the task first.
tell_server_log() {
  _tell_name=$(server_logs | sed -n 1p)
  [ -n "$_tell_name" ] || return 0
  log WARN "the end of $store/log/$_tell_name:"
  tail -n 20 -- "$store/log/$_tell_name" | cut -c 1-1000 | while IFS= read -r _tell_line; do
    log WARN "| $_tell_line"
  done
}
