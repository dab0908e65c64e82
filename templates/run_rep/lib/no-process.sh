# The end of a shell that could make no process.

# cannot_fork STATUS: does the shell end since it could not? Nobody has said anything else, and each shell has its number:
# 2 of dash and BusyBox sh, 254 of bash, 126 of yash. That of mksh, which alone counts with 32 bits, is 1.
cannot_fork() {
  [ "$said" = no ] && [ "$sub_command" = run ] && [ "$apart" = no ] && [ "$1" != "$served" ] || return 1
  case $1 in
    2 | 126 | 254) return 0 ;;
    1) [ "$((2147483647 + 1))" -lt 0 ] ;;
    *) return 1 ;;
  esac
}

# leave_without_fork: all that must be done at the end of the run needs no process. The next run removes what is left.
leave_without_fork() {
  no_fork=yes unwatched=no
  trap '' USR2 PROF
  for _without_helper in "$keeper" "$watcher" "$stopper"; do
    tell_child KILL "$_without_helper"
  done
  if [ -n "$child" ]; then
    if [ "$serving" = no ]; then
      tell_below KILL "$child"
      ignore kill -s KILL "$child"
    else
      end_by_clock "$child"
    fi
    status=0
    wait "$child" 2>/dev/null || status=$?
    [ "$status" -le 256 ] || status=$((128 + status % 128))
    [ "$serving" = no ] || served=$status
  fi
  tell_below KILL "$$"
  release_beat
  failure NO_PROCESS
  _without_code=$failure_code
  if [ "$signals" -gt 0 ]; then
    log WARN "could not start a process while the run was being stopped; PostgreSQL ended with status ${served:-$exit_code}"
    _without_code=${served:-$exit_code}
  else
    log ERROR "could not start a process, or a command failed that never should, whose words are above"
    log ERROR "data: $failure_data"
    log ERROR "what to do: $failure_advice (NO_PROCESS, exit $failure_code)"
  fi
  exit "$_without_code"
}

# ask_for_processes: the watcher that could not fork becomes this. The keeper gives it a word each time that it looks, and
# when a few processes can be made at a time, the script is told to start another watcher. awk goes on where system()
# cannot fork. No shell waits for all of them: bash that could not fork leaves SIGCHLD blocked to whatever it becomes, and
# then dash would wait without end.
ask_for_processes() {
  trap - TERM INT HUP USR1 VTALRM
  exec awk '
    BEGIN {
      script = ARGV[1]
      ask = ARGV[2]
      do {
        if ((getline word <ask) < 0)
          exit 1
        close(ask)
      } while (system("sleep 1 & sleep 1 & sleep 1 & sleep 1 & sleep 1 & sleep 1") != 0)
      system("kill -s PROF " script)
    }' "$$" "$alive.ask" </dev/null >/dev/null 2>&1
}
