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
  expect_words preflight health version
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

@test "a script that was cut short in transfer runs nothing" {
  for keep in 30 45 60 75 90 99; do
    head -c $(($(wc -c <"$script") * keep / 100)) "$script" >"$sandbox/run_rep.sh"
    run_contract
    [ "$status" -ne 69 ]
    [[ $output != *inspect_master* ]]
    expect_nothing_made
  done
}
