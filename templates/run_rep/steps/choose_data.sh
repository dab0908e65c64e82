# @step choose_data
# nothing or our unfinished clone: clone; our finished clone: reuse. What is in doubt is refused.
step_choose_data() {
  if [ "$data_state" = finished ]; then
    major=$pinned_major
    find_major
    [ "$master_known" = no ] || compare_with_master
    decision=reuse
    remove_unfinished
    log INFO "reusing the replica of system $pinned_system, without a copy"
    return 0
  fi
  decision=clone
  major=$master_major
  find_major
  find_basebackup || fail SERVER_BINARIES "pg_basebackup is missing, or older than PostgreSQL $major"
  start_patience
  until read_backup_header; do
    retry_if_busy "the master begins no base backup that psql shows (15 or later does; this is \
$("$client_bin"/psql --version))" "$(words_of "$work/words")"
  done
  remove_unfinished
  log INFO "$POSTGRES_MASTER has $backup_mb MB to clone, in $tablespace_count tablespaces of its own"
}

# retry_if_busy TEXT WORDS: returns after a pause if the master had no walsender left for us.
retry_if_busy() {
  is_busy "$2" || fail CLONE_FAILED "$1: $2"
  be_patient "$1: $2" || give_up "$2"
}

remove_unfinished() {
  [ "$sub_command" = run ] || return 0
  for _unfinished_clone in "$store"/clone.*; do
    [ -e "$_unfinished_clone" ] || continue
    if is_run_rep "${_unfinished_clone##*.}"; then
      fail DATA_IN_USE "process ${_unfinished_clone##*.} is making the clone $_unfinished_clone"
    fi
    log INFO "removing $_unfinished_clone, a clone that did not finish"
    end_writers "$_unfinished_clone"
    remove_clone "$_unfinished_clone"
  done
}

# is_run_rep PID: does another process of that number run this script? Numbers are given again, so the
# number alone does not tell; in a container each task may have the same.
is_run_rep() {
  [ "$1" != "$$" ] && kill -0 "$1" 2>/dev/null && tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null | grep -q -F run_rep
}

find_major() {
  version_rules "$major" || fail MASTER_VERSION "PostgreSQL $major is not one that this script was made for"
  find_server "$major" || fail SERVER_BINARIES "the server of PostgreSQL $major is not installed here"
}

compare_with_master() {
  [ "$master_system" = "$pinned_system" ] || fail DATA_IDENTITY \
    "the data is of system $pinned_system, but $POSTGRES_MASTER is system $master_system"
  [ "$master_major" = "$pinned_major" ] || fail DATA_MAJOR \
    "the data is of PostgreSQL $pinned_major, but $POSTGRES_MASTER is $master_major"
  read_control "$pgdata" || fail GATE "pg_controldata cannot read $pgdata: $control"
  _compare_timeline=$(control_field "Latest checkpoint's TimeLineID")
  [ "$_compare_timeline" -le "$master_timeline" ] || fail DATA_DIVERGED \
    "the data is on timeline $_compare_timeline, but $POSTGRES_MASTER only on $master_timeline"
}

# The rows that precede a base backup tell each tablespace and the size. psql is ended after them,
# before the backup itself; a FIFO, since psql would read all of it when SIGPIPE is ignored.
read_backup_header() {
  rm -f -- "$work/header"
  : >"$work/sizes"
  mkfifo "$work/header"
  "$client_bin"/psql -X -w -A -t -F "$tab" -d "$primary_conninfo dbname=replication replication=true" \
    -c "$backup_command" </dev/null >"$work/header" 2>"$work/words" &
  feeder=$!
  bounded "$stall_limit" sed -n -e p -e "/^$tab$tab/q" "$work/header" >"$work/sizes"
  end_feeder
  backup_mb=0 tablespace_count=-1
  while IFS= read -r _header_row; do
    case $_header_row in
      *"$tab"*"$tab"*)
        _header_kb=${_header_row##*"$tab"}
        case $_header_kb in
          '' | *[!0-9]* | ?????????????*) return 1 ;;
          *) backup_mb=$((backup_mb + _header_kb / 1024)) ;;
        esac
        tablespace_count=$((tablespace_count + 1))
        ;;
      *) ;;
    esac
  done <"$work/sizes"
  [ "$tablespace_count" -ge 0 ]
}

# end_writers DIRECTORY: a pg_basebackup of an earlier task may still write there; nobody else has
# that path in its arguments.
end_writers() {
  for _writers_file in /proc/[0-9]*/cmdline; do
    if [ -r "$_writers_file" ] \
      && tr '\0' '\n' <"$_writers_file" 2>/dev/null | grep -q -F -x -e "$1/data"; then
      _writers_pid=${_writers_file#/proc/}
      log WARN "ending process ${_writers_pid%%/*}, which still writes to $1"
      ignore kill -s KILL "${_writers_pid%%/*}"
    fi
  done
}
