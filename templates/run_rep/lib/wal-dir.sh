# pg_wal on another disk (clone.walDir in the model). Each clone has a directory of its own below $wal_dir, in which
# pg_basebackup makes the one that the clone's pg_wal is a link to; the rename of a finished clone changes nothing about
# it. Two links prove whose it is: run_rep.wal beside the data has its name, and run_rep.mark in it has the inode of the
# clone. So a stranger's directory is never touched, and a copy of PGDATA_DIR has no part in the WAL of the original. The
# first link is made before the directory is, and goes after it. $wal_disk is where WAL goes: such a directory, $wal_place
# before there is one, or $store.

# find_wal_dir: sets $wal_place, the directory of the model without links.
find_wal_dir() {
  wal_disk=$store wal_place=$wal_dir late_wal=''
  if [ "$sub_command" = run ]; then
    [ -d "$wal_dir" ] || make_path "$wal_dir" ' (clone.walDir)'
  fi
  [ -d "$wal_dir" ] || return 0
  wal_place=$(cd -- "${wal_dir:?}" 2>/dev/null && pwd -P) || wal_place=$wal_dir
  wal_place=/${wal_place#"${wal_place%%[!/]*}"}
  case $sub_command in
    run | preflight) judge_wal_place ;;
    *) ;;
  esac
}

judge_wal_place() {
  case $wal_place/ in
    "$store"/*) fail DATA_DIR "$wal_dir (clone.walDir) lies in PGDATA_DIR, $store" ;;
    *) ;;
  esac
  if [ ! -w "$wal_place" ] || [ ! -x "$wal_place" ]; then
    fail DATA_DIR "$RUN_USER may not write to $wal_dir (clone.walDir): $(touch -c -- "$wal_dir" 2>&1 || :)"
  fi
}

# check_wal_space: is there room for the WAL that the master writes meanwhile? How much that is, nobody knows: three files are
# demanded, a twentieth of the data is wished for. Sets $space_tight where the old WAL must go first. From here on WAL goes
# to $wal_place.
check_wal_space() {
  wal_disk=$wal_place
  while [ ! -d "$wal_disk" ]; do
    wal_disk=$(dirname -- "$wal_disk")
  done
  ! is_same_disk "$space_place" "$wal_disk" \
    || log WARN "$wal_dir (clone.walDir) lies on the same file system as $space_place: is its disk mounted?"
  _wal_needed=$((3 * master_segment_mb))
  find_free "$wal_disk"
  _wal_free=$free
  [ -z "$_wal_free" ] || [ "$_wal_free" -ge "$((backup_mb / 20 + _wal_needed))" ] \
    || log WARN "$wal_disk has only $_wal_free MB left for the WAL that arrives during the copy of $backup_mb MB"
  if [ "$data_state" = outdated ] && find_wal_home "$replica" && [ -n "$wal_home" ]; then
    [ "${_wal_free:-$_wal_needed}" -lt "$_wal_needed" ] || return 0
    _wal_old=$(du -s -k -- "$wal_home" | awk '{ printf "%d\n", $1 / 1024 }')
    [ "$((_wal_free + _wal_old))" -lt "$_wal_needed" ] || space_tight=yes
  fi
  [ "$space_tight" = yes ] || need_room "$wal_disk" "$_wal_needed"
}

# is_same_disk A B: does df tell the same of both?
is_same_disk() {
  ignore df -P -k -- "$1" "$2" | awk 'NR > 1 { line[NR] = $0 } END { exit !(NR == 3 && line[2] == line[3]) }'
}

# make_wal_home CLONE: makes the directory that will belong to it.
make_wal_home() {
  wal_home=$wal_place/replica.$claim.$identity.$(date +%s)
  ln -s -- "$wal_home" "$1/run_rep.wal" || cannot_write "$1" "cannot make the link $1/run_rep.wal"
  ignore sync "$1" "$store"
  mark_of "$1"
  { mkdir -- "$wal_home" && ln -s -- "$mark" "$wal_home/run_rep.mark" && ln -s -- "$store" "$wal_home/run_rep.store"; } \
    || cannot_write "$wal_place" "cannot make the directory $wal_home"
  late_wal=$wal_home
  wal_disk=$wal_home
  ignore sync "$wal_home" "$wal_place"
}

# mark_of CLONE: sets $mark to what is in the directory that belongs to it.
mark_of() {
  inode_of "$1"
  mark=run_rep.inode.$inode
}

# is_wal_home DIRECTORY CLONE: does it belong to that clone? A snapshot of the volume has the inodes of the original, so that
# the original, if it is here, has it.
is_wal_home() {
  case ${1##*/} in
    replica.[0-9]*) ;;
    *) return 1 ;;
  esac
  if [ -L "$1" ] || [ ! -d "$1" ]; then
    return 1
  fi
  mark_of "$2"
  [ "$(ignore readlink -- "$1/run_rep.mark")" = "$mark" ] || return 1
  _home_store=$(ignore readlink -- "$1/run_rep.store")
  [ -z "$_home_store" ] || [ "$_home_store" = "$store" ] || is_same_disk "$_home_store" "$store" \
    || [ "$(ignore readlink -- "$_home_store/replica/run_rep.wal")" != "$home_made" ]
}

# find_wal_home CLONE: sets $home_made to the directory that was made for it, and $wal_home to where that is, which may be
# mounted in another place by now; empty where it has none. False, with a $wal_fault, where it has one that is not here.
find_wal_home() {
  wal_home='' wal_fault=''
  [ -L "$1/run_rep.wal" ] || return 0
  home_made=$(readlink -- "$1/run_rep.wal") || home_made=''
  _home_link=$(ignore readlink -- "$1/data/pg_wal")
  for _home_place in "${_home_link%/pg_wal}" "$home_made" "${wal_place:-}/${home_made##*/}"; do
    if is_wal_home "$_home_place" "$1"; then
      wal_home=$_home_place
      return 0
    fi
  done
  wal_fault="pg_wal of $1 lies in $home_made, which is not there: is its disk mounted?"
  if [ -d "$home_made" ]; then
    mark_of "$1"
    wal_fault="pg_wal of $1 lies in $home_made, which is not marked as that of $1: it is empty, or of the data that $1 is a \
copy of. If that data is gone for good, \"ln -sfn $mark $home_made/run_rep.mark\" gives it to $1"
  fi
  return 1
}

# judge_wal: may the replica's data be served with the pg_wal that it has?
judge_wal() {
  find_wal_home "$replica" || fail WAL_DIR "$wal_fault"
  [ -n "$wal_home" ] || return 0
  _judge_wal_newest=none
  for _judge_wal_file in "$wal_home"/pg_wal/*[0-9A-F]; do
    [ ! -f "$_judge_wal_file" ] || _judge_wal_newest=$_judge_wal_file
  done
  [ "$_judge_wal_newest" != none ] || fail WAL_DIR "$wal_home/pg_wal, where pg_wal of $replica lies, holds no WAL"
  [ -w "$wal_home/pg_wal" ] || fail WAL_DIR "$RUN_USER may not write to $wal_home/pg_wal, where pg_wal of $replica lies"
  # Dead, it is made anew; what somebody has put in its place may have newer WAL.
  [ -d "$pgdata/pg_wal" ] || return 0
  [ "$(ignore readlink -- "$pgdata/pg_wal")" = "$wal_home/pg_wal" ] \
    || fail WAL_DIR "$pgdata/pg_wal is not the link to $wal_home/pg_wal that the clone has made"
}

# relink_wal: before the data is used. The link is absolute, and the disk may be mounted in another place.
relink_wal() {
  find_wal_home "$replica" || return 0
  if [ -n "$wal_home" ]; then
    wal_disk=$wal_home
    log INFO "pg_wal lies in $wal_home"
    [ "$(ignore readlink -- "$wal_home/run_rep.store")" = "$store" ] \
      || { ignore rm -f -- "$wal_home/run_rep.store" && ignore ln -s -- "$store" "$wal_home/run_rep.store"; }
    if [ ! -d "$pgdata/pg_wal" ]; then
      { rm -f -- "$pgdata/pg_wal" && ln -s -- "$wal_home/pg_wal" "$pgdata/pg_wal"; } \
        || cannot_write "$pgdata" "cannot make the link $pgdata/pg_wal"
    fi
  fi
  case $wal_disk/ in
    "$wal_place"/*) ;;
    *)
      log WARN "pg_wal of this replica lies in $wal_disk, and not in $wal_dir (clone.walDir): only a clone puts it there. \
To clone again, run \"mv replica replica.old\" in $store"
      ;;
  esac
}

# keep_wal_home: of a copy that is finished, and that another run may serve from now on.
keep_wal_home() {
  late_wal=''
}

# @may remove
# remove_wal_home CLONE: the directory that belongs to it, the mark last; or an empty one of that name, as between two steps
# of making it. False when it cannot be removed, so that the clone still knows of it.
remove_wal_home() {
  [ -L "$1/run_rep.wal" ] || return 0
  if find_wal_home "$1"; then
    { rm -rf -- "${wal_home:?}"/[!r]* "${wal_home:?}"/run_rep.[!m]* "${wal_home:?}"/.[!.]* && rm -rf -- "${wal_home:?}"; } || {
      log WARN "cannot remove $wal_home"
      return 1
    }
    ignore sync "${wal_home%/*}"
  else
    ignore rmdir -- "$home_made" 2>/dev/null
    if [ -d "$home_made" ]; then
      log WARN "left alone, since it is not marked as that of $1: $home_made"
    elif [ "${1##*/clone.0}" != "$1" ]; then
      log WARN "left for you to remove, wherever its disk is mounted: $home_made, the WAL of the data that was replaced"
    fi
  fi
}

# @may remove
# drop_late_wal: as drop_late_copy, while the copy is not finished.
drop_late_wal() {
  case ${late_wal:-} in
    "${wal_place:-}/replica.$claim.${identity:-}."*) rm -rf -- "${late_wal:?}" ;;
    *) ;;
  esac
}
