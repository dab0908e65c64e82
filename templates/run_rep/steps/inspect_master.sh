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
    if [ "$data_state" = finished ]; then
      log WARN "the master gives no answer; serving what is here: $_inspect_words"
      return 0
    fi
    judge_refusal "$_inspect_words"
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

# Returns for what may pass by itself, fails for what will not. Servers speak their own language, and
# only English words can be told apart: a server that accepts connections and yet refuses us in words
# that we do not know is believed the third time.
judge_refusal() {
  case $1 in
    *'no pg_hba.conf entry'*)
      fail MASTER_REFUSES "no line of the master's pg_hba.conf lets us in for \"replication\": $1"
      ;;
    *'no password supplied'*)
      fail MASTER_REFUSES "no line of $PGPASSFILE fits, with \"replication\" as the database: $1"
      ;;
    *'password authentication failed'* | *'must be superuser or replication role'* | *'permission denied'*)
      fail MASTER_REFUSES "the master refuses the role $POSTGRES_REPUSER: $1"
      ;;
    # A server that goes down in mid-handshake.
    *'unexpected eof'*) return 0 ;;
    *'SSL error'* | *'not support SSL'* | *'certificate verify failed'* | *'root certificate'* \
      | *'server certificate'* | *'certificate file'* | *'private key file'*)
      fail MASTER_TLS "no TLS connection with $POSTGRES_MASTER: $1"
      ;;
    *'is read-only'* | *'starting up'* | *'shutting down'* | *'silent for'*) return 0 ;;
    *) ! is_busy "$1" || return 0 ;;
  esac
  bounded "$_ask_limit" "$client_bin"/pg_isready -q -h "$master_hosts" -p "$master_ports" \
    -U "$POSTGRES_REPUSER" -d postgres -t "$PGCONNECT_TIMEOUT"
  [ "$status" -eq 0 ] || return 0
  refusals=$((refusals + 1))
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
  ! is_busy "$1" || fail MASTER_BUSY "the master has no place for us within $MASTER_WAIT s: $1"
  fail MASTER_AWAY "no usable answer from $POSTGRES_MASTER within $MASTER_WAIT s: $1"
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
  } <"$work/answers" || master_version=''
  if ! is_integer "$master_version" 80000 999999 || ! is_integer "$master_timeline" 1 999999999 \
    || ! is_integer "$master_max_connections" 1 999999 \
    || ! is_integer "$master_max_worker_processes" 0 999999 \
    || ! is_integer "$master_max_wal_senders" 0 999999 \
    || ! is_integer "$master_max_prepared_transactions" 0 999999 \
    || ! is_integer "$master_max_locks_per_transaction" 0 999999999; then
    fail MASTER_VERSION "the answers of $POSTGRES_MASTER are not those of a PostgreSQL server"
  fi
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
    for _make_old in "$store"/work.[0-9]*; do
      if is_ours "$_make_old" && ! is_run_rep "${_make_old##*.}"; then
        rm -rf -- "${_make_old:?}"
      fi
    done
    make_ours "$store/work.$$"
    work=$store/work.$$
  else
    make_ours "${TMPDIR:-/tmp}/run_rep.$$"
    work=${TMPDIR:-/tmp}/run_rep.$$
  fi
}
