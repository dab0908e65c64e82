# Answer first (run.durability): the server starts while the copy is still written to disk. Until all of it is there, a
# host that goes down must cost no more than the copy, which can be made again. So fsync is off, and no walreceiver
# connects: a master that waits for this standby would take for safe what is not. $replica/unflushed names the boot of
# the host meanwhile; after another one the copy is thrown away, and when only processes died, it is written to disk
# before its server starts.

# settle_durability: sets $behind to yes where the server is to answer first: not where old data goes for its sake.
settle_durability() {
  behind=no
  [ "$durability" = behind ] || return 0
  if [ "$data_state" = outdated ]; then
    log INFO 'not open to clients until the clone is on disk: it replaces other data'
  elif [ "$flush" != beside ] || [ -z "$own_boot" ]; then
    log WARN "not open to clients until the clone is on disk: the file system of $store does not reliably report lost writes"
  else
    behind=yes
  fi
}

# mark_unflushed DIRECTORY: on disk before the first byte of the copy is.
mark_unflushed() {
  { printf '%s\n' "$own_boot" >"$1/unflushed" && sync "$1/unflushed" "$1" "$store"; } \
    || cannot_write "$1" "cannot write $1/unflushed"
}

# is_lost DIRECTORY: did the host go down, or the disk fail, before all of it was on disk?
is_lost() {
  [ -f "$1/unflushed" ] || return 1
  _lost_boot=''
  IFS= read -r _lost_boot <"$1/unflushed" || :
  [ -z "$_lost_boot" ] || [ "$_lost_boot" != "$own_boot" ]
}

# spoil_clone: whoever hears of an error of the disk, which is told once, sees to it that nobody believes the copy later.
spoil_clone() {
  for _spoil_mark in "$staging/unflushed" "$replica/unflushed"; do
    [ ! -f "$_spoil_mark" ] || printf 'failed\n' 2>/dev/null >"$_spoil_mark" || :
  done
}

# prepare_behind: of a complete copy. postgresql.auto.conf would beat what holds meanwhile.
prepare_behind() {
  _prepare_auto=$staging/data/postgresql.auto.conf
  if grep -q -i '^[[:space:]]*fsync' "$_prepare_auto" 2>/dev/null; then
    log WARN "not open to clients until the clone is on disk: the master's postgresql.auto.conf sets fsync"
    finish_flush
    ignore rm -f -- "$staging/unflushed"
    behind=no
    return 0
  fi
  if grep -q -i '^[[:space:]]*primary_conninfo' "$_prepare_auto" 2>/dev/null; then
    { grep -v -i '^[[:space:]]*primary_conninfo' "$_prepare_auto" || :; } >"$work/auto.conf"
    mv -- "$work/auto.conf" "$_prepare_auto" || cannot_write "$staging" "cannot write $_prepare_auto"
  fi
  # From now on one more flush is all that the copy needs.
  printf '' >"$work/copied" || cannot_write "$work" "cannot write $work/copied"
}

# write_behind unflushed | flushed | streams: the file that the server reads in place of postgresql.conf, which can be
# changed while it runs, as the command line cannot.
write_behind() {
  {
    printf '# Made by run_rep.sh for a clone that is open to clients before it is on disk.\ninclude ' \
      && quote_conf "$conf_file" \
      && printf '\nrun_rep.clone = %s\nprimary_conninfo = ' "$1" \
      && case $1 in
        unflushed) printf "''\nfsync = off\n" ;;
        flushed) printf "''\n" ;;
        *) quote_conf "$primary_conninfo" && printf '\n' ;;
      esac
  } >"$replica/behind.conf.new" && mv -- "$replica/behind.conf.new" "$replica/behind.conf"
}

# settle_behind: in the watcher, of a server that lets the script in; until the copy is on disk, and the replica
# streams. What the server writes without fsync is written before the second flush: its checkpointer obeys a HUP before
# a CHECKPOINT that is asked for later. False when the server does not obey.
settle_behind() {
  if [ "$behind_state" = unflushed ]; then
    if [ ! -e "$run_work/flushed" ]; then
      [ "$access" != open ] || [ -e "$run_work/answered" ] || printf '' 2>/dev/null >"$run_work/answered" || :
      [ ! -e "$run_work/flush.failed" ] || decide_unflushed
      # It may have ended well since we looked. Where nobody can say how it ended, the next start asks the disk anew.
      kill -0 "$watch_flusher" 2>/dev/null || [ -e "$run_work/flushed" ] \
        || decide behind 'the process that writes the clone to disk has died: starting again, with fsync'
      return 0
    fi
    write_behind flushed 2>/dev/null || return 1
    ignore kill -s HUP "$server"
    behind_state=flushed
  fi
  ask_cluster "SELECT current_setting('run_rep.clone')" CHECKPOINT || return 1
  _settle_state=''
  IFS= read -r _settle_state <"$answers" || :
  if [ "$_settle_state" != flushed ]; then
    ignore kill -s HUP "$server"
    return 1
  fi
  write_through || decide_unflushed
  write_behind streams 2>/dev/null || return 1
  ignore kill -s HUP "$server"
  behind=no
  log INFO 'the clone is on disk'
}

decide_unflushed() {
  spoil_clone
  decide unflushed "$(unwritten)"
}

# hurry_behind: at each look meanwhile. Where the server cannot be told that its copy is on disk, since no superuser may
# log in, its configuration is broken, or its disk is full, it starts again, or ends. One that replays is given ten times as
# long, from when the control file last showed it.
hurry_behind() {
  [ -e "$run_work/flushed" ] || return 0
  _hurry_limit=$stale_limit
  if ! is_open; then
    _hurry_limit=$((stale_limit * 10))
    [ "$look_replayed" = "$behind_replayed" ] || behind_still=0
    behind_replayed=$look_replayed
  fi
  behind_still=$((behind_still + watch_interval))
  [ "$behind_still" -ge "$_hurry_limit" ] || return 0
  ! find_no_room 16 || decide no_space "$no_room, too little to receive WAL"
  decide behind "the clone is on disk, but the server could not be told within $_hurry_limit s: starting again, with fsync"
}

# write_through: flushes what is left, and takes the mark away, before anybody is told that something is safe here.
write_through() {
  flush_store && sync_files "$replica" || return 1
  rm -f -- "${replica:?}/unflushed" || return 1
  flush_store || {
    printf 'failed\n' 2>/dev/null >"$replica/unflushed" || :
    return 1
  }
}

# flush_rest: before the start of a server whose copy a dead run has left so.
flush_rest() {
  if [ "$behind" = yes ]; then
    write_behind unflushed || cannot_write "$replica" "cannot write $replica/behind.conf"
    return 0
  fi
  [ ! -e "$replica/behind.conf" ] || ignore rm -f -- "$replica/behind.conf"
  [ -f "$replica/unflushed" ] || return 0
  log INFO 'writing the clone to disk: the run that made it ended before it could'
  write_through || give_up_unflushed "$(unwritten)"
}

# give_up_unflushed TEXT: a disk tells of an error once, so nobody may believe a later flush.
give_up_unflushed() {
  spoil_clone
  # Its advice would be that the copy was removed.
  is_lost "$replica" || fail DATA_DAMAGED "$1; $replica is damaged, and could be neither marked as that nor removed"
  retire_replica
  remove_clone "$retired"
  fail CLONE_FAILED "$1"
}
