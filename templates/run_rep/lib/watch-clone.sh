# The watcher of a copy, beside pg_basebackup.

# A clone to which nothing comes for $stall_limit seconds is dead; writing it to disk at its end may take as long as it
# likes, and a checkpoint of the master that is spread as long as that needs. A line each minute says how far it is. A copy
# whose script was killed is ended.
watch_clone() {
  _watch_size='' _watch_still=0 _watch_quiet=0 _watch_patience=$checkpoint_limit clone_pause=5 clone_mb=0
  while [ "$_watch_still" -lt "$stall_limit" ]; do
    nap "$clone_pause"
    if ! kill -0 "$$" 2>/dev/null; then
      end_writers "$staging"
      exit 0
    fi
    _watch_still=$((_watch_still + clone_pause))
    _watch_quiet=$((_watch_quiet + clone_pause))
    measure_clone
    read_clone_phase
    case $clone_phase in
      checkpoint)
        if [ "$_watch_patience" -gt 0 ]; then
          _watch_still=0
          _watch_patience=$((_watch_patience - clone_pause))
        fi
        ;;
      disk) _watch_still=0 ;;
      *) ;;
    esac
    [ "$clone_size" = "$_watch_size" ] || _watch_still=0
    _watch_size=$clone_size
    note_copied "$clone_mb"
    if [ "$_watch_quiet" -ge 60 ]; then
      tell_clone
      _watch_quiet=0
    fi
  done
  printf '' >"$work/stalled" || log WARN "cannot write $work/stalled"
  end_tree "$child"
}

# measure_clone: sets $clone_size, which changes as long as something comes, and $clone_mb. The kernel counts what
# pg_basebackup, and its process for WAL, have written. Elsewhere the files are asked, less often the longer that takes.
measure_clone() {
  read_io "$child" wchar
  clone_size=$io_bytes
  if [ -n "$clone_size" ]; then
    in_mb "$io_bytes"
    clone_mb=$mb _measure_children=''
    read -r _measure_children 2>/dev/null <"/proc/$child/task/$child/children" || :
    if [ -n "$_measure_children" ]; then
      read_io "${_measure_children%% *}" wchar
      clone_size="$clone_size $io_bytes"
    fi
    return 0
  fi
  _measure_begun=$(date +%s)
  clone_size=$(ignore du -s -k "$staging")
  clone_size=${clone_size%%[!0-9]*}
  clone_mb=$((${clone_size:-0} / 1024))
  [ "$wal_disk" = "$store" ] || clone_size="$clone_size $(ignore du -s -k "$wal_disk")"
  _measure_ended=$(date +%s)
  clone_pause=$((5 + 10 * (_measure_ended - _measure_begun)))
}

# read_clone_phase: sets $clone_phase by the words of pg_basebackup, which speaks English to us.
read_clone_phase() {
  clone_phase=checkpoint
  while read -r _phase_line; do
    case $_phase_line in
      *'checkpoint completed'*) clone_phase=copy ;;
      *'waiting for background process'*) clone_phase=wal ;;
      *'syncing data'*) clone_phase=disk ;;
      *) ;;
    esac
  done 2>/dev/null <"$work/clone.log" || :
}

tell_clone() {
  case $clone_phase in
    checkpoint) announce INFO 'waiting for the checkpoint on the master with which the copy begins' ;;
    wal) announce INFO "copied $clone_mb MB; waiting for its last WAL" ;;
    disk) announce INFO "copied $clone_mb MB; pg_basebackup is flushing them to disk" ;;
    *) announce INFO "copied $clone_mb of $backup_mb MB" ;;
  esac
}
