# Which server is the master? Each host is asked by itself, and all at once, so that one which is dead, slow, or no longer
# the master keeps nobody from the right one. That is, of those that take writes, the one with the highest timeline, since
# a promotion begins a new one. The walreceiver knows that one alone. It reads where it is from a service file of libpq at
# each attempt (https://www.postgresql.org/docs/current/libpq-pgservice.html), so the server need not start again for it.

# build_conninfo: sets $primary_conninfo, that of the walreceiver, and $login.
build_conninfo() {
  split_host_list "$POSTGRES_MASTER" "$POSTGRES_PORT"
  login_conninfo "$libpq_major" "$libpq_client"
  primary_conninfo="service=run_rep application_name=$(quote_conninfo "$replica_name") $login"
  [ -z "$sync_database" ] || primary_conninfo="$primary_conninfo dbname=$(quote_conninfo "$sync_database")"
  PGSERVICEFILE=$replica/upstream.conf
  export PGSERVICEFILE
}

# locate_master HOST PORT ADDRESS: sets $master_conninfo for the questions and the copy, and $master_name for people. The
# address is empty where the name has but one. No question bears the name of a standby: a master that waits for this
# replica (synchronous_standby_names) must not mistake it.
locate_master() {
  master_host=$1 master_port=$2 master_address=$3
  master_conninfo="host=$(quote_conninfo "$1") port=$2 $login application_name=run_rep"
  master_name=$1:$2
  case $1 in
    *:*) master_name="[$1]:$2" ;;
    *) ;;
  esac
  [ -n "$3" ] || return 0
  master_conninfo="$master_conninfo hostaddr=$(quote_conninfo "$3")"
  master_name="$master_name ($3)"
}

know_no_master() {
  master_host='' master_port='' master_address='' master_conninfo='' master_name=$POSTGRES_MASTER master_file=''
  forget_answers
}

forget_answers() {
  master_system='' master_timeline='' master_position='' master_read_only='' master_mark='' master_version=''
}

# find_master: sets what is known of the right master, $divergence if our data cannot follow it, and leaves its answers in
# $work/answers. False when there is none: then $no_master says why of each host, and $foreign is yes when all have answered
# and are of another system. Needs $own_floor, the timeline below which a server has not what we have, and where there is
# data $own_timeline and $own_position in its WAL, whose server $own_runs (yes or no).
find_master() {
  divergence='' foreign=no is_own_master=no host_notes='' no_master="cannot write $work"
  foreign_hosts=0 own_hosts=0 faulty_hosts=0 older_hosts=0
  ask_hosts || return 1
  read_upstream
  judge_hosts
  if [ "$best_timeline" -gt 0 ] && choose_host; then
    cp -- "$master_file.answers" "$work/answers" || return 1
    return 0
  fi
  no_master=$host_notes
  [ "$foreign_hosts" -eq 0 ] || [ "$((own_hosts + faulty_hosts))" -gt 0 ] || foreign=yes
  return 1
}

# ask_hosts: the answers are in $work/hosts then: of each address N.place, N.answers, N.words, and N.status when it is
# done. Data that is here is served without an answer, so that waits less for one.
ask_hosts() {
  ask_limit=$((PGCONNECT_TIMEOUT + 10))
  [ "${data_state:-finished}" != finished ] || ask_limit=8
  if [ "$own_runs" = yes ]; then
    ask_limit=15
    [ "$PGCONNECT_TIMEOUT" -gt 10 ] || ask_limit=$((PGCONNECT_TIMEOUT + 5))
  fi
  [ -d "$work/hosts" ] || mkdir -- "$work/hosts" || return 1
  rm -f -- "${work:?}"/hosts/* || return 1
  launching=yes
  (
    trap - TERM INT HUP USR1 USR2 PROF VTALRM EXIT
    ask_each_host
  ) &
  child=$!
  launched
  guard "$ask_limit"
}

# In a process of its own, which ends when all have answered. A replica that runs asks again, so it need not wait for all:
# when one that may be the right master has answered, the others get a second.
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
  _ask_grace=20
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

# write_place NUMBER ADDRESS
write_place() {
  printf '%s\t%s\t%s\n' "$host_name" "$host_port" "$2" >"$work/hosts/$1.place"
}

# list_addresses: prints those that the name has, 16 at the most, and sets $address_count; none where nobody here can say.
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
  while read -r _list_address _list_rest && [ "$address_count" -lt 16 ]; do
    case $_list_known in
      *" $_list_address "*) continue ;;
      *) ;;
    esac
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

# judge_hosts: sets $best_timeline, the highest of those that may be followed (0: there is none), and $best_read_only: on if
# these are standbys (a cascade). That is where the model asks for it, and where nobody else can be meant, since there is
# one host. $host_notes says of all others why not.
judge_hosts() {
  best_timeline=0 best_standby=0 standby_notes='' first_system=''
  set -- "$work"/hosts/*.place
  for _judge_place in "$@"; do
    read_place "$_judge_place" || continue
    if [ -n "$host_fault" ]; then
      faulty_hosts=$((faulty_hosts + 1))
      note_host "$host_fault"
    elif [ -n "$pinned_system" ] && [ "$master_system" != "$pinned_system" ]; then
      foreign_hosts=$((foreign_hosts + 1))
      note_host "it is of system $master_system, the data here of $pinned_system"
    else
      own_hosts=$((own_hosts + 1))
      judge_host "$#"
    fi
  done
  best_read_only=off
  if [ "$first_system" = several ]; then
    best_timeline=0
    host_notes=$host_notes${host_notes:+"${standby_notes:+; }"}$standby_notes
  elif [ "$stream_from" = replica ]; then
    [ "$best_standby" -eq 0 ] || [ "$best_standby" -lt "$best_timeline" ] || best_read_only=on
  elif [ "$best_timeline" -eq 0 ] && [ "$best_standby" -gt 0 ]; then
    best_read_only=on
  elif [ "$best_timeline" -eq 0 ]; then
    host_notes=$host_notes${host_notes:+"${standby_notes:+; }"}$standby_notes
  fi
  [ "$best_read_only" = off ] || best_timeline=$best_standby
  [ -n "$host_notes" ] || [ "$best_timeline" -gt 0 ] || host_notes="nobody could be asked within $ask_limit s"
}

# judge_host COUNT: of so many. Of several addresses of one name that are all standbys, only the one that is followed
# already, or none yet, may be meant: else two replicas could follow each other.
judge_host() {
  if [ -z "$pinned_system" ] && [ -n "$first_system" ] && [ "$master_system" != "$first_system" ]; then
    note_host "it is of system $master_system, another host of another one: there is nothing here yet that tells which"
    first_system=several
    return 0
  fi
  [ "$first_system" = several ] || first_system=$master_system
  if [ "$master_timeline" -lt "$own_floor" ]; then
    older_hosts=$((older_hosts + 1))
    note_host "it is still on timeline $master_timeline; the data here knows of a promotion to timeline $own_floor"
  elif [ "$master_mark" = "$own_mark" ]; then
    is_own_master=yes
    note_host 'it is this replica itself'
  elif [ "$master_read_only" = off ]; then
    [ "$master_timeline" -le "$best_timeline" ] || best_timeline=$master_timeline
  else
    standby_notes="$standby_notes${standby_notes:+; }$master_name: it is a standby"
    may_be_cascade "$1" || return 0
    [ "$master_timeline" -le "$best_standby" ] || best_standby=$master_timeline
  fi
}

# may_be_cascade COUNT: is a standby meant?
may_be_cascade() {
  [ "$stream_from" != replica ] || return 0
  [ "$master_count" -eq 1 ] || return 1
  [ "$1" -eq 1 ] || [ -z "$upstream_host" ] || is_followed
}

note_host() {
  host_notes="$host_notes${host_notes:+; }$master_name: $1"
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
      is_integer "$master_timeline" 1 999999999 || host_fault='its answers are not those of a PostgreSQL server'
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

# choose_host: of those with the highest timeline the one that is followed already, else the first whose history ours
# continues. Where there is none, the first of them tells the divergence. False when it is not known yet.
choose_host() {
  _choose_first='' _choose_divergence=''
  for _choose_turn in followed any; do
    for _choose_place in "$work"/hosts/*.place; do
      may_be_master "$_choose_place" "$_choose_turn" || continue
      if [ -z "$own_timeline" ] || continues_history; then
        divergence=''
        return 0
      elif is_doubtful; then
        [ "$_choose_turn" = followed ] || note_host "$divergence"
      elif [ -z "$_choose_first" ]; then
        _choose_first=$_choose_place _choose_divergence=$divergence
      fi
    done
  done
  divergence=''
  [ -n "$_choose_first" ] || return 1
  divergence=$_choose_divergence
  read_place "$_choose_first"
}

# is_doubtful: a server of our own timeline that has less than we is no new master, and says nothing of the one that we
# follow, as long as that one gives no answer.
is_doubtful() {
  [ "$history_known" = yes ] || return 0
  [ "$master_timeline" -eq "$own_timeline" ] && [ "$faulty_hosts" -gt 0 ] && ! is_followed
}

# may_be_master FILE TURN
may_be_master() {
  read_place "$1" && [ -z "$host_fault" ] && [ "$master_timeline" -eq "$best_timeline" ] || return 1
  [ "$2" = any ] || is_followed || return 1
  [ -z "$pinned_system" ] || [ "$master_system" = "$pinned_system" ] || return 1
  [ "$master_mark" != "$own_mark" ] || return 1
  [ "$master_read_only" = "$best_read_only" ]
}

continues_history() {
  judge_history "$own_timeline" "$own_position" && { [ "$own_runs" = yes ] || judge_end "$own_timeline"; }
}

# know_own TIMELINE POSITION: of data that is here. A history file of the master that our data can follow comes before all
# that pg_controldata knows: recovery goes on to the newest of them.
know_own() {
  own_timeline=$1 own_position=$2 own_floor=$1
  for _own_history in "$pgdata/$wal_directory"/*.history; do
    history_number "$_own_history"
    [ "$number" -gt "$own_floor" ] || continue
    ! is_child "$_own_history" || own_floor=$number
  done
}

# history_number FILE: sets $number to the timeline that it tells of; 0 for another file.
history_number() {
  number=${1##*/}
  number=${number%.history}
  case $number in
    *[!0-9A-F]* | '') number=0 ;;
    *)
      number=$(awk -v text="$number" "$awk_lsn"'BEGIN { print hex(text) }')
      ;;
  esac
  is_integer "$number" 1 999999999 || number=0
}

# is_child FILE: is our data part of that history?
is_child() {
  _child_fork=$(awk -v tli="$own_timeline" '$1 == tli { print $2; exit }' "$1") || return 0
  [ -n "$_child_fork" ] && ! is_ahead "$own_position" "$_child_fork"
}

# drop_strange_histories: before the start. The history of a timeline that is none of ours, as a walreceiver fetches it from
# somebody who was promoted by mistake, would keep PostgreSQL from starting.
drop_strange_histories() {
  for _drop_history in "$pgdata/$wal_directory"/*.history; do
    history_number "$_drop_history"
    if [ "$number" -gt "$own_timeline" ] && ! is_child "$_drop_history"; then
      log WARN "removing $_drop_history: the data here is no part of that timeline"
      ignore rm -f -- "$_drop_history"
    fi
  done
}

# know_nothing: before there is data, or of data that is given up.
know_nothing() {
  own_timeline='' own_position='' own_floor=0
  # What replaces outdated data must not be older than what it could not follow.
  if [ -f "$replica/outdated" ]; then
    { IFS= read -r _nothing_text && read -r own_floor; } <"$replica/outdated" || own_floor=0
    is_integer "$own_floor" 0 999999999 || own_floor=0
  elif [ -f "$replica/rewinding" ]; then
    own_floor=$(sed -n 's/^floor=\([0-9][0-9]*\)$/\1/p' "$replica/rewinding")
    is_integer "$own_floor" 0 999999999 || own_floor=0
  fi
}

# read_upstream: sets $upstream_host, $upstream_port and $upstream_address to where the walreceiver looks for its master.
read_upstream() {
  upstream_host='' upstream_port='' upstream_address=''
  [ -f "$replica/upstream.conf" ] || return 0
  while IFS='=' read -r _upstream_key _upstream_value; do
    case $_upstream_key in
      host) upstream_host=$_upstream_value ;;
      port) upstream_port=$_upstream_value ;;
      hostaddr) upstream_address=$_upstream_value ;;
      *) ;;
    esac
  done <"$replica/upstream.conf"
}

is_followed() {
  [ "$upstream_host" = "$master_host" ] && [ "$upstream_port" = "$master_port" ] \
    && [ "$upstream_address" = "$master_address" ]
}

# write_upstream: the walreceiver takes it when it connects next.
write_upstream() {
  note_left_host || return 1
  {
    printf '[run_rep]\nhost=%s\nport=%s\n' "$master_host" "$master_port" \
      && { [ -z "$master_address" ] || printf 'hostaddr=%s\n' "$master_address"; }
  } >"$replica/upstream.conf.new" && mv -- "$replica/upstream.conf.new" "$replica/upstream.conf"
}

# settle_upstream: before the start. Where no master answered, the one that was followed last is looked for, if it is still
# one of the hosts.
settle_upstream() {
  if [ "$master_known" = no ]; then
    read_upstream
    _settle_rest=$POSTGRES_MASTER,
    while [ -n "$_settle_rest" ]; do
      is_host_port "${_settle_rest%%,*}" "$POSTGRES_PORT" || :
      _settle_rest=${_settle_rest#*,}
      [ "$host_name" != "$upstream_host" ] || [ "$host_port" != "$upstream_port" ] || return 0
    done
    is_host_port "${POSTGRES_MASTER%%,*}" "$POSTGRES_PORT" || :
    locate_master "$host_name" "$host_port" ''
  fi
  write_upstream || cannot_write "$replica" "cannot write $replica/upstream.conf"
}

# ask_replication COMMAND...: of the master that was found.
ask_replication() {
  for _ask_command in "$@"; do
    set -- "$@" -c "$_ask_command"
    shift
  done
  bounded "$ask_limit" "$client_bin"/psql -X -w -A -t -F "$tab" -v ON_ERROR_STOP=1 \
    -d "$master_conninfo dbname=replication replication=true" "$@" >"$work/answers" 2>"$work/words"
  [ "$status" -ne 124 ] || printf 'silent for %s s\n' "$ask_limit" >>"$work/words" || :
  [ "$status" -eq 0 ]
}
