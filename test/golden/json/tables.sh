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
stop_fast=90
stop_immediate=10
stall_limit=300
verify_clone=none
newer=refuse
configuration=published
durability=before
on_diverged=fail
rewinds=no
listen='*'
on_collation=refuse
slot_mode=none
stream_from=master
instances=1
apply_delay=0
sync_database=''
clone_rate=''
clone_checkpoint=fast
clone_compress=none
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
restore_command=''

version() {
  printf '%s\n' 'run_rep.sh of model a7967688cee8337c' 'for PostgreSQL 10'
}

### templates/run_rep/versions.sh.hbs
# version_rules MAJOR: what differs between majors of PostgreSQL; false for one not in the model. An
# unknown name after -c ends the server, so each setting is held only where it exists.
version_rules() {
  rules_of=$1
  case $1 in
    10) ;;
    *)
      is_newer "$1" 10 || return 1
      rules_of=10
      ;;
  esac
  case $rules_of in
    *) standby_marker=recovery.conf ;;
  esac
  case $rules_of in
    *) wal_directory=pg_wal ;;
  esac
  case $rules_of in
    *) has_manifest=no ;;
  esac
  case $rules_of in
    *) backup_command="BASE_BACKUP LABEL 'run_rep' PROGRESS FAST NOWAIT" ;;
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
unix_socket_permissions=0700'
}
