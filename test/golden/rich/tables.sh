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
durability=before
on_diverged=fail
rewinds=yes
rewind_role='rewinder'
rewind_database='postgres'
on_collation=refuse
slot_mode=none
stream_from=master
instances=3
apply_delay=0
sync_database=''
clone_rate=102400k
clone_checkpoint=spread
clone_compress=lz4
log_file_kb=16384
watch_interval=5
stale_limit=30
user_timeout=''
keepalives_idle=30
keepalives_interval=''
keepalives_count=''
ready_bytes=16777216
ready_seconds=''
# shellcheck disable=SC2016 # for the shell of the server
restore_command='case %f in *.history) exit 1;; esac; [ ! -s ../forks ] || awk -v f=%f '\''substr(f, 1, 8) == substr($1, 1, 8) && f "" >= $1 "" { x = 1 } END { exit x }'\'' ../forks || exit 1; ([ -e '\''/srv/wal of '\''\'\'''\''pg1'\''\'\'''\'' 100%%/%f'\'' ] || exit 1; cp '\''/srv/wal of '\''\'\'''\''pg1'\''\'\'''\'' 100%%/%f'\'' "%p" || exit 3) 9<&-; s=$?; exit $((s < 126 ? s : 125))'
archive_missing='1'
archive_directory='/srv/wal of '\''pg1'\'' 100%'

version() {
  printf '%s\n' 'run_rep.sh of model 205b270d344e284c' 'for PostgreSQL 15 16'
}

### templates/run_rep/contract.sh.hbs
# @step contract
# Every variable that the script takes: defaults for what is absent, and all faults at once.
step_contract() {
  faults=0
  if [ -n "${PGPASSWORD:-}" ]; then
    tell_fault 'PGPASSWORD is refused: every process of the agent could see it; use a password file'
  fi
  forget_pg_variables
  POSTGRES_MASTER=${POSTGRES_MASTER:-}
  is_host_list "$POSTGRES_MASTER" || malformed POSTGRES_MASTER "$POSTGRES_MASTER" 'one to 16 hosts, separated by commas: a name, IPv4 or [IPv6], each with an optional :port, or a bare IPv6'
  POSTGRES_REPUSER=${POSTGRES_REPUSER:-}
  is_role "$POSTGRES_REPUSER" || malformed POSTGRES_REPUSER "$POSTGRES_REPUSER" 'a PostgreSQL role name: 1 to 63 bytes without control characters'
  RUN_USER=${RUN_USER:-}
  is_user_name "$RUN_USER" || malformed RUN_USER "$RUN_USER" 'a system user other than root: up to 32 of a-z 0-9 _ -, not first a digit or -, and perhaps a $ at the end'
  POSTGRES_REPNAME=${POSTGRES_REPNAME:-}
  [ -z "${POSTGRES_REPNAME:-}" ] || is_standby_name "$POSTGRES_REPNAME" || malformed POSTGRES_REPNAME "$POSTGRES_REPNAME" 'the name of a standby: up to 63 letters, digits, _ . and -, first a letter, a digit or _'
  CONFIG_URL=${CONFIG_URL:-}
  [ -z "${CONFIG_URL:-}" ] || is_url "$CONFIG_URL" || malformed CONFIG_URL "$CONFIG_URL" 'an http or https URL without user or fragment, of letters, digits and -._~:/?@&+,;=%'
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
  [ -z "${PGREQUIREAUTH:-}" ] || is_auth_methods "$PGREQUIREAUTH" password md5 gss sspi scram-sha-256 oauth none || malformed PGREQUIREAUTH "$PGREQUIREAUTH" 'methods separated by commas, each once, all or none of them with a ! before it: password, md5, gss, sspi, scram-sha-256, oauth, none'
  [ -n "${GREETING:-}" ] || GREETING='it'\''s `no` $(command) } of "ours"'
  is_text "$GREETING" || malformed GREETING "$GREETING" 'one line of up to 1024 bytes without control characters'
  METRICS_PORT=${METRICS_PORT:-9187}
  is_port "$METRICS_PORT" || malformed METRICS_PORT "$METRICS_PORT" 'a TCP port, 1 to 65535'
  METRICS_TOKEN=${METRICS_TOKEN:-}
  [ -z "${METRICS_TOKEN:-}" ] || is_text "$METRICS_TOKEN" || malformed METRICS_TOKEN "${METRICS_TOKEN:+(a secret)}" 'one line of up to 1024 bytes without control characters'
  name_replica
  [ "$faults" -eq 0 ] || fail CONTRACT "variables missing or malformed: $faults, named above"
}

# malformed NAME VALUE WHAT: an empty value was missing, or set to nothing. What stands before an @ is
# often a password that does not belong there.
malformed() {
  case $2 in
    '') tell_fault "$1 is missing; it must be $3" ;;
    *@*) tell_fault "$1 must be $3; it holds an @ and is not shown" ;;
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
$(export -p | sed -n 's/^[a-z -]* \(PG[A-Z0-9_]*\).*/\1/p')
EOF
}

# Sets $replica_name, by which pg_stat_replication of the master tells replicas apart: 63 bytes (NAMEDATALEN).
name_replica() {
  replica_name=$POSTGRES_REPNAME
  [ -z "$replica_name" ] || return 0
  replica_name=$told_app@${told_host:-$(uname -n)}:$PORT0
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
  have cp || tell_fault 'cp is not here, by which WAL comes from the archive'
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
usage: sh run_rep.sh [run | preflight | health | ready | version]
  run        clone the master if need be, then run a streaming replica (the default)
  preflight  everything up to the clone, changing nothing
  health     exit 0 if the replica accepts connections on loopback and is a standby
  ready      exit 0 if it streams, too, and is not too far behind the master
  version    what this file is
EOF
}
