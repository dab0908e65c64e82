load helper

@test "an absent master is 69 after MASTER_WAIT, with tries between" {
  run_contract MASTER_WAIT=1
  expect_status 69
  expect_words 'trying again' 127.0.0.1
  expect_only_log_lines
}

@test "an absent master leaves an empty data directory and no process" {
  run_contract
  expect_status 69
  [ -z "$(ls -A "$sandbox/pgdata")" ]
  local left=
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/cwd")" != "$sandbox" ] || [ "${process#/proc/}" = $$ ] \
      || left+=" $(tr '\0' ' ' <"$process/cmdline")"
  done
  cd /
  [[ $left != *sleep* ]] || {
    printf 'left: %s\n' "$left"
    return 1
  }
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

@test "what lies in the data directory and is not ours is refused and kept" {
  mkdir "$sandbox/pgdata"
  echo precious >"$sandbox/pgdata/notes"
  chmod 755 "$sandbox/pgdata"
  [ "$(id -u)" -ne 0 ] || chown -R "$user" "$sandbox/pgdata"
  run_contract
  expect_status 65
  expect_words notes
  [ "$(cat "$sandbox/pgdata/notes")" = precious ]
}
