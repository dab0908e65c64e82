# What each host of POSTGRES_MASTER says: all are asked at once, each by itself, and each address of a name, so that one which
# is dead or silent keeps nobody from the others.

# ask_hosts: the answers are in $work/hosts then: of each address N.place, N.answers, N.words, and N.status when it is
# done. Data that is here is served without an answer, so that waits less for one.
ask_hosts() {
  begin_asking || return 1
  asking=no
  guard "$ask_limit"
}

# begin_asking: they are the child meanwhile.
begin_asking() {
  [ "$asking" = no ] || return 0
  ask_limit=$((PGCONNECT_TIMEOUT + 10))
  [ "${data_state:-finished}" != finished ] || ask_limit=8
  if [ "$own_runs" = yes ]; then
    ask_limit=15
    [ "$PGCONNECT_TIMEOUT" -gt 10 ] || ask_limit=$((PGCONNECT_TIMEOUT + 5))
  fi
  if [ ! -d "$work/hosts" ]; then
    mkdir -- "$work/hosts" || return 1
  else
    rm -f -- "${work:?}"/hosts/* || return 1
  fi
  launching=yes
  (
    trap - TERM INT HUP USR1 USR2 PROF VTALRM EXIT
    ask_each_host
  ) &
  child=$!
  asking=yes
  launched
}

# end_asking: the answers are not wanted any more.
end_asking() {
  [ "$asking" = yes ] || return 0
  asking=no
  stop_child
  await
}

# In a process of its own, which ends when all have answered. A replica that runs asks again, so it need not wait for all:
# when one that may be the right master has answered, the others get three seconds.
ask_each_host() {
  host_number=100 _ask_rest=$POSTGRES_MASTER,
  set --
  while [ -n "$_ask_rest" ]; do
    is_host_port "${_ask_rest%%,*}" "$POSTGRES_PORT" || exit 1
    _ask_rest=${_ask_rest#*,}
    host_number=$((host_number + 1))
    if [ "$host_number" -eq 101 ] && [ -z "$_ask_rest" ]; then
      ask_addresses
      exit 0
    fi
    ask_addresses &
    set -- "$@" "$!"
  done
  _ask_grace=60
  while [ "$_ask_grace" -gt 0 ] && ! are_done "$host_number"; do
    blink 0.05
    [ "$own_runs" = no ] || ! has_answer || _ask_grace=$((_ask_grace - 1))
  done
  # The number of one that has ended may be somebody else's by now.
  host_number=100
  for _ask_process in "$@"; do
    host_number=$((host_number + 1))
    [ -e "$work/hosts/$host_number.done" ] || end_tree "$_ask_process"
  done
}

# are_done NUMBER: has each host up to that one said all that it will?
are_done() {
  _done_number=$1
  while [ "$_done_number" -gt 100 ]; do
    [ -e "$work/hosts/$_done_number.done" ] || return 1
    _done_number=$((_done_number - 1))
  done
}

# has_answer: of a server that may be the right master?
has_answer() {
  for _has_file in "$work"/hosts/*.status; do
    _has_status=1
    read -r _has_status 2>/dev/null <"$_has_file" || continue
    [ "$_has_status" = 0 ] || continue
    read_identity "${_has_file%.status}.answers"
    if { [ "$master_read_only" = off ] || [ "$stream_from" = replica ]; } \
      && is_integer "$master_timeline" "$own_floor" 999999999; then
      [ "$master_system" != "${pinned_system:-"$master_system"}" ] || return 0
    fi
  done
  return 1
}

# Each address of a name by itself, since behind one name there may be several servers.
ask_addresses() {
  write_place "$host_number.100" ''
  list_addresses >"$work/hosts/$host_number.addresses" || return 1
  if [ "$address_count" -le 1 ]; then
    _addresses_one=''
    read -r _addresses_one <"$work/hosts/$host_number.addresses" || :
    ask_host "$host_number.100" "$_addresses_one"
  else
    ignore rm -f -- "$work/hosts/$host_number.100.place"
    address_count=100
    while read -r _addresses_one; do
      address_count=$((address_count + 1))
      write_place "$host_number.$address_count" "$_addresses_one"
      ask_host "$host_number.$address_count" "$_addresses_one" &
    done <"$work/hosts/$host_number.addresses"
    wait
  fi
  printf '' >"$work/hosts/$host_number.done"
}

# warn_of_more: of each name once.
warn_of_more() {
  for _more_file in "$work"/hosts/*.more; do
    IFS= read -r _more_name 2>/dev/null <"$_more_file" || continue
    case $more_said in
      *" $_more_name "*) continue ;;
      *) ;;
    esac
    more_said="$more_said $_more_name "
    log WARN "$_more_name has more than 16 addresses, of which 16 are asked: a master at one of the others is not found"
  done
}

# write_place NUMBER ADDRESS
write_place() {
  printf '%s\t%s\t%s\n' "$host_name" "$host_port" "$2" >"$work/hosts/$1.place"
}

# list_addresses: prints those that the name has, and sets $address_count; none where nobody here can say. Of more than 16
# the rest is not asked, which N.more tells.
list_addresses() {
  address_count=0
  case $host_name in
    *:*) return 0 ;;
    *[!0-9.]*) ;;
    *) return 0 ;;
  esac
  have getent || return 0
  ignore getent ahosts "$host_name" >"$work/hosts/$host_number.getent"
  _list_known=' '
  while read -r _list_address _list_rest; do
    case $_list_known in
      *" $_list_address "*) continue ;;
      *) ;;
    esac
    if [ "$address_count" -ge 16 ]; then
      printf '%s\n' "$host_name" >"$work/hosts/$host_number.more" || return 1
      break
    fi
    _list_known="$_list_known$_list_address "
    address_count=$((address_count + 1))
    printf '%s\n' "$_list_address" || return 1
  done <"$work/hosts/$host_number.getent"
}

# ask_host NUMBER ADDRESS: one connection, one question a row. Whether a server is in recovery is not what a person has set
# for its transactions; it comes first, since a promotion may come between two answers. The third answer tells whether it
# is this replica itself: start_server sets that, which means nothing elsewhere than on Windows.
ask_host() {
  locate_master "$host_name" "$host_port" "$2"
  _ask_file=$work/hosts/$1 _ask_status=0
  set --
  for _ask_question in 'SHOW transaction_read_only' IDENTIFY_SYSTEM 'SHOW event_source' \
    'SHOW server_version_num' 'SHOW wal_level' 'SHOW wal_segment_size' 'SHOW max_connections' \
    'SHOW max_worker_processes' 'SHOW max_wal_senders' 'SHOW max_prepared_transactions' \
    'SHOW max_locks_per_transaction'; do
    set -- "$@" -c "$_ask_question"
  done
  [ ! -f "$work/questions" ] || set -- "$@" -f "$work/questions"
  "$client_bin"/psql -X -w -A -t -F "$tab" -v ON_ERROR_STOP=1 \
    -d "$master_conninfo dbname=replication replication=true options='-c default_transaction_read_only=off'" "$@" \
    </dev/null >"$_ask_file.answers" 2>"$_ask_file.words" || _ask_status=$?
  printf '%s\n' "$_ask_status" >"$_ask_file.status"
}

# read_place FILE: the answers from there, or $host_fault.
read_place() {
  _place_host='' _place_status='' host_fault=''
  forget_answers
  IFS="$tab" read -r _place_host _place_port _place_address 2>/dev/null <"$1" || return 1
  locate_master "$_place_host" "$_place_port" "$_place_address"
  master_file=${1%.place}
  read -r _place_status 2>/dev/null <"$master_file.status" || :
  case $_place_status in
    0)
      read_identity "$master_file.answers"
      is_integer "$master_timeline" 1 999999999 || host_fault='it does not answer like a PostgreSQL server'
      ;;
    '') host_fault="silent for $ask_limit s" ;;
    *)
      host_fault=$(ignore tail -n 3 "$master_file.words" | tr '\n\t' '  ')
      host_fault=${host_fault#psql: error: }
      [ -n "$host_fault" ] || host_fault="psql ended with status $_place_status"
      ;;
  esac
}

# read_identity FILE: the first line tells whether that server is a standby, the second is the answer to IDENTIFY_SYSTEM.
read_identity() {
  forget_answers
  {
    read -r master_read_only
    IFS="$tab" read -r master_system master_timeline master_position _identity_rest
    read -r master_mark
    read -r master_version
  } 2>/dev/null <"$1" || :
}
