# @step inspect_master
# Everything that the replication protocol tells, before anything is copied. A clone needs the
# master and waits for it; a replica that has its data asks once and goes on without an answer.
step_inspect_master() {
  build_conninfo
  make_work
  master_known=no
  refusals=0
  start_patience
  until ask_master; do
    _inspect_words=$(words_of "$work/words")
    judge_refusal "$_inspect_words"
    if [ "$data_state" = finished ]; then
      log WARN "the master does not answer; serving what is here: $_inspect_words"
      return 0
    fi
    be_patient "no usable answer from $POSTGRES_MASTER: $_inspect_words" || give_up "$_inspect_words"
  done
  read_answers
  master_known=yes
  log INFO "master: PostgreSQL $master_major, system $master_system, timeline $master_timeline"
}

# One connection, one question a row. Its time covers a connection attempt to each host in turn.
ask_master() {
  _ask_limit=$((PGCONNECT_TIMEOUT * master_count + 10))
  [ "$data_state" != finished ] || _ask_limit=5
  bounded "$_ask_limit" "$client_bin"/psql -X -w -A -t -F "$tab" -v ON_ERROR_STOP=1 \
    -d "$primary_conninfo dbname=replication replication=true" -c 'IDENTIFY_SYSTEM' -c 'SHOW server_version_num' \
    -c 'SHOW wal_level' -c 'SHOW max_connections' -c 'SHOW max_worker_processes' \
    -c 'SHOW max_wal_senders' -c 'SHOW max_prepared_transactions' \
    -c 'SHOW max_locks_per_transaction' >"$work/answers" 2>"$work/words"
  [ "$status" -ne 124 ] || printf 'silent for %s s\n' "$_ask_limit" >>"$work/words"
  [ "$status" -eq 0 ]
}

# Servers speak their own language, and only English words can be told apart. So first: does it
# accept connections at all? Then a failed login is a refusal, and one that we do not understand is
# believed when it comes again.
judge_refusal() {
  case $1 in
    *'SSL'* | *'certificate'*) fail MASTER_TLS "TLS with $POSTGRES_MASTER fails: $1" ;;
    *'exceeds max_wal_senders'* | *'too many'* | *'remaining connection slots'* | *'is read-only'* \
      | *'starting up'* | *'shutting down'* | *'silent for'*) return 0 ;;
    *) ;;
  esac
  bounded "$((PGCONNECT_TIMEOUT + 5))" "$client_bin"/pg_isready -q -h "$master_hosts" \
    -p "$master_ports" -t "$PGCONNECT_TIMEOUT"
  [ "$status" -eq 0 ] || return 0
  refusals=$((refusals + 1))
  case $1 in
    *'no pg_hba.conf entry'*)
      fail MASTER_REFUSES "the master has no pg_hba.conf line \"replication\" for us: $1"
      ;;
    *'no password supplied'*)
      fail MASTER_REFUSES "no line of $PGPASSFILE fits (database \"replication\"): $1"
      ;;
    *'password authentication failed'* | *'must be superuser or replication role'* | *'permission denied'*)
      fail MASTER_REFUSES "the master refuses $POSTGRES_REPUSER: $1"
      ;;
    *) [ "$refusals" -lt 3 ] || fail MASTER_REFUSES "the master refuses $POSTGRES_REPUSER: $1" ;;
  esac
}

give_up() {
  case $1 in
    *'exceeds max_wal_senders'* | *'too many'* | *'remaining connection slots'*)
      fail MASTER_BUSY "no free connection within $MASTER_WAIT s: $1"
      ;;
    *) fail MASTER_AWAY "no usable answer from $POSTGRES_MASTER within $MASTER_WAIT s: $1" ;;
  esac
}

read_answers() {
  {
    IFS="$tab" read -r master_system master_timeline _answers_rest
    read -r master_version
    read -r master_wal_level
    read -r master_max_connections
    read -r master_max_worker_processes
    read -r master_max_wal_senders
    read -r master_max_prepared_transactions
    read -r master_max_locks_per_transaction
  } <"$work/answers" || fail MASTER_AWAY "the answers of $POSTGRES_MASTER make no sense"
  if [ "$master_version" -ge 100000 ]; then
    master_major=$((master_version / 10000))
  else
    master_major=$((master_version / 10000)).$((master_version / 100 % 100))
  fi
  case $master_wal_level in
    replica | logical | hot_standby) ;;
    *) fail MASTER_WAL_LEVEL "the master's wal_level is $master_wal_level" ;;
  esac
}

# Small files of this run only: beside the data, or for preflight, which changes nothing, elsewhere.
make_work() {
  if [ "$sub_command" = run ]; then
    work=$store/work.$$
    ignore rm -rf -- "${work:?}"
  else
    work=${TMPDIR:-/tmp}/run_rep.$$
  fi
  mkdir -- "$work" || fail DATA_DIR "cannot make the directory $work"
}
