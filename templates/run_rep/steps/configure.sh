# @step configure
# The data directory gets what it lacks, and every setting that must hold is collected. The server
# judges its whole configuration before it is started, so that a fault is told with file and line.
step_configure() {
  read_pins "$replica/clone.done" || fail DATA_FOREIGN "$replica/clone.done is damaged"
  settle_upstream
  [ "$decision" = clone ] || drop_strange_histories
  relink_tablespaces
  find_files
  if [ "$configuration" = published ]; then
    place_published
  else
    place_masters
    settle_conf
  fi
  [ "$standby_marker" = standby.signal ] || [ ! -e "$pgdata/$standby_marker" ] \
    || write_standby_marker "$pgdata" || cannot_write "$pgdata" "cannot write the standby's marker in $pgdata"
  conf_dir=$pgdata
  flush_rest
  recall_values
  [ -n "$written" ] || list_written
  judge_lines max_worker_processes max_wal_senders max_prepared_transactions max_locks_per_transaction
  parity_held=
  if [ "$configuration" = master ]; then
    settle_masters
    tell_includes
  fi
  hold_parity max_connections "$connections" "${master_max_connections:-0}" max_connections
  connections=$value
  hold_parity max_worker_processes 8 "${master_max_worker_processes:-0}" max_worker_processes
  hold_parity max_wal_senders 10 "${master_max_wal_senders:-0}" max_wal_senders
  hold_parity max_prepared_transactions 0 "${master_max_prepared_transactions:-0}" max_prepared_xacts
  hold_parity max_locks_per_transaction 64 "${master_max_locks_per_transaction:-0}" max_locks_per_xact
  hold_slot
  prepare_archive
  hold_start_sync
  settle_shared_memory
  judge_fit
  keep_values
  [ "$decision" != clone ] || check_rules "$rules_file" "$rules_file"
}

# setting NAME: sets $value to what the server would use, from $conf_file, what ALTER SYSTEM has set, and what is held.
setting() {
  [ "$conf_dir" != "$pgdata" ] || ! recall_value "$1" || return 0
  ask_setting "$1" || { settle_values && ask_setting "$1"; } || refuse_settings
  [ "$conf_dir" != "$pgdata" ] || values_asked="$values_asked$1=$value$newline"
}

# recall_values: the server takes half as long as a start to say a value, so what it said of files with these checksums, as
# this version, is kept in $replica/values: the names that they assign, and the values. What a file includes is not
# looked at.
recall_values() {
  values_known='' values_asked='' values_key='' written=''
  # Not every BusyBox has it.
  have cksum || return 0
  {
    read -r _recall_conf _recall_size _recall_rest
    read -r _recall_auto _recall_auto_size _recall_rest
  } <<EOF || return 0
$(cksum -- "$conf_file" "$pgdata/postgresql.auto.conf" 2>/dev/null)
EOF
  values_key="$server_version $_recall_conf $_recall_size $_recall_auto $_recall_auto_size"
  [ -f "$replica/values" ] || return 0
  _recall_key='' _recall_line='' _recall_values='' _recall_written=$newline
  {
    IFS= read -r _recall_key || :
    [ "$_recall_key" = "$values_key" ] || return 0
    while IFS= read -r _recall_line; do
      case $_recall_line in
        end) break ;;
        *=*) _recall_values="$_recall_values$newline$_recall_line" ;;
        *) _recall_written="$_recall_written$_recall_line$newline" ;;
      esac
    done
  } 2>/dev/null <"$replica/values" || return 0
  # A host that went down may have left half of it.
  [ "$_recall_line" = end ] || return 0
  values_known=$_recall_values$newline written=$_recall_written
}

# recall_value NAME
recall_value() {
  case $values_known in
    *"$newline$1="*)
      value=${values_known#*"$newline$1="}
      value=${value%%"$newline"*}
      ;;
    *) return 1 ;;
  esac
}

# keep_values: for the next start.
keep_values() {
  [ -n "$values_asked" ] && [ -n "$values_key" ] || return 0
  case $written in
    *"$newline"include*) return 0 ;;
    *) ;;
  esac
  ! printf '%s%s%s%send\n' "$values_key" "$written" "${values_known#"$newline"}" "$values_asked" 2>/dev/null \
    >"$replica/values.new" || ignore mv -- "$replica/values.new" "$replica/values"
}

# refuse_settings: by the words of the server, which name file and line.
refuse_settings() {
  if grep -q 'could not open configuration' "$work/words"; then
    find_includes
    fail CONFIG_INCLUDE "a file that the configuration includes is missing here: $(words_of "$work/words")${included:+; the lines: $included}"
  fi
  fail SETTINGS "PostgreSQL $major refuses its configuration: $(words_of "$work/words")"
}

# list_written: sets $written to the names that the files assign. Each stands first in its line (guc-file.l), so that one
# which is not there has its default, and the server need not be asked: that takes as long as half a start. With an
# include nobody knows without asking.
list_written() {
  written_of=$conf_dir
  written=$newline$(ignore sed -n 's/^[[:space:]]*\([A-Za-z_][A-Za-z_]*\).*/\1/p' "$conf_file" \
    "$conf_dir/postgresql.auto.conf" | tr '[:upper:]' '[:lower:]')$newline
}

# setting_or NAME DEFAULT: as setting, but asks only where a file may say something else.
setting_or() {
  value=$2
  ! is_written "$1" || setting "$1"
}

# is_written NAME: may a file assign it?
is_written() {
  case $written in
    *"$newline"include* | *"$newline$1$newline"*) return 0 ;;
    *) return 1 ;;
  esac
}

# judge_lines NAME...: the server judges its whole configuration, whatever it is asked. Sets $connections. Asks ahead for
# these, and for what is wanted of every configuration.
judge_lines() {
  ask_of_each "$@"
  setting max_connections
  connections=$value
}

ask_of_each() {
  [ "$decision" != clone ] || set -- shared_buffers "$@"
  ask_ahead max_connections ssl shared_preload_libraries session_preload_libraries local_preload_libraries "$@"
}

# ask_ahead NAME...: for what will be wanted if a file assigns it. A server tells one value and ends, so several answer at
# the same time. Where the configuration is refused, or no process can be made, nothing is known, and is asked again.
ask_ahead() {
  for _ahead_name in "$@"; do
    shift
    is_written "$_ahead_name" || continue
    [ ! -s "$work/said.${conf_dir##*/}.$_ahead_name" ] || continue
    [ "$conf_dir" != "$pgdata" ] || ! recall_value "$_ahead_name" || continue
    set -- "$@" "$_ahead_name"
  done
  [ "$#" -eq 0 ] || ignore ask_together "$@"
}

ask_together() {
  (
    for _together_name in "$@"; do
      ask_server "$_together_name" "$work/said.${conf_dir##*/}.$_together_name" /dev/null &
    done
    wait
  )
}

# ask_setting NAME: sets $value, or leaves the words of the server in $work/words.
ask_setting() {
  _ask_setting_file=$work/said.${conf_dir##*/}.$1
  [ -s "$_ask_setting_file" ] || ask_server "$1" "$_ask_setting_file" "$work/words" || return 1
  IFS= read -r value <"$_ask_setting_file" || :
}

# ask_server NAME FILE WORDS: in English, so that its words can be told apart.
ask_server() {
  with_settings "$pg_bin"/postgres -D "$conf_dir" -C "$1" -c lc_messages=C >"$2" 2>"$3"
}

# hold_parity NAME DEFAULT MASTER FIELD: a standby refuses to start with less than its master has (asked just
# now) or had (in the control file, which replay keeps up to date).
hold_parity() {
  value=$2
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
