# @step configure
# The data directory gets what it lacks, and every setting that must hold is collected. The server
# judges its whole configuration before it is started, so that a fault is told with file and line.
step_configure() {
  read_pins "$replica/clone.done" || fail DATA_FOREIGN "$replica/clone.done is damaged"
  settle_upstream
  [ "$decision" = clone ] || drop_strange_histories
  relink_tablespaces
  place_file postgresql.conf
  place_file pg_hba.conf
  [ -e "$pgdata/pg_ident.conf" ] || printf '' >"$pgdata/pg_ident.conf" \
    || cannot_write "$pgdata" "cannot make $pgdata/pg_ident.conf"
  [ "$standby_marker" = standby.signal ] || [ ! -e "$pgdata/$standby_marker" ] \
    || write_standby_marker "$pgdata"
  read_control "$pgdata" || fail GATE "pg_controldata cannot read $pgdata: $control"
  conf_dir=$pgdata
  flush_rest
  # Whatever else it is asked, this judges its whole configuration.
  setting max_connections
  parity_held=
  list_written
  hold_parity max_connections "$value" "${master_max_connections:-0}" max_connections
  hold_parity max_worker_processes 8 "${master_max_worker_processes:-0}" max_worker_processes
  hold_parity max_wal_senders 10 "${master_max_wal_senders:-0}" max_wal_senders
  hold_parity max_prepared_transactions 0 "${master_max_prepared_transactions:-0}" max_prepared_xacts
  hold_parity max_locks_per_transaction 64 "${master_max_locks_per_transaction:-0}" max_locks_per_xact
  hold_slot
  prepare_archive
  hold_start_sync
  settle_shared_memory
  check_libraries
  check_certificate
}

# The links of tablespaces are absolute, and each task may have another sandbox. A server with dead
# links starts all the same, so they are made anew.
relink_tablespaces() {
  for _relink_directory in "$replica"/tablespaces/*/PG_*; do
    [ -d "$_relink_directory" ] || continue
    _relink_directory=${_relink_directory%/*}
    _relink_link=$pgdata/pg_tblspc/${_relink_directory##*/}
    rm -f -- "$_relink_link"
    ln -s -- "$_relink_directory" "$_relink_link" || cannot_write "$pgdata" "cannot make the link $_relink_link"
  done
}

place_file() {
  [ ! -e "$pgdata/$1" ] || return 0
  [ -e "$work/conf/$1" ] || fail CONFIG_MISSING "the clone holds no $1, and CONFIG_URL is not set"
  { cp -- "$work/conf/$1" "$pgdata/$1.run_rep" && mv -- "$pgdata/$1.run_rep" "$pgdata/$1"; } \
    || cannot_write "$pgdata" "cannot write $pgdata/$1"
}

# setting NAME: sets $value to what the server would use, from the files in $conf_dir and from what is
# held.
setting() {
  ask_setting "$1" || { settle_locales && ask_setting "$1"; } \
    || fail SETTINGS "PostgreSQL $major refuses its configuration: $(words_of "$work/words")"
  IFS= read -r value <"$work/value" || :
}

# list_written: sets $written to the names that the files assign. Each stands first in its line (guc-file.l), so that one
# which is not there has its default, and the server need not be asked: that takes as long as half a start. With an
# include nobody knows without asking.
list_written() {
  written=$newline$(ignore sed -n 's/^[[:space:]]*\([A-Za-z_]*\).*/\1/p' "$pgdata/postgresql.conf" \
    "$pgdata/postgresql.auto.conf" | tr '[:upper:]' '[:lower:]')$newline
}

# setting_or NAME DEFAULT: as setting, but asks only where a file may say something else.
setting_or() {
  value=$2
  case $written in
    '' | *"$newline"include* | *"$newline$1$newline"*) setting "$1" ;;
    *) ;;
  esac
}

ask_setting() {
  with_settings "$pg_bin"/postgres -D "$conf_dir" -C "$1" >"$work/value" 2>"$work/words"
}

# A locale of the master that is not installed here is no reason to serve nothing: C is everywhere. A
# wrong line in a file is fatal even where -c beats it, but only the last line of a name is read. postgresql.auto.conf
# is read last, and always from the data directory, which a fetched configuration is not in yet.
settle_locales() {
  _locale_settled=no _locale_file=$conf_dir/postgresql.conf
  [ "$conf_dir" != "$pgdata" ] || _locale_file=$pgdata/postgresql.auto.conf
  for _locale_name in lc_messages lc_monetary lc_numeric lc_time; do
    if grep -q "invalid value for parameter \"$_locale_name\"" "$work/words"; then
      log WARN "the locale of $_locale_name is not installed here; using C"
      printf "\n%s = 'C'\n" "$_locale_name" >>"$_locale_file" || return 1
      _locale_settled=yes
    fi
  done
  [ "$_locale_settled" = yes ]
}

# hold_parity NAME DEFAULT MASTER FIELD: a standby refuses to start with less than its master has (asked just
# now) or had (in the control file, which replay keeps up to date).
hold_parity() {
  [ "$1" = max_connections ] || setting_or "$1" "$2"
  control_field "$4 setting"
  [ "$value" -ge "$3" ] || value=$3
  [ "$value" -ge "${field:-0}" ] || value=$field
  held_settings="$held_settings
$1=$value"
  parity_held="$parity_held
$1=$4=$value"
}

# Which slot the walreceiver uses; before 12 it stands in recovery.conf.
hold_slot() {
  case $slot_mode in
    temporary)
      held_settings="$held_settings
wal_receiver_create_temp_slot=on"
      ;;
    permanent)
      [ "$standby_marker" != standby.signal ] || held_settings="$held_settings
primary_slot_name=$slot"
      ;;
    *) ;;
  esac
}

# A server that did not end cleanly, as that of a new clone, first writes all of its files to disk: one by one, or, since
# 14, by one call.
hold_start_sync() {
  control_field 'Database cluster state'
  [ "$field" != 'shut down in recovery' ] || return 0
  [ -n "$flush" ] || settle_flush
  if [ "$flush" = beside ] && [ "${major%%.*}" -ge 14 ]; then
    held_settings="$held_settings
recovery_init_sync_method=syncfs"
  fi
}

# PostgreSQL keeps small things in /dev/shm, and does not start without it. Containers often have none, or
# one that is full; shared memory of System V is slower to make, and always there.
settle_shared_memory() {
  _shared_mb=$(free_mb /dev/shm)
  if [ -w /dev/shm ] && [ "${_shared_mb:-8}" -ge 8 ]; then
    return 0
  fi
  setting_or dynamic_shared_memory_type posix
  [ "$value" = posix ] || return 0
  log WARN "/dev/shm cannot be used or has only ${_shared_mb:-0} MB left: using System V shared memory"
  held_settings="$held_settings
dynamic_shared_memory_type=sysv"
}

# A library that is missing here is found by the server only when it starts.
check_libraries() {
  setting_or shared_preload_libraries ''
  [ -n "$value" ] || return 0
  printf '%s\n' "$value" | tr ',' '\n' | tr -d ' "'"'" >"$work/libraries"
  while read -r _library; do
    case $_library in
      '') continue ;;
      \$libdir/*) _library_file=${_library#*/} ;;
      *) _library_file=$_library ;;
    esac
    may_load "${_library_file%.so}.so" \
      || fail LIBRARY_MISSING "shared_preload_libraries names $_library, which is not on this agent"
  done <"$work/libraries"
}

# may_load FILE: is that library here, or can it not be known, since the server's own are where we do not look, too?
# In turn Debian, PGDG and source; Fedora and RHEL; Alpine and SUSE.
may_load() {
  [ ! -e "$1" ] || return 0
  _load_known=no
  for _load_directory in "${pg_bin%/bin}/lib" "${pg_bin%/bin}/lib/postgresql" "${pg_bin%/bin}/lib64" \
    "${pg_bin%/bin}/lib64/pgsql" "${pg_bin%/bin}/lib/pgsql" \
    "/usr/lib/postgresql$major" "/usr/lib/postgresql$major/lib64"; do
    [ ! -e "$_load_directory/$1" ] || return 0
    [ ! -e "$_load_directory/libpqwalreceiver.so" ] || _load_known=yes
  done
  setting dynamic_library_path
  [ "$_load_known" = no ] || [ "$value" != "\$libdir" ]
}

check_certificate() {
  setting_or ssl off
  [ "$value" = on ] || return 0
  check_readable ssl_cert_file
  check_readable ssl_key_file
}

check_readable() {
  setting "$1"
  case $value in
    /*) ;;
    *)
      # It would come along with the clone.
      [ "$conf_dir" = "$pgdata" ] || return 0
      value=$pgdata/$value
      ;;
  esac
  [ -r "$value" ] || fail SETTINGS "ssl is on, and $1 is $value, which $RUN_USER cannot read here"
}
