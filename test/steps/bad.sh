# Steps that do harm. Each must be refused with its code (test/steps/steps.test.ts).

### E_STEP_DATA a signal file removed by a loop over a pattern
step_x() {
  for _x_file in "$pgdata"/*.signal; do
    rm -f -- "$_x_file"
  done
}

### E_STEP_DATA the marker by a name that is put together
step_x() {
  _x_name=signal
  rm -f -- "$pgdata/standby.$_x_name"
}

### E_STEP_DATA dd onto a file of the data
step_x() {
  dd if=/dev/null of="$pgdata/PG_VERSION"
}

### E_STEP_DATA a redirection onto a file of the data
step_x() {
  printf '' >"$pgdata/backup_label"
}

### E_STEP_DATA a line put to the end of the configuration
step_x() {
  printf 'work_mem = 1GB\n' >>"$pgdata/postgresql.conf"
}

### E_STEP_DATA a path that went through two variables
step_x() {
  _x_base=$pgdata
  _x_file=$_x_base/postmaster.pid
  rm -f -- "$_x_file"
}

### E_STEP_DATA a path that went through an argument
step_x() {
  drop "$pgdata/postmaster.pid"
}

drop() {
  rm -f -- "$1"
}

### E_STEP_DATA behind a cd
step_x() {
  cd "$pgdata"
  rm -f -- backup_label
}

### E_STEP_DATA behind a cd, in a subshell
step_x() {
  (
    cd "$store/replica" || exit 1
    touch outdated
  )
}

### E_STEP_DATA tee
step_x() {
  date | tee "$pgdata/date" >/dev/null
}

### E_STEP_DATA cp into the data
step_x() {
  cp /etc/hosts "$pgdata/pg_ident.conf"
}

### E_STEP_DATA ln into the data
step_x() {
  ln -s /dev/null "$pgdata/pg_wal/x"
}

### E_STEP_DATA other rights
step_x() {
  chmod -R a+r "$pgdata"
}

### E_STEP_DATA sed -i, by a constant of the model
step_x() {
  sed -e s/a/b/ /etc/hosts >pgdata/replica/data/x
}

### E_STEP_DATA found and removed
step_x() {
  find "$pgdata" -name '*.old' -exec rm {} +
}

### E_STEP_DATA found and removed through xargs
step_x() {
  find "$store" -name '*.old' | xargs rm -f
}

### E_STEP_DATA found and removed by a loop
step_x() {
  find "$pgdata" -name '*.old' | while IFS= read -r _x_file; do
    rm -f -- "$_x_file"
  done
}

### E_STEP_DATA sorted in place
step_x() {
  sort -o "$pgdata/pg_hba.conf" "$pgdata/pg_hba.conf"
}

### E_STEP_DATA truncated
step_x() {
  truncate -s 0 "$pgdata/current_logfiles"
}
### tools: truncate

### E_STEP_DATA unpacked
step_x() {
  tar -x -f /var/tmp/conf.tar -C "$pgdata"
}

### E_STEP_DATA by what the shell sets for a positional parameter
step_x() {
  set -- "$pgdata"/*
  rm -f -- "$1"
}

### E_STEP_DATA by a default
step_x() {
  rm -f -- "${pgdata:-/nowhere}/x"
}

### E_STEP_DATA a download into the data
step_x() {
  curl -fsS -o "$pgdata/pg_hba.conf" http://web01/pg_hba.conf || log WARN no
}

### E_STEP_DATA a name read from a list of the data's files
step_x() {
  ls "$pgdata" >"$work/list"
  _x_first=$(find "$pgdata" -name 'x*' | head -n 1)
  mkdir "$_x_first.d"
}

### E_STEP_CALL a part of the script's own work
step_x() {
  write_standby_marker "$pgdata"
}

### E_STEP_CALL a start of its own
step_x() {
  start_server
}

### E_STEP_CALL data removed by the script's own function
step_x() {
  remove_clone "$store/clone.1"
}

### E_STEP_EXIT the run ended as if all were well
step_x() {
  [ -e /etc/replica ] || exit 0
}

### E_STEP_EXIT a code that no table explains
step_x() {
  curl -fsS -o "$work/x" http://web01/ || exit 3
}

### E_STEP_SHELL a directory that lasts
step_x() {
  cd /tmp
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL a trap that takes the place of the script's
step_x() {
  trap 'rm -f /var/tmp/x' EXIT
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL set +e that lasts
step_x() {
  set +e
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL set -f that lasts
step_x() {
  set -f
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL a umask that lasts
step_x() {
  umask 000
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL IFS that lasts
step_x() {
  IFS=,
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL a function of the script that is gone
step_x() {
  unset -f fail
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL a descriptor that lasts
step_x() {
  exec 3>/var/tmp/x
  POSTGRES_MASTER=localhost
}
### after: contract

### E_STEP_SHELL the shell given away
step_x() {
  POSTGRES_MASTER=localhost
  exec sleep 1
}
### after: contract

### E_SHELL_EVAL an alias
step_x() {
  alias rm=true
}

### E_STEP_SIGNAL the script itself
step_x() {
  kill -s TERM "$$"
}

### E_STEP_SIGNAL the whole group
step_x() {
  kill 0
}

### E_STEP_SIGNAL by a variable
step_x() {
  _x_me=$$
  kill "$_x_me"
}

### E_STEP_SIGNAL the server, by the number in its file
step_x() {
  kill -s HUP "$(head -n 1 "$pgdata/postmaster.pid")"
}

### E_STEP_SIGNAL the server, by a number that was read
step_x() {
  read -r _x_pid <"$pgdata/postmaster.pid" || return 0
  kill -s HUP "$_x_pid"
}

### E_STEP_SIGNAL the server, by a name
step_x() {
  pkill postgres
}
### tools: pkill

### E_STEP_SIGNAL a child of the script
step_x() {
  kill "$child"
}

### E_STEP_PROGRAM a value in sed
step_x() {
  sed "s/NAME/$replica_name/" /etc/hosts
}

### E_STEP_PROGRAM a value in awk
step_x() {
  awk "\$1 == \"$RUN_USER\" { print }" /etc/passwd
}

### E_STEP_PROGRAM a value in SQL
step_x() {
  psql -X -w -d inventory -c "INSERT INTO replicas VALUES ('$replica_name')"
}

### E_STEP_PROGRAM a value in SQL of a here-document
step_x() {
  psql -X -w -d inventory <<SQL
INSERT INTO replicas VALUES ('$replica_name');
SQL
}

### E_STEP_PROGRAM a value in SQL through a pipe
step_x() {
  printf "SELECT '%s'\n" "$replica_name" | psql -X -w -d inventory
}

### E_STEP_PROGRAM a value in sh -c
step_x() {
  sh -c "echo $replica_name"
}

### E_STEP_PROGRAM a value in sh by a pipe
step_x() {
  printf 'echo %s\n' "$replica_name" | sh
}

### E_STEP_PROGRAM a name of a file in sh -c by xargs
step_x() {
  find /var/tmp -name 'x*' | xargs -I {} sh -c 'ls -l {}'
}

### E_STEP_PROGRAM a value for another host's shell
step_x() {
  ssh backup "touch /var/tmp/$replica_name"
}
### tools: ssh

### E_STEP_SECRET on a command line
step_x() {
  curl -fsS -H "Authorization: Bearer $API_TOKEN" http://127.0.0.1/ >/dev/null || log WARN no
}
### secrets: API_TOKEN

### E_STEP_SECRET through another variable
step_x() {
  _x_header="X-Key: $API_TOKEN"
  curl -fsS -H "$_x_header" http://127.0.0.1/ >/dev/null || log WARN no
}
### secrets: API_TOKEN

### E_STEP_SECRET written out
step_x() {
  curl -fsS -u admin:geheim http://127.0.0.1/ >/dev/null || log WARN no
}

### E_STEP_SECRET in a URL
step_x() {
  psql -X -w -d 'postgresql://app:geheim@db/app' -c 'SELECT 1' || log WARN no
}

### E_STEP_SECRET in a connection string
step_x() {
  psql -X -w -d "host=db password=geheim" -c 'SELECT 1' || log WARN no
}

### E_STEP_SECRET in the environment
step_x() {
  PGPASSWORD=geheim psql -X -w -d app -c 'SELECT 1' || log WARN no
}

### E_STEP_SECRET in the log
step_x() {
  log INFO "the token is $API_TOKEN"
}
### secrets: API_TOKEN

### E_STEP_SECRET from the password file
step_x() {
  _x_word=$(sed -n 's/.*://p' "$PGPASSFILE")
  curl -fsS -d "$_x_word" http://127.0.0.1/ >/dev/null || log WARN no
}

### E_STEP_PIPE fetched and unpacked
step_x() {
  curl -fsS http://web01/x.tar | tar -x -f - -C /var/tmp
}

### E_STEP_PIPE in a substitution
step_x() {
  _x_count=$(psql -X -w -A -t -d app -c 'SELECT 1' | tr -d ' ')
  log INFO "$_x_count"
}

### E_STEP_BACKGROUND a program left behind
step_x() {
  sleep 1000 &
}

### E_STEP_BACKGROUND in a session of its own
step_x() {
  setsid sleep 1000
}
### tools: setsid

### E_SHELL_MASTER a promotion
step_x() {
  psql -X -w -d postgres -c 'SELECT pg_promote()'
}

### E_SHELL_MASTER another master
step_x() {
  initdb -D /var/tmp/x
}

### E_SHELL_START a server of its own
step_x() {
  "$pg_bin"/postgres -D /var/tmp/x
}

### E_SHELL_MARKER a marker by its name
step_x() {
  touch /var/tmp/recovery.signal
}

### E_SHELL_TAKEN a variable of the script
step_x() {
  decision=clone
}

### E_STEP_DATA a tree removed by a path that is computed
step_x() {
  rm -rf -- "${work:?}/.."
}

### E_SHELL_UNQUOTED a value that is split
step_x() {
  ls $HOME
}

### E_SHELL_BASHISM an array
step_x() {
  _x_list=(a b)
  log INFO "${_x_list[0]}"
}
