# What on the master's side does not fit this model, all of it in one list, for preflight alone: a run asks for no more
# than it needs. It asks for settings, over the replication protocol, and changes nothing. A name that a major does not know
# would be an error in the master's log, so the names go by its version. What no run gets over is an ERROR, and
# preflight fails; what endangers a replica is a WARN.

judge_master_side() {
  faults=0
  judge_other_hosts
  (version_rules "$master_major") 2>/dev/null \
    || tell_fault "$master_name runs PostgreSQL $master_major, which postgresql.majors of the model does not list: every run would refuse it"
  has_wal_level || tell_fault "wal_level is $master_wal_level on $master_name: no replica can follow it; set it to replica, and restart the master"
  _side_tries=3
  until ask_settings; do
    _side_words=$(words_of "$work/words")
    _side_tries=$((_side_tries - 1))
    # The walsender of the last question may not have ended yet.
    if [ "$_side_tries" -eq 0 ] || ! is_busy "$_side_words"; then
      log WARN "cannot read the settings of $master_name: $_side_words"
      break
    fi
    pause 1
  done
  if [ "$side_slots" -ge 0 ]; then
    judge_places
    judge_kept_wal
    judge_pages
  fi
  [ "$faults" -eq 0 ] || end_unfit
}

# end_unfit: with the failure of the step that a run would end in.
end_unfit() {
  require_wal_level
  major=$master_major
  know_rules
  fail MASTER_UNFIT "faults of $master_name with which every run would fail: $faults, listed above"
}

# ask_settings: sets what the judgements below read; false without an answer, and then $side_slots is -1.
ask_settings() {
  side_slots=-1 side_pages=on side_hints=off side_checksums=off side_kept=0 side_slot_bound=0 side_idle=0
  set -- 'SHOW full_page_writes' 'SHOW wal_log_hints' 'SHOW data_checksums'
  side_kept_name=wal_keep_segments
  [ "$master_version" -lt 130000 ] || side_kept_name=wal_keep_size
  set -- "$@" "SHOW $side_kept_name"
  [ "$master_version" -lt 130000 ] || set -- "$@" 'SHOW max_slot_wal_keep_size'
  [ "$master_version" -lt 180000 ] || set -- "$@" 'SHOW idle_replication_slot_timeout'
  ask_replication "$@" 'SHOW max_replication_slots' || return 1
  {
    read -r side_pages
    read -r side_hints
    read -r side_checksums
    read -r side_kept
    [ "$master_version" -lt 130000 ] || read -r side_slot_bound
    [ "$master_version" -lt 180000 ] || read -r side_idle
    read -r side_slots
  } <"$work/answers" || side_slots=''
  is_integer "$side_slots" 0 999999 || side_slots=-1
  [ "$side_slots" -ge 0 ]
}

# judge_other_hosts: those that may become the master must take this replica, too; after a failover is too late to learn it.
# Of a name with several addresses one may be for another family than the server listens on.
judge_other_hosts() {
  _other_chosen=$master_file _other_system=$master_system
  for _other_place in "$work"/hosts/*.place; do
    read_place "$_other_place" || continue
    if [ -n "$host_fault" ]; then
      has_other_address "$_other_place" \
        || log WARN "if $master_name became the master, this replica could not follow it: $host_fault"
    elif [ "$master_system" != "$_other_system" ]; then
      log WARN "$master_name has system identifier $master_system, but the master has $_other_system: \
a replica of one cannot follow the other"
    fi
  done
  read_place "$_other_chosen.place" || :
}

# has_other_address FILE: did the host of that place answer at another of its addresses?
has_other_address() {
  _address_host=${1##*/}
  for _address_file in "$work/hosts/${_address_host%%.*}".*.status; do
    _address_status=1
    read -r _address_status 2>/dev/null <"$_address_file" || continue
    [ "$_address_status" != 0 ] || return 0
  done
  return 1
}

# judge_places: of each replica a clone takes two walsenders, and a temporary slot besides the slot that it has when it streams.
judge_places() {
  _places_senders=$((2 * instances + 1)) _places_slots=$instances
  [ "$slot_mode" != temporary ] || _places_slots=$((2 * instances))
  [ "$master_max_wal_senders" -ge "$_places_senders" ] || log WARN "max_wal_senders is $master_max_wal_senders: each of \
$instances replicas takes two while it is cloned, and queries take one, so some would have to wait; set it to \
$_places_senders or more, plus what other clients need, and restart the master"
  if [ "$side_slots" -eq 0 ] && { [ "$data_state" != finished ] || [ "$slot_mode" != none ]; }; then
    tell_fault "max_replication_slots is 0: a clone fails without a temporary slot, and so does a replica with \
run.slot; set it to $_places_slots or more, and restart the master"
  elif [ "$side_slots" -lt "$_places_slots" ]; then
    log WARN "max_replication_slots is $side_slots: $instances replicas with run.slot = $slot_mode take up to \
$_places_slots, so some would have to wait; set it to that or more, plus what other clients need, and restart the master"
  fi
}

# judge_kept_wal: for how long may a replica be away?
judge_kept_wal() {
  if [ "$slot_mode" != permanent ]; then
    [ "$side_kept" != 0 ] || log WARN "$side_kept_name is 0: a replica that is away for longer than a few checkpoints must be \
cloned again; set it to the WAL that the master writes in such a time, or set run.slot to permanent in the model"
    return 0
  fi
  [ "$side_slot_bound" != -1 ] || log WARN "max_slot_wal_keep_size is -1: the slot of a replica that never comes back keeps \
WAL until the master's disk is full; set it to less than the free space there"
  [ "$side_idle" = 0 ] || log WARN "idle_replication_slot_timeout is $side_idle: the slot of a replica that is away for longer \
is invalidated, and the WAL that it needs removed; set it to 0, or to longer than a replica may be away"
}

judge_pages() {
  [ "$side_pages" = on ] || log WARN "full_page_writes is $side_pages: after a crash of this agent the data here may contain \
torn pages, which nothing repairs; set it to on"
  [ -z "$sync_database" ] || [ "$master_wal_level" = logical ] || log WARN "wal_level is $master_wal_level: the master has no \
logical slots that this replica could synchronize (run.syncSlots); set it to logical, and restart the master"
  [ "$on_diverged" != rewind ] || judge_rewind
}

# judge_rewind: what pg_rewind needs of the master, where the model lets it mend data that has diverged.
judge_rewind() {
  [ "$side_hints" = on ] || [ "$side_checksums" = on ] || log WARN "wal_log_hints is off, and the cluster has no data checksums: \
pg_rewind needs one of them; set wal_log_hints to on, and restart the master"
}
