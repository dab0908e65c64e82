# @step look_at_data
# Local evidence only: what lies there, and is it ours? Sets $data_state to nothing, unfinished or
# finished; anything else is refused, and nothing was touched.
step_look_at_data() {
  data_state=nothing
  [ ! -e "$store" ] || [ -d "$store" ] || fail DATA_FOREIGN "$store is not a directory"
  for _look_entry in "$store"/* "$store"/.[!.]* "$store"/..?*; do
    [ -e "$_look_entry" ] || [ -L "$_look_entry" ] || continue
    case ${_look_entry##*/} in
      lost+found) ;;
      work.*) is_ours "$_look_entry" || fail DATA_FOREIGN "$_look_entry is not of this script" ;;
      clone.*)
        is_ours "$_look_entry" || fail DATA_FOREIGN "$_look_entry is not of this script"
        [ "$data_state" = finished ] || data_state=unfinished
        ;;
      replica) data_state=finished ;;
      PG_VERSION) fail DATA_FOREIGN "$store is itself a data directory that this script did not make" ;;
      *) fail DATA_FOREIGN "$_look_entry is not of this script" ;;
    esac
  done
  [ "$data_state" != finished ] || look_at_replica
  log INFO "found in $store: $data_state"
}

# A finished clone of ours, on whose server nobody else works?
look_at_replica() {
  if [ -L "$replica" ] || [ ! -f "$replica/clone.done" ] || [ ! -f "$pgdata/PG_VERSION" ]; then
    fail DATA_FOREIGN "$replica is not a clone that this script finished"
  fi
  is_owned "$pgdata" || fail DATA_FOREIGN "$pgdata does not belong to $RUN_USER"
  read_pins "$replica/clone.done" || fail DATA_FOREIGN "$replica/clone.done is damaged"
  [ "$(cat "$pgdata/PG_VERSION")" = "$pinned_major" ] \
    || fail DATA_MAJOR "$pgdata is of PostgreSQL $(cat "$pgdata/PG_VERSION"), but was cloned as $pinned_major"
  if server_is_live; then
    fail DATA_IN_USE "a server with process number $live_server already runs on $pgdata"
  fi
}

# Is the first line of postmaster.pid the number of a process that works in this data directory? The
# kernel gives old numbers to new processes, so the number alone proves nothing.
server_is_live() {
  [ -f "$pgdata/postmaster.pid" ] || return 1
  read -r live_server <"$pgdata/postmaster.pid" || return 1
  kill -0 "$live_server" 2>/dev/null || return 1
  [ -d /proc/self ] || return 0
  [ "$(cd -- "/proc/$live_server/cwd" 2>/dev/null && pwd -P)" = "$(cd -- "$pgdata" && pwd -P)" ]
}
