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

trim_server_log() {
  set -- "$store"/log/postgresql-*.log
  [ "$#" -gt 4 ] || return 0
  server_logs | sed 1,4d | while read -r _trim_name; do
    ignore rm -f -- "$store/log/${_trim_name:?}"
  done
}

# The last words of a server that ended without being told to, for whoever looks at the task first.
tell_server_log() {
  _tell_name=$(server_logs | sed -n 1p)
  [ -n "$_tell_name" ] || return 0
  log WARN "the end of $store/log/$_tell_name:"
  tail -n 20 -- "$store/log/$_tell_name" | while IFS= read -r _tell_line; do
    log WARN "| $_tell_line"
  done
}
