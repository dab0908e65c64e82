# The data lies in $store (PGDATA_DIR): "replica" holds a finished clone, "clone.<n>" one that the run
# of that claim is making, "clone.0" one that was replaced ("clone.00", while that one cannot be removed). Each holds data
# (PGDATA), tablespaces/<oid> and files of ours *beside* PGDATA, where no clone of a clone can bring them along: clone.done
# (rewinding in its place while pg_rewind works on it), outdated if it must be replaced, and run_rep.wal if its WAL lies
# elsewhere. Only remove_clone, install_clone and retire_replica remove or rename one.

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
  _ours_entries=$(ls -A -- "$1" 2>/dev/null) || return 1
  # Or did it get its mark while we looked?
  [ -z "$_ours_entries" ] || [ -f "$1/run_rep.mark" ]
}

# make_ours DIRECTORY: makes one; the mark comes before anything else and goes last.
make_ours() {
  mkdir -- "$1" || cannot_write "${1%/*}" "cannot make the directory $1"
  printf '' >"$1/run_rep.mark" || cannot_write "$1" "cannot make a file in $1"
}

# @may remove
# remove_work DIRECTORY: removes the small files of one run; what cannot be removed keeps its mark.
remove_work() {
  case $1 in
    */work.*[0-9] | */work.*[0-9]/watch | */run_rep.*[0-9])
      ! rm -rf -- "${1:?}"/[!r]* "${1:?}"/run_rep.[!m]* "${1:?}"/.[!.]* 2>/dev/null || ignore rm -rf -- "${1:?}"
      ;;
    *) ;;
  esac
}

# @may remove
# remove_clone DIRECTORY: removes a clone that did not finish or was replaced, if it is provably ours; the mark last. What
# cannot be removed, such as a file of root's, is in nobody's way but for its size, and each later run tries it again.
remove_clone() {
  [ -e "$1" ] || [ -L "$1" ] || return 0
  case $1 in
    "${store:?}"/clone.*) is_ours "$1" || fail DATA_FOREIGN "will not remove $1: this script did not make it" ;;
    *) fail DATA_FOREIGN "will not remove $1: it is neither an unfinished clone nor replaced data" ;;
  esac
  _remove_words=$(rm -rf -- "${1:?}"/[!r]* "${1:?}"/.[!.]* 2>&1 | tail -n 1)
  if [ -z "$_remove_words" ]; then
    remove_wal_home "$1" || return 0
    _remove_words=$({ rm -rf -- "${1:?}"/r[!u]* "${1:?}"/run_rep.[!m]* && rm -rf -- "${1:?}"; } 2>&1 | tail -n 1)
  fi
  [ -z "$_remove_words" ] || log WARN "cannot remove all of $1: $_remove_words"
}

# drop_late_copy: when another run has taken the data over. It has removed the copy of this one; a pg_basebackup that goes
# on too late makes its directory once more, without a mark, and each later run would refuse it. No other run has its number.
drop_late_copy() {
  [ -n "$staging" ] || return 0
  end_writers "$staging"
  drop_late_wal
  if [ ! -d "$staging" ] || [ -L "$staging" ]; then
    return 0
  fi
  printf '' 2>/dev/null >"$staging/run_rep.mark" || return 0
  remove_clone "$staging"
}

# is_outdated: is what lies there to be replaced? So says the mark of an earlier run, which names its reason.
is_outdated() {
  [ -f "$replica/outdated" ] || return 1
  grep -q -s -x never_streamed "$replica/outdated" \
    || { [ "$on_diverged" = reclone ] && grep -q -s -x reclone "$replica/outdated"; }
}

# has_streamed: a stream begins a new WAL file, before the watcher sees it.
has_streamed() {
  [ -f "$replica/never_streamed" ] || return 0
  newest_wal "$pgdata"
  ! grep -q -s -x -F -e "$newest_wal" "$replica/never_streamed"
}

# newest_wal DIRECTORY: sets $newest_wal to the name of the last WAL file there.
newest_wal() {
  newest_wal=none
  for _newest_file in "$1/$wal_directory"/*; do
    case ${_newest_file##*/} in
      *[!0-9A-F]*) ;;
      *) newest_wal=${_newest_file##*/} ;;
    esac
  done
}

# @may rename
# install_clone DIRECTORY: one rename makes a finished clone the replica's data. What it replaces goes
# only now, if its replacement is to be seen there.
install_clone() {
  ! is_taken || give_up_claim
  retire_replica
  mv -- "$1" "$replica" || cannot_write "$store" "cannot rename $1 to $replica"
  [ -e "$replica/unflushed" ] || ignore sync "$store"
  remove_clone "$retired"
}

# @may rename
# retire_replica: data that is outdated, half rewound, or was lost before it was on disk, stops being the replica's. Any
# other is left where it is. Sets $retired to where it is then; one that an earlier run could not remove may be there.
retire_replica() {
  retired=$store/clone.0
  while [ -e "$retired" ] || [ -L "$retired" ]; do
    retired=${retired}0
  done
  [ -e "$replica" ] || [ -L "$replica" ] || return 0
  if ! is_lost "$replica" && ! is_outdated && { ! is_half_rewound || [ "$on_diverged" != reclone ]; }; then
    fail DATA_IN_USE "$replica appeared while the clone was being made"
  fi
  mv -- "$replica" "$retired" || cannot_write "$store" "cannot rename $replica to $retired"
}

# is_finished DIRECTORY: clone.done is written last, after the copy was verified and, unless it bears the mark of one that
# answers first, flushed.
is_finished() {
  ! is_lost "$1" && [ ! -L "$1" ] && [ -f "$1/data/PG_VERSION" ] && [ -f "$1/clone.done" ] && read_pins "$1/clone.done"
}

# is_half_rewound: has pg_rewind begun on the replica's data, and nobody seen it end well? Then the pins are in rewinding.
is_half_rewound() {
  [ -f "$replica/rewinding" ] && [ ! -f "$replica/clone.done" ]
}

# find_free DIRECTORY: sets $free to the MB that may still be written there; to nothing if df cannot tell.
find_free() {
  _find_free_text=$(df -P -k -- "$1" 2>/dev/null) || _find_free_text=$(ignore df -k -- "$1")
  free_of "$_find_free_text"
  [ -z "$free" ] || {
    mb_of_kb "$free"
    free=$mb
  }
}

# free_of TEXT: sets $free to the number in what df prints that is free. A line may be broken behind
# a long name, names hold blanks, and the head is in any language; but the numbers stand in a row before the first
# percentage, or the dash in its place. Less than nothing is left where a reserve has been used up.
free_of() {
  free='' _free_size='' _free_used='' _free_left='' _free_rest=${1#*"$newline"}
  while [ -n "$_free_rest" ]; do
    _free_word=${_free_rest%%[" $tab$newline"]*}
    _free_rest=${_free_rest#"$_free_word"}
    _free_rest=${_free_rest#?}
    case $_free_word in
      '') continue ;;
      - | [0-9]*%)
        if is_digits "$_free_size" && is_digits "$_free_used" && is_digits "${_free_left#-}"; then
          [ "$_free_size" != 0 ] || return 0
          free=0
          [ "${_free_left#-}" != "$_free_left" ] || free=$_free_left
          return 0
        fi
        ;;
      *) ;;
    esac
    _free_size=$_free_used _free_used=$_free_left _free_left=$_free_word
  done
}

is_digits() {
  case $1 in
    '' | *[!0-9]*) return 1 ;;
    *) return 0 ;;
  esac
}

# free_mb DIRECTORY: prints what find_free finds.
free_mb() {
  find_free "$1"
  [ -z "$free" ] || printf '%s\n' "$free"
}

# need_room DIRECTORY MB: a full disk is told as such, before something else fails for its sake.
need_room() {
  find_free "$1"
  judge_room "$1" "$2"
}

# judge_room DIRECTORY MB: by $free.
judge_room() {
  [ "${free:-$2}" -ge "$2" ] || fail NO_SPACE "$1 has only $free MB left; $2 MB are needed"
}

# need_rooms MB: so much, where the data lies, and where its WAL does.
need_rooms() {
  need_room "$store" "$1"
  [ "$wal_disk" = "$store" ] || need_room "$wal_disk" "$1"
}

# find_no_room MB: sets $no_room where either has less than that left; false where both have it, or df does not tell.
find_no_room() {
  lacks_room "$store" "$1" || { [ "$wal_disk" != "$store" ] && lacks_room "$wal_disk" "$1"; }
}

lacks_room() {
  find_free "$1"
  no_room="$1 has $free MB left"
  [ "${free:-$2}" -lt "$2" ]
}

# free_inodes DIRECTORY: prints how many files may still be made there. Not every df counts them, and not
# every file system has a number of them.
free_inodes() {
  free_of "$(ignore df -P -i -- "$1")"
  [ -z "$free" ] || printf '%s\n' "$free"
}

# cannot_write DIRECTORY TEXT: the end, when something could not be made there: a full disk, or a missing right. Of quotas,
# and of what some file systems keep for themselves, df knows nothing.
cannot_write() {
  need_room "$1" 1
  _write_inodes=$(free_inodes "$1")
  [ "${_write_inodes:-1}" -ge 1 ] || fail NO_SPACE "$1 has no inodes left: $2"
  _write_words=$({ mkdir -- "$1/work.0" && rmdir -- "$1/work.0"; } 2>&1) || :
  ! is_disk_full "$_write_words" || fail NO_SPACE "$2: $_write_words"
  fail DATA_DIR "$2"
}

# is_disk_full WORDS: is that why something could not be written?
is_disk_full() {
  case $1 in
    *'No space left'* | *'quota exceeded'*) return 0 ;;
    *) return 1 ;;
  esac
}

# make_path DIRECTORY WORDS: with what lies above it. As root makes it: what lies in it is closed or open by its own mode,
# as status/ is to everybody.
make_path() {
  _path_words=$( (umask 022 && mkdir -p -- "$1") 2>&1) || {
    ! is_disk_full "$_path_words" || fail NO_SPACE "$RUN_USER cannot make the directory $1$2: $_path_words"
    fail DATA_DIR "$RUN_USER cannot make the directory $1$2: $_path_words"
  }
}

# @may touch the standby marker
# write_standby_marker DIRECTORY: the marker makes a server a standby. It is written into a clone of our own before its
# rename.
write_standby_marker() {
  if [ "$standby_marker" = standby.signal ]; then
    printf '' >"$1/standby.signal"
  else
    write_recovery_conf >"$1/recovery.conf.new" && mv -- "$1/recovery.conf.new" "$1/recovery.conf"
  fi
}

# Before PostgreSQL 12 the connection is told in recovery.conf, and not by -c.
write_recovery_conf() {
  printf "standby_mode = 'on'\nrecovery_target_timeline = 'latest'\nprimary_conninfo = " \
    && quote_conf "$primary_conninfo" \
    && printf '\n' \
    && { [ -z "$slot" ] || printf "primary_slot_name = '%s'\n" "$slot"; } \
    && { [ "$apply_delay" -eq 0 ] || printf "recovery_min_apply_delay = '%ss'\n" "$apply_delay"; } \
    && { [ -z "$restore_command" ] || { printf 'restore_command = ' && quote_conf "$restore_command" && printf '\n'; }; }
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
  control=$("$pg_bin"/pg_controldata -D "$1" 2>&1) || return 1
  # Some shells take long to find something in a long text.
  _control_kept=''
  while IFS= read -r _control_line; do
    case $_control_line in
      Database* | 'Latest checkpoint location'* | "Latest checkpoint's REDO location"* | "Latest checkpoint's TimeLineID"* | Min* | Bytes* | 'WAL block'* | max_*)
        _control_kept=$_control_kept$newline$_control_line
        ;;
      *) ;;
    esac
  done <<EOF || return 1
$control
EOF
  control=$_control_kept
}

# control_field NAME: sets $field to that one of what read_control read; empty when it is not there.
control_field() {
  field=''
  _field_rest=$newline$control$newline
  case $_field_rest in
    *"$newline$1:"*)
      _field_rest=${_field_rest#*"$newline$1:"}
      _field_rest=${_field_rest%%"$newline"*}
      field=${_field_rest#"${_field_rest%%[! ]*}"}
      ;;
    *) ;;
  esac
}

# pid_line NUMBER: sets $line to that line of postmaster.pid (miscinit.h tells what each holds); empty when it is not
# there.
pid_line() {
  line='' _pid_line_left=$1
  [ -f "$pgdata/postmaster.pid" ] || return 0
  while [ "$_pid_line_left" -gt 0 ]; do
    IFS= read -r line || break
    _pid_line_left=$((_pid_line_left - 1))
  done 2>/dev/null <"$pgdata/postmaster.pid" || :
  [ "$_pid_line_left" -eq 0 ] || line=''
}

# inode_of PATH: sets $inode.
inode_of() {
  inode=$(ls -di -- "$1") || inode=''
  inode=${inode#"${inode%%[! ]*}"}
  inode=${inode%%[!0-9]*}
}

# is_owned PATH: does it belong to RUN_USER, as whom we run?
is_owned() {
  [ -n "$(find "$1" -prune -user "$user_id" -print)" ]
}

# words_of FILE: the last lines that a tool printed there, for a message.
words_of() {
  tail -n 5 -- "$1"
}
