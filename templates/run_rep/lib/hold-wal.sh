# From the end of the copy until the replica streams nothing would keep the WAL that comes next: a few checkpoints, and
# the master has removed it. So a client holds a temporary slot meanwhile. It reads its commands from a FIFO, and ends
# with whoever writes there: the slot goes when the replica streams, and by itself when the script dies. While the FIFO
# has a name, both live, and their numbers are theirs.

hold_wal() {
  # Where the master had one walsender left for the copy, it has none for this.
  [ -z "$slot" ] && [ "$clone_wal" = stream ] || return 0
  mkfifo "$work/hold" || cannot_write "$work" "cannot make $work/hold"
  # Open for both, so that neither waits for the other to open it.
  exec 8<>"$work/hold"
  launching=yes
  (
    exec >&8 8>&-
    begin_helper
    feed_holder
  ) &
  wal_holder=$!
  exec "$client_bin"/psql -X -w -q -A -t -v ON_ERROR_STOP=1 \
    -d "$master_conninfo$login_patience dbname=replication replication=true" \
    <"$work/hold" >"$work/held" 2>"$work/hold.words" 8>&- 9<&- &
  wal_client=$!
  exec 8>&-
  launched
}

# RESERVE_WAL keeps what comes after the last checkpoint. An hour is the most that a replica keeps a master waiting.
feed_holder() {
  _feed_number=$(printf '%s\n' "${identity:-} $replica_name $store" | number_of_text)
  printf 'CREATE_REPLICATION_SLOT "run_rep_%s" TEMPORARY PHYSICAL RESERVE_WAL;\n' "$_feed_number"
  _feed_left=3600
  while kill -0 "$$" 2>/dev/null && [ "$_feed_left" -gt 0 ]; do
    nap 1
    _feed_left=$((_feed_left - 1))
  done
  ignore rm -f -- "$work/hold"
}

# check_hold: waits for the answer. A master that has no slot or no walsender left must not cost us the replica.
check_hold() {
  _hold_blinks=250
  while [ -n "$wal_holder" ] && [ ! -s "$work/held" ] && [ ! -s "$work/hold.words" ] && [ "$_hold_blinks" -gt 0 ]; do
    _hold_blinks=$((_hold_blinks - 1))
    blink 0.02
  done
  [ -n "$wal_holder" ] && [ -s "$work/hold.words" ] || return 0
  log WARN "no temporary slot keeps WAL on the master until this replica streams: $(words_of "$work/hold.words")"
}

release_wal() {
  if [ -n "$wal_holder" ] && [ -p "$work/hold" ]; then
    end_helper "$wal_holder"
    tell_child KILL "$wal_client"
    ignore wait "$wal_client"
  fi
  wal_holder='' wal_client=''
}

# let_wal_go: in the watcher, when the replica streams, or when what it waits for may be the place of the holder.
let_wal_go() {
  if [ -n "$watch_holder" ] && [ -p "$run_work/hold" ]; then
    ignore rm -f -- "$run_work/hold"
    ignore kill -s USR1 "$watch_holder"
  fi
  watch_holder=
}
