# What needs no new process: a limit of processes (of a container, a unit or a user) may forbid each one, and most shells
# end when they cannot fork (dash, BusyBox sh, mksh; bash after 15 seconds). What runs by then must do. Pauses are the
# hard part: tail(1) looks at its standard input about once a second, so what is written there comes back after that.

# start_clock: before anybody needs it. It ends with whoever keeps the claim. Its file grows by a byte a second, so now and
# then it begins anew.
start_clock() {
  printf '' 2>/dev/null >"$beat.clock" || :
  exec 7<>"$alive.tick"
  launching=yes
  (
    trap '' TERM INT HUP
    exec tail -n +1 -f <"$beat.clock" >&7 2>/dev/null 7<&- 9<&-
  ) &
  clock=$!
  launched
  # For reading only, from now on: when the clock ends, so does the waiting for it.
  exec 7<"$alive.tick"
}

end_clock() {
  [ -n "$clock" ] || return 0
  ignore kill -s KILL "$clock"
  ignore wait "$clock"
  clock=
}

# tick: about a second; false where the clock stands still. One process at a time may wait for it.
tick() {
  # The file must not come again when a successor has removed it.
  [ -n "$clock" ] && lives "$clock" && [ -f "$beat.clock" ] || return 1
  tick_count=$((tick_count + 1))
  if [ "$tick_count" -lt 3600 ]; then
    echo 2>/dev/null >>"$beat.clock" || return 1
  else
    tick_count=0
    echo 2>/dev/null >"$beat.clock" || return 1
  fi
  read -r _tick_line 2>/dev/null <&7
}

# look_at_time: a second, too. Where nothing else is left.
look_at_time() {
  seconds_up
  _look_at_begin=$seconds_up
  while [ "$seconds_up" = "$_look_at_begin" ] && [ "$seconds_up" -gt 0 ]; do
    seconds_up
  done
}

# seconds_up: sets $seconds_up to how long the host has been up; 0 when that is not known.
seconds_up() {
  seconds_up=0
  read -r seconds_up _seconds_rest 2>/dev/null </proc/uptime || :
  seconds_up=${seconds_up%%.*}
}

# lives PID: and is no zombie, which has no memory any more. A shell reads byte by byte, and this is asked each second:
# statm is a tenth of stat.
lives() {
  kill -0 "$1" 2>/dev/null || return 1
  read -r _lives_pages _lives_rest 2>/dev/null <"/proc/$1/statm" || return 0
  [ "$_lives_pages" != 0 ]
}

# below PID: sets $below to the numbers of all that it has started, and they.
below() {
  below=" $1 " _below_grown=yes
  while [ "$_below_grown" = yes ]; do
    _below_grown=no
    for _below_stat in /proc/[0-9]*/stat; do
      _below_pid=${_below_stat#/proc/}
      _below_pid=${_below_pid%/stat}
      case $below in
        *" $_below_pid "*) continue ;;
        *) ;;
      esac
      read -r _below_line 2>/dev/null <"$_below_stat" || continue
      _below_line=${_below_line##*') '}
      _below_line=${_below_line#? }
      case $below in
        *" ${_below_line%% *} "*) below="$below$_below_pid " _below_grown=yes ;;
        *) ;;
      esac
    done
  done
}

# know_self: sets $self_number to the number of the process that asks, also where it is a subshell; nothing without /proc.
know_self() {
  self_number=''
  read -r self_number _know_self_rest 2>/dev/null </proc/self/stat || :
}

# tell_below SIGNAL PID: to all that it has started, but neither to itself nor to who calls this. Where /proc is that of
# another pid namespace, its numbers are of others.
tell_below() {
  [ "$own_number" = "$$" ] || return 0
  below "$2"
  know_self
  _tell_rest=${below# }
  while [ -n "$_tell_rest" ]; do
    _tell_pid=${_tell_rest%% *}
    _tell_rest=${_tell_rest#* }
    [ "$_tell_pid" = "$2" ] || [ "$_tell_pid" = "$self_number" ] || ignore kill -s "$1" "$_tell_pid"
  done
}

# end_by_clock PID: as end_server.
end_by_clock() {
  _by_clock=0 _by_last=no
  seconds_up
  _by_begin=$seconds_up
  while lives "$1"; do
    renew_beat
    if [ "$_by_clock" -lt "$stop_fast" ]; then
      ignore kill -s INT "$1"
      [ "$_by_clock" -lt 3 ] || tell_below TERM "$1"
    elif [ "$_by_last" = no ]; then
      _by_last=QUIT
      log WARN "no fast shutdown within $stop_fast s: immediate shutdown"
      ignore kill -s QUIT "$1"
    elif [ "$_by_clock" -ge $((stop_fast + stop_immediate)) ]; then
      [ "$_by_last" = KILL ] || log WARN "no immediate shutdown within $stop_immediate s: KILL"
      _by_last=KILL
      ignore kill -s KILL "$1"
    fi
    tick || look_at_time
    seconds_up
    _by_clock=$((seconds_up - _by_begin))
  done
}
