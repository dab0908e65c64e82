# The data lies in $store (PGDATA_DIR): "replica" holds a finished clone, "clone.<pid>" one that is
# being made. Both hold data (PGDATA), tablespaces/<oid> and files of ours *beside* PGDATA, where no
# clone of a clone can bring them along. Only the two functions here remove or rename one.

# is_ours DIRECTORY: does it bear our mark and a number, or is it empty, as between two steps of making it?
is_ours() {
  case ${1##*.} in
    '' | *[!0-9]*) return 1 ;;
    *) ;;
  esac
  if [ -L "$1" ] || [ ! -d "$1" ]; then
    return 1
  fi
  [ ! -f "$1/run_rep.mark" ] || return 0
  _ours_entries=$(ls -A -- "$1" 2>/dev/null) && [ -z "$_ours_entries" ]
}

# make_ours DIRECTORY: makes one; the mark comes before anything else and goes last.
make_ours() {
  mkdir -- "$1" || fail DATA_DIR "cannot make the directory $1"
  : >"$1/run_rep.mark"
}

# remove_clone DIRECTORY: removes a clone that did not finish, if it is provably ours.
remove_clone() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  case $1 in
    "$store"/clone.*) is_ours "$1" || fail DATA_FOREIGN "will not remove $1, which is not ours" ;;
    *) fail DATA_FOREIGN "will not remove $1, which is not a clone that did not finish" ;;
  esac
  rm -rf -- "${1:?}/data" "${1:?}/tablespaces" "${1:?}/clone.done"
  rm -rf -- "${1:?}"
}

# install_clone DIRECTORY: one rename makes a finished clone the replica's data.
install_clone() {
  if [ -e "$store/replica" ] || [ -L "$store/replica" ]; then
    fail DATA_IN_USE "$store/replica appeared while the clone was made"
  fi
  mv -- "$1" "$store/replica"
}

# The marker makes a server a standby. It is written into a clone of our own before its rename.
write_standby_marker() {
  if [ "$standby_marker" = standby.signal ]; then
    : >"$1/standby.signal"
  else
    write_recovery_conf >"$1/recovery.conf"
  fi
}

# Before PostgreSQL 12 the connection is told in recovery.conf, and not by -c.
write_recovery_conf() {
  printf "standby_mode = 'on'\nrecovery_target_timeline = 'latest'\nprimary_conninfo = "
  quote_conf "$primary_conninfo"
  printf '\n'
}

# read_pins FILE: what clone.done says of the cluster that this replica is a copy of.
read_pins() {
  pinned_system='' pinned_timeline='' pinned_major=''
  while IFS='=' read -r _pins_key _pins_value; do
    case $_pins_key in
      system_identifier) pinned_system=$_pins_value ;;
      timeline) pinned_timeline=$_pins_value ;;
      major) pinned_major=$_pins_value ;;
      *) ;;
    esac
  done <"$1"
  case $pinned_system,$pinned_timeline,$pinned_major in
    ,* | *,, | *, | *[!0-9,.]*) return 1 ;;
    *) ;;
  esac
}

# read_control DIRECTORY: asks pg_controldata; false, with its words, when it cannot tell.
read_control() {
  control=$("$pg_bin"/pg_controldata -D "$1" 2>&1)
}

# control_field NAME: prints that field of what read_control read.
control_field() {
  printf '%s\n' "$control" | sed -n "s/^$1: *//p"
}

# is_owned PATH: does it belong to the user that we run as?
is_owned() {
  [ -n "$(find "$1" -prune -user "$(id -u)" -print)" ]
}

# words_of FILE: the last lines that a tool printed there, for a message.
words_of() {
  tail -n 5 -- "$1"
}
