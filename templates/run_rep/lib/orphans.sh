# What a dead run left behind. Called with the claim in hand, so none of it belongs to a live run.

# server_is_live: is the first line of postmaster.pid the number of a process that works in this data
# directory? The kernel gives old numbers to new processes, so the number alone proves nothing.
server_is_live() {
  [ -f "$pgdata/postmaster.pid" ] || return 1
  read -r live_server <"$pgdata/postmaster.pid" || return 1
  is_integer "$live_server" 2 999999999 || return 1
  kill -0 "$live_server" 2>/dev/null || return 1
  [ -d /proc/self ] || return 0
  _live_here=$(cd -- "${pgdata:?}" && pwd -P) || return 1
  works_in "$live_server" "$_live_here"
}

# works_in PID DIRECTORY: is it a process of PostgreSQL with that working directory, told without links? That of
# another user cannot be seen, and costs no process.
works_in() {
  [ -d "/proc/$1/cwd" ] && [ "$(cd -- "/proc/$1/cwd" 2>/dev/null && pwd -P)" = "$2" ] \
    && grep -q -s -e '(.*postgres.*)' "/proc/$1/stat"
}

# end_old_server PID: a server that outlived its run is shut down: fast, then immediate, then KILL. Only
# that one: by now another run may have started its own.
end_old_server() {
  _old_left=$((stop_fast + stop_immediate + 5))
  while kill -0 "$1" 2>/dev/null && server_is_live && [ "$live_server" = "$1" ]; do
    if [ "$_old_left" -gt $((stop_immediate + 5)) ]; then
      ignore kill -s INT "$1"
      [ "$_old_left" -gt $((stop_fast + stop_immediate + 3)) ] || end_children "$1"
    elif [ "$_old_left" -gt 5 ]; then
      ignore kill -s QUIT "$1"
    elif [ "$_old_left" -gt 0 ]; then
      ignore kill -s KILL "$1"
    else
      fail DATA_IN_USE "cannot end the server with process ID $1 on $pgdata"
    fi
    pause 1
    _old_left=$((_old_left - 1))
  done
}

# Processes of a server whose postmaster was killed end by themselves, if nothing keeps them; as long as
# one lives no new server can start. A server that ended by itself has taken its postmaster.pid away last.
end_old_workers() {
  [ -e "$pgdata/postmaster.pid" ] || return 0
  for _workers_try in 1 2 3 4 5 6; do
    _workers_left=$(workers_of "$pgdata")
    [ -n "$_workers_left" ] || return 0
    [ "$_workers_try" -lt 4 ] || kill_each KILL "$_workers_left"
    pause 1
  done
}

workers_of() {
  named postgres | working_in "$1"
}

# named TEXT: the numbers of all processes with that in their name, of which the kernel keeps 15 bytes.
named() {
  ignore grep -l -s -e "(.*$1.*)" /proc/[0-9]*/stat | cut -d / -f 3
}

# working_in DIRECTORY: of the numbers on standard input, those of PostgreSQL's processes in that directory.
working_in() {
  _working_here=$(cd -- "${1:?}" && pwd -P) || return 0
  while read -r _working_pid; do
    [ -z "$_working_pid" ] || ! works_in "$_working_pid" "$_working_here" || printf '%s\n' "$_working_pid"
  done
}

# end_writers DIRECTORY: a pg_basebackup, or its WAL child, or a pg_rewind may still write there; nobody else has that
# path in its arguments.
end_writers() {
  { named pg_basebackup && named pg_rewind; } | while read -r _writers_pid; do
    if ignore cat "/proc/$_writers_pid/cmdline" | tr '\0' '\n' | grep -q -F -x -e "$1/data"; then
      log WARN "ending process $_writers_pid, which still writes to $1"
      ignore kill -s KILL "$_writers_pid"
    fi
  done
}

# kill_each SIGNAL PIDS: to each number of the lines in PIDS.
kill_each() {
  while read -r _each_pid; do
    [ -z "$_each_pid" ] || ignore kill -s "$1" "$_each_pid"
  done <<EOF
$2
EOF
}
