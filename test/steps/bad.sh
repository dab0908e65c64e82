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

### E_SHELL_MASTER a promotion in a here-document
step_x() {
  psql -X -w -d postgres <<'SQL'
SELECT pg_promote();
SQL
}

### E_SHELL_MASTER a trigger file
step_x() {
  printf '%s\n' "promote_trigger_file = '/var/tmp/x'" >/var/tmp/replica.conf
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

### E_STEP_DATA all of the sandbox
step_x() {
  rm -rf -- *
}

### E_STEP_DATA the sandbox by a variable, and on from there
step_x() {
  _x_root=$sandbox
  _x_dir=$_x_root/pgdata/replica
  rm -rf -- "$_x_dir"
}

### E_STEP_DATA a pattern that begins in the sandbox
step_x() {
  rm -f -- ./p?data/replica/data/*.opts
}

### E_STEP_DATA from the directory for work up again
step_x() {
  touch "$work/../replica/outdated"
}

### E_STEP_DATA a cd in a function of its own
step_x() {
  _x_go
  rm -f postmaster.opts
}

_x_go() {
  cd "$pgdata"
}

### E_STEP_DATA through a link that the step makes
step_x() {
  ln -sfn "$pgdata" /var/tmp/current
  rm -f /var/tmp/current/postmaster.opts
}

### E_STEP_DATA a list of names in a file of its own
step_x() {
  find "$pgdata" -name '*.old' >"$work/list"
  while IFS= read -r _x_f; do
    rm -f -- "$_x_f"
  done <"$work/list"
}

### E_STEP_DATA by a default that is assigned
step_x() {
  : "${_x_target:=$pgdata/global}"
  touch "$_x_target/pg_internal.init"
}

### E_STEP_DATA by a function's answer
step_x() {
  _x_file=$(_x_name)
  rm -f -- "$_x_file"
}

_x_name() {
  printf '%s\n' "$pgdata/postmaster.opts"
}

### E_STEP_DATA by an option
step_x() {
  _x_main -d "$pgdata"
}

_x_main() {
  OPTIND=1
  while getopts d: _x_opt; do
    case $_x_opt in
      d) rm -f -- "$OPTARG/postmaster.opts" ;;
      *) ;;
    esac
  done
}

### E_STEP_DATA an archive unpacked where the step is
step_x() {
  cd "${pgdata:?}" && unzip -o /tmp/x.zip
}
### tools: unzip

### E_STEP_DATA sh -c with the data as an argument
step_x() {
  sh -c 'cd "$1" && rm -f postmaster.opts' sh "$pgdata"
}

### E_STEP_DATA sh -c with the data in its environment
step_x() {
  TARGET=$pgdata sh -c 'rm -f "$TARGET/postmaster.opts"'
}

### E_STEP_DATA sh -c behind xargs
step_x() {
  find "$pgdata" -name '*.old' | xargs sh -c 'rm -f "$@"' sh
}

### E_STEP_DATA behind a program that runs others
step_x() {
  ionice -c 3 rm -f "$pgdata/x"
}
### tools: ionice

### E_STEP_DATA find with two commands
step_x() {
  find "$pgdata" -type f -name x -exec grep -q y {} \; -exec rm -f {} \;
}

### E_STEP_DATA a wrapper that is given the directory and the command
step_x() {
  _x_in "$pgdata" rm -f a b
}

_x_in() {
  cd "$1" || return 1
  shift
  "$@"
}

### E_STEP_DATA in the environment of a program
step_x() {
  TARGET=$pgdata/postmaster.opts python3 -c 'import os; os.remove(os.environ["TARGET"])'
}
### tools: python3

### E_STEP_DATA a tree that may be anywhere
step_x() {
  read -r _x_d </etc/old_dir
  rm -rf -- "${_x_d:?}"
}

### E_STEP_DATA a tree whose name may be empty
step_x() {
  rm -rf -- "/var/tmp/$replica_name"
}

### E_STEP_DATA the log of psql
step_x() {
  psql -X -w -d postgres -L "$pgdata/psql.log" -c 'SELECT 1' || log WARN no
}

### E_STEP_EXIT exit in a trap
step_x() {
  trap 'exit 0' EXIT
  false
}

### E_STEP_SHELL set behind command
step_x() {
  command set +eu
  POSTGRES_MASTER=$(cat /etc/master)
}
### after: contract

### E_STEP_SHELL IFS read from a file
step_x() {
  read -r IFS </etc/sep
  POSTGRES_MASTER=$(cat /etc/master)
}
### after: contract

### E_STEP_SHELL IFS by a loop
step_x() {
  for IFS in : ,; do
    log INFO x
  done
  POSTGRES_MASTER=$(cat /etc/master)
}
### after: contract

### E_STEP_SIGNAL the parent of sh -c
step_x() {
  sh -c 'kill -s TERM "$PPID"'
}

### E_STEP_SIGNAL whatever ps lists
step_x() {
  ps -A -o pid= -o comm= | while read -r _x_pid _x_name; do
    case $_x_name in
      postgres) kill "$_x_pid" ;;
      *) ;;
    esac
  done
}

### E_STEP_SIGNAL every process
step_x() {
  kill -s TERM -1
}

### E_STEP_SIGNAL through xargs
step_x() {
  pgrep -f run_rep | xargs kill
}
### tools: pgrep

### E_STEP_SIGNAL in a loop over numbers
step_x() {
  for _x_p in "$$" "$PPID"; do
    kill -s CONT "$_x_p"
  done
}

### E_STEP_PROGRAM a program for sed by standard input
step_x() {
  sed -f /dev/stdin /etc/template <<EOF
s/@U@/$RUN_USER/
EOF
}

### E_STEP_PROGRAM a program for awk in a file of its own
step_x() {
  cat >"$work/p.awk" <<EOF
\$1 == "$RUN_USER" { print }
EOF
  awk -f "$work/p.awk" /etc/passwd
}

### E_STEP_PROGRAM a script of its own making
step_x() {
  printf 'echo %s\n' "$replica_name" >"$work/run.sh"
  sh "$work/run.sh"
}

### E_STEP_PROGRAM SQL by a function and a pipe
step_x() {
  _x_sql | psql -X -w -d inventory || log WARN no
}

_x_sql() {
  printf "INSERT INTO r VALUES ('%s');\n" "$replica_name"
}

### E_STEP_PROGRAM SQL with what was read
step_x() {
  while read -r _x_t; do
    psql -X -w -d postgres -c "VACUUM $_x_t" || log WARN no
  done </etc/tables
}

### E_STEP_PROGRAM a variable of psql without quotes
step_x() {
  psql -X -w -d inventory -v n="$replica_name" <<'SQL' || log WARN no
DELETE FROM replica WHERE name = :n;
SQL
}

### E_STEP_PROGRAM a field that awk gives to a shell
step_x() {
  awk '{ system("ping -c 1 " $1) }' /etc/hosts
}

### E_STEP_PROGRAM eval in sh -c
step_x() {
  sh -c 'eval "$1"' sh "echo $replica_name"
}

### E_STEP_PROGRAM SQL filled in by xargs
step_x() {
  cut -d : -f 1 /etc/passwd | xargs -I {} psql -X -w -d inventory -c "SELECT '{}'" || log WARN no
}

### E_STEP_PROGRAM SQL by set --
step_x() {
  set -- -X -w -d postgres -c "SELECT '$RUN_USER'"
  psql "$@" || log WARN no
}

### E_STEP_PROGRAM SQL through an argument
step_x() {
  _x_query "SELECT count(*) FROM r WHERE n = '$replica_name'"
}

_x_query() {
  psql -X -w -d inventory -A -t -c "$1" || log WARN no
}

### E_STEP_SECRET a password next to -u
step_x() {
  curl -fsS -ureplica:hunter2 https://web01/x -o /var/tmp/x
}
### tools: curl

### E_STEP_SECRET a password by an option
step_x() {
  wget -q --http-user=replica --http-password=hunter2 -O /var/tmp/x https://web01/x
}
### tools: wget

### E_STEP_SECRET PGPASSWORD exported
step_x() {
  export PGPASSWORD=pw
  psql -X -w -h pg1 -c 'SELECT 1' || log WARN no
}

### E_STEP_SECRET a secret exported
step_x() {
  export API_TOKEN
  ls
}
### secrets: API_TOKEN

### E_STEP_SECRET set -x with a secret
step_x() {
  set -x
  printf '%s' "$API_TOKEN" >"$work/t"
}
### secrets: API_TOKEN

### E_STEP_SECRET a secret from its file
step_x() {
  _x_auth=$(cat /run/secrets/api_token)
  curl -fsS -H "X-Auth: $_x_auth" http://web01/ -o /var/tmp/x
}

### E_STEP_SECRET a connection string in a variable
step_x() {
  _x_dsn="host=db user=app password=hunter2"
  psql -X -w -d "$_x_dsn" -c 'SELECT 1' || log WARN no
}

### E_STEP_SECRET a secret in a here-document for the log
step_x() {
  cat <<EOF
token $API_TOKEN
EOF
}
### secrets: API_TOKEN

### E_STEP_PIPE a function of its own that fetches
step_x() {
  _x_fetch | sort >/var/tmp/list
}

_x_fetch() {
  curl -fsS https://web01/list
}
### tools: curl

### E_STEP_PIPE a subshell that fetches
step_x() {
  (cd /var/tmp && curl -fsS http://web01/list) | sort >/var/tmp/list
}

### E_STEP_PIPE a pipeline in sh -c
step_x() {
  sh -c 'curl -fsS http://web01/x.tar | tar -x -f -'
}

### E_STEP_PIPE the body of a loop
step_x() {
  while read -r _x_u; do
    curl -fsS "$_x_u"
  done </etc/urls | sort >/var/tmp/all
}

### E_STEP_BACKGROUND a job of sh -c
step_x() {
  sh -c 'sleep 1000 &'
}

### E_STEP_BACKGROUND a program that makes a daemon
step_x() {
  daemonize /usr/bin/exporter
}
### tools: daemonize

### E_STEP_BACKGROUND a job of a subshell, waited for elsewhere
step_x() {
  (sleep 1000 &)
  wait
}

### E_STEP_BACKGROUND a job in the script's own shell
step_x() {
  sleep 1 &
  POSTGRES_PORT=5433
  wait
}
### after: contract

### E_STEP_STATUS a test with a consequence, last
step_x() {
  cat /etc/hosts >"$work/hosts"
  [ -s "$work/hosts" ] && log INFO 'there are hosts'
}

### E_STEP_STATUS a test in the last round of a loop
step_x() {
  for _x_file in /etc/hosts /etc/passwd; do
    [ -L "$_x_file" ] && log INFO "$_x_file is a link"
  done
}

### E_STEP_STATUS a program that may not be there, in a branch
step_x() {
  if [ -d /srv ]; then
    have curl && log INFO 'there is curl'
  else
    log INFO 'no /srv'
  fi
}

### E_STEP_STATUS in a function that is called as a plain command
step_x() {
  tell_links
  log INFO 'done'
}

tell_links() {
  while IFS= read -r _tell_name; do
    case $_tell_name in
      /*) [ -L "$_tell_name" ] && [ -e "$_tell_name" ] && log INFO "$_tell_name" ;;
      *) ;;
    esac
  done <"$work/names"
}

### E_STEP_STATUS a subshell
step_x() {
  (cd /srv && [ -f list ] && cat list)
  log INFO 'done'
}

### E_STEP_STATUS a substitution
step_x() {
  _x_list=$([ -f /srv/list ] && cat /srv/list)
  log INFO "$_x_list"
}

### E_STEP_STATUS a group of questions, and what is not there
step_x() {
  { [ -f /srv/a ] || ! grep -q b /srv/b; } && log INFO 'something'
}

### E_STEP_BOUNDED a status that is never that of the program
step_x() {
  bounded 5 curl -fsS -o "$work/answer" http://web01/ || fail AGENT 'no answer'
  log INFO "$status"
}

### E_STEP_BOUNDED a condition that is always true
step_x() {
  if bounded 5 curl -fsS -o "$work/answer" http://web01/; then
    log INFO "$status"
  fi
}

### E_STEP_BOUNDED no look at the status
step_x() {
  bounded 5 curl -fsS -o "$work/answer" http://web01/
  log INFO 'asked'
}

### E_STEP_BOUNDED a look in another process
step_x() {
  _x_answer=$(bounded 5 curl -fsS http://web01/)
  [ "$status" -eq 0 ] || fail AGENT 'no answer'
  log INFO "$_x_answer"
}

### E_STEP_BOUNDED a function of its own, asked by another
step_x() {
  ask || fail AGENT 'no answer'
}

ask() {
  bounded 5 curl -fsS -o "$work/answer" http://web01/
}

### E_STEP_BOUNDED a function is no program
step_x() {
  bounded 5 ask
  [ "$status" -eq 0 ] || fail AGENT 'no answer'
}

ask() {
  curl -fsS -o "$work/answer" http://web01/
}

### E_SHELL_QUOTE a promotion in what looks like quotes
step_x() {
  cat >"$work/note" <<EOF
owner = ${RUN_USER:+'$(pg_ctl promote -D "$PGDATA_DIR")'}
EOF
}

### E_SHELL_QUOTE the same in the text of a shell
step_x() {
  sh -s "$pgdata" <<'IN'
cat <<EOF
${HOME:+'$(rm -rf -- "$1")'}
EOF
IN
}

### E_STEP_STATUS one of two tests
step_x() {
  [ -d /srv/a ] || [ -d /srv/b ] && log INFO 'one is there'
}

### E_STEP_WORK the directory for work before it is there
### after: claim
step_x() {
  printf x >"$work/a"
}

### E_STEP_WORK a cd into what is not there
### after: contract
step_x() {
  cd "$work"
  rm -rf ./*
}

### E_STEP_WORK a tree in it, by a function
### after: look_at_data
step_x() {
  x_clean
}

x_clean() {
  rm -rf -- "${work}"/*
}

### E_STEP_WORK by a default
### after: preflight
step_x() {
  _x_place=${work:-/tmp}
  ls "$_x_place"
}

### E_STEP_WORK the shell of sh -c has none
step_x() {
  sh -c 'printf x >"$work/a"'
}

### E_STEP_DATA a tree in a directory that the shell of sh -c does not know
step_x() {
  _x_cache=/var/cache/x
  ls "$_x_cache"
  sh -c 'rm -rf -- "$_x_cache"/*'
}

### E_STEP_DATA a tree below what may be empty
step_x() {
  rm -rf -- "${TMPDIR:-}"/*
}
