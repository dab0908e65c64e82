# @step compare_collations
# Indexes on text are only right where text sorts as it did when they were made, and a new release of the C
# library or of ICU may sort it differently. Only the server can tell, so it runs once where no client can
# reach it: after a clone, and when this agent has become another one.
step_compare_collations() {
  [ "$on_collation" != ignore ] || return 0
  collation_key="$server_version, $(libc_of_agent)"
  collation_words=''
  if ! read_collations; then
    remove_old_sockets
    compare_apart
  fi
  [ -z "$collation_words" ] || log WARN "$collation_words"
}

# The fifth line of postmaster.pid tells where a server apart that was killed had its socket.
remove_old_sockets() {
  pid_line 5
  case $line in
    /tmp/run_rep.*) ! is_ours "$line" || remove_work "$line" ;;
    *) ;;
  esac
}

# What decides how text is sorted here, so far as can be told without a server.
libc_of_agent() {
  _libc_version=''
  ! have getconf || _libc_version=$(ignore getconf GNU_LIBC_VERSION)
  _libc_system=$(sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null || :)
  printf '%s, %s\n' "${_libc_version:-no glibc}" "$_libc_system"
}

# Sets $collation_words to what was found here before; false if it was not here, or with other software.
read_collations() {
  [ -f "$replica/collations" ] || return 1
  {
    IFS= read -r _collations_key
    IFS= read -r collation_words || :
  } <"$replica/collations" || return 1
  [ "$_collations_key" = "$collation_key" ]
}

compare_apart() {
  make_socket_directory || return 0
  start_apart
  await
  end_watcher
  end_serving
  remove_work "$sockets"
  sockets=''
  if [ ! -f "$work/collations" ]; then
    _apart_words=$(words_of "$work/watch.words" 2>/dev/null || :)
    log WARN "the collations could not be compared: ${_apart_words:-the server ended with status $status}"
    return 0
  fi
  judge_collations
  [ -z "$collation_fault" ] || [ "$on_collation" != refuse ] || fail COLLATION "$collation_fault"
  [ -z "$collation_fault" ] || collation_words="$collation_fault${collation_words:+; $collation_words}"
  ! printf '%s\n' "$collation_key" "$collation_words" >"$replica/collations.new" \
    || ignore mv -- "$replica/collations.new" "$replica/collations"
}

# A socket's path has a bound of 107 bytes, and a sandbox is often deep; commas and quotes separate paths.
make_socket_directory() {
  sockets=$work/run_rep.0
  case $sockets in
    *[!A-Za-z0-9/._-]* | ?????????????????????????????????????????????????????????????????????????????????*)
      sockets=/tmp/run_rep.$$
      ! is_ours "$sockets" || remove_work "$sockets"
      ;;
    *) ;;
  esac
  if ! mkdir -- "$sockets" 2>/dev/null || ! printf '' 2>/dev/null >"$sockets/run_rep.mark" \
    || ! printf 'local all all trust\n' >"$sockets/pg_hba.conf"; then
    log WARN "the collations are not compared: the directory $sockets cannot be made"
    sockets=''
    return 1
  fi
}

# A server without an address, and with a socket that only our user can reach.
start_apart() {
  log INFO 'starting PostgreSQL where no client can reach it, to compare collations'
  allow_stale_pid
  serving=soon
  _apart_held=$held_settings
  held_settings="$held_settings
listen_addresses=
unix_socket_directories=$sockets
logging_collector=off
lc_messages=C"
  hba_file=$sockets/pg_hba.conf
  with_settings start_server
  serving=yes
  held_settings=$_apart_held hba_file=$pgdata/pg_hba.conf
  server=$child
  launching=yes
  (
    become_watcher
    ask_collations || ignore cp -- "$work/words" "${work%/watch}/watch.words"
    end_if_alone
    kill -s USR2 "$$" 2>/dev/null || end_if_alone
  ) &
  watcher=$!
  launched
}

# In the watcher's subshell. The answers are moved to where they count only when all are there.
ask_collations() {
  await_apart || return 1
  asker_database=template1
  ask_databases || {
    asker_database=postgres
    ask_databases
  } || return 1
  mv -- "$work/answers" "$work/databases" || return 1
  ask_versions || return 1
  mv -- "$work/answers" "$work/collations" || return 1
  while IFS= read -r asker_database; do
    if ask_used_collations; then
      cat -- "$work/answers" >>"$work/collations" || return 1
    else
      _asker_words=$(words_of "$work/words" | tr '\n\t' '  ')
      printf '%s\t%s\t-\t%s\n' locked "$asker_database" "$_asker_words" >>"$work/collations" || return 1
    fi
  done <"$work/databases"
  mv -- "$work/collations" "${work%/watch}/collations"
}

# Not one whose removal was interrupted (-2, which lets nobody in), nor one whose name would be read as two.
ask_databases() {
  ask_apart "SELECT datname FROM pg_database WHERE datallowconn AND datconnlimit <> -2 AND datname !~ '[[:cntrl:]]'"
}

# As long as it replays what makes it consistent, a standby lets nobody in; then it says so in postmaster.pid.
# Most do within a blink; to ask the server itself would fill its log. The bound is on standing still.
await_apart() {
  _apart_tries=$((stall_limit + 20)) _apart_segment=''
  while [ "$_apart_tries" -gt 0 ]; do
    end_if_alone
    ! is_open || return 0
    if [ "$_apart_tries" -gt "$stall_limit" ]; then
      blink
    else
      pause 1
      _apart_now=$(replay_segment)
      [ "$_apart_now" = "$_apart_segment" ] || _apart_tries=$stall_limit
      _apart_segment=$_apart_now
    fi
    _apart_tries=$((_apart_tries - 1))
  done
  printf 'no connection within %s s\n' "$stall_limit" >"$work/words" || :
  return 1
}

# The first line is the number of the server, the eighth its state.
is_open() {
  pid_line 1
  [ "$line" = "$server" ] || return 1
  pid_line 8
  [ "${line%% *}" = ready ]
}

# ask_apart COMMAND: whoever may open the socket may ask, as the role that is surely there.
ask_apart() {
  _apart_conninfo="host=$sockets port=$PORT0 user=$(quote_conninfo "$POSTGRES_REPUSER")"
  _apart_conninfo="$_apart_conninfo dbname=$(quote_conninfo "$asker_database")"
  bounded 60 "$client_bin"/psql -X -w -A -t -F "$tab" -v ON_ERROR_STOP=1 \
    -d "$_apart_conninfo" -c "$1" >"$work/answers" 2>"$work/words"
  [ "$status" -eq 0 ]
}

# Since 15 a database says with which version it was made. Before, the collations of the C library say since 13
# which version initdb found on the master.
ask_versions() {
  _versions_name="regexp_replace(datname, '[[:cntrl:]]', ' ', 'g')"
  if [ "${major%%.*}" -ge 15 ]; then
    ask_apart "SELECT 'database', $_versions_name, datcollversion, pg_database_collation_actual_version(oid) \
FROM pg_database WHERE datallowconn AND datcollversion <> pg_database_collation_actual_version(oid)"
  else
    ask_apart "SELECT 'default', $_versions_name, coalesce(made.collversion, '-'), \
coalesce(pg_collation_actual_version(made.oid), '-') FROM pg_database \
LEFT JOIN (SELECT oid, collversion FROM pg_collation WHERE collprovider = 'c' AND collversion IS NOT NULL \
ORDER BY oid LIMIT 1) AS made ON true \
WHERE datallowconn AND lower(datcollate) NOT IN ('c', 'posix') AND lower(datcollate) NOT LIKE 'c.%'"
  fi
}

# Those that an index, or the bounds of partitions, are sorted by. ICU's have versions since 10.
ask_used_collations() {
  _used_partitions='OR EXISTS (SELECT FROM pg_partitioned_table WHERE c.oid = ANY (partcollation))'
  _used_name="quote_ident(current_database()) || '.' || quote_ident(collname)"
  ask_apart "SELECT 'collation', regexp_replace($_used_name, '[[:cntrl:]]', ' ', 'g'), collversion, \
pg_collation_actual_version(oid) FROM pg_collation AS c \
WHERE collversion <> pg_collation_actual_version(oid) \
AND (EXISTS (SELECT FROM pg_index WHERE c.oid = ANY (indcollation)) $_used_partitions)"
}

# Sets $collation_fault to what is certainly wrong here, and $collation_words to what may be.
judge_collations() {
  collation_fault='' collation_words=''
  while IFS="$tab" read -r _judge_kind _judge_name _judge_made _judge_here; do
    case $_judge_kind,$_judge_made,$_judge_here in
      default,-,*)
        collation_words="${collation_words:+$collation_words; }whether text in the database $_judge_name \
sorts here as on the master cannot be known: PostgreSQL $major keeps no version of its collation"
        ;;
      default,"$_judge_here",*) ;;
      default,*)
        collation_words="${collation_words:+$collation_words; }text in the database $_judge_name may sort \
differently here: the master had version $_judge_made of the C library at initdb, this agent has $_judge_here"
        ;;
      # Its removal has been replayed since the databases were listed.
      locked,*,*'does not exist'*) ;;
      locked,*,*'incompatible with operating system'* | locked,*,*'could not open collator'* | \
        locked,*,*'ICU is not supported'*)
        collation_fault="${collation_fault:+$collation_fault; }nobody can use the database $_judge_name here: \
$_judge_here"
        ;;
      # No right, no connection left, no time: nothing that speaks against this agent.
      locked,*)
        collation_words="${collation_words:+$collation_words; }the collations in the database $_judge_name \
could not be seen: $_judge_here"
        ;;
      *)
        collation_fault="${collation_fault:+$collation_fault; }text sorts differently here: the $_judge_kind \
$_judge_name was made with version $_judge_made, this agent has $_judge_here"
        ;;
    esac
  done <"$work/collations"
}
