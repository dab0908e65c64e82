# A replication slot of the master keeps the WAL that this replica still needs. With run.slot = permanent it has one
# of its own, which belongs to the data: its name lies in $store/slot, whatever port or host the next task gets.

# settle_slot: sets $slot, empty without one. It must be there before the copy begins, so that no WAL is missing
# between the copy and the first start; of an older copy it may hold what is not needed, or be invalid.
settle_slot() {
  slot=''
  [ "$slot_mode" = permanent ] || return 0
  name_slot
  if [ "$decision" = clone ]; then
    warn_of_slots
    start_patience
    until ask_slot DROP_REPLICATION_SLOT '' 42704 && ask_slot CREATE_REPLICATION_SLOT 'PHYSICAL RESERVE_WAL' ''; do
      _settle_words=$(words_of "$work/words")
      case $_settle_words in
        *42501:*) fail MASTER_REFUSES "the role $POSTGRES_REPUSER may not create a replication slot: $_settle_words" ;;
        *) ;;
      esac
      be_patient "no replication slot $slot: $_settle_words" || give_up_slot "$_settle_words"
    done
    log INFO "the replication slot of this replica is $slot"
  elif [ "$master_known" = yes ]; then
    mend_slot
  fi
}

# 55006 is a slot that somebody still streams from, as a walsender of ours that has not heard of our end.
give_up_slot() {
  case $1 in
    *53400:* | *55006:*) fail MASTER_BUSY "the master had no free replication slot within $MASTER_WAIT s: $1" ;;
    *) give_up "$1" ;;
  esac
}

# mend_slot: makes it where it is missing, as after a failover, or when somebody dropped it; and anew where it is invalid, as
# it holds nothing then, and since 18 nobody streams from it. What is gone of the WAL is judged by what the master has.
mend_slot() {
  find_slot
  [ "$slot_state" != fine ] || return 0
  if [ "$slot_state" = invalid ] && ! drop_slot; then
    log WARN "the replication slot $slot is invalid and cannot be dropped: $(words_of "$work/words")"
  elif ! ask_slot CREATE_REPLICATION_SLOT 'PHYSICAL RESERVE_WAL' 42710; then
    log WARN "the replication slot $slot cannot be created: $(words_of "$work/words")"
  elif [ "$slot_state" = invalid ]; then
    log WARN "the replication slot $slot was invalid: created again; WAL${slot_start:+ since $slot_start} may be gone from the master"
  elif ! grep -q 42710: "$work/words"; then
    log WARN "the master had no replication slot $slot: created again"
  fi
}

# find_slot: sets $slot_state, and to invalid where it keeps nothing. A slot whose WAL the master took
# (max_slot_wal_keep_size) has no beginning. Of one that it gave up (idle_replication_slot_timeout, since 18) only a refusal
# to stream tells.
find_slot() {
  look_for_slot
  [ "$slot_state" = fine ] || return 0
  if [ -z "$slot_start" ] || is_refused_slot; then
    slot_state=invalid
  fi
}

# look_for_slot: sets $slot_state to missing or fine, and $slot_start to where its WAL begins; unknown without an answer,
# and before 15, which cannot be asked.
look_for_slot() {
  slot_state=unknown slot_start=''
  is_integer "$master_version" 150000 999999 && ask_slot READ_REPLICATION_SLOT '' '' || return 0
  IFS="$tab" read -r _look_kind slot_start _look_rest <"$work/answers" || return 0
  slot_state=fine
  [ -n "$_look_kind" ] || slot_state=missing
}

# is_refused_slot: psql ends at once when it is let stream, and takes nothing. 55000 is an invalid slot, and 55006 one that
# somebody streams from.
is_refused_slot() {
  [ "$master_version" -ge 180000 ] || return 1
  ! ask_slot 'START_REPLICATION SLOT' "PHYSICAL $master_position" '' && grep -q -e ' 55000:' "$work/words"
}

# drop_slot: the walsender of the last question may not have let go of it yet. Of one that is in use the master keeps all.
drop_slot() {
  _drop_tries=5
  until ask_slot DROP_REPLICATION_SLOT '' 42704; do
    _drop_tries=$((_drop_tries - 1))
    [ "$_drop_tries" -gt 0 ] && grep -q -e ' 55006:' "$work/words" || return 1
    blink
  done
}

# drop_left_slots: in the watcher, while this replica streams from the master that was found. On a host that it followed
# before, its slot would keep WAL until the disk is full, as soon as that host is back. Asked are those that answered just
# now, each once.
drop_left_slots() {
  _left_master=$master_file _left_timeline=$master_timeline _left_read_only=$master_read_only
  for _left_place in "$work"/hosts/*.place; do
    is_left "$_left_place" "$_left_timeline" "$_left_read_only" || continue
    left_host="$master_host$tab$master_port$tab$master_address"
    case $newline$left_clean in
      *"$newline$left_host$newline"*) ;;
      *) drop_left_slot ;;
    esac
  done
  read_place "$_left_master.place" || :
}

# is_left FILE TIMELINE READ_ONLY: another name of the master itself must not be taken for a host that is followed no more. A
# standby is surely none, nor is a server on an older timeline. Of who follows a standby (READ_ONLY is on), only a host that
# was followed before.
is_left() {
  read_place "$1" && [ -z "$host_fault" ] && [ "$master_system" = "$pinned_system" ] || return 1
  [ "$master_mark" != "$own_mark" ] || return 1
  if [ "$3" = on ]; then
    ! is_followed && was_followed "$master_host$tab$master_port$tab$master_address"
  else
    [ "$master_read_only" = on ] || [ "$master_timeline" -lt "$2" ]
  fi
}

# was_followed HOST
was_followed() {
  [ -f "$replica/left" ] && grep -q -x -F -e "$1" "$replica/left"
}

# drop_left_slot: on $left_host. It is in use while that host has not heard that we are gone.
drop_left_slot() {
  look_for_left_slot
  if [ "$slot_state" = unknown ] || { [ "$slot_state" = fine ] && ! ask_slot DROP_REPLICATION_SLOT '' 42704; }; then
    left_tries=$((left_tries + 1))
    [ "$left_tries" -ge 5 ] || return 0
    log WARN "the replication slot $slot may still be on $master_name, which this replica no longer follows, and keep WAL there: \
$(words_of "$work/words")"
  elif [ "$slot_state" = fine ] && ! grep -q 42704: "$work/words"; then
    log INFO "dropped the replication slot $slot on $master_name, which this replica no longer follows"
  fi
  left_clean="$left_clean$left_host$newline" left_tries=0
  forget_left_host || log WARN "cannot write $replica/left"
}

# look_for_left_slot: one of before 15 cannot be asked, so there is one where this replica was before.
look_for_left_slot() {
  if [ "$master_version" -ge 150000 ]; then
    look_for_slot
  elif was_followed "$left_host"; then
    slot_state=fine
  else
    slot_state=missing
  fi
}

# note_left_host: before another upstream is written, so that the next run knows of it, too.
note_left_host() {
  [ -n "$slot" ] || return 0
  read_upstream
  [ -n "$upstream_host" ] && ! is_followed || return 0
  printf '%s\t%s\t%s\n' "$upstream_host" "$upstream_port" "$upstream_address" >>"$replica/left"
}

forget_left_host() {
  [ -f "$replica/left" ] || return 0
  awk -v host="$left_host" '$0 != host' "$replica/left" 2>/dev/null >"$work/left" && mv -- "$work/left" "$replica/left"
}

# ask_slot COMMAND OPTIONS FINE: false when it failed, but for the SQLSTATE that is fine. Its numbers are the same in
# every language (errcodes.txt): 42704 there is none, 42710 it is there already, 53400 all are taken.
ask_slot() {
  bounded "$((PGCONNECT_TIMEOUT + 10))" "$client_bin"/psql -X -w -q -A -t -F "$tab" -v ON_ERROR_STOP=1 \
    -v VERBOSITY=verbose -d "$master_conninfo dbname=replication replication=true" \
    -c "$1 \"$slot\" $2" >"$work/answers" 2>"$work/words"
  [ "$status" -ne 0 ] || return 0
  [ -n "$3" ] && grep -q -e " $3:" "$work/words"
}

# name_slot: a name that tells a person whose it is, and that no other replica ever has.
name_slot() {
  if [ ! -f "$store/slot" ]; then
    slot=$(printf '%s' "${replica_name%:*}" | tr '[:upper:]' '[:lower:]' | tr -c 'a-z0-9' '_' | cut -c 1-52)
    _slot_number=$(printf '%s\n' "${identity:-} $told_task $store" | number_of_text)
    printf '%s\n' "${slot}_$_slot_number" >"$work/slot" || cannot_write "$work" "cannot write $work/slot"
    mv -- "$work/slot" "$store/slot" || cannot_write "$store" "cannot write $store/slot"
  fi
  IFS= read -r slot <"$store/slot" || slot=''
  case $slot in
    '' | *[!a-z0-9_]*) fail DATA_FOREIGN "$store/slot does not hold the name of a replication slot" ;;
    *) ;;
  esac
}

# number_of_text: prints a number below a thousand million that the line makes; not every system has cksum.
number_of_text() {
  awk '
    {
      for (i = 1; i <= length($0); i++)
        mix = (mix * 31 + index("0123456789abcdefghijklmnopqrstuvwxyz-._/ ", tolower(substr($0, i, 1)))) % 999999937
    }
    END { printf "%d\n", mix }'
}

# A slot whose replica never comes back keeps WAL on the master until its disk is full, unless it is told otherwise.
warn_of_slots() {
  _slots_limit=-1
  if [ "${major%%.*}" -ge 13 ] && ask_replication 'SHOW max_slot_wal_keep_size'; then
    read -r _slots_limit <"$work/answers" || :
  fi
  [ "$_slots_limit" != -1 ] || log WARN "max_slot_wal_keep_size of the master is -1 (no limit): drop the slots of \
replicas that never come back"
}
