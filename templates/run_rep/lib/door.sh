# The private door. The server's one Unix socket lies beside the data, in a directory that only RUN_USER can enter, and
# the first line of the access rules in force lets in whoever comes that way, as any role. What must be known of a live
# server before clients come is asked there, while its addresses are closed to all; a reload opens them.

make_door() {
  [ -d "$replica/door" ] || mkdir -- "$replica/door" || cannot_write "$replica" "cannot make $replica/door"
  # The lock that a killed server has left names a process, and that number may be anybody's by now.
  rm -f -- "${replica:?}"/door/.s.PGSQL.*
}

# write_access open | closed: what the server takes for its pg_hba.conf, in PGDATA for names of files in its lines.
# $replica/access is that pg_hba.conf which it was made of.
write_access() {
  {
    printf '# %s. Made by run_rep.sh of pg_hba.conf: change that.\n' "$1" \
      && printf 'local all all trust\nlocal replication all trust\n' \
      && { [ "$1" = closed ] || { cp -- "$pgdata/pg_hba.conf" "$replica/access" && cat -- "$replica/access"; }; }
  } >"$hba_file.new" || return 1
  [ "$behind" = no ] || rm -f -- "$hba_file" || return 1
  mv -- "$hba_file.new" "$hba_file"
}

is_closed() {
  _closed_line=''
  ! read -r _closed_line 2>/dev/null <"$hba_file" || :
  case $_closed_line in
    '# closed'*) return 0 ;;
    *) return 1 ;;
  esac
}

# open_access: the watcher opens the addresses, or takes over changed rules. Rules that the server would not take leave
# those in force that are; $access_fault says why.
open_access() {
  access_fault=''
  if ! { cp -- "$hba_file" "$hba_file.old" && write_access open; } 2>"$work/words"; then
    access_fault="cannot write $hba_file: $(words_of "$work/words")"
    ignore rm -f -- "$replica/access"
    return 1
  fi
  # Since 16 a line may be of a file that is included.
  _open_place="line_number - 3, '-'"
  [ "${major%%.*}" -lt 16 ] || _open_place="CASE file_name WHEN current_setting('hba_file') THEN line_number - 3 \
ELSE line_number END, CASE file_name WHEN current_setting('hba_file') THEN '-' ELSE file_name END"
  _open_question="SELECT $_open_place, error FROM pg_hba_file_rules WHERE error IS NOT NULL ORDER BY line_number LIMIT 1"
  if { ask_superuser postgres "$_open_question" || ask_superuser template1 "$_open_question"; } \
    && IFS="$tab" read -r _open_line _open_file _open_error <"$answers"; then
    [ "$_open_file" != - ] || _open_file=$pgdata/pg_hba.conf
    access_fault="line $_open_line of $_open_file: $_open_error"
    ignore mv -- "$hba_file.old" "$hba_file"
    ignore rm -f -- "$replica/access"
    return 1
  fi
  ignore kill -s HUP "$server"
}

# renew_access: what somebody has changed in pg_hba.conf counts without a restart.
renew_access() {
  [ "$access" = open ] || return 0
  if cmp -s -- "$replica/access" "$pgdata/pg_hba.conf"; then
    renew_said=''
  elif open_access; then
    log INFO 'pg_hba.conf has changed: taken over'
  elif [ "$access_fault" != "$renew_said" ]; then
    log WARN "the change of pg_hba.conf is not taken over: $access_fault"
    renew_said=$access_fault
  fi
}

# ask_door ROLE DATABASE COMMAND...: by way of the working directory, since a socket's path has 107 bytes at most; without
# /proc by its own, if it is short enough. Anybody who comes that way may be anybody, so names mean only what the system
# means by them, whatever the owner of a database has made.
ask_door() {
  _door_conninfo=host=/proc/self/cwd/door
  [ -d /proc/self/cwd ] || _door_conninfo=host=$(quote_conninfo "$replica/door")
  _door_conninfo="$_door_conninfo port=$PORT0 user=$(quote_conninfo "$1")"
  _door_conninfo="$_door_conninfo dbname=$(quote_conninfo "$2") $near options='-c search_path=pg_catalog'"
  shift 2
  for _door_command in "$@"; do
    set -- "$@" -c "$_door_command"
    shift
  done
  answers=$work/answers
  # While the copy is written to disk, a file that is truncated, and one that takes another's place, wait for it.
  if [ "$behind" = yes ]; then
    door_asks=$((door_asks + 1))
    answers=$work/answers.$door_asks
  fi
  cd -- "${replica:?}" || return 1
  bounded 60 "$client_bin"/psql -X -w -A -t -F "$tab" -v ON_ERROR_STOP=1 \
    -d "$_door_conninfo" "$@" >"$answers" 2>"$work/words"
  cd -- "${sandbox:?}" || return 1
  [ "$status" -eq 0 ]
}

# ask_anybody COMMAND...: what every role may ask, in a database that every cluster has. The role that replicates is
# surely there; where it may connect to neither, the one that most clusters begin with can.
ask_anybody() {
  ask_door "$POSTGRES_REPUSER" template1 "$@" || ask_door "$POSTGRES_REPUSER" postgres "$@" \
    || ask_door postgres postgres "$@" || ask_door postgres template1 "$@"
}

superuser_question="SELECT 'superuser', rolname FROM pg_roles WHERE rolsuper AND rolcanlogin \
AND rolname !~ '[[:cntrl:]]' ORDER BY oid LIMIT 1"

# ask_superuser DATABASE COMMAND...: as one whom no right and no limit of a database keeps out.
ask_superuser() {
  if [ -z "$door_superuser" ]; then
    ask_anybody "$superuser_question" || return 1
    IFS="$tab" read -r _superuser_kind door_superuser <"$answers" || return 1
  fi
  ask_door "$door_superuser" "$@" || {
    # It may have been renamed on the master since.
    door_superuser=''
    return 1
  }
}
