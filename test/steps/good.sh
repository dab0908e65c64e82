# Steps that a careful operator writes. Each must pass without a finding (test/steps/steps.test.ts).

### a loop over words that it sets itself
step_x() {
  set -- 10.0.0.1 10.0.0.2
  for _x_host in "$@"; do
    ignore ping -c 1 "$_x_host"
  done
}
### tools: ping

### arguments handed to a function of its own
step_x() {
  tell_all one 'two words'
}

tell_all() {
  for _tell_word in "$@"; do
    log INFO "$_tell_word"
  done
}

### a wrapper of its own
step_x() {
  quietly mkdir -p /var/tmp/metrics
}

quietly() {
  "$@" >/dev/null 2>&1 || log WARN "$1 failed"
}

### another directory, in a subshell
step_x() {
  (
    cd /etc || exit 1
    ls
  )
}

### another directory, for the rest of the step
step_x() {
  cd /tmp
  date >run_rep.last
}

### a umask of its own
step_x() {
  umask 022
  printf '%s\n' "$replica_name" >/var/tmp/replica.name
}

### a file for the time of the step, removed by a trap
step_x() {
  _x_file=/var/tmp/run_rep_x.$$
  trap 'rm -f -- "$_x_file"' EXIT
  date >"$_x_file"
  wc -l "$_x_file" >/dev/null
}

### a small file in the directory for work
step_x() {
  df -P -k /tmp >"$work/df"
  awk 'NR == 2 { print $4 }' "$work/df"
}

### fields of a line, by IFS
step_x() {
  while IFS=: read -r _x_name _x_rest; do
    [ "$_x_name" != "$RUN_USER" ] || log INFO "home and shell: $_x_rest"
  done </etc/passwd
}

### IFS changed and set back
step_x() {
  _x_ifs=$IFS
  IFS=,
  set -f
  for _x_part in a,b,c; do
    log INFO "$_x_part"
  done
  set +f
  IFS=$_x_ifs
}

### failures looked at one by one, with set +e
step_x() {
  set +e
  mkdir /var/tmp/once 2>/dev/null
  set -e
}

### a value for awk
step_x() {
  awk -v want="$RUN_USER" -F : '$1 == want { print $6 }' /etc/passwd
}

### a pattern that is a constant of the file
x_pattern='^[a-z]'

step_x() {
  sed -n "/$x_pattern/p" /etc/hostname
}

### a number in a program of sed
step_x() {
  _x_line=$((1 + 1))
  sed -n "$((_x_line + 1))p" /etc/services
}

### values for psql by -v
step_x() {
  psql -X -w -d postgres -v name="$replica_name" <<'SQL' || log WARN 'the inventory does not answer'
INSERT INTO replicas (name) VALUES (:'name');
SQL
}

### an argument for sh -c
step_x() {
  sh -c 'printf "%s\n" "$1"' sh "$replica_name"
}

### find that hands names on
step_x() {
  find /var/tmp -name 'replica.*' -exec sh -c 'for f; do ls -l "$f"; done' sh {} +
}

### a look into the data directory
step_x() {
  read -r _x_major <"$pgdata/PG_VERSION" || _x_major=
  [ "$_x_major" != 10 ] || log WARN 'this major is old'
}

### how large the data are
step_x() {
  _x_size=$(du -s -k "$pgdata" | cut -f 1)
  log INFO "$_x_size kB"
}

### a grep in the configuration of the clone
step_x() {
  if grep -q '^shared_preload_libraries' "$pgdata/postgresql.conf"; then
    log INFO 'libraries are loaded'
  fi
}

### a loop over files of the data, which are only read
step_x() {
  for _x_file in "$pgdata"/*.conf; do
    [ -f "$_x_file" ] || continue
    wc -l "$_x_file"
  done
}

### a copy of a file out of the data
step_x() {
  cp -- "$pgdata/postgresql.conf" /var/tmp/postgresql.conf.seen
}

### a checksum of what is there
step_x() {
  cksum "$pgdata/postgresql.conf" >"$work/sum"
}

### WAL files counted
step_x() {
  _x_count=$(ls -- "$pgdata/pg_wal" | grep -c '^0')
  log INFO "$_x_count WAL files"
}

### free space, judged
step_x() {
  _x_mb=$(free_mb "$store")
  [ "${_x_mb:-0}" -ge 100 ] || fail NO_SPACE "only $_x_mb MB left"
}

### room asked for
step_x() {
  need_room /var/tmp 10
}

### a program that must end in time
step_x() {
  bounded 10 curl -fsS -o "$work/answer" http://127.0.0.1:8500/v1/status/leader
  [ "$status" -eq 0 ] || log WARN 'the catalogue gave no answer'
}

### a download to a file, then unpacked
step_x() {
  curl -fsS -o "$work/ca.pem" http://web01/ca.pem || fail CONFIG_AWAY 'no certificates at web01'
  grep -q BEGIN "$work/ca.pem" || fail CONFIG_WRONG 'that is no certificate'
}

### a pipeline whose first command says when it fails
step_x() {
  { curl -fsS http://web01/list || log WARN 'no list'; } | while IFS= read -r _x_line; do
    log INFO "$_x_line"
  done
}

### a pipeline whose first command may fail
step_x() {
  ignore curl -fsS http://web01/list | wc -l
}

### pipelines of filters
step_x() {
  printf '%s\n' b a b | sort | uniq -c | sed 's/^ *//'
}

### processes by ps and grep
step_x() {
  ps -A -o args= | grep -c '[n]ginx' >"$work/count" || :
}

### free space by df and awk
step_x() {
  _x_free=$(df -P -k /tmp | awk 'NR == 2 { print $4 }')
  log INFO "$_x_free kB left in /tmp"
}

### does another program of the operator's live
step_x() {
  read -r _x_pid 2>/dev/null </run/exporter.pid || return 0
  kill -0 "$_x_pid" 2>/dev/null || log WARN 'the exporter does not run'
}

### a signal to a program of the operator's
step_x() {
  if read -r _x_pid </run/exporter.pid; then
    ignore kill -s HUP "$_x_pid"
  fi
}

### a secret by standard input
step_x() {
  printf 'header = "Authorization: Bearer %s"\n' "$API_TOKEN" \
    | curl -fsS -K - -o "$work/answer" http://127.0.0.1:8500/ || log WARN 'not told'
}
### secrets: API_TOKEN

### a secret in a file of its own
step_x() {
  umask 077
  printf '%s\n' "$API_TOKEN" >"$work/token"
  curl -fsS -H "@$work/token" http://127.0.0.1:8500/ >/dev/null || log WARN 'not told'
}
### secrets: API_TOKEN

### is a secret there at all
step_x() {
  [ -n "${API_TOKEN:-}" ] || log WARN 'API_TOKEN is not set'
}
### secrets: API_TOKEN

### the number of its characters
step_x() {
  log INFO "a token of ${#API_TOKEN} characters"
}
### secrets: API_TOKEN

### the password file is asked for, not read
step_x() {
  [ -r "$PGPASSFILE" ] || fail PASSFILE "no password file $PGPASSFILE"
  ls -l "$PGPASSFILE" >/dev/null
}

### the master found by a name service, for the script
step_x() {
  _x_answer=$(getent hosts master.db | awk '{ print $1; exit }')
  if [ -n "$_x_answer" ]; then
    POSTGRES_MASTER=$_x_answer
  fi
}
### after: contract

### a variable for PostgreSQL itself
step_x() {
  MALLOC_ARENA_MAX=2
  export MALLOC_ARENA_MAX
}
### after: contract

### one of the two, in a case
step_x() {
  case ${PGSSLMODE:-} in
    verify-full) ;;
    *) log WARN 'the certificate of the master is not verified' ;;
  esac
}

### a counter with an end
step_x() {
  _x_tries=0
  until pg_isready -q -h 127.0.0.1 -p 6432; do
    _x_tries=$((_x_tries + 1))
    [ "$_x_tries" -lt 5 ] || return 0
    pause 1
  done
}

### options read by getopts
step_x() {
  parse_words -n 3 -v
}

parse_words() {
  OPTIND=1
  while getopts n:v _parse_letter; do
    case $_parse_letter in
      n) log INFO "n is $OPTARG" ;;
      v) log INFO verbose ;;
      *) return 1 ;;
    esac
  done
}

### text in a here-document to a file
step_x() {
  cat >"$work/report" <<TEXT
replica $replica_name on port $PORT0
TEXT
}

### a message of several words, by printf
step_x() {
  printf '%s %s\n' "$RUN_USER" "$PORT0" >&2
}

### the shell's own tests
step_x() {
  if [ -d /etc/ssl ] && [ ! -L /etc/ssl ]; then
    log INFO 'certificates are here'
  elif [ -e /etc/pki ]; then
    log INFO 'certificates are there'
  fi
}

### a string cut up by the shell
step_x() {
  _x_host=${POSTGRES_MASTER%%,*}
  _x_host=${_x_host%:*}
  log INFO "the first host is ${_x_host:-unknown}"
}

### a lock directory, with its end
step_x() {
  _x_lock=/var/tmp/announce.lock
  mkdir "$_x_lock" 2>/dev/null || return 0
  ignore rmdir "$_x_lock"
}

### an older copy of its own file replaced in one step
step_x() {
  printf '%s\n' "$replica_name" >/var/tmp/replica.new
  mv -- /var/tmp/replica.new /var/tmp/replica.name
}

### a function with an answer
step_x() {
  if is_weekend; then
    log INFO 'a quiet day'
  fi
}

is_weekend() {
  case $(date +%u) in
    6 | 7) return 0 ;;
    *) return 1 ;;
  esac
}

### substitutions within each other
step_x() {
  _x_name=$(basename "$(dirname "$script")")
  log INFO "started from $_x_name"
}

### an archive of the configuration
step_x() {
  tar -c -f "$work/conf.tar" -C "$pgdata" postgresql.conf || log WARN 'no archive'
}
### tools: tar

### numbers compared
step_x() {
  if [ "$PORT0" -lt 1024 ]; then
    fail CONTRACT 'a port below 1024 is not ours'
  fi
}

### a value of psql taken over
step_x() {
  if _x_count=$(psql -X -w -A -t -d inventory -c 'SELECT count(*) FROM replicas'); then
    log INFO "$_x_count replicas are known"
  fi
}
