# What a supervisor is told that wants to hear how far a run is: systemd, by sd_notify(3). No shell can write to its
# socket, so its own tool does.

# hear_no_more: the socket is for the script alone. PostgreSQL, too, would tell it that it stops, and each time that it
# only starts again systemd would take the whole unit for one that is stopping, and kill it in the end.
hear_no_more() {
  unset NOTIFY_SOCKET
}

# hear_again: before this process begins anew, or as another user.
hear_again() {
  [ -z "$told_socket" ] || export NOTIFY_SOCKET="$told_socket"
}

# tell_supervisor WORDS...: as READY=1. Whether they arrive changes nothing for a replica.
tell_supervisor() {
  [ -n "$told_socket" ] || return 0
  have systemd-notify || return 0
  (
    hear_again
    exec systemd-notify "$@"
  ) </dev/null >/dev/null 2>&1 || :
}

# announce LEVEL TEXT: a line of the log which is what the supervisor shows, too, until the next one.
announce() {
  log "$1" "$2"
  [ -z "$told_socket" ] || show_status "$2"
}

# show_status TEXT: in one line, since each line of a message is an assignment of its own.
show_status() {
  _tell_status=$(printf '%s' "$1" | ignore tr '[:cntrl:]' '[ *]')
  tell_supervisor "STATUS=$_tell_status"
}

# tell_ready: once a run, when clients are let in.
tell_ready() {
  [ "$ready_told" = no ] || return 0
  ready_told=yes
  tell_supervisor READY=1 "STATUS=open to clients on port $PORT0"
}
