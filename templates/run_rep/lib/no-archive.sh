# Without an archive (restore in the model) WAL comes from the master alone, and these have nothing to do.
need_archive() {
  return 0
}

prepare_archive() {
  return 0
}

note_forks() {
  return 0
}

in_archive() {
  return 1
}
