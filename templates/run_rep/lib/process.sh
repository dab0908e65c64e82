# At most one child at a time is waited for. TERM, INT and HUP stop it in the way that suits it;
# without a child they end the script, but for the instant between the server's end and ours ($serving is no, soon
# from when a server is to start, and yes from when it has). The traps call it with
# || since dash takes a signal within a trap for a command that failed, and set -e would end the script.
on_signal() {
  signals=$((signals + 1))
  wakes=$((wakes + 1))
  [ "$launching" = yes ] || obey_signal
}

obey_signal() {
  if [ -n "$child" ]; then
    stop_child
  elif [ "$serving" != yes ] && [ "$leaving" = no ]; then
    # A second signal must not end the way out of the first.
    leaving=yes
    exit "$exit_code"
  fi
}

# launched: the end of a start. A signal that came since launching=yes is served only now: what it starts
# itself would have taken the place of the number in $!.
launched() {
  launching=no
  [ "$signals" -eq 0 ] || obey_signal
  [ "$called" = no ] || obey_call
}

# The watcher of the server has found a reason to stop it.
on_verdict() {
  wakes=$((wakes + 1))
  called=yes
  [ "$launching" = yes ] || obey_call
}

# The watcher of the server is gone.
on_unwatched() {
  wakes=$((wakes + 1))
  unwatched=yes
}

obey_call() {
  ! is_taken || give_up_claim
  [ "$serving" = no ] || [ -z "$child" ] || stop_child
}

# Whatever ends the script, no helper of it lives on and nothing half-done stays behind; the exit status
# stays what it was. Of a command that signal N ended, yash says 384+N where others say 128+N. When bash could not fork,
# the first command of the trap seems to fail (it waits for the child before).
on_exit() {
  _exit_status=$? || :
  [ "$_exit_status" -le 256 ] || _exit_status=$((128 + _exit_status % 128))
  # A child of bash that is ended in the instant after its fork does this in the place of its parent, script or watcher.
  know_self
  [ "$self_number" = "$trap_number" ] || exit "$_exit_status"
  trap '' TERM INT HUP
  if [ "$own_step" = yes ] && [ "$said" = no ] && [ "$signals" -eq 0 ]; then
    tell_failure STEP_FAILED "the step $step ended with status $_exit_status"
    _exit_status=$failure_code
  fi
  if [ -z "$self" ]; then
    trap '' VTALRM
    [ "$signals" -gt 0 ] || [ "$_exit_status" -eq 0 ] || end_of_watcher "$_exit_status"
  elif cannot_fork "$_exit_status"; then
    leave_without_fork
  fi
  trap - EXIT
  pause_on_failure=no
  if [ -n "$self" ] && is_taken; then
    # Nothing of all that is there is ours any more.
    tell_below KILL "$$"
    drop_late_copy
    exit "$_exit_status"
  fi
  if [ -n "$child" ]; then
    unwatched=no
    stop_child
    await
  fi
  end_helper "$stopper"
  end_helper "$watchdog"
  end_helper "$teller"
  end_syncer
  stop_flush
  end_watcher
  release_wal
  end_feeder
  if [ -n "$staging" ]; then
    [ "$signals" -eq 0 ] || [ ! -d "$staging" ] || is_finished "$staging" \
      || log INFO 'told to stop: the unfinished copy is removed'
    end_writers "$staging"
    # The next run gives one that is finished its place.
    is_finished "$staging" || remove_clone "$staging"
  fi
  remove_work "$work"
  remove_login "$own_login"
  end_keeper
  end_clock
  [ -z "$self" ] || [ "$no_fork" = yes ] || end_state "$_exit_status"
  # A watcher has none of its own.
  [ -z "$alive" ] || [ -z "$self" ] || ignore rm -f -- "$alive" "$alive.tick" "$alive.ask" "$beat" "$beat.clock"
  exit "$_exit_status"
}

# launch COMMAND...: starts the child; await must follow. Without exec yash would keep a shell between;
# without 9<&9 mksh would close descriptor 9, which tells that somebody lives.
launch() {
  launching=yes
  exec "$@" </dev/null 9<&9 7<&- &
  child=$!
  # yash goes on when it cannot fork, and has no number then.
  [ "$child" -gt 0 ] || exit 126
  launched
}

# await: waits until the child has ended, however many signals interrupt the waiting, and leaves
# its exit status in $status. A second wait that finds no child (127) keeps what the first one saw, which may be 127
# itself: of a program that is not there, or lacks a library;
# killed by signal N is 128+N, also in yash (384+N). After a wait that failed for another reason it looks
# again each second: the child is not over while it lives.
await() {
  status=0 await_seen=no
  until await_child; do
    :
  done
}

# await_child: false when the script has to see to something else first, while its server runs.
await_child() {
  while :; do
    _await_wakes=$wakes
    _await_status=0
    wait "$child" 2>/dev/null || _await_status=$?
    [ "$_await_status" -eq 127 ] && [ "$await_seen" = yes ] || status=$_await_status
    await_seen=yes
    if [ "$_await_wakes" -eq "$wakes" ]; then
      kill -0 "$child" 2>/dev/null || break
      ignore sleep 1
    elif [ "$unwatched" = yes ] && [ "$serving" = yes ] && [ -n "$watcher" ]; then
      return 1
    fi
  done
  child=
  [ "$status" -le 256 ] || status=$((128 + status % 128))
  end_helper "$stopper"
  stopper=
}

# bounded SECONDS COMMAND...: a child that may live so long; $status is 124 when its time was up, and not when somebody
# else killed it before.
# A silent peer can hang every client, and timeout(1) is not POSIX.
bounded() {
  _bounded_seconds=$1
  shift
  launch "$@"
  guard "$_bounded_seconds"
}

# guard SECONDS: waits so long for the child. One whose script was killed is ended, too.
guard() {
  seconds_up
  _guard_begun=$seconds_up
  # What has ended meanwhile needs none.
  ! lives "$child" || start_watchdog "$1"
  await
  end_helper "$watchdog"
  watchdog=
  [ "$signals" -eq 0 ] || exit "$exit_code"
  [ "$status" -ge 128 ] || return 0
  seconds_up
  # A second may have begun before.
  [ "$seconds_up" -gt 0 ] && [ "$((seconds_up - _guard_begun))" -lt "$(($1 - 1))" ] || status=124
}

# tell_kill NAME: on standard error, where its words go, that somebody killed the child that ended.
tell_kill() {
  [ "$status" -le 128 ] || printf '%s ended%s\n' "$1" "$(signal_words "$status")" >&2 || :
}

# signal_words STATUS: the signal that killed a process, as a shell tells it.
signal_words() {
  [ "$1" -gt 128 ] && [ "$1" -lt 160 ] || return 0
  printf ': it was killed by signal %s' "$(($1 - 128))"
  [ "$1" -ne 137 ] || printf ', by a person, or by the kernel for want of memory'
}

# start_watchdog SECONDS
start_watchdog() {
  _watchdog_seconds=$1
  launching=yes
  (
    begin_helper
    while [ "$_watchdog_seconds" -gt 0 ] && kill -0 "$$" 2>/dev/null; do
      _watchdog_nap=5
      [ "$_watchdog_seconds" -gt 5 ] || _watchdog_nap=$_watchdog_seconds
      nap "$_watchdog_nap"
      _watchdog_seconds=$((_watchdog_seconds - _watchdog_nap))
    done
    end_tree "$child"
  ) &
  watchdog=$!
  launched
}

# pause SECONDS: a signal ends it, and the script, at once.
pause() {
  launch sleep "$1"
  await
  [ "$signals" -eq 0 ] || exit "$exit_code"
}

# blink [SECONDS]: a tenth of a second, or another part of one, where sleep(1) takes one, as nearly everywhere; POSIX has
# whole seconds only.
blink() {
  _blink_status=0
  sleep "${1:-0.1}" 2>/dev/null || _blink_status=$?
  [ "$_blink_status" -eq 0 ] || [ "$_blink_status" -gt 128 ] || ignore sleep 1
}

# jittered SECONDS: prints between a half and one and a half of it, so that replicas which failed
# together do not come back together.
jittered() {
  jitters=$((jitters + 1))
  printf '%s\n' "$$ $told_task $jitters" | awk -v seconds="$1" '
    {
      for (i = 1; i <= length($0); i++)
        mix = (mix * 31 + index("0123456789abcdefghijklmnopqrstuvwxyz-._", substr($0, i, 1))) % 65521
    }
    END { printf "%d\n", int((seconds + 1) / 2) + mix % (seconds + 1) }'
}

stop_child() {
  [ -z "$stopper" ] || return 0
  stopper=soon
  # The first word needs no process. It is repeated by one, or where none can be made, as the script ends.
  if [ "$serving" != no ]; then
    ignore kill -s INT "$child"
    # Its work is over; and bash that cannot fork waits for the last one that it has started.
    tell_child VTALRM "$watcher"
    (
      begin_helper
      end_server "$child"
    ) &
  else
    (
      begin_helper
      end_tree "$child"
    ) &
  fi
  stopper=$!
  [ "$stopper" -gt 0 ] || exit 126
  # Who ends the server gives the signs of life meanwhile.
  [ "$serving" = no ] || end_keeper
}

# Fast shutdown, then immediate, then KILL. INT is sent again each second: the first one can meet
# the child before it has become postgres. PostgreSQL ignores the repetition.
end_server() {
  _end_server_left=$stop_fast
  while [ "$_end_server_left" -gt 0 ]; do
    if is_taken; then
      give_way
      return 0
    fi
    renew_beat
    kill -s INT "$1" 2>/dev/null || return 0
    [ "$_end_server_left" -gt $((stop_fast - 2)) ] || end_children "$1"
    nap 1
    _end_server_left=$((_end_server_left - 1))
  done
  log WARN "no fast shutdown within $stop_fast s: immediate shutdown"
  ignore kill -s QUIT "$1"
  nap "$stop_immediate"
  log WARN "no immediate shutdown within $stop_immediate s: KILL"
  ignore kill -s KILL "$1"
}

# end_children PID: a scheduler that signals the whole tree ends the startup process, too, and if that has met its
# own signal before the server was told to shut down, the server waits for the others without telling them
# (postmaster.c, PM_WAIT_BACKENDS): for a background writer that it had just begun anew, say. A SIGTERM is what each
# of them should have got; it changes nothing for one that is ending, and the checkpointer ignores it.
end_children() {
  kill_each TERM "$(children_of "$1")"
}

# end_tree PID: it and all that it has started, also what outlives it, as pg_basebackup's WAL child does. They are
# told again, since a shell can lose a signal between fork and exec. The end of the first is no end of the others, so
# the helper that does this is not ended by it.
end_tree() {
  trap '' USR1
  _end_tree_pids=$1
  for _end_tree_signal in TERM TERM TERM TERM TERM TERM KILL; do
    # What they have started in the meantime, too.
    _end_tree_pids=$(printf '%s\n' "$_end_tree_pids" | living_trees)
    kill_each "$_end_tree_signal" "$_end_tree_pids"
    for _end_tree_look in 1 2 3; do
      [ -n "$(printf '%s\n' "$_end_tree_pids" | living)" ] || return 0
      if [ "$_end_tree_look" -lt 3 ]; then
        blink
      else
        ignore sleep 1
      fi
    done
  done
}

# living_trees: of the numbers on standard input those that live, and of all that these have started.
living_trees() {
  living | while read -r _trees_pid; do
    printf '%s\n' "$_trees_pid"
    children_of "$_trees_pid" | living_trees
  done | sort -u
}

# living: of the numbers on standard input those of processes that live; what only waits to be waited for does not.
living() {
  while read -r _living_pid; do
    if [ -z "$_living_pid" ] || ! kill -0 "$_living_pid" 2>/dev/null; then
      continue
    fi
    # Without /proc it counts as long as it has a number.
    read -r _living_line 2>/dev/null <"/proc/$_living_pid/stat" || _living_line=''
    case ${_living_line##*') '} in
      [XZ]*) ;;
      *) printf '%s\n' "$_living_pid" ;;
    esac
  done
}

# children_of PID: prints their numbers; from /proc, since small systems have no ps. Of the files there, stat can be
# read at any time; cmdline keeps its reader waiting while the kernel holds the memory of that process.
children_of() {
  if [ -r /proc/self/stat ]; then
    ignore grep -l -s -e ") [A-Za-z] $1 " /proc/[0-9]*/stat | while read -r _children_stat; do
      ignore read_parent "$_children_stat" "$1"
    done
  elif have ps; then
    ps -A -o ppid= -o pid= | awk -v parent="$1" '$1 == parent { print $2 }'
  fi
}

# The command name in the second field may hold anything, so what counts is behind the last ")".
read_parent() {
  # It may have ended since it was listed.
  read -r _parent_line 2>/dev/null <"$1" || return 0
  _parent_rest=${_parent_line##*') '}
  case $_parent_rest in
    ?" $2 "*) printf '%s\n' "${_parent_line%% *}" ;;
    *) ;;
  esac
}

# Helpers outlive the signals that a scheduler sends to the whole tree, since they see it through; those of a step of
# the operator's end with it. USR1 ends one, and its sleep with it, also when it comes while that is being started.
begin_helper() {
  helper_ended=no napping=no nap_pid=''
  [ "$apart" = yes ] || trap '' TERM INT HUP
  trap - EXIT
  trap 'helper_ended=yes; [ "$napping" = yes ] || end_nap' USR1
}

# nap SECONDS: of a helper; a second where sleep(1) takes no part of one.
nap() {
  napping=yes
  exec sleep "$1" >/dev/null 2>&1 &
  nap_pid=$!
  napping=no
  [ "$helper_ended" = no ] || end_nap
  wait "$nap_pid" || [ "$?" -ne 1 ] || ignore sleep 1
  nap_pid=''
}

end_nap() {
  [ -z "$nap_pid" ] || ignore kill -s KILL "$nap_pid"
  exit 0
}

end_helper() {
  is_integer "$1" 2 999999999 || return 0
  tell_child USR1 "$1"
  ignore wait "$1"
}

# tell_child SIGNAL PID: to one that this process has started, and to nobody else. A shell waits for its children by itself,
# and the number of one that has ended may be that of a stranger since then: a watcher that has given its verdict has ended
# long before its server. What has not been waited for keeps its number, and its parent.
tell_child() {
  is_integer "$2" 2 999999999 || return 0
  know_self
  if [ -n "$self_number" ] && [ "$own_number" = "$$" ]; then
    read -r _tell_child_line 2>/dev/null <"/proc/$2/stat" || return 0
    case ${_tell_child_line##*') '} in
      ?" $self_number "*) ;;
      *) return 0 ;;
    esac
  fi
  ignore kill -s "$1" "$2"
}

# A child that has only just been forked loses a signal that its parent has a trap for: until it has forgotten the
# traps, that handler takes it. So the script has none for VTALRM, which ends the watcher, and the watcher none for USR1,
# which ends its helpers. Not ALRM: mksh has a handler of its own for it.
end_watcher() {
  [ -n "$watcher" ] || return 0
  tell_child VTALRM "$watcher"
  # What it has to say meanwhile interrupts the waiting.
  while :; do
    _end_watcher_status=0
    wait "$watcher" 2>/dev/null || _end_watcher_status=$?
    if [ "$_end_watcher_status" -le 128 ] || ! lives "$watcher"; then
      break
    fi
  done
  watcher=
}

# The feeder may sit in open(2) of a FIFO that nobody reads.
end_feeder() {
  [ -n "$feeder" ] || return 0
  tell_child KILL "$feeder"
  ignore wait "$feeder"
  feeder=
}
