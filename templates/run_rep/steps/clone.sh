# @step clone
# pg_basebackup into a directory of this run, verified, marked as a standby and as finished, and only
# then renamed. Whatever ends this early, the copy goes with it.
step_clone() {
  settle_slot
  [ "$decision" = clone ] || return 0
  staging=$store/clone.$claim
  settle_durability
  clone_tries=0 clone_busy=0 clone_wal=stream copy_said=''
  start_patience
  until copy_master; do
    _clone_words=$(words_of "$work/clone.log")
    server_words "$work/clone.log" 'pg_basebackup: '
    end_writers "$staging"
    remove_clone "$staging"
    judge_own_disk "$_clone_words"
    judge_master_files "$_clone_words"
    if is_busy "$_clone_words"; then
      be_patient "pg_basebackup ended with status $status: $_clone_words" || give_up "$_clone_words"
      choose_clone_wal
    else
      try_clone_again "$_clone_words"
    fi
  done
  finish_clone
  end_teller
}

# Streaming WAL beside the copy takes a second walsender. Where one is left, and one only, each third try does
# without: then WAL comes at the end, and the master must not have removed it by then.
choose_clone_wal() {
  clone_busy=$((clone_busy + 1))
  clone_wal=stream
  [ "$((clone_busy % 3))" -eq 2 ] || return 0
  clone_wal=fetch
  log INFO 'trying with one walsender: the WAL is copied at the end'
}

# A copy that broke off, or stands still, is begun anew: networks mend, and masters come back.
try_clone_again() {
  clone_tries=$((clone_tries + 1))
  if [ -e "$work/stalled" ]; then
    rm -f -- "$work/stalled"
    [ "$clone_tries" -lt 3 ] || fail CLONE_STALLED "no data arrived for $stall_limit s, in three attempts: $1"
    _again_words="no data arrived for $stall_limit s"
  else
    [ "$clone_tries" -lt 3 ] || fail CLONE_FAILED "pg_basebackup ended with status $status, in three attempts: $1"
    _again_words="pg_basebackup ended with status $status: $1"
  fi
  _again_pause=$(jittered $((clone_tries * 5)))
  enter_phase waiting WARN "$_again_words; the copy was removed; trying again in $_again_pause s"
  pause "$_again_pause"
  renew_sizes "$1"
  start_patience
}

# What the copy has received is no standby's, so it does not bear the name of one: a master that waits for this replica
# (synchronous_standby_names) would take it for safe.
copy_master() {
  make_ours "$staging"
  [ "$behind" = no ] || mark_unflushed "$staging"
  make_wal_home "$staging"
  mkdir -- "$staging/tablespaces" || cannot_write "$staging" "cannot make $staging/tablespaces"
  set -- -D "$staging/data" -d "$master_conninfo$login_patience application_name=run_rep_clone" -F p \
    -c "$clone_checkpoint" -X "$clone_wal" -w -v
  [ -z "$clone_rate" ] || set -- "$@" -r "$clone_rate"
  [ "$clone_compress" = none ] || set -- "$@" --compress="server-$clone_compress"
  [ -z "$slot" ] || [ "$clone_wal" = fetch ] || set -- "$@" -S "$slot"
  [ "$flush" = own ] || set -- "$@" --no-sync
  [ "$wal_disk" = "$store" ] || set -- "$@" --waldir="$wal_disk/pg_wal"
  while IFS= read -r _copy_row; do
    _copy_oid=${_copy_row%%"$tab"*}
    _copy_path=${_copy_row#*"$tab"}
    _copy_path=${_copy_path%"$tab"*}
    case $_copy_path in
      /*)
        mkdir -- "$staging/tablespaces/$_copy_oid" \
          || cannot_write "$staging" "cannot make $staging/tablespaces/$_copy_oid"
        _copy_path=$(map_path "$_copy_path")
        set -- "$@" -T "$_copy_path=$(map_path "$staging/tablespaces/$_copy_oid")"
        ;;
      *) ;;
    esac
  done <"$work/sizes"
  state_size_mb=$backup_mb state_copied_mb=0
  tell_phase ''
  log INFO "copying $backup_mb MB from $master_name"
  note_phase cloning "copying from $master_name"
  launch "$basebackup_bin"/pg_basebackup "$@" 2>"$work/clone.log"
  launching=yes
  (
    begin_helper
    watch_clone
  ) &
  watchdog=$!
  launched
  start_flush
  await
  end_helper "$watchdog"
  watchdog=
  [ "$signals" -eq 0 ] || exit "$exit_code"
  if [ "$status" -eq 0 ] && find_stray "$staging"; then
    printf '%s\n' "pg_basebackup: error: $stray" >>"$work/clone.log" || return 1
    status=1
  fi
  [ "$status" -eq 0 ] || stop_flush
  [ "$status" -eq 0 ]
}

# pg_basebackup's -T separates by "=", and takes "\=" for one in a path.
map_path() {
  printf '%s\n' "$1" | sed 's/=/\\=/g'
}

finish_clone() {
  hold_wal
  verify_copy
  if [ "$behind" = yes ]; then
    prepare_behind
  else
    tell_phase 'waiting until the copy is on disk'
    finish_flush
  fi
  check_hold
  read_control "$staging/data" || fail CLONE_FAILED "the copy has no readable control file: $control"
  control_field 'Database system identifier'
  [ "$field" = "$master_system" ] \
    || fail CLONE_FAILED "the master's system identifier is $master_system, but the copy has $field"
  write_standby_marker "$staging/data" || cannot_write "$staging" "cannot write the standby's marker in $staging/data"
  keep_wal_home
  printf '%s\n' "system_identifier=$master_system" "timeline=$master_timeline" "major=$major" \
    >"$staging/clone.done" || cannot_write "$staging" "cannot write $staging/clone.done"
  newest_wal "$staging/data"
  printf '%s\n' "$newest_wal" >"$staging/never_streamed" || cannot_write "$staging" "cannot write $staging/never_streamed"
  [ "$behind" = yes ] \
    || ignore sync "$staging/data/$standby_marker" "$staging/data" "$staging/clone.done" "$staging"
  tell_phase 'moving the copy into its place'
  install_clone "$staging"
  staging=
  log INFO "cloned $backup_mb MB"
}

# By the manifest that came along: every file is there, and as long as it was; or every byte.
verify_copy() {
  if [ "$verify_clone" = none ] || [ "$has_manifest" != yes ]; then
    log INFO "the copy is not verified: PostgreSQL $major has no backup manifest, or the model turns this off"
    return 0
  fi
  if [ ! -x "$basebackup_bin/pg_verifybackup" ]; then
    log WARN "the copy is not verified: there is no pg_verifybackup in $basebackup_bin"
    return 0
  fi
  # It calls pg_waldump through a shell, which must not meet a path that somebody else chose.
  cd -- "${staging:?}" || fail DATA_DIR "cannot enter $staging"
  set -- -q -n -s
  if [ "$verify_clone" = bytes ]; then
    # Only that of the same major can read the WAL, too.
    set -- -q
    major_of "$("$basebackup_bin"/pg_verifybackup --version)"
    [ "$major_of" = "$major" ] || set -- -q -n
  fi
  launch "$basebackup_bin"/pg_verifybackup "$@" data >"$work/words" 2>&1
  tell_phase 'pg_verifybackup is checking the copy' "$child"
  await
  cd -- "${sandbox:?}" || fail RUN_USER "$RUN_USER may not enter $sandbox"
  [ "$signals" -eq 0 ] || exit "$exit_code"
  case $status in
    0) ;;
    126 | 127) log WARN "the copy is not verified: pg_verifybackup of $basebackup_bin does not run: $(words_of "$work/words")" ;;
    *) fail CLONE_FAILED "pg_verifybackup found faults in the copy: $(words_of "$work/words")" ;;
  esac
}
