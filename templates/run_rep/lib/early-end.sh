# A server that ended before it let anybody in: why, by its own words, as a failure that says what to do. Servers
# speak many languages, so what is not understood is a failure of its own, too.

# has_served: did it ever let anybody in? So says the watcher, whom it answered, or its log.
has_served() {
  [ ! -e "$work/served" ] || return 0
  said_since | grep -q 'ready to accept'
}

# judge_early_end: $status is how it ended. What only the walreceiver could not do ends no server.
judge_early_end() {
  # What the server said of its values before may have been true then.
  ignore rm -f -- "$replica/values"
  {
    ignore cat "$work/first_words"
    said_since | ignore tail -n 30
  } >"$work/all_words" || cannot_write "$work" "cannot write $work/all_words"
  grep -e FATAL -e PANIC "$work/all_words" | grep -v -e ' primary' -e 'WAL stream' -e 'system is' -e terminating \
    >"$work/last_words" || ignore cp -- "$work/all_words" "$work/last_words"
  early_words=$(ignore tail -n 3 "$work/last_words" | tr '\n\t' '  ')
  early_words="PostgreSQL ended with status $status before it accepted clients: ${early_words:-it logged nothing}"
  case $status in
    135) fail MEMORY "$early_words (a bus error: memory or huge pages that it had been promised are not available)" ;;
    137) fail MEMORY "$early_words (it was killed, as the kernel does when memory runs out)" ;;
    *) ;;
  esac
  judge_last_words
  fail START_FAILED "$early_words"
}

# judge_last_words: in this order, since one line may hold the words of several.
judge_last_words() {
  ! said 'lock file|pre-existing shared memory' || fail DATA_IN_USE "$early_words"
  ! said 'shared memory|semaphore|Cannot allocate memory|out of memory' || fail MEMORY "$early_words"
  ! said 'No space left|quota exceeded' || fail NO_SPACE "$early_words"
  ! said 'could not access file|could not load library|incompatible library|could not find function' \
    || fail LIBRARY_MISSING "$early_words"
  ! said 'certificate|private key|DH param|SSL' || fail CERTIFICATE "$early_words"
  ! said 'TCP/IP|could not bind|Address already in use' || judge_bind
  ! said pg_hba || judge_access
  ! said 'file descriptors|Too many open files|could not fork|Resource temporarily' || fail LIMITS "$early_words"
  ! said 'configuration file|parameter|io_uring' || fail SETTINGS "$early_words"
  ! said 'Permission denied|Read-only file system|has invalid permissions|wrong ownership|not permitted' \
    || fail DATA_DIR "$early_words"
  ! said 'checkpoint record|redo (location|point)|WAL ends|could not (locate|find|open|read|seek|restore)' \
    || fail DATA_DAMAGED "$early_words"
  ! said 'control file|invalid page|incompatible|requested timeline|corrupt|magic|Input/output error' \
    || fail DATA_DAMAGED "$early_words"
}

# said PATTERN
said() {
  grep -q -E -e "$1" "$work/last_words"
}

# An address that this agent has not is no port that is taken.
judge_bind() {
  ! grep -q 'Cannot assign requested address' "$work/all_words" \
    || fail LISTEN "no address in listen_addresses belongs to this agent: $early_words"
  fail PORT "$early_words"
}

# The server counts the lines of the file that was made of pg_hba.conf.
judge_access() {
  check_rules "$rules_file" "$rules_file"
  fail ACCESS "$early_words"
}
