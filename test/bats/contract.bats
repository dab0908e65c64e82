load helper

@test "every missing variable is named at once" {
  run_script EXIT_PAUSE=0 --
  expect_status 78
  expect_words POSTGRES_MASTER POSTGRES_REPUSER RUN_USER
  expect_only_log_lines
  expect_nothing_made
}

@test "every malformed variable is named at once" {
  run_contract 'POSTGRES_MASTER=a b' PORT0=0 POSTGRES_PORT=x RUN_USER=root CONFIG_URL=ftp://x PGDATA_DIR=../x \
    PGPASSFILE=relative PGSSLMODE=maybe MASTER_WAIT=-1 EXIT_PAUSE=1.5 PGCONNECT_TIMEOUT=0 PGSSLROOTCERT=systems \
    PGSSLCRL=relative PGSSLMINPROTOCOLVERSION=1.2 PGSSLNEGOTIATION=tls PGGSSENCMODE=on PGCHANNELBINDING=required \
    PGREQUIREAUTH=scram
  expect_status 78
  expect_words POSTGRES_MASTER PORT0 POSTGRES_PORT RUN_USER CONFIG_URL PGDATA_DIR PGPASSFILE PGSSLMODE \
    MASTER_WAIT EXIT_PAUSE PGCONNECT_TIMEOUT PGSSLROOTCERT PGSSLCRL PGSSLMINPROTOCOLVERSION PGSSLNEGOTIATION \
    PGGSSENCMODE PGCHANNELBINDING PGREQUIREAUTH
  expect_only_log_lines
  expect_nothing_made
}

@test "the seed's own variables and a passfile are enough" {
  run_script POSTGRES_MASTER=127.0.0.1:1 POSTGRES_REPUSER=replicator "RUN_USER=$user" PORT0=30999 \
    "PGPASSFILE=$sandbox/passfile" MASTER_WAIT=0 EXIT_PAUSE=0 --
  expect_status 69
}

@test "PGPASSWORD is refused and not shown" {
  run_contract PGPASSWORD=hunter2
  expect_status 78
  expect_words PGPASSWORD
  [[ $output != *hunter2* ]]
  expect_nothing_made
}

@test "a RUN_USER that does not exist here is refused" {
  run_contract RUN_USER=no_such_user
  expect_status 78
  expect_words no_such_user
  expect_nothing_made
}

@test "preflight finds the same faults" {
  run_contract PORT0=nonsense -- preflight
  expect_status 78
  expect_words PORT0
  expect_nothing_made
}

@test "a permanent failure pauses for EXIT_PAUSE, more or less, preflight does not" {
  in_the_moment sleep "echo \"\$1\" >>$sandbox/slept; exit"
  run_contract EXIT_PAUSE=3600 RUN_USER=no_such_user -- preflight
  expect_status 78
  [ ! -e "$sandbox/slept" ]
  run_contract EXIT_PAUSE=3600 RUN_USER=no_such_user
  expect_status 78
  expect_words pausing
  local slept
  slept=$(<"$sandbox/slept")
  [ "$slept" -ge 1800 ]
  [ "$slept" -le 5400 ]
}

@test "PORT0 is one port and nothing else" {
  for value in 0 65536 05432 ' 5432' '5432 ' 5432x 0x1538 31000,31001 $'5432\n5433' $'5432\n'; do
    run_contract "PORT0=$value"
    expect_status 78
    expect_words PORT0
    expect_nothing_made
  done
}

@test "what may hold a password is not shown" {
  run_contract POSTGRES_MASTER=postgres://rep:s3cret@db CONFIG_URL=http://deploy:s3cret@web01/conf
  expect_status 78
  expect_words POSTGRES_MASTER CONFIG_URL
  [[ $output != *s3cret* ]]
}

@test "a password file that is a symbolic link is judged by what it points to" {
  mv "$sandbox/passfile" "$sandbox/real"
  ln -s real "$sandbox/passfile"
  run_contract
  expect_status 69
}

@test "a password file that others may read is copied" {
  chmod 644 "$sandbox/passfile"
  run_contract
  expect_status 69
  expect_words "others may access $sandbox/passfile"
}
