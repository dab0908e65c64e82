load helper

# A PATH that has every tool of this machine but those named; the first directory wins, as in a PATH.
path_without() {
  local dir name
  mkdir "$sandbox.bin"
  for dir in /usr/sbin /usr/bin /sbin /bin; do
    ln -s -t "$sandbox.bin" "$dir"/* 2>/dev/null || :
  done
  for name; do
    rm -f "$sandbox.bin/$name"
  done
  path=$sandbox.bin
}

teardown() {
  rm -rf "$sandbox" "$sandbox.bin"
}

# Shells with applets of their own answer for what PATH lacks.
skip_applets() {
  [[ ${TEST_SHELL:-dash} != busybox* ]] || skip 'busybox has these tools built in'
}

@test "every missing tool is named at once" {
  skip_applets
  path_without awk du mkfifo tee
  run_contract
  [ "$status" -ne 0 ]
  expect_status 78
  expect_words awk du mkfifo tee
  expect_nothing_made
}

@test "curl and wget are missed only with a CONFIG_URL, and only when both are gone" {
  skip_applets
  path_without curl wget
  run_contract
  expect_status 69
  rm -rf "$sandbox/pgdata"
  run_contract CONFIG_URL=http://127.0.0.1:1/conf
  expect_status 78
  expect_words curl wget
  expect_nothing_made
}

@test "root with none of the tools that become RUN_USER is refused" {
  [ "$(id -u)" -eq 0 ] || skip 'NOT RUN: the tests do not run as root'
  skip_applets
  path_without setpriv gosu su-exec chpst start-stop-daemon chroot busybox
  run_contract
  expect_status 77
  expect_words setpriv gosu
}

@test "root becomes RUN_USER with any one of the tools that exec" {
  [ "$(id -u)" -eq 0 ] || skip 'NOT RUN: the tests do not run as root'
  skip_applets
  local all='setpriv gosu su-exec chpst start-stop-daemon chroot busybox'
  local tool
  for tool in setpriv gosu start-stop-daemon chroot; do
    rm -rf "$sandbox.bin" "$sandbox/pgdata"
    # shellcheck disable=SC2046 # a list of words
    path_without $(printf '%s\n' $all | grep -v -x -e "$tool")
    run_contract
    expect_status 69
  done
}
