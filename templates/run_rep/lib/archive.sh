# The archive (restore in the model): where the server finds, by $restore_command, WAL that its master has removed. It is
# asked for segments only. History files tell of promotions, and one of a server that was promoted elsewhere would lead
# this replica away from its master, which tells its walreceiver its own.

# need_archive_directory: only RUN_USER can tell; root may read what he may not.
need_archive_directory() {
  if [ -z "$archive_directory" ] || [ "$(id -u)" != "$user_id" ]; then
    return 0
  fi
  { [ -d "$archive_directory" ] && [ -r "$archive_directory" ] && [ -x "$archive_directory" ]; } \
    || tell_fault "$RUN_USER cannot read the archive's directory $archive_directory"
}

# prepare_archive: before a start. Before 12 the command stands in recovery.conf.
prepare_archive() {
  [ "$standby_marker" != standby.signal ] || held_settings="$held_settings
restore_command=$restore_command"
  [ "$decision" != reuse ] || [ "$master_known" = no ] || note_forks || cannot_write "$replica" "cannot write $replica/forks"
}

# note_forks: the server looks into the archive before it looks for its master, and there a master that was replaced may
# have left more of its timeline than is in the history of the new one. $replica/forks has, for each timeline that the
# master left, the first file that is not wholly of its history: $restore_command takes none from there on.
note_forks() {
  printf '' >"$work/new.forks" || return 1
  if [ "$master_timeline" -gt "$own_timeline" ]; then
    if ask_history; then
      awk '$1 ~ /^[0-9]+$/ { print $1, $2 }' "$work/history" >"$work/forks.list" || return 1
      while read -r _forks_timeline _forks_position; do
        segment_of "$_forks_timeline" "$_forks_position"
      done <"$work/forks.list" >"$work/new.forks"
    elif [ -e "$replica/forks" ]; then
      # What was known before still holds.
      return 0
    fi
  fi
  mv -- "$work/new.forks" "$replica/forks"
}

# in_archive NAME: is that WAL file, which the master has removed, in the archive? Asked by the command of the server, in a
# directory that looks like its own. False only when the archive says that it has none; whoever cannot be asked may have
# it. Tells what it found in $standstill or $gone.
in_archive() {
  _archive_file=$work/archive/pg_wal/RECOVERYXLOG
  if [ ! -d "$work/archive/pg_wal" ]; then
    { mkdir -- "$work/archive" "$work/archive/pg_wal" && ln -s -- "$pgdata/global" "$work/archive/global"; } \
      || return 0
  fi
  fill_command "$1" pg_wal/RECOVERYXLOG
  # shellcheck disable=SC2016 # for the shell that is started, as the server starts one
  bounded 30 sh -c 'cd -- "$1" && exec sh -c "$2"' sh "$work/archive" "$filled_command" >"$work/words" 2>&1
  if [ "$status" -eq 0 ]; then
    control_field 'Bytes per WAL segment'
    _archive_size=$(wc -c <"$_archive_file") || _archive_size=0
    standstill="$master_name no longer has the WAL segment $1; the archive has it"
    [ "$_archive_size" -eq "$field" ] || standstill="$standstill, with $((_archive_size)) bytes instead of $field"
    ignore rm -f -- "$_archive_file"
    return 0
  fi
  ignore rm -f -- "$_archive_file"
  standstill="$master_name no longer has the WAL segment $1, and restore_command failed with status $status: $(words_of "$work/words")"
  case " $archive_missing " in
    *" $status "*) ;;
    *) return 0 ;;
  esac
  # A directory that is empty is a place where nothing is mounted.
  if [ -n "$archive_directory" ] && [ -z "$(ignore ls -A -- "$archive_directory")" ]; then
    standstill="$master_name no longer has the WAL segment $1, and $archive_directory is empty or cannot be read"
    return 0
  fi
  gone="$gone; the archive does not have it, either"
  return 1
}

# fill_command NAME PATH: sets $filled_command to what PostgreSQL makes of $restore_command (BuildRestoreCommand in
# xlogarchive.c).
fill_command() {
  filled_command='' _fill_rest=$restore_command
  while :; do
    case $_fill_rest in
      *%*) ;;
      *) break ;;
    esac
    filled_command=$filled_command${_fill_rest%%\%*}
    _fill_rest=${_fill_rest#*%}
    case $_fill_rest in
      f*) filled_command=$filled_command$1 ;;
      p*) filled_command=$filled_command$2 ;;
      r*) filled_command=${filled_command}000000000000000000000000 ;;
      *) filled_command=$filled_command${_fill_rest%"${_fill_rest#?}"} ;;
    esac
    _fill_rest=${_fill_rest#?}
  done
  filled_command=$filled_command$_fill_rest
}
