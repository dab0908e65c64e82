# The private door. The server's one Unix socket lies beside the data, in a directory that only RUN_USER can enter, and
# the first line of the access rules in force lets in whoever comes that way, as any role. What must be known of a live
# server before clients come is asked there, while its addresses are closed to all; a reload opens them.

make_door() {
  [ -d "$replica/door" ] || mkdir -- "$replica/door" || cannot_write "$replica" "cannot make $replica/door"
  # The lock that a killed server has left names a process, and that number may be anybody's by now.
  for _make_left in "$replica"/door/.s.PGSQL.*; do
    [ ! -e "$_make_left" ] || rm -f -- "$_make_left"
  done
}

# write_access closed | open | new: what the server takes for its pg_hba.conf, in PGDATA for names of files in its lines.
# $replica/access holds the rules that a server of ours has taken last. New ones are those in $rules_file now, of which
# $replica/access.new is a copy.
write_access() {
  _write_rules=$replica/access _write_state=$1
  if [ "$1" = new ]; then
    _write_rules=$replica/access.new _write_state=open
    cp -- "$rules_file" "$_write_rules" || return 1
  fi
  {
    printf '# %s. Made by run_rep.sh from pg_hba.conf: edit that file instead.\n' "$_write_state" \
      && printf 'local all all trust\nlocal replication all trust\n' \
      && { [ "$1" = closed ] || cat -- "$_write_rules"; }
  } >"$hba_file.new" || return 1
  [ "$behind" = no ] || rm -f -- "$hba_file" || return 1
  mv -- "$hba_file.new" "$hba_file"
}

# settle_rules: rules that no server of ours has taken yet, or that are on trial, are judged by one that is closed.
settle_rules() {
  [ "$access" = open ] || return 0
  [ -e "$replica/conf/trial" ] || ! cmp -s -- "$replica/access" "$rules_file" || return 0
  access=closed
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
  if ! { cp -- "$hba_file" "$hba_file.old" && write_access new; } 2>"$work/words"; then
    access_fault="cannot write $hba_file: $(words_of "$work/words")"
    return 1
  fi
  # Since 16 a line may be of a file that is included. What has a type is taken all the same: hostssl, say, where ssl is off.
  _open_place="line_number - 3, '-'"
  [ "${major%%.*}" -lt 16 ] || _open_place="CASE file_name WHEN current_setting('hba_file') THEN line_number - 3 \
ELSE line_number END, CASE file_name WHEN current_setting('hba_file') THEN '-' ELSE file_name END"
  _open_question="SELECT $_open_place, error FROM pg_hba_file_rules WHERE error IS NOT NULL AND type IS NULL ORDER BY line_number LIMIT 1"
  if ! ask_cluster "$_open_question"; then
    access_fault="the rules could not be checked: $(words_of "$work/words")"
    access_tries=$((access_tries + 1))
    # A replica that nobody can reach helps nobody.
    if [ "$access" = open ] || { [ "$superuser_missing" = no ] && [ "$access_tries" -lt 5 ]; }; then
      ignore mv -- "$hba_file.old" "$hba_file"
      return 1
    fi
    log WARN "$access_fault"
  elif IFS="$tab" read -r _open_line _open_file _open_error <"$answers"; then
    [ "$_open_file" != - ] || _open_file=$rules_file
    access_fault="line $_open_line of $_open_file: $_open_error"
    ignore mv -- "$hba_file.old" "$hba_file"
    return 1
  fi
  ignore mv -- "$replica/access.new" "$replica/access"
  ignore kill -s HUP "$server"
}

# renew_access: what somebody has changed in the pg_hba.conf that rules counts without a restart.
renew_access() {
  [ "$access" = open ] || return 0
  if cmp -s -- "$replica/access" "$rules_file"; then
    renew_said=''
  elif open_access; then
    log INFO "pg_hba.conf has changed: the new rules of $rules_file are in force"
  elif [ "$access_fault" != "$renew_said" ]; then
    log WARN "pg_hba.conf has changed, but the old rules stay in force: $access_fault"
    renew_said=$access_fault
  fi
}

# call_door SECONDS ROLE DATABASE COMMAND...: by way of the working directory, since a socket's path has 107 bytes at most;
# without /proc by its own, if it is short enough. Anybody who comes that way may be anybody, so names mean only what the
# system means by them, whatever the owner of a database has made. $door_options are settings of the session; what a
# setting names that ends each login is found by asking without.
call_door() {
  _door_conninfo=host=/proc/self/cwd/door
  if [ ! -d /proc/self/cwd ]; then
    conninfo_word "$replica/door"
    _door_conninfo=host=$word
  fi
  conninfo_word "$2"
  _door_conninfo="$_door_conninfo port=$PORT0 user=$word"
  conninfo_word "$3"
  _door_conninfo="$_door_conninfo dbname=$word $near"
  conninfo_word "-c search_path=pg_catalog -c statement_timeout=0$door_options"
  _door_conninfo="$_door_conninfo options=$word"
  _door_seconds=$1
  shift 3
  for _door_command in "$@"; do
    set -- "$@" -c "$_door_command"
    shift
  done
  cd -- "${replica:?}" || return 1
  bounded "$_door_seconds" "$client_bin"/psql -X -w -A -t -F "$tab" -v ON_ERROR_STOP=1 -d "$_door_conninfo" "$@"
  cd -- "${sandbox:?}" || return 1
  tell_kill psql
  [ "$status" -eq 0 ]
}

# ask_door ROLE DATABASE COMMAND...: its answers are in the file $answers then, and what else it says in words.
ask_door() {
  answers=$work/answers
  # While the copy is written to disk, a file that is truncated, and one that takes another's place, wait for it.
  if [ "$behind" = yes ]; then
    door_asks=$((door_asks + 1))
    answers=$work/answers.$door_asks
  fi
  call_door 60 "$@" >"$answers" 2>"$work/words"
}

# ask_anybody COMMAND...: what every role may ask, in a database that every cluster has. The role that replicates is
# surely there; where it may connect to neither, the one that most clusters begin with can. $refusal is why nobody was let
# in, where that is no matter of this role or database.
ask_anybody() {
  refusal='' door_options=''
  for _anybody_role in "$POSTGRES_REPUSER" postgres; do
    for _anybody_database in template1 postgres; do
      ! ask_noting "$_anybody_role" "$_anybody_database" "$@" || return 0
      [ "$status" -ne 124 ] || return 1
    done
  done
  return 1
}

superuser_question="SELECT 'superuser', rolname FROM pg_roles WHERE rolsuper AND rolcanlogin \
AND rolname !~ '[[:cntrl:]]' ORDER BY oid LIMIT 1"

# ask_superuser DATABASE COMMAND...: as one whom no right and no limit of a database keeps out.
ask_superuser() {
  if [ -z "$door_superuser" ]; then
    know_superuser || return 1
  fi
  door_options=$without_settings
  ask_door "$door_superuser" "$@" || {
    # It may have been renamed on the master since.
    door_superuser=''
    return 1
  }
}

# ask_cluster COMMAND...: as a superuser, what each database tells.
ask_cluster() {
  ask_superuser postgres "$@" || ask_superuser template1 "$@"
}
