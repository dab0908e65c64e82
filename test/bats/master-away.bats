load helper

# The clock goes on only while the script pauses, so that no machine is too slow for a try.
@test "an absent master is 69 after MASTER_WAIT, with tries between" {
  echo 1000000000 >"$sandbox/clock"
  chmod 666 "$sandbox/clock"
  in_the_moment sleep "case \$1 in
    [1-3]) read -r now <$sandbox/clock && echo \$((now + \$1)) >$sandbox/clock ;;
  esac"
  in_the_moment date "[ \"\$1\" != -u ] || {
    read -r now <$sandbox/clock
    echo \$now 2026-01-01T00:00:00Z
    exit
  }"
  run_contract MASTER_WAIT=3
  expect_status 69
  expect_words 127.0.0.1
  expect_only_log_lines
  [ "$(grep -c 'trying again' <<<"$output")" -ge 2 ]
}

@test "an absent master leaves no more than a claim, what it says of itself, and no process" {
  # The nap of a helper would end by itself: here it does not.
  in_the_moment sleep '[ "$1" -lt 2 ] || set -- 120'
  run_contract
  expect_status 69
  [[ $(ls -A "$sandbox/pgdata") =~ ^claim\.[0-9]+$'\n'status$ ]]
  grep -q '"id": "MASTER_AWAY"' "$sandbox/pgdata/status/status.json"
  expect_nobody_left
}

@test "preflight finds an absent master and makes nothing" {
  run_contract -- preflight
  expect_status 69
  expect_nothing_made
}

@test "the last of several hosts is asked too" {
  run_contract POSTGRES_MASTER=127.0.0.1:1,127.0.0.2:2
  expect_status 69
  expect_words 127.0.0.2
}

# refuse_file NAME WORDS: a file in the data directory that is not ours is refused, and kept.
refuse_file() {
  mkdir "$sandbox/pgdata"
  echo precious >"$sandbox/pgdata/$1"
  chmod 755 "$sandbox/pgdata"
  [ "$(id -u)" -ne 0 ] || chown -R "$user" "$sandbox/pgdata"
  run_contract
  expect_status 65
  expect_words "$2"
  [ "$(cat "$sandbox/pgdata/$1")" = precious ]
}

@test "what lies in the data directory and is not ours is refused and kept" { refuse_file notes notes; }

@test "a server's data that this script did not clone is refused and kept" {
  refuse_file PG_VERSION 'is itself a data directory'
}

# refuse_entry NAME: an entry that looks like one of ours is refused, and kept, when it bears no mark.
refuse_entry() {
  mkdir -p "$sandbox/pgdata/$1"
  echo precious >"$sandbox/pgdata/$1/thesis"
  chmod 755 "$sandbox/pgdata" "$sandbox/pgdata/$1"
  [ "$(id -u)" -ne 0 ] || chown -R "$user" "$sandbox/pgdata"
  run_contract
  expect_status 65
  expect_words "$1"
  [ "$(cat "$sandbox/pgdata/$1/thesis")" = precious ]
}

@test "a work directory of somebody else is refused and kept" { refuse_entry work.2024; }

@test "a clone of somebody else is refused and kept" { refuse_entry clone.2024; }

@test "a clone with an odd number is refused and kept" { refuse_entry clone.5abc; }

@test "a work directory of an earlier run is removed" {
  mkdir -p "$sandbox/pgdata/work.4194303"
  : >"$sandbox/pgdata/work.4194303/run_rep.mark"
  chmod 755 "$sandbox/pgdata"
  [ "$(id -u)" -ne 0 ] || chown -R "$user" "$sandbox/pgdata"
  run_contract
  expect_status 69
  [ ! -e "$sandbox/pgdata/work.4194303" ]
}

@test "an unfinished clone whose number is our own is no other run" {
  cd "$sandbox"
  mkdir -p pgdata
  chmod 777 "$sandbox" pgdata
  [ "$(id -u)" -ne 0 ] || chown "$user" pgdata
  local shell
  read -r -a shell <<<"${TEST_SHELL:-dash}"
  run env -i "PATH=$path" POSTGRES_MASTER=127.0.0.1:1 POSTGRES_REPUSER=replicator "RUN_USER=$user" PORT0=30999 \
    "PGPASSFILE=$sandbox/passfile" MASTER_WAIT=0 EXIT_PAUSE=0 sh -c \
    'mkdir pgdata/work.$$ && : >pgdata/work.$$/run_rep.mark && chmod -R 777 pgdata && exec "$@"' sh \
    "${shell[@]}" run_rep.sh </dev/null 3>&- 4>&-
  expect_status 69
}

@test "closed standard output and error harm nothing" {
  cd "$sandbox"
  local shell
  read -r -a shell <<<"${TEST_SHELL:-dash}"
  run env -i "PATH=$path" POSTGRES_MASTER=127.0.0.1:1 POSTGRES_REPUSER=replicator "RUN_USER=$user" PORT0=30999 \
    "PGPASSFILE=$sandbox/passfile" MASTER_WAIT=0 EXIT_PAUSE=0 sh -c 'exec "$@" >&- 2>&-' sh \
    "${shell[@]}" run_rep.sh </dev/null 3>&- 4>&-
  expect_status 69
}

# make_work NAME...: what looks like the work directory of an earlier run, with those files.
make_work() {
  mkdir -p "$sandbox/pgdata/work.7"
  (cd "$sandbox/pgdata/work.7" && touch -- "$@")
  chmod -R 755 "$sandbox/pgdata"
  [ "$(id -u)" -ne 0 ] || chown -R "$user" "$sandbox/pgdata"
}

@test "what a live run tidies away in that moment is not refused" {
  make_work words
  # Before the second look.
  in_the_moment sleep rm -rf "$sandbox/pgdata/work.7"
  run_contract
  expect_status 69
}

@test "what a live run makes in that moment is not refused" {
  make_work words
  in_the_moment ls '[ "$1" != -A ] ||' touch "$sandbox/pgdata/work.7/run_rep.mark"
  run_contract
  expect_status 69
}

# hold_claim: as if this process were a run that works on the data.
hold_claim() {
  local boot namespace start
  boot=$(cut -d- -f1 /proc/sys/kernel/random/boot_id)
  namespace=pid$(readlink /proc/self/ns/pid | tr -dc 0-9)
  start=$(sed 's/.*) //' "/proc/$$/stat" | cut -d' ' -f20)
  ln -s "$boot.$namespace.$$.$start" "$sandbox/pgdata/claim.1"
}

@test "data that a live run is replacing is not called a stranger's" {
  mkdir -p "$sandbox/pgdata/replica"
  make_work run_rep.mark
  hold_claim
  run_contract
  expect_status 75
  expect_words "process ID $$"
}

@test "health has no time to wait for a sign of life of another host, and takes that run for alive" {
  mkdir -p "$sandbox/pgdata/replica"
  make_work run_rep.mark
  ln -s 00000000.pid1.1.1 "$sandbox/pgdata/claim.1"
  printf '%s\n' 1 other >"$sandbox/pgdata/beat.00000000.pid1.1.1"
  [ "$(id -u)" -ne 0 ] || chown -hR "$user" "$sandbox/pgdata"
  run_contract -- health
  expect_status 1
  expect_words 'no server runs'
  [[ $output != *'sign of life'* ]]
}

@test "the mark of an unfinished clone goes last" {
  make_work run_rep.mark
  mv "$sandbox/pgdata/work.7" "$sandbox/pgdata/clone.7"
  touch "$sandbox/pgdata/clone.7/outdated" "$sandbox/pgdata/clone.7/collations" "$sandbox/pgdata/clone.7/.hidden" \
    "$sandbox/pgdata/clone.7/rewinding"
  ln -s /nowhere "$sandbox/pgdata/clone.7/run_rep.wal"
  [ "$(id -u)" -ne 0 ] || chown -R "$user" "$sandbox/pgdata"
  : >"$sandbox/seen"
  chmod 666 "$sandbox/seen"
  in_the_moment rm "[ ! -d $sandbox/pgdata/clone.7 ] || echo \$(ls -A $sandbox/pgdata/clone.7) >>$sandbox/seen"
  run_contract
  expect_status 69
  [ ! -e "$sandbox/pgdata/clone.7" ]
  [ "$(tail -n 1 "$sandbox/seen")" = run_rep.mark ]
}

@test "a work directory that cannot be emptied keeps its mark" {
  mkdir -p "$sandbox/pgdata/work.7/stuck"
  : >"$sandbox/pgdata/work.7/stuck/words"
  make_work run_rep.mark
  chmod 555 "$sandbox/pgdata/work.7/stuck"
  run_contract
  expect_status 69
  [ -e "$sandbox/pgdata/work.7/run_rep.mark" ]
  chmod 755 "$sandbox/pgdata/work.7/stuck"
}
