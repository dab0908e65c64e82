# Which server is the master? Each host is asked by itself, and all at once, so that one which is dead, slow, or no longer
# the master keeps nobody from the right one. That is, of those that take writes, the one with the highest timeline, since
# a promotion begins a new one. The walreceiver knows that one alone. It reads where it is from a service file of libpq at
# each attempt (https://www.postgresql.org/docs/current/libpq-pgservice.html), so the server need not start again for it.

# build_conninfo: sets $primary_conninfo, that of the walreceiver, and $login.
build_conninfo() {
  split_host_list "$POSTGRES_MASTER" "$POSTGRES_PORT"
  login_conninfo "$libpq_major" "$libpq_client"
  conninfo_word "$replica_name"
  primary_conninfo="service=run_rep application_name=$word $login"
  if [ -n "$sync_database" ]; then
    conninfo_word "$sync_database"
    primary_conninfo="$primary_conninfo dbname=$word"
  fi
  PGSERVICEFILE=$replica/upstream.conf
  export PGSERVICEFILE
}

# locate_master HOST PORT ADDRESS: sets $master_conninfo for the questions and the copy, and $master_name for people. The
# address is empty where the name has but one. No question bears the name of a standby: a master that waits for this
# replica (synchronous_standby_names) must not mistake it.
locate_master() {
  master_host=$1 master_port=$2 master_address=$3
  conninfo_word "$1"
  master_conninfo="host=$word port=$2 $login application_name=run_rep"
  name_server "$1" "$2" "$3"
  master_name=$server_name
  if [ -n "$3" ]; then
    conninfo_word "$3"
    master_conninfo="$master_conninfo hostaddr=$word"
  fi
}

# name_server HOST PORT ADDRESS: sets $server_name, for people.
name_server() {
  case $1 in
    *:*) server_name="[$1]:$2" ;;
    *) server_name=$1:$2 ;;
  esac
  [ -z "$3" ] || server_name="$server_name ($3)"
}

know_no_master() {
  master_host='' master_port='' master_address='' master_conninfo='' master_name=$POSTGRES_MASTER master_file=''
  forget_answers
}

forget_answers() {
  master_system='' master_timeline='' master_position='' master_read_only='' master_mark='' master_version=''
}

# find_master: sets what is known of the right master, $divergence if our data cannot follow it; its answers are in
# $master_file.answers. False when there is none: then $no_master says why of each host, and $foreign is yes when all have answered
# and are of another system. Needs $own_floor, the timeline below which a server has not what we have, and where there is
# data $own_timeline and $own_position in its WAL, whose server $own_runs (yes or no).
find_master() {
  divergence='' foreign=no is_loop=no looping='' no_master="cannot write $work"
  forget_judgement
  ask_hosts || return 1
  warn_of_more
  read_upstream
  if judge_all && leave_loops; then
    return 0
  fi
  no_master=$host_notes
  [ "$foreign_hosts" -eq 0 ] || [ "$((own_hosts + faulty_hosts))" -gt 0 ] || foreign=yes
  return 1
}

forget_judgement() {
  is_own_master=no host_notes='' foreign_hosts=0 own_hosts=0 faulty_hosts=0 older_hosts=0
}

# judge_all: by what they have answered; false when there is nobody to follow.
judge_all() {
  forget_judgement
  judge_hosts
  [ "$best_timeline" -gt 0 ] && choose_host
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
      note_host "its system identifier is $master_system, but the data here has $pinned_system"
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
  [ -n "$host_notes" ] || [ "$best_timeline" -gt 0 ] || host_notes="no host could be asked within $ask_limit s"
}

# judge_host COUNT: of so many. Of several addresses of one name that are all standbys, only the one that is followed
# already, or none yet, may be meant: else two replicas could follow each other.
judge_host() {
  if [ -z "$pinned_system" ] && [ -n "$first_system" ] && [ "$master_system" != "$first_system" ]; then
    note_host "its system identifier is $master_system, but another host has a different one; without data here, the right one is unknown"
    first_system=several
    return 0
  fi
  [ "$first_system" = several ] || first_system=$master_system
  if [ "$master_timeline" -lt "$own_floor" ]; then
    older_hosts=$((older_hosts + 1))
    note_host "it is still on timeline $master_timeline, but the data here has seen a promotion to timeline $own_floor"
  elif [ "$master_mark" = "$own_mark" ]; then
    is_own_master=yes
    note_host 'this is the replica itself'
  elif is_looping; then
    note_host 'it follows this replica'
  elif [ "$master_read_only" = off ]; then
    [ "$master_timeline" -le "$best_timeline" ] || best_timeline=$master_timeline
  else
    standby_notes="$standby_notes${standby_notes:+; }$master_name: it is a standby"
    if [ "$master_timeline" = "$own_timeline" ] && is_ahead "$own_position" "$master_position" && ! is_followed; then
      standby_notes="$standby_notes, and behind this replica"
      return 0
    fi
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
  [ "$master_mark" != "$own_mark" ] && ! is_looping || return 1
  [ "$master_read_only" = "$best_read_only" ]
}

continues_history() {
  judge_history "$own_timeline" "$own_position" && { [ "$own_runs" = yes ] || judge_end "$own_timeline"; }
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
  read_upstream
  ! is_followed || return 0
  note_left_host || return 1
  {
    printf '[run_rep]\nhost=%s\nport=%s\n' "$master_host" "$master_port" \
      && { [ -z "$master_address" ] || printf 'hostaddr=%s\n' "$master_address"; }
  } >"$replica/upstream.conf.new" && mv -- "$replica/upstream.conf.new" "$replica/upstream.conf"
}

# settle_upstream: before the start. Where no master answered, the one that was followed last is looked for, if it is still
# one of the hosts.
settle_upstream() {
  _settle_kept=no
  if [ "$master_known" = no ]; then
    read_upstream
    _settle_rest=$POSTGRES_MASTER,
    while [ -n "$_settle_rest" ]; do
      is_host_port "${_settle_rest%%,*}" "$POSTGRES_PORT" || :
      _settle_rest=${_settle_rest#*,}
      [ "$host_name" != "$upstream_host" ] || [ "$host_port" != "$upstream_port" ] || _settle_kept=yes
    done
    is_host_port "${POSTGRES_MASTER%%,*}" "$POSTGRES_PORT" || :
    [ "$_settle_kept" = yes ] || locate_master "$host_name" "$host_port" ''
  fi
  [ "$_settle_kept" = yes ] || write_upstream || cannot_write "$replica" "cannot write $replica/upstream.conf"
  settle_chain
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
  tell_kill psql 2>>"$work/words" || :
  [ "$status" -eq 0 ]
}
