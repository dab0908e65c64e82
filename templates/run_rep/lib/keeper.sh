# The keeper: a process beside the script, from the claim to the end of the run. It gives the signs of life, sees whether
# another run has taken the data over, and whether script and watcher live. It goes by the clock, and needs no process
# as long as that lives.

# start_keeper FILE...: which it removes first.
start_keeper() {
  launching=yes
  (
    become_keeper
    [ "$#" -eq 0 ] || ignore rm -f -- "$@"
    keep_claim
  ) &
  keeper=$!
  launched
}

# Told by VTALRM, for the reason that stands at end_watcher.
become_keeper() {
  begin_helper
  child='' stopper='' watcher='' self=''
  exec 9</dev/null
  trap - USR1 USR2 PROF
  trap 'helper_ended=yes; [ "$napping" = yes ] || end_nap' VTALRM
  know_self
  trap_number=$self_number
  trap keep_by_clock EXIT
}

# A shell that ends for want of a process still does what its trap says, for as long as that takes.
keep_by_clock() {
  # As in on_exit.
  _keep_status=$? || :
  know_self
  [ "$self_number" = "$trap_number" ] || return 0
  [ "$_keep_status" -ne 0 ] && [ "$helper_ended" = no ] && [ "$clocked" = no ] || return 0
  clocked=yes napping=no nap_pid=''
  keep_claim
}

keep_claim() {
  keep_ticks=0 keep_alone_looks=5
  while :; do
    if is_taken; then
      give_way
      exit 0
    fi
    if lives "$$"; then
      [ "$keep_ticks" -gt 0 ] || keep_word
    else
      keep_alone
    fi
    keep_ticks=$((keep_ticks - 1))
    tick || keep_still
  done
}

# keep_still: a second without the clock, by a process as long as one can be made.
keep_still() {
  if [ "$clocked" = yes ]; then
    look_at_time
  else
    nap 1
  fi
}

# keep_word: every $claim_beat seconds.
keep_word() {
  keep_ticks=$claim_beat
  renew_beat
  rouse_script
}

# rouse_script: when its watcher is dead, of which nobody else tells it.
rouse_script() {
  watcher_number
  [ -n "$watcher_number" ] || return 0
  read -r watcher_line 2>/dev/null <"/proc/$watcher_number/stat" || watcher_line=''
  if ! lives "$watcher_number" || ! is_of_script; then
    ignore kill -s PROF "$$"
    return 0
  fi
  # It is who asks for processes, and waits for a word to try.
  case $watcher_line in
    *awk*) echo 2>/dev/null 1<>"$alive.ask" || : ;;
    *) ;;
  esac
}

# is_of_script: did the script start the process of $watcher_line? The number of a watcher that is gone may be a
# stranger's by now.
is_of_script() {
  [ "$own_number" = "$$" ] || return 0
  case ${watcher_line##*') '} in
    ?" $$ "*) return 0 ;;
    *) return 1 ;;
  esac
}

# watcher_number: sets $watcher_number, which the script has written down.
watcher_number() {
  watcher_number=''
  [ ! -f "$store/work.$claim/watcher" ] \
    || read -r watcher_number 2>/dev/null <"$store/work.$claim/watcher" || :
  is_integer "$watcher_number" 2 999999999 || watcher_number=''
}

# keep_alone: the script was killed. Its watcher ends the server; where there is none, that is done here.
keep_alone() {
  watcher_number
  if [ -n "$watcher_number" ] && lives "$watcher_number"; then
    [ "$keep_ticks" -gt 0 ] || keep_ticks=$claim_beat
    renew_beat
    return 0
  fi
  if own_server; then
    log WARN "the script and its watcher were killed; shutting down the server that they left behind"
    end_by_clock "$own_server"
  elif [ -f "${replica:-/nonexistent}/data/PG_VERSION" ] && [ "$keep_alone_looks" -gt 0 ]; then
    # A server that was launched a moment ago has no postmaster.pid yet.
    keep_alone_looks=$((keep_alone_looks - 1))
    [ "$keep_ticks" -gt 0 ] || keep_ticks=$claim_beat
    renew_beat
    return 0
  fi
  end_clock
  exit 0
}

# own_server: sets $own_server to the number of the process of PostgreSQL that works on the data here.
own_server() {
  own_server=''
  read -r own_server 2>/dev/null <"${replica:-/nonexistent}/data/postmaster.pid" || return 1
  is_integer "$own_server" 2 999999999 && lives "$own_server" || return 1
  cd -P -- "${replica:?}/data" 2>/dev/null || return 1
  _own_server_place=$PWD
  cd -P -- "/proc/$own_server/cwd" 2>/dev/null && [ "$PWD" = "$_own_server_place" ]
}

# give_way: another run works on the data. So what is ours must not write any more, and what PostgreSQL does when it is
# told to end would be writing. A successor on this host, which can see the server, ends that itself.
give_way() {
  if lives "$$"; then
    ignore kill -s USR2 "$$"
    tell_below KILL "$$"
  elif ! has_near_heir && own_server; then
    ignore kill -s STOP "$own_server"
    tell_below KILL "$own_server"
    ignore kill -s KILL "$own_server"
  fi
  end_clock
}

has_near_heir() {
  for _heir_beat in "${store:-}/beat.$own_boot".*; do
    case $_heir_beat in
      "$beat" | "$beat.clock" | *".*") ;;
      *) return 0 ;;
    esac
  done
  return 1
}

# end_keeper: it tells its sleep to end, too.
end_keeper() {
  [ -n "$keeper" ] || return 0
  tell_child VTALRM "$keeper"
  ignore wait "$keeper"
  keeper=
}
