# @step inspect_master
# Everything that the replication protocol tells, before anything is copied. A clone needs the
# master and waits for it; a replica that has its data asks once and goes on without an answer.
step_inspect_master() {
  make_work
  settle_login
  build_conninfo
  know_no_master
  master_known=no master_major='' master_segment_mb=0 backup_mb=0
  refusals=0 strangers=0
  own_runs=no
  # The master answers while the data and the agent are looked at.
  case $sub_command,$data_state in
    run,finished) ignore begin_asking ;;
    run,nothing | run,unfinished)
      write_questions
      ignore begin_asking
      ;;
    *) ;;
  esac
  know_libc
  know_shared_memory
  stand_of_data
  if [ "$data_state" != finished ] && [ ! -f "$work/questions" ]; then
    end_asking
    write_questions
  fi
  start_patience
  until find_master; do
    [ "$foreign" = no ] || meet_strangers "$no_master"
    if [ "$foreign" = no ] && [ "$data_state" = finished ]; then
      say_no_master
      log WARN "starting on the data here, because $no_master_words"
      return 0
    fi
    judge_faults
    if ! be_patient "no usable answer from $POSTGRES_MASTER: $no_master"; then
      [ "$foreign" = yes ] || give_up "$no_master"
      pause 1
    fi
  done
  read_answers
  note_settings
  master_known=yes strangers=0
  log INFO "master: $master_name, PostgreSQL $master_major, system $master_system, timeline $master_timeline"
  [ -z "$host_notes" ] || [ "$sub_command" != run ] || log WARN "other hosts of POSTGRES_MASTER: $host_notes"
  [ "$master_read_only" = off ] || [ "$stream_from" = replica ] \
    || log WARN "$master_name is itself a standby: this replica follows it by cascading replication"
  [ "$is_loop" = no ] || log WARN "$loop_words"
  [ "$sub_command" = run ] || judge_master_side
  require_wal_level
}

# stand_of_data: how far the data here is tells who can be its master. What the gate wants to know is read with it.
stand_of_data() {
  own_mark=$identity major='' pg_bin='' server_version='' control='' wal_directory=pg_wal
  if [ "$data_state" = finished ] || [ "$data_state" = outdated ]; then
    major=$pinned_major
    find_major
    if is_half_rewound; then
      log WARN "a rewind of $pgdata was interrupted, so the data is unusable: cloning again"
    else
      require_standby
      [ "$data_state" = outdated ] || judge_tablespaces
    fi
  fi
  if [ "$data_state" = finished ]; then
    control_position
    know_own "$timeline" "$position"
    # Preflight may look at one that runs.
    [ "$sub_command" = run ] || ! server_is_live || own_runs=yes
  else
    know_nothing
  fi
}

# meet_strangers WORDS: a name service that errs for a moment must not end a fleet. So an identity that differs is believed
# when it is still the same after three questions, for which there is time also when MASTER_WAIT is over.
meet_strangers() {
  strangers=$((strangers + 1))
  if [ "$sub_command" != run ] || [ "$strangers" -ge 3 ]; then
    fail DATA_IDENTITY "no host of POSTGRES_MASTER is a master of the data in $store: $1"
  fi
}

# judge_faults: a refusal is final when no host can be the master any more: none has answered, or is merely away. What
# libpq says itself is English.
judge_faults() {
  [ "$((own_hosts + foreign_hosts))" -eq 0 ] || return 0
  if [ "$master_count" -gt 1 ]; then
    for _faults_place in "$work"/hosts/*.place; do
      read_place "$_faults_place" || continue
      ! is_away "$host_fault" || return 0
    done
  fi
  judge_refusal "$no_master"
}

# Returns for what may pass by itself, fails for what will not. Servers speak their own language, and
# only English words can be told apart: a server that accepts connections and yet refuses us in words
# that we do not know is believed the third time.
judge_refusal() {
  know_refusal "$1"
  [ -z "$refusal_words" ] || fail MASTER_REFUSES "$refusal_words"
  case $1 in
    # A server that goes down in mid-handshake. One before 17 seems to, each time, when TLS comes without being asked for.
    *'unexpected eof'* | *'SYSCALL error: EOF'*) [ "${PGSSLNEGOTIATION:-}" = direct ] || return 0 ;;
    *'weak sslmode'* | *'channel binding'* | *'authentication method requirement'* | *GSSAPI* | *'SSL error'* \
      | *'not support SSL'* | *'certificate verify failed'* | *'root certificate'* | *'server certificate'* \
      | *'client certificate'* | *'certificate file'* | *'private key file'*)
      fail MASTER_TLS "no connection to $POSTGRES_MASTER with the required security: $1"
      ;;
    *'is read-only'* | *'starting up'* | *'shutting down'* | *'silent for'*) return 0 ;;
    *) ! is_busy "$1" || return 0 ;;
  esac
  bounded "$ask_limit" "$client_bin"/pg_isready -q -h "$master_hosts" -p "$master_ports" \
    -U "$POSTGRES_REPUSER" -d "dbname=postgres $near" -t "$PGCONNECT_TIMEOUT"
  [ "$status" -eq 0 ] || return 0
  refusals=$((refusals + 1))
  [ "$refusals" -lt 3 ] || [ "${PGSSLNEGOTIATION:-}" != direct ] \
    || fail MASTER_TLS "$POSTGRES_MASTER does not accept direct TLS (PGSSLNEGOTIATION), which servers support since PostgreSQL 17: $1"
  [ "$refusals" -lt 3 ] || fail MASTER_REFUSES "the master refuses the role $POSTGRES_REPUSER: $1"
}

# is_busy WORDS: the master has no connection, walsender or slot left, which passes by itself.
is_busy() {
  case $1 in
    *max_wal_senders* | *'too many'* | *'remaining connection slots'* \
      | *'replication slots are in use'*) return 0 ;;
    *) return 1 ;;
  esac
}

give_up() {
  ! is_busy "$1" || fail MASTER_BUSY "the master had no free walsender or connection within $MASTER_WAIT s: $1"
  fail MASTER_AWAY "no usable answer from $POSTGRES_MASTER within $MASTER_WAIT s: $1"
}

read_answers() {
  {
    read -r _answers_read_only
    read -r _answers_identity
    read -r _answers_mark
    read -r master_version
    read -r master_wal_level
    read -r _answers_segment
    read -r master_max_connections
    read -r master_max_worker_processes
    read -r master_max_wal_senders
    read -r master_max_prepared_transactions
    read -r master_max_locks_per_transaction
  } <"$master_file.answers" || master_version=''
  if ! is_integer "$master_version" 80000 999999 || ! is_integer "$master_timeline" 1 999999999 \
    || ! is_integer "$master_max_connections" 1 999999 \
    || ! is_integer "$master_max_worker_processes" 0 999999 \
    || ! is_integer "$master_max_wal_senders" 0 999999 \
    || ! is_integer "$master_max_prepared_transactions" 0 999999 \
    || ! is_integer "$master_max_locks_per_transaction" 0 999999999; then
    fail MASTER_VERSION "$master_name does not answer like a PostgreSQL server"
  fi
  case $_answers_segment in
    *GB) master_segment_mb=$((${_answers_segment%GB} * 1024)) ;;
    *) master_segment_mb=${_answers_segment%MB} ;;
  esac
  if [ "$master_version" -ge 100000 ]; then
    master_major=$((master_version / 10000))
  else
    master_major=$((master_version / 10000)).$((master_version / 100 % 100))
  fi
}

require_wal_level() {
  has_wal_level || fail MASTER_WAL_LEVEL "the master's wal_level is $master_wal_level"
}

has_wal_level() {
  case $master_wal_level in
    replica | logical | hot_standby) return 0 ;;
    *) return 1 ;;
  esac
}

# Small files of this run only: beside the data, or for what only looks, and changes nothing there, elsewhere. What
# a client says goes there, too, so on a full disk every answer of the master would be misread.
make_work() {
  if [ "$sub_command" = run ]; then
    work=$store/work.${claim:?}
    need_room "$store" 1
    make_ours "$work"
  else
    make_work_elsewhere || cannot_look
  fi
  # mksh writes here-documents to files, which a SIGKILL leaves where they are.
  TMPDIR=$work
}

# make_work_elsewhere: TMPDIR may be root's own, and the disk of /tmp full, which is no fault of a replica.
make_work_elsewhere() {
  for _elsewhere_place in "${TMPDIR:-/tmp}" /tmp /dev/shm /var/tmp; do
    # What has that name already may be anybody's, who changes it while we look: it stays.
    work=$_elsewhere_place/run_rep.$$
    while [ -e "$work" ] || [ -L "$work" ]; do
      work=${work}0
    done
    if [ -w "$_elsewhere_place" ] && ! lacks_room "$_elsewhere_place" 1 \
      && { mkdir -- "$work" && printf '' >"$work/run_rep.mark"; } 2>/dev/null; then
      return 0
    fi
  done
  work=''
  return 1
}

cannot_look() {
  _cannot_words="$(id -un) cannot write 1 MB in ${TMPDIR:-/tmp}, /tmp, /dev/shm or /var/tmp"
  case $sub_command in
    ready) unready "$_cannot_words" 'TMPDIR and these disks' ;;
    status) untold "$_cannot_words" ;;
    *) fail AGENT "$_cannot_words" ;;
  esac
}
