# @step inspect_master
# Everything that the replication protocol tells, before anything is copied. A clone needs the
# master and waits for it; a replica that has its data asks once and goes on without an answer.
step_inspect_master() {
  build_conninfo
  make_work
  master_known=no master_major='' master_segment_mb=0
  master_system='' master_timeline='' master_position='' master_read_only=''
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

# One connection, one question a row.
ask_master() {
  ask_replication "$primary_conninfo" IDENTIFY_SYSTEM 'SHOW transaction_read_only' \
    'SHOW server_version_num' 'SHOW wal_level' 'SHOW wal_segment_size' 'SHOW max_connections' 'SHOW max_worker_processes' 'SHOW max_wal_senders' \
    'SHOW max_prepared_transactions' 'SHOW max_locks_per_transaction'
}

# ask_replication CONNINFO COMMAND...: its time covers a connection attempt to each host in turn, but for a
# replica that has its data and can serve without an answer.
ask_replication() {
  ask_limit=$((PGCONNECT_TIMEOUT * master_count + 10))
  [ "${data_state:-finished}" != finished ] || ask_limit=5
  _ask_conninfo=$1
  shift
  for _ask_command in "$@"; do
    set -- "$@" -c "$_ask_command"
    shift
  done
  bounded "$ask_limit" "$client_bin"/psql -X -w -A -t -F "$tab" -v ON_ERROR_STOP=1 \
    -d "$_ask_conninfo dbname=replication replication=true" "$@" >"$work/answers" 2>"$work/words"
  [ "$status" -ne 124 ] || printf 'silent for %s s\n' "$ask_limit" >>"$work/words" || :
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
  bounded "$ask_limit" "$client_bin"/pg_isready -q -h "$master_hosts" -p "$master_ports" \
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
  read_identity
  {
    read -r _answers_identity
    read -r _answers_read_only
    read -r master_version
    read -r master_wal_level
    read -r _answers_segment
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
  case $_answers_segment in
    *GB) master_segment_mb=$((${_answers_segment%GB} * 1024)) ;;
    *) master_segment_mb=${_answers_segment%MB} ;;
  esac
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

# The first line is the answer to IDENTIFY_SYSTEM, the second tells whether that server is a replica.
read_identity() {
  master_system='' master_timeline='' master_position='' master_read_only=''
  {
    IFS="$tab" read -r master_system master_timeline master_position _identity_rest
    read -r master_read_only
  } <"$work/answers" || :
}

# Small files of this run only: beside the data, or for preflight, which changes nothing, elsewhere. What
# a client says goes there, too, so on a full disk every answer of the master would be misread.
make_work() {
  if [ "$sub_command" = run ]; then
    work=$store/work.${claim:?}
  else
    work=${TMPDIR:-/tmp}/run_rep.$$
    ! is_ours "$work" || remove_work "$work"
  fi
  need_room "${work%/*}" 1
  make_ours "$work"
  # mksh writes here-documents to files, which a SIGKILL leaves where they are.
  TMPDIR=$work
}
