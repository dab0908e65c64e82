# Without clone.walDir in the model WAL lies beside the data, and these have little to do. Data of a former model that had
# one is neither served without what guards it, nor lost.
find_wal_dir() {
  wal_disk=$store
}

check_wal_space() {
  return 0
}

make_wal_home() {
  return 0
}

judge_wal() {
  [ ! -L "$replica/run_rep.wal" ] \
    || fail WAL_DIR "pg_wal of $replica lies in $(ignore readlink -- "$replica/run_rep.wal"), and this model has no clone.walDir"
}

relink_wal() {
  return 0
}

keep_wal_home() {
  return 0
}

remove_wal_home() {
  [ ! -L "$1/run_rep.wal" ] || log WARN "left for you to remove: $(ignore readlink -- "$1/run_rep.wal"), the WAL of $1"
}

drop_late_wal() {
  return 0
}
