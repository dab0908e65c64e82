### templates/run_rep/constants.sh.hbs
set -eu
# With a closed standard output or error the next file that is opened would take its place.
true >&2 || exec 2>/dev/null
true >&1 || exec >/dev/null
umask 077
LC_ALL=C
PATH=${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}
export LC_ALL PATH

# What the model compiles in: limits in seconds and bytes, and what is done with a clone and with data
# that cannot follow the master any more.
stop_fast=240
stop_immediate=30
stall_limit=300
verify_clone=sizes
newer=refuse
configuration=master
durability=before
on_diverged=fail
rewinds=yes
rewind_role='rewinder'
rewind_database='postgres'
listen='*'
on_collation=refuse
slot_mode=none
stream_from=master
instances=3
apply_delay=0
sync_database=''
clone_rate=102400k
clone_checkpoint=spread
clone_compress=lz4
wal_dir=''
log_file_kb=16384
watch_interval=5
claim_beat=5
stale_limit=30
user_timeout=''
keepalives_idle=30
keepalives_interval=''
keepalives_count=''
ready_by=replica
ready_bytes=16777216
ready_seconds=''
# shellcheck disable=SC2016 # for the shell of the server
restore_command='case %f in *.history) exit 1;; esac; [ ! -s ../forks ] || awk -v f=%f '\''substr(f, 1, 8) == substr($1, 1, 8) && f "" >= $1 "" { x = 1 } END { exit x }'\'' ../forks || exit 1; ([ -e '\''/srv/wal of '\''\'\'''\''pg1'\''\'\'''\'' 100%%/%f'\'' ] || exit 1; cp '\''/srv/wal of '\''\'\'''\''pg1'\''\'\'''\'' 100%%/%f'\'' "%p" || exit 3) 9<&-; s=$?; exit $((s < 126 ? s : 125))'
archive_missing='1'
archive_directory='/srv/wal of '\''pg1'\'' 100%'

version() {
  printf '%s\n' 'run_rep.sh of model 93a71aa137b9268f' 'for PostgreSQL 15 16'
}

### templates/run_rep/contract.sh.hbs
# @step contract
# Every variable that the script takes: defaults for what is absent, and all faults at once.
step_contract() {
  faults=0
  # A person who asks may have it for psql; what is asked here needs no password of the environment.
  case $sub_command in
    health | ready | status) unset PGPASSWORD ;;
    *) ;;
  esac
  if [ -n "${PGPASSWORD:+set}" ]; then
    tell_fault 'PGPASSWORD is not accepted: child processes would inherit it; use a password file or POSTGRES_REPPASSWORD_FILE'
  fi
  forget_pg_variables
  POSTGRES_MASTER=${POSTGRES_MASTER:-}
  is_host_list "$POSTGRES_MASTER" || malformed POSTGRES_MASTER "$POSTGRES_MASTER" 'one to 16 hosts, separated by commas: a name, IPv4 or [IPv6], each with an optional :port, or a bare IPv6'
  POSTGRES_REPUSER=${POSTGRES_REPUSER:-}
  is_role "$POSTGRES_REPUSER" || malformed POSTGRES_REPUSER "$POSTGRES_REPUSER" 'a PostgreSQL role name: 1 to 63 bytes without control characters'
  RUN_USER=${RUN_USER:-}
  is_user_name "$RUN_USER" || malformed RUN_USER "$RUN_USER" 'a system user other than root: up to 256 bytes without : / and control characters, not a number, not starting with - or +, not starting or ending with a blank'
  POSTGRES_REPNAME=${POSTGRES_REPNAME:-}
  [ -z "${POSTGRES_REPNAME:-}" ] || is_standby_name "$POSTGRES_REPNAME" || malformed POSTGRES_REPNAME "$POSTGRES_REPNAME" 'the name of a standby: up to 63 letters, digits, _ . and -, starting with a letter, a digit or _'
  CONFIG_URL=${CONFIG_URL:-}
  [ -z "${CONFIG_URL:-}" ] || is_config_url "$CONFIG_URL" || malformed CONFIG_URL "$CONFIG_URL" 'an http or https URL without user or fragment, of letters, digits and -._~:/?@&+,;=%, or file:///DIRECTORY without ".."'
  PORT0=${PORT0:-5432}
  is_port "$PORT0" || malformed PORT0 "$PORT0" 'a TCP port, 1 to 65535'
  POSTGRES_PORT=${POSTGRES_PORT:-5432}
  is_port "$POSTGRES_PORT" || malformed POSTGRES_PORT "$POSTGRES_PORT" 'a TCP port, 1 to 65535'
  PGDATA_DIR=${PGDATA_DIR:-pgdata}
  is_path "$PGDATA_DIR" || malformed PGDATA_DIR "$PGDATA_DIR" 'a path of up to 1000 bytes that has no ".." and no control characters and does not start with -'
  MASTER_WAIT=${MASTER_WAIT:-600}
  is_integer "$MASTER_WAIT" 0 2592000 || malformed MASTER_WAIT "$MASTER_WAIT" 'whole seconds, 0 to 2592000'
  EXIT_PAUSE=${EXIT_PAUSE:-30}
  is_integer "$EXIT_PAUSE" 0 86400 || malformed EXIT_PAUSE "$EXIT_PAUSE" 'whole seconds, 0 to 86400'
  [ -n "${PGPASSFILE:-}" ] || unset PGPASSFILE
  [ -z "${PGPASSFILE:-}" ] || is_absolute_path "$PGPASSFILE" || malformed PGPASSFILE "$PGPASSFILE" 'an absolute path of up to 1000 bytes that has no ".." and no control characters'
  POSTGRES_REPPASSWORD_FILE=${POSTGRES_REPPASSWORD_FILE:-}
  [ -z "${POSTGRES_REPPASSWORD_FILE:-}" ] || is_absolute_path "$POSTGRES_REPPASSWORD_FILE" || malformed POSTGRES_REPPASSWORD_FILE "$POSTGRES_REPPASSWORD_FILE" 'an absolute path of up to 1000 bytes that has no ".." and no control characters'
  POSTGRES_REPPASSWORD=${POSTGRES_REPPASSWORD:-}
  [ -z "${POSTGRES_REPPASSWORD:-}" ] || is_text "$POSTGRES_REPPASSWORD" || malformed POSTGRES_REPPASSWORD "${POSTGRES_REPPASSWORD:+(a secret)}" 'one line of up to 1024 bytes without control characters'
  PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10}
  is_integer "$PGCONNECT_TIMEOUT" 2 3600 || malformed PGCONNECT_TIMEOUT "$PGCONNECT_TIMEOUT" 'whole seconds, 2 to 3600'
  [ -n "${PGSSLMODE:-}" ] || unset PGSSLMODE
  [ -z "${PGSSLMODE:-}" ] || is_choice "$PGSSLMODE" disable allow prefer require verify-ca verify-full || malformed PGSSLMODE "$PGSSLMODE" 'one of disable, allow, prefer, require, verify-ca, verify-full'
  [ -n "${PGSSLROOTCERT:-}" ] || unset PGSSLROOTCERT
  [ -z "${PGSSLROOTCERT:-}" ] || is_root_cert "$PGSSLROOTCERT" || malformed PGSSLROOTCERT "$PGSSLROOTCERT" 'an absolute path of up to 1000 bytes that has no ".." and no control characters, or the word system'
  [ -n "${PGSSLCRL:-}" ] || unset PGSSLCRL
  [ -z "${PGSSLCRL:-}" ] || is_absolute_path "$PGSSLCRL" || malformed PGSSLCRL "$PGSSLCRL" 'an absolute path of up to 1000 bytes that has no ".." and no control characters'
  [ -n "${PGSSLCERT:-}" ] || unset PGSSLCERT
  [ -z "${PGSSLCERT:-}" ] || is_absolute_path "$PGSSLCERT" || malformed PGSSLCERT "$PGSSLCERT" 'an absolute path of up to 1000 bytes that has no ".." and no control characters'
  [ -n "${PGSSLKEY:-}" ] || unset PGSSLKEY
  [ -z "${PGSSLKEY:-}" ] || is_absolute_path "$PGSSLKEY" || malformed PGSSLKEY "$PGSSLKEY" 'an absolute path of up to 1000 bytes that has no ".." and no control characters'
  [ -n "${PGSSLMINPROTOCOLVERSION:-}" ] || unset PGSSLMINPROTOCOLVERSION
  [ -z "${PGSSLMINPROTOCOLVERSION:-}" ] || is_choice "$PGSSLMINPROTOCOLVERSION" TLSv1 TLSv1.1 TLSv1.2 TLSv1.3 || malformed PGSSLMINPROTOCOLVERSION "$PGSSLMINPROTOCOLVERSION" 'one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3'
  [ -n "${PGSSLNEGOTIATION:-}" ] || unset PGSSLNEGOTIATION
  [ -z "${PGSSLNEGOTIATION:-}" ] || is_choice "$PGSSLNEGOTIATION" postgres direct || malformed PGSSLNEGOTIATION "$PGSSLNEGOTIATION" 'one of postgres, direct'
  [ -n "${PGGSSENCMODE:-}" ] || unset PGGSSENCMODE
  [ -z "${PGGSSENCMODE:-}" ] || is_choice "$PGGSSENCMODE" disable prefer require || malformed PGGSSENCMODE "$PGGSSENCMODE" 'one of disable, prefer, require'
  [ -n "${PGCHANNELBINDING:-}" ] || unset PGCHANNELBINDING
  [ -z "${PGCHANNELBINDING:-}" ] || is_choice "$PGCHANNELBINDING" disable prefer require || malformed PGCHANNELBINDING "$PGCHANNELBINDING" 'one of disable, prefer, require'
  [ -n "${PGREQUIREAUTH:-}" ] || unset PGREQUIREAUTH
  [ -z "${PGREQUIREAUTH:-}" ] || is_auth_methods "$PGREQUIREAUTH" password md5 gss sspi scram-sha-256 oauth none || malformed PGREQUIREAUTH "$PGREQUIREAUTH" 'methods separated by commas, each once, either all or none of them with a leading !: password, md5, gss, sspi, scram-sha-256, oauth, none'
  [ -n "${GREETING:-}" ] || GREETING='it'\''s `no` $(command) } of "ours"'
  is_text "$GREETING" || malformed GREETING "$GREETING" 'one line of up to 1024 bytes without control characters'
  METRICS_PORT=${METRICS_PORT:-9187}
  is_port "$METRICS_PORT" || malformed METRICS_PORT "$METRICS_PORT" 'a TCP port, 1 to 65535'
  METRICS_TOKEN=${METRICS_TOKEN:-}
  [ -z "${METRICS_TOKEN:-}" ] || is_text "$METRICS_TOKEN" || malformed METRICS_TOKEN "${METRICS_TOKEN:+(a secret)}" 'one line of up to 1024 bytes without control characters'
  judge_login
  name_replica
  [ "$faults" -eq 0 ] || fail CONTRACT "variables missing or malformed: $faults, listed above"
}

# malformed NAME VALUE WHAT: an empty value was missing, or set to nothing. What stands before an @ is
# often a password that does not belong there.
malformed() {
  case $2 in
    '') tell_fault "$1 is missing; it must be $3" ;;
    *@*) tell_fault "$1 must be $3; its value contains an @ and is not shown" ;;
    *) tell_fault "$1 must be $3; it is: $(printf '%.80s' "$2")" ;;
  esac
}

# A PG* variable that is not in the contract could send PostgreSQL to another host (PGHOSTADDR) or
# change what its tools do, so none reaches them. Only names are kept for the loop: some shells write a here-document
# into a file.
forget_pg_variables() {
  while read -r _forget_name; do
    case $_forget_name in
      PGCHANNELBINDING | PGCONNECT_TIMEOUT | PGDATA_DIR | PGGSSENCMODE | PGPASSFILE | PGREQUIREAUTH | PGSSLCERT | PGSSLCRL | PGSSLKEY | PGSSLMINPROTOCOLVERSION | PGSSLMODE | PGSSLNEGOTIATION | PGSSLROOTCERT) ;;
      PG*) unset "$_forget_name" ;;
      *) ;;
    esac
  done <<EOF
$(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^PG[A-Z0-9_]*$/) print name }' 2>/dev/null)
EOF
}

# Sets $replica_name, by which pg_stat_replication of the master tells replicas apart: 63 bytes (NAMEDATALEN).
name_replica() {
  replica_name=$POSTGRES_REPNAME
  [ -z "$replica_name" ] || return 0
  find_host
  replica_name=$told_app@${told_host:-$own_host}:$PORT0
  case $replica_name in
    *[!A-Za-z0-9.:@_/-]*) replica_name=$(printf '%s' "$replica_name" | tr -c 'A-Za-z0-9.:@_/-' '_') ;;
    *) ;;
  esac
  replica_name=${replica_name#/}
  while [ "$replica_name" != "${replica_name%%/*}" ]; do
    replica_name=${replica_name%%/*}.${replica_name#*/}
  done
  [ "${#replica_name}" -le 63 ] || replica_name=$(printf '%.63s' "$replica_name")
}

### templates/run_rep/recall.sh.hbs
# keep_contract: what this run was given lies in $store/status/contract, for RUN_USER alone, so that somebody who asks for
# status, health or readiness need not bring the environment of the task along. No secret is in it.
keep_contract() {
  kept_contract=''
  [ -z "${POSTGRES_MASTER:-}" ] || kept_contract="${kept_contract}POSTGRES_MASTER=$POSTGRES_MASTER$newline"
  [ -z "${POSTGRES_REPUSER:-}" ] || kept_contract="${kept_contract}POSTGRES_REPUSER=$POSTGRES_REPUSER$newline"
  [ -z "${RUN_USER:-}" ] || kept_contract="${kept_contract}RUN_USER=$RUN_USER$newline"
  [ -z "${POSTGRES_REPNAME:-}" ] || kept_contract="${kept_contract}POSTGRES_REPNAME=$POSTGRES_REPNAME$newline"
  [ -z "${CONFIG_URL:-}" ] || kept_contract="${kept_contract}CONFIG_URL=$CONFIG_URL$newline"
  [ -z "${PORT0:-}" ] || kept_contract="${kept_contract}PORT0=$PORT0$newline"
  [ -z "${POSTGRES_PORT:-}" ] || kept_contract="${kept_contract}POSTGRES_PORT=$POSTGRES_PORT$newline"
  [ -z "${MASTER_WAIT:-}" ] || kept_contract="${kept_contract}MASTER_WAIT=$MASTER_WAIT$newline"
  [ -z "${EXIT_PAUSE:-}" ] || kept_contract="${kept_contract}EXIT_PAUSE=$EXIT_PAUSE$newline"
  [ -z "${PGPASSFILE:-}" ] || kept_contract="${kept_contract}PGPASSFILE=$PGPASSFILE$newline"
  [ -z "${POSTGRES_REPPASSWORD_FILE:-}" ] || kept_contract="${kept_contract}POSTGRES_REPPASSWORD_FILE=$POSTGRES_REPPASSWORD_FILE$newline"
  [ -z "${PGCONNECT_TIMEOUT:-}" ] || kept_contract="${kept_contract}PGCONNECT_TIMEOUT=$PGCONNECT_TIMEOUT$newline"
  [ -z "${PGSSLMODE:-}" ] || kept_contract="${kept_contract}PGSSLMODE=$PGSSLMODE$newline"
  [ -z "${PGSSLROOTCERT:-}" ] || kept_contract="${kept_contract}PGSSLROOTCERT=$PGSSLROOTCERT$newline"
  [ -z "${PGSSLCRL:-}" ] || kept_contract="${kept_contract}PGSSLCRL=$PGSSLCRL$newline"
  [ -z "${PGSSLCERT:-}" ] || kept_contract="${kept_contract}PGSSLCERT=$PGSSLCERT$newline"
  [ -z "${PGSSLKEY:-}" ] || kept_contract="${kept_contract}PGSSLKEY=$PGSSLKEY$newline"
  [ -z "${PGSSLMINPROTOCOLVERSION:-}" ] || kept_contract="${kept_contract}PGSSLMINPROTOCOLVERSION=$PGSSLMINPROTOCOLVERSION$newline"
  [ -z "${PGSSLNEGOTIATION:-}" ] || kept_contract="${kept_contract}PGSSLNEGOTIATION=$PGSSLNEGOTIATION$newline"
  [ -z "${PGGSSENCMODE:-}" ] || kept_contract="${kept_contract}PGGSSENCMODE=$PGGSSENCMODE$newline"
  [ -z "${PGCHANNELBINDING:-}" ] || kept_contract="${kept_contract}PGCHANNELBINDING=$PGCHANNELBINDING$newline"
  [ -z "${PGREQUIREAUTH:-}" ] || kept_contract="${kept_contract}PGREQUIREAUTH=$PGREQUIREAUTH$newline"
  [ -z "${GREETING:-}" ] || kept_contract="${kept_contract}GREETING=$GREETING$newline"
  [ -z "${METRICS_PORT:-}" ] || kept_contract="${kept_contract}METRICS_PORT=$METRICS_PORT$newline"
  _keep_known=''
  [ ! -f "$store/status/contract" ] || while IFS= read -r _keep_line; do
    _keep_known=$_keep_known$_keep_line$newline
  done 2>/dev/null <"$store/status/contract" || :
  [ "$_keep_known" != "$kept_contract" ] || return 0
  # On a full disk the former one stays.
  ! printf '%s' "$kept_contract" 2>/dev/null >"$store/status/contract.new" \
    || ignore mv -f -- "$store/status/contract.new" "$store/status/contract"
}

# recall_contract: where the environment names no master, from the file of the last run, which must belong to the user
# whom it names: so root goes on as nobody else's word says. The data lies in PGDATA_DIR, or where the directory of the
# task points to, or in it.
recall_contract() {
  recalled=no
  [ -z "${POSTGRES_MASTER:-}" ] || return 0
  read_pointer run_rep.data
  _recall_place=${pointer:-pgdata}
  _recall_place=${PGDATA_DIR:-$_recall_place}
  _recall_file=$_recall_place/status/contract
  if [ ! -f "$_recall_file" ] || [ -L "$_recall_file" ] || [ ! -r "$_recall_file" ]; then
    # Before the first run of a task its environment tells all.
    [ "$sub_command" != preflight ] || return 0
    fail NO_TASK "POSTGRES_MASTER is not set in this shell, and the values that a run left for this command cannot be read ($_recall_file)"
  fi
  _recall_user=$(sed -n 's/^RUN_USER=//p' "$_recall_file") || return 0
  is_user_name "$_recall_user" || return 0
  _recall_owned=$(ignore find "$_recall_file" -prune -user "$_recall_user" -print)
  [ -n "$_recall_owned" ] || return 0
  recalled=yes PGDATA_DIR=$_recall_place
  while IFS= read -r _recall_row; do
    _recall_value=${_recall_row#*=}
    case ${_recall_row%%=*} in
      POSTGRES_MASTER) POSTGRES_MASTER=$_recall_value ;;
      POSTGRES_REPUSER) export POSTGRES_REPUSER="$_recall_value" ;;
      RUN_USER) RUN_USER=$_recall_value ;;
      POSTGRES_REPNAME) POSTGRES_REPNAME=$_recall_value ;;
      CONFIG_URL) CONFIG_URL=$_recall_value ;;
      PORT0) PORT0=$_recall_value ;;
      POSTGRES_PORT) POSTGRES_PORT=$_recall_value ;;
      MASTER_WAIT) MASTER_WAIT=$_recall_value ;;
      EXIT_PAUSE) EXIT_PAUSE=$_recall_value ;;
      PGPASSFILE) export PGPASSFILE="$_recall_value" ;;
      POSTGRES_REPPASSWORD_FILE) POSTGRES_REPPASSWORD_FILE=$_recall_value ;;
      PGCONNECT_TIMEOUT) export PGCONNECT_TIMEOUT="$_recall_value" ;;
      PGSSLMODE) export PGSSLMODE="$_recall_value" ;;
      PGSSLROOTCERT) export PGSSLROOTCERT="$_recall_value" ;;
      PGSSLCRL) export PGSSLCRL="$_recall_value" ;;
      PGSSLCERT) export PGSSLCERT="$_recall_value" ;;
      PGSSLKEY) export PGSSLKEY="$_recall_value" ;;
      PGSSLMINPROTOCOLVERSION) export PGSSLMINPROTOCOLVERSION="$_recall_value" ;;
      PGSSLNEGOTIATION) export PGSSLNEGOTIATION="$_recall_value" ;;
      PGGSSENCMODE) export PGGSSENCMODE="$_recall_value" ;;
      PGCHANNELBINDING) export PGCHANNELBINDING="$_recall_value" ;;
      PGREQUIREAUTH) export PGREQUIREAUTH="$_recall_value" ;;
      GREETING) GREETING=$_recall_value ;;
      METRICS_PORT) METRICS_PORT=$_recall_value ;;
      *) ;;
    esac
  done <"$_recall_file"
}

### templates/run_rep/versions.sh.hbs
# version_rules MAJOR: what differs between majors of PostgreSQL; false for one not in the model. An
# unknown name after -c ends the server, so each setting is held only where it exists.
version_rules() {
  rules_of=$1
  case $1 in
    15 | 16) ;;
    *)
      is_newer "$1" 16 || return 1
      rules_of=16
      ;;
  esac
  case $rules_of in
    *) standby_marker=standby.signal ;;
  esac
  case $rules_of in
    *) wal_directory=pg_wal ;;
  esac
  case $rules_of in
    *) has_manifest=yes ;;
  esac
  case $rules_of in
    *) backup_command="BASE_BACKUP (LABEL 'run_rep', PROGRESS, CHECKPOINT 'spread', WAIT false)" ;;
  esac
  held_settings='listen_addresses=*
hot_standby=on
archive_mode=off
logging_collector=on
log_destination=stderr
log_file_mode=0600
log_filename=postgresql-%Y-%m-%dT%H%M%S.log
log_rotation_age=0
log_truncate_on_rotation=off
unix_socket_directories=../door
unix_socket_group=
unix_socket_permissions=0700
primary_slot_name=
wal_receiver_create_temp_slot=off
recovery_min_apply_delay=0
restore_command=
archive_cleanup_command=
recovery_end_command=
recovery_target=
recovery_target_action=pause
recovery_target_lsn=
recovery_target_name=
recovery_target_time=
recovery_target_timeline=latest
recovery_target_xid=
hot_standby_feedback=on
wal_receiver_timeout=20s'
  case $rules_of in
    15)
      held_settings="$held_settings
"'promote_trigger_file='
      ;;
    *) ;;
  esac
}

### templates/run_rep/archive.sh.hbs
# need_archive: what the archive (restore in the model) takes is looked for with everything else.
need_archive() {
  have cp || tell_fault 'cp is missing, which reads WAL from the archive'
  need_archive_directory
}

### templates/run_rep/sequence.sh.hbs
# The steps in their order. Each decides by itself whether it has work.
run() {
  step=contract
  step_contract
  step=preflight
  step_preflight
  step=look_at_data
  step_look_at_data
  step=claim
  step_claim
  step=inspect_master
  step_inspect_master
  step=choose_data
  rewind_data
  step_choose_data
  step=fetch_config
  step_fetch_config
  step=clone
  step_clone
  step=configure
  step_configure
  step=announce
  run_own_step step_announce
  step=serve
  step_serve
}

preflight() {
  step=contract
  step_contract
  step=preflight
  step_preflight
  step=look_at_data
  step_look_at_data
  step=claim
  step_claim
  step=inspect_master
  step_inspect_master
  step=choose_data
  rewind_data
  step_choose_data
  step=fetch_config
  step_fetch_config
  log INFO 'preflight passed'
}

usage() {
  cat <<'EOF'
usage: sh run_rep.sh [run | preflight | health | ready | status | version]
  run        clone the master if needed, then run a streaming replica (the default)
  preflight  check everything up to the clone, and change nothing
  health     exit 0 if the replica has its port, accepts clients and is a standby
  ready      exit 0 if, in addition, it is not too far behind the master, as far as the replica itself knows
  status     show the state, and what a restart would do (--json, --prometheus; --master: ask the master, too)
  version    show the model and the PostgreSQL majors of this script
EOF
}
