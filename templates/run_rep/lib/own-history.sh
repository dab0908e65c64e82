# How far the data here is, and which timelines it knows of: a server that has less of them is no master of it.

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
      log WARN "removing $_drop_history: the data here is not on that timeline"
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
