# @step clone
# pg_basebackup into a directory of this run, verified, marked as a standby and as finished, and only
# then renamed. Whatever ends this early, the copy goes with it.
step_clone() {
  [ "$decision" = clone ] || return 0
  staging=$store/clone.$$
  mkdir -- "$staging" || fail DATA_DIR "cannot make $staging"
  : >"$staging/run_rep.clone"
  mkdir -- "$staging/tablespaces"
  set -- -D "$staging/data" -d "$primary_conninfo" -F p -c fast -X stream -w -v
  while IFS= read -r _clone_row; do
    _clone_oid=${_clone_row%%"$tab"*}
    _clone_path=${_clone_row#*"$tab"}
    _clone_path=${_clone_path%"$tab"*}
    case $_clone_path in
      /*)
        mkdir -- "$staging/tablespaces/$_clone_oid"
        set -- "$@" -T "$(map_path "$_clone_path")=$(map_path "$staging/tablespaces/$_clone_oid")"
        ;;
      *) ;;
    esac
  done <"$work/sizes"
  launch "$basebackup_bin"/pg_basebackup "$@" 2>"$work/clone.log"
  (
    on_helper_end
    watch_clone
  ) &
  watchdog=$!
  await
  end_helper "$watchdog"
  watchdog=
  [ "$signals" -eq 0 ] || exit "$exit_code"
  [ "$status" -eq 0 ] || explain_clone_failure "$(words_of "$work/clone.log")"
  finish_clone
}

# pg_basebackup's -T separates by "=", and takes "\=" for one in a path.
map_path() {
  printf '%s\n' "$1" | sed 's/=/\\=/g'
}

# A clone that does not grow for $stall_limit seconds is dead; writing it to disk at its end may take
# as long as it likes. A line each minute says how far it is.
watch_clone() {
  _watch_size=0 _watch_still=0 _watch_quiet=0
  while [ "$_watch_still" -lt "$stall_limit" ]; do
    nap 5
    _watch_now=$(ignore du -s -k "$staging")
    _watch_now=${_watch_now%%[!0-9]*}
    _watch_still=$((_watch_still + 5))
    _watch_quiet=$((_watch_quiet + 5))
    if [ "$_watch_now" != "$_watch_size" ] || grep -q 'syncing data' "$work/clone.log"; then
      _watch_still=0
    fi
    _watch_size=$_watch_now
    if [ "$_watch_quiet" -ge 60 ]; then
      log INFO "copied $((_watch_size / 1024)) of $backup_mb MB"
      _watch_quiet=0
    fi
  done
  : >"$work/stalled"
  end_tree "$child"
}

explain_clone_failure() {
  [ ! -e "$work/stalled" ] || fail CLONE_STALLED "nothing arrived for $stall_limit s: $1"
  case $1 in
    *'No space left'*) fail NO_SPACE "the disk of $store is full: $1" ;;
    *'exceeds max_wal_senders'* | *'replication slots are in use'*)
      fail MASTER_BUSY "the master has no walsender or slot left for a clone: $1"
      ;;
    *) fail CLONE_FAILED "pg_basebackup ended with $status: $1" ;;
  esac
}

finish_clone() {
  if [ "$verify_clone" = yes ] && [ "$has_manifest" = yes ]; then
    launch "$basebackup_bin"/pg_verifybackup -q "$staging/data" >"$work/words" 2>&1
    await
    [ "$signals" -eq 0 ] || exit "$exit_code"
    [ "$status" -eq 0 ] || fail CLONE_FAILED "the copy is not sound: $(words_of "$work/words")"
  fi
  read_control "$staging/data" || fail CLONE_FAILED "the copy has no readable control file: $control"
  _finish_system=$(control_field 'Database system identifier')
  [ "$_finish_system" = "$master_system" ] \
    || fail CLONE_FAILED "asked system $master_system, but copied $_finish_system"
  write_standby_marker "$staging/data"
  printf '%s\n' "system_identifier=$master_system" "timeline=$master_timeline" "major=$major" \
    >"$staging/clone.done"
  ignore sync
  install_clone "$staging"
  staging=
  log INFO "cloned $backup_mb MB"
}
