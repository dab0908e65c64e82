# @step serve
# The server. It is a child, so that SIGTERM becomes a fast shutdown; its end is ours, unless it has to start again
# with other values. It is started once: closed to clients where something must be asked of it first.
step_serve() {
  settle_access
  settle_rules
  tell_files
  announce INFO "starting PostgreSQL $major as $replica_name on port $PORT0"
  [ "$compared" = yes ] || log INFO 'closed to clients until its collations are compared'
  [ "$access" = open ] || [ "$compared" = no ] || log INFO 'closed to clients until the server has read its new access rules'
  make_door
  write_access "$access" || cannot_write "$pgdata" "cannot write $hba_file"
  make_server_log
  allow_stale_pid
  serving=soon
  with_settings start_server
  serving=yes
  start_watcher
  # The control file of a fresh clone is the master's.
  [ "$gate_state" != 'in production' ] || gate_state="as the master's backup has it"
  log INFO "checked: a standby with system identifier $pinned_system (control file: $gate_state)"
  status=0 await_seen=no
  until await_child; do
    miss_watcher
    if [ "$watcher_gone" = yes ]; then
      start_watcher
    fi
  done
  served=$status
  ! is_taken || give_up_claim
  end_watcher
  unseal_tablespaces
  await_collector
  end_serving
  obey_verdict
  [ "$status" -ne 1 ] || [ -f "$work/listens" ] || check_port
  tell_server_log
  log WARN "PostgreSQL ended with status $status$(signal_words "$status")"
  meet_tablespace
  need_rooms 16
  if [ "$status" -ne 0 ]; then
    # What it could not write to the end is gone by now, and there is room again.
    name_disks
    ! said_since | ignore tail -n 30 | grep -q -e 'No space left on device' -e 'quota exceeded' \
      || fail NO_SPACE "PostgreSQL ended because the disk of $disks had no space left"
    retreat "it ended with status $status before it accepted clients"
    has_served || judge_early_end
  fi
  exit "$status"
}

# As long as we serve, a further signal changes nothing for a server that one has ended already; and one that came
# just before that was over ends us, too.
end_serving() {
  leave_if_stopped
  serving=no
  leave_if_stopped
}

# A signal ended the server, and so the script.
leave_if_stopped() {
  [ "$signals" -gt 0 ] || return 0
  if [ "$status" -eq 0 ]; then
    log INFO "PostgreSQL shut down cleanly"
    exit 0
  fi
  # Of an INT the server dies only before it has set up its signals; bash leaves them to a child as they were at first.
  if [ "$status" -eq 130 ]; then
    log INFO "stopped before PostgreSQL was started"
    exit "$exit_code"
  fi
  log WARN "PostgreSQL was told to stop and ended with status $status; the next start recovers the data"
  exit "$status"
}

# PostgreSQL does not start while the process of an old postmaster.pid lives, though that number may
# now belong to somebody else. A process whose number is in PG_GRANDPARENT_PID is not taken for one, and
# the lock on shared memory stays in force. That no server of ours lives is asked again: since the claim
# minutes may have passed.
allow_stale_pid() {
  if server_is_live; then
    fail DATA_IN_USE "a server with process ID $live_server already runs on $pgdata"
  fi
  [ -f "$pgdata/postmaster.pid" ] || return 0
  # A server that died before it wrote its number: no other one gets over that, and nothing can be told from it.
  if [ ! -s "$pgdata/postmaster.pid" ] && [ -z "$(workers_of "$pgdata")" ]; then
    rm -f -- "$pgdata/postmaster.pid"
    return 0
  fi
  read -r _stale_pid <"$pgdata/postmaster.pid" || return 0
  ! is_integer "$_stale_pid" 2 999999999 || export PG_GRANDPARENT_PID="$_stale_pid"
}

# Why the watcher stopped the server, or why the server stopped: what was too low when it was started
# would be too low again, so it starts with what its master has now.
obey_verdict() {
  verdict='' verdict_text=''
  [ ! -f "$work/verdict" ] || { read -r verdict && IFS= read -r verdict_text; } <"$work/verdict" || :
  case $verdict in
    promoted)
      # The promotion removes the standby's marker, and the next run would tell of that alone.
      control_position_here
      printf '%s\n' "$verdict_text$control_words" 2>/dev/null >"$replica/promoted" || :
      fail GATE "$verdict_text$control_words"
      ;;
    identity) fail DATA_IDENTITY "$verdict_text" ;;
    diverged | wal_gone | tablespace) leave_data ;;
    no_space) fail NO_SPACE "$verdict_text" ;;
    collation) fail COLLATION "$verdict_text" ;;
    access)
      retreat "$verdict_text"
      fail ACCESS "$verdict_text"
      ;;
    port) fail PORT "$verdict_text" ;;
    listen) fail LISTEN "$verdict_text" ;;
    login) fail LOGIN "$verdict_text" ;;
    unflushed) give_up_unflushed "$verdict_text" ;;
    behind) ;;
    *)
      # Clients, or the master, would wait for ever for a watcher that is gone.
      if [ "$called" = no ] || { [ ! -f "$replica/unflushed" ] && ! is_closed; }; then
        read_control "$pgdata" || return 0
        raised_parity || return 0
        log INFO "$raised: starting again with that value"
      fi
      ;;
  esac
  start_again
}

# control_position_here: sets $control_words to how far a server that has ended wrote, as the end of a sentence.
control_position_here() {
  control_words=''
  read_control "$pgdata" || return 0
  control_position
  tell_time
  control_words="; its last checkpoint is at $position of timeline $timeline, read at $state_time"
}

# A copy may take hours, and the grace of a health check ended when this server first answered: so the next task makes it.
# The next task rewinds, too: one that is killed in the middle costs a copy.
leave_data() {
  if [ "$rewinds" = yes ] && [ "$verdict" = diverged ]; then
    fail REWIND "the next run rewinds the data: $verdict_text"
  fi
  { read -r _leave_kind && read -r _leave_text && read -r master_timeline; } <"$work/verdict" || master_timeline=0
  ! give_up_data "$verdict_text" || fail RECLONE "the next run clones again"
  [ "$verdict" != tablespace ] || fail TABLESPACE "$verdict_text"
  [ "$verdict" = diverged ] || fail WAL_GONE "$verdict_text"
  fail DATA_DIVERGED "$verdict_text"
}

# The same process begins anew, so nothing of this run can be left over in it; the claim knows it again.
# It goes on with the directory that was looked at, whatever a relative name would mean by then.
start_again() {
  [ -r "$script" ] || fail RUN_USER "cannot read $script to start again"
  release_wal
  stop_flush
  end_keeper
  end_clock
  remove_work "$work"
  unset TMPDIR
  return_login
  trap - EXIT
  hear_again
  export PGDATA_DIR="$store"
  exec sh "$script" run
}
