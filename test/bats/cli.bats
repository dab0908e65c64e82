load helper

@test "version tells what it is, without a contract" {
  run_script -- version
  expect_status 0
  expect_words 'run_rep.sh' 'PostgreSQL'
  expect_nothing_made
}

@test "help tells the sub-commands, without a contract" {
  run_script -- help
  expect_status 0
  expect_words preflight health ready status version
  expect_nothing_made
}

@test "an unknown sub-command is a usage error" {
  run_script -- promote
  expect_status 64
  expect_words promote usage:
  expect_nothing_made
}

@test "an option is a usage error" {
  run_script -- --now
  expect_status 64
  expect_nothing_made
}

@test "an empty sub-command is a usage error" {
  run_contract -- ''
  expect_status 64
  expect_nothing_made
}

@test "two arguments are a usage error" {
  run_script -- run now
  expect_status 64
  expect_nothing_made
}

@test "health says no, with code 1, where nothing runs, and makes nothing" {
  run_contract -- health
  expect_status 1
  expect_nothing_made
}

@test "status takes options, and no other sub-command does" {
  for words in --yaml run '--json now'; do
    # shellcheck disable=SC2086 # one or two arguments
    run_contract -- status $words
    expect_status 64
    expect_words 'status takes --json, --prometheus and --master'
  done
  run_contract -- ready --json
  expect_status 64
  expect_nothing_made
}

@test "status tells what a run would do where nothing is, and makes nothing" {
  run_contract -- status
  expect_status 0
  expect_words 'role        down' 'restart     clone: ' 'holds no data'
  run_contract -- status --json
  expect_status 0
  expect_words '"does": "clone"' '"role": "down"'
  run_contract -- status --prometheus --master
  expect_status 0
  expect_words 'run_rep_up{replica="' '"} 0'
  expect_nothing_made
}

@test "status of what is not ours says that a run would refuse it, and touches nothing" {
  mkdir "$sandbox/pgdata"
  touch "$sandbox/pgdata/stranger"
  run_contract -- status
  expect_status 0
  expect_words 'restart     refuse (DATA_FOREIGN, exit 65): ' 'stranger and nothing of this script'
  [ "$(ls -A "$sandbox/pgdata")" = stranger ]
}

@test "status without the contract, where no run ever was, names what is missing" {
  run_script -- status
  expect_status 78
  expect_words 'POSTGRES_MASTER is not set in this shell' "call it in the task's directory or with its PGDATA_DIR"
  expect_nothing_made
}

@test "a script that was cut short in transfer runs nothing" {
  for keep in 30 45 60 75 90 99; do
    head -c $(($(wc -c <"$script") * keep / 100)) "$script" >"$sandbox/run_rep.sh"
    run_contract
    [ "$status" -ne 69 ]
    [[ $output != *inspect_master* ]]
    expect_nothing_made
  done
}
