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
        *42501:*) fail MASTER_REFUSES "the role $POSTGRES_REPUSER may not make a replication slot: $_settle_words" ;;
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
    *53400:* | *55006:*) fail MASTER_BUSY "the master has no replication slot for us within $MASTER_WAIT s: $1" ;;
    *) give_up "$1" ;;
  esac
}

# mend_slot: makes it where it is missing, as after a failover, or when somebody dropped it.
mend_slot() {
  if ask_slot CREATE_REPLICATION_SLOT 'PHYSICAL RESERVE_WAL' 42710; then
    grep -q 42710: "$work/words" || log WARN "the master had no replication slot $slot: made again"
  else
    log WARN "the replication slot $slot cannot be made: $(words_of "$work/words")"
  fi
}

# ask_slot COMMAND OPTIONS FINE: false when it failed, but for the SQLSTATE that is fine. Its numbers are the same in
# every language (errcodes.txt): 42704 there is none, 42710 it is there already, 53400 all are taken.
ask_slot() {
  bounded "$((PGCONNECT_TIMEOUT * master_count + 10))" "$client_bin"/psql -X -w -q -v ON_ERROR_STOP=1 \
    -v VERBOSITY=verbose -d "$primary_conninfo dbname=replication replication=true" \
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
  if [ "${major%%.*}" -ge 13 ] && ask_replication "$primary_conninfo" 'SHOW max_slot_wal_keep_size'; then
    read -r _slots_limit <"$work/answers" || :
  fi
  [ "$_slots_limit" != -1 ] || log WARN "max_slot_wal_keep_size of the master is without bound: drop the slots of \
replicas that do not come back"
}
