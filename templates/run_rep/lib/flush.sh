# The copy is written to disk while it still comes, and not file by file when all is here: one call flushes a whole file
# system (sync -f of GNU and BusyBox). Linux tells of an error by that call since 5.8 (syncfs(2)), and tells it once: no
# answer may get lost. Elsewhere pg_basebackup does it itself.

# settle_flush: sets $flush to beside, or to own for pg_basebackup's. A sync that ignores -f says so; there is nothing
# to flush in /proc.
settle_flush() {
  flush=own
  case $(uname -sr) in
    'Linux '[0-4].* | 'Linux 5.'[0-7].* | 'Linux 5.'[0-7]) ;;
    'Linux '*) [ -n "$(sync -f /proc/self 2>&1)" ] || flush=beside ;;
    *) ;;
  esac
  # Of a file system above another one nobody hears what that one could not write.
  case $(ignore df -P -- "$store") in
    *"$newline"overlay*) flush=own ;;
    *) ;;
  esac
}

start_flush() {
  [ "$flush" = beside ] && [ -z "$flusher" ] || return 0
  launching=yes
  (
    begin_helper
    flush_beside
  ) &
  flusher=$!
  launched
}

# In its helper. A failure is its exit status, since on a full disk no file could tell of it. The signal that ends it
# ends its pause, but loses no answer of sync.
flush_beside() {
  while kill -0 "$$" 2>/dev/null; do
    napping=yes
    sync -f "$staging" >/dev/null 2>&1 || exit 1
    napping=no
    [ "$helper_ended" = no ] || exit 0
    nap 0.1
  done
  exit 0
}

# end_flush: when the copy is here. A helper that had not begun yet has no answer to lose.
end_flush() {
  flush_status=0
  [ -n "$flusher" ] || return 0
  ignore kill -s USR1 "$flusher"
  wait "$flusher" 2>/dev/null || flush_status=$?
  flusher=
}

# stop_flush: when the copy is given up, nobody waits for the disk. The helper itself ends when what it waits for has.
stop_flush() {
  [ -n "$flusher" ] || return 0
  ignore kill -s USR1 "$flusher"
  kill_each KILL "$(children_of "$flusher")"
  ignore wait "$flusher"
  flusher=
}

# finish_flush: returns when all of the copy is on disk.
finish_flush() {
  [ "$flush" = beside ] || return 0
  end_flush
  launch sync -f "$staging"
  await
  [ "$signals" -eq 0 ] || exit "$exit_code"
  if [ "$status" -ne 0 ] || [ "$flush_status" -eq 1 ]; then
    need_room "$store" 1
    fail CLONE_FAILED "the copy cannot be written to the disk of $store"
  fi
}
