# The copy is written to disk while it still comes, and not file by file when all is here: one call flushes a whole file
# system (sync -f of GNU and BusyBox). Linux tells of an error by that call since 5.8 (syncfs(2)), and tells it once: no
# answer may get lost. Elsewhere pg_basebackup does it itself.

# settle_flush: sets $flush to beside, or to own for pg_basebackup's; and to files where that does not say when it begins,
# so that it would be taken for a copy that stands still (before 12). A sync that ignores -f says so; there is nothing to
# flush in /proc.
settle_flush() {
  flush=own
  case $(uname -sr) in
    'Linux '[0-4].* | 'Linux 5.'[0-7].* | 'Linux 5.'[0-7]) ;;
    'Linux '*) [ -n "$(sync -f /proc/self 2>&1)" ] || flush=beside ;;
    *) ;;
  esac
  # Of a file system above another one (overlay, FUSE), or of a server's, nobody hears what that could not write.
  tells_errors "$store" || flush=own
  [ "$wal_disk" = "$store" ] || tells_errors "$wal_disk" || flush=own
  [ "$flush" = beside ] || [ "${basebackup_major:-12}" -ge 12 ] || flush=files
}

tells_errors() {
  _tells_kind=''
  ! have stat || _tells_kind=$(stat -f -c %T -- "$1" 2>/dev/null) || _tells_kind=''
  case $_tells_kind in
    ext2/ext3 | xfs | btrfs | f2fs | tmpfs) return 0 ;;
    *) return 1 ;;
  esac
}

start_flush() {
  [ "$flush" = beside ] && [ -z "$flusher" ] || return 0
  ignore rm -f -- "$work/flushed" "$work/flush.failed"
  launching=yes
  (
    begin_helper
    flush_beside
  ) &
  flusher=$!
  launched
}

# In its helper. A failure is its exit status, since on a full disk no file could tell of it; a clone that answers first
# is spoilt by it at once. The signal that ends it ends its pause, but loses no answer of sync.
flush_beside() {
  flush_is_long=no
  set -- "$store"
  [ "$wal_disk" = "$store" ] || set -- "$@" "$wal_disk"
  while kill -0 "$$" 2>/dev/null; do
    _flush_last=no _flush_status=0
    [ ! -e "$work/copied" ] || _flush_last=yes
    since_boot
    _flush_begun=$since_boot
    napping=yes
    sync -f "$@" >/dev/null 2>&1 || _flush_status=$?
    napping=no
    # What killed it is no answer.
    [ "$_flush_status" -le 128 ] || exit 0
    if [ "$_flush_status" -ne 0 ]; then
      spoil_clone
      printf '' >"$work/flush.failed" || :
      exit 1
    fi
    [ "$helper_ended" = no ] || exit 0
    if [ "$_flush_last" = yes ]; then
      printf '' >"$work/flushed" || exit 1
      exit 0
    fi
    nap 0.1
    since_boot
    # Half a second, the nap among it.
    [ "$((since_boot - _flush_begun))" -lt 50 ] || flush_is_long=yes
    [ "$behind" = no ] || await_answer
  done
  exit 0
}

# await_answer: on a file system that is being flushed whoever changes a file waits. So a server that is to answer first
# starts before the next flush, where a flush takes long, or when the copy is here; for ten seconds at most.
await_answer() {
  _answer_naps=100
  while kill -0 "$$" 2>/dev/null && [ ! -e "$work/answered" ] && [ "$_answer_naps" -gt 0 ]; do
    if [ -e "$work/copied" ]; then
      _answer_naps=$((_answer_naps - 1))
    elif [ "$flush_is_long" = no ]; then
      return 0
    fi
    nap 0.1
  done
}

# since_boot: sets $since_boot to hundredths of a second, of which every shell can count the last six digits; a constant
# without /proc.
since_boot() {
  _since_text=0.00
  read -r _since_text _since_rest 2>/dev/null </proc/uptime || :
  _since_text=${_since_text%.*}${_since_text#*.}
  since_boot=1${_since_text#"${_since_text%??????}"}
}

# end_flush: when the copy is here. A helper that had not begun yet has no answer to lose.
end_flush() {
  flush_status=0
  [ -n "$flusher" ] || return 0
  tell_child USR1 "$flusher"
  wait "$flusher" 2>/dev/null || flush_status=$?
  flusher=
}

# stop_flush: when the copy is given up, nobody waits for the disk, not even for a sync that the kernel does not let go
# before it is done. A helper that is over has a number that may be somebody else's by now.
stop_flush() {
  [ -n "$flusher" ] || return 0
  if [ ! -e "$work/flushed" ] && [ ! -e "$work/flush.failed" ]; then
    # It starts no other one when it has heard this, but for one that it was about to start. It is not held still instead:
    # mksh does what its EXIT trap says only when none of its jobs is stopped.
    ignore kill -s USR1 "$flusher"
    tell_below KILL "$flusher"
    blink
    tell_below KILL "$flusher"
    ignore kill -s KILL "$flusher"
    ignore wait "$flusher"
  fi
  flusher=
}

# finish_flush: returns when all of the copy is on disk.
finish_flush() {
  [ "$flush" != own ] || return 0
  end_flush
  [ "$flush" = beside ] || ignore sync
  if { [ "$flush" = beside ] && ! flush_store; } || ! sync_files "$staging" || [ "$flush_status" -eq 1 ]; then
    need_rooms 1
    fail CLONE_FAILED "$(unwritten)"
  fi
}

unwritten() {
  name_disks
  printf 'the copy cannot be written to the disk of %s; see the kernel log\n' "$disks"
}

# name_disks: sets $disks to whose they are, for a message.
name_disks() {
  disks=$store
  [ "$wal_disk" = "$store" ] || disks="$store or that of $wal_disk"
}

# flush_store: both file systems, where WAL has one of its own. A signal ends the waiting, and the script or the watcher, at
# once. What killed it is no answer.
flush_store() {
  set -- "$store"
  [ "$wal_disk" = "$store" ] || set -- "$@" "$wal_disk"
  _flush_store_status=200
  while [ "$_flush_store_status" -gt 128 ]; do
    _flush_store_status=0
    launching=yes
    exec sync -f "$@" </dev/null >/dev/null 2>&1 &
    syncer=$!
    launched
    wait "$syncer" || _flush_store_status=$?
    syncer=
  done
  [ "$_flush_store_status" -eq 0 ]
}

# sync_files DIRECTORY: of an error that another one has heard who flushes that file system, its files still tell. A server
# that runs removes some meanwhile.
sync_files() {
  [ "$wal_disk" = "$store" ] || set -- "$@" "$wal_disk"
  status=200
  while [ "$status" -gt 128 ]; do
    if has_many_files "$1"; then
      launching=yes
      (
        trap - TERM INT HUP USR1 USR2 PROF VTALRM EXIT
        sync_together "$@"
      ) </dev/null 2>"$work/words" &
      child=$!
      launched
    else
      launch find "$@" -type f -exec sync {} + 2>"$work/words"
    fi
    await
    [ "$signals" -eq 0 ] || exit "$exit_code"
  done
  [ "$status" -ne 0 ] || return 0
  grep -q 'No such file' "$work/words" && ! grep -q -v 'No such file' "$work/words"
}

# has_many_files DIRECTORY: is there a manifest of 1 MB, which names some 7,000?
has_many_files() {
  [ -n "$(ignore find "$1/data/backup_manifest" -prune -size +2048 -print)" ]
}

# sync_together DIRECTORY...: for each file the disk empties its own cache, and once only for those who ask at the same time.
# So 31,000 files take less than half of the time on two cores.
sync_together() {
  find "$@" -type f ! -name '*[0123456789]' -exec sync {} + &
  _together_rest="$! "
  for _together_digits in 01 23 45 67 89; do
    find "$@" -type f -name "*[$_together_digits]" -exec sync {} + &
    _together_rest="$_together_rest$! "
  done
  _together_worst=0
  while [ -n "$_together_rest" ]; do
    _together_status=0
    wait "${_together_rest%% *}" || _together_status=$?
    _together_rest=${_together_rest#* }
    [ "$_together_status" -le "$_together_worst" ] || _together_worst=$_together_status
  done
  exit "$_together_worst"
}

# The kernel lets it go when it is done.
end_syncer() {
  [ -z "$syncer" ] || tell_child KILL "$syncer"
  syncer=
}
