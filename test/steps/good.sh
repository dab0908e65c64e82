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

### a metrics file, replaced in one step
step_x() {
  _x_dir=/var/lib/node_exporter/textfile
  [ -d "$_x_dir" ] || return 0
  cat >"$_x_dir/replica.prom.$$" <<EOF
# HELP pg_replica_up start of the replica
# TYPE pg_replica_up gauge
pg_replica_start_time{name="$replica_name",port="$PORT0"} $(date +%s)
EOF
  chmod 0644 "$_x_dir/replica.prom.$$"
  mv -f -- "$_x_dir/replica.prom.$$" "$_x_dir/replica.prom"
}

### a download, kept only if it is not empty
step_x() {
  _x_tmp=/var/tmp/blacklist.$$
  if curl --fail --silent --show-error --max-time 30 --output "$_x_tmp" https://web01/blacklist; then
    if [ -s "$_x_tmp" ]; then
      mv -f -- "$_x_tmp" /var/tmp/blacklist
    else
      rm -f -- "$_x_tmp"
    fi
  else
    rm -f -- "$_x_tmp"
    log WARN 'no new blacklist'
  fi
}
### tools: curl

### options read by getopts from words of its own
step_x() {
  OPTIND=1
  set -- -a -b value rest
  while getopts ab: _x_opt; do
    case $_x_opt in
      a) log INFO a ;;
      b) log INFO "b is $OPTARG" ;;
      *) fail CONTRACT 'no such option' ;;
    esac
  done
  shift $((OPTIND - 1))
  log INFO "left: $1"
}

### a temporary directory of mktemp, removed by a trap
step_x() {
  _x_tmp=$(mktemp -d) || fail STEP_FAILED 'no temporary directory'
  trap 'rm -rf -- "$_x_tmp"' EXIT
  df -P -k >"$_x_tmp/df"
  sort "$_x_tmp/df" >/dev/null
}
### tools: mktemp

### old files of its own, found and removed
step_x() {
  find /var/backups/pg -type f -name '*.gz' -mtime +30 -exec rm -f -- {} +
}

### programs that run others, and only read
step_x() {
  nice -n 19 ionice -c 3 find "$pgdata/base" -type f -exec cat {} + >/dev/null
}
### tools: ionice

### two downloads at once, both waited for
step_x() {
  curl -fsS -o /var/tmp/a https://web01/a &
  _x_a=$!
  curl -fsS -o /var/tmp/b https://web01/b &
  _x_b=$!
  wait "$_x_a" || fail CONFIG_AWAY a
  wait "$_x_b" || fail CONFIG_AWAY b
}
### tools: curl

### an end to a child of its own
step_x() {
  sleep 30 &
  kill "$!"
  wait || :
}

### a subshell in the data directory that may end early
step_x() {
  (
    cd "$pgdata" || exit 1
    cksum PG_VERSION global/pg_control
  ) >/var/tmp/sums
}

### sh -c within find, which only reads
step_x() {
  find "$pgdata/base" -type f -exec sh -c '
    for file in "$@"; do
      cat "$file" >/dev/null || exit 1
    done' sh {} +
}

### in the data directory, with what is written elsewhere
step_x() {
  cd "$pgdata" || return 1
  cksum postgresql.conf pg_hba.conf >/var/tmp/conf.sums
}

### a directory of its own, emptied
step_x() {
  mkdir -p /var/tmp/x
  cd /var/tmp/x
  rm -rf -- ./*
}

### a tree in the directory for work
step_x() {
  mkdir -p "$work/x"
  rm -rf -- "$work/x"
}

### logs of its own, each renamed to the next
step_x() {
  _x_n=4
  while [ "$_x_n" -gt 0 ]; do
    if [ -f "/var/log/x.log.$_x_n" ]; then
      mv -f "/var/log/x.log.$_x_n" "/var/log/x.log.$((_x_n + 1))"
    fi
    _x_n=$((_x_n - 1))
  done
}

### a tree whose name is an argument
step_x() {
  _x_clean /var/tmp/x
}

_x_clean() {
  rm -rf -- "$1"
}

### psql, with values as text and as numbers
step_x() {
  psql -X -w -d inventory -v name="$replica_name" -v port="$PORT0" <<'SQL' || log WARN no
SELECT now()::date, :'name'::text, :'port'::int, '12:30'::time;
SQL
}

### awk that gives a constant command its lines
step_x() {
  awk '{ print $1 | "sort -u" }' /etc/hosts
}

### a secret by a file for one header
step_x() {
  printf 'Authorization: Bearer %s\n' "$API_TOKEN" >"$work/header"
  curl -fsS -H "@$work/header" -o /var/tmp/x https://web01/x
  rm -f "$work/header"
}
### tools: curl
### secrets: API_TOKEN

### a pipeline that a function of its own feeds
step_x() {
  _x_lines | sort >/var/tmp/lines
}

_x_lines() {
  printf '%s\n' c b a
  df -P | awk '{ print $1 }'
}

### a function that leaves the directory in a substitution
step_x() {
  _x_found=$(_x_look) || return 0
  POSTGRES_MASTER=$_x_found
}

_x_look() {
  cd /etc/run_rep || return 1
  cat master
}
### after: contract

### a wrapper of psql with further arguments
step_x() {
  _x_sql -v name="$replica_name" -f /etc/run_rep/a.sql
  _x_sql -A -t -c 'SELECT 1'
}

_x_sql() {
  psql -X -w -d inventory -v ON_ERROR_STOP=1 "$@" || log WARN 'no inventory'
}

### a function that is given what it reads and where it writes
step_x() {
  _x_save "$pgdata/postgresql.conf" /var/backups/pg
}

_x_save() {
  mkdir -p "$2"
  cp -p "$1" "$2/"
}

### each file of the data copied under its own name
step_x() {
  for _x_f in "$pgdata"/*.conf; do
    cp -p "$_x_f" "/var/backups/pg/${_x_f##*/}"
  done
}

### a count of files of the data in a text
step_x() {
  _x_n=$(ls "$pgdata/pg_wal" | wc -l)
  printf 'pg_wal_files %d\n' "$_x_n" >/var/tmp/wal.prom
}

### blanks cut off at both ends
step_x() {
  _x_s='  hello  '
  _x_s=${_x_s#"${_x_s%%[! ]*}"}
  _x_s=${_x_s%"${_x_s##*[! ]}"}
  log INFO "[$_x_s]"
}

### a secret's digest
step_x() {
  _x_sum=$(printf '%s' "$API_TOKEN" | sha256sum | cut -c 1-8)
  log INFO "the token's digest begins with $_x_sum"
}
### secrets: API_TOKEN
### tools: sha256sum

### a proxy for curl, in small letters
step_x() {
  if [ -r /etc/proxy ]; then
    read -r http_proxy </etc/proxy || return 0
    export http_proxy
  fi
}
### after: contract

### several substitutions in one message
step_x() {
  log INFO "$(uname -s) $(uname -r) on $(uname -m)"
}

### a FIFO with a reader in the background
step_x() {
  _x_fifo=$work/fifo
  mkfifo "$_x_fifo"
  sort <"$_x_fifo" >/var/tmp/sorted &
  printf '%s\n' b a >"$_x_fifo"
  wait
}

### one function for the data and one for what is its own
step_x() {
  _x_size "$pgdata"
  _x_clear /var/tmp/x
}

_x_size() {
  du -sk "$1" >/var/tmp/size
}

_x_clear() {
  rm -rf -- "$1"
}

### a label before the output of a command
step_x() {
  _x_with_label size du -sk "$pgdata"
}

_x_with_label() {
  _x_label=$1
  shift
  printf '%s: ' "$_x_label"
  "$@"
}

### a test with a consequence, where the status is not the end
step_x() {
  [ -L /srv/a ] && log INFO 'a link'
  is_there_x /srv/a && log INFO 'it is there'
  for _x_file in /srv/b /srv/c; do
    [ -f "$_x_file" ] && log INFO "$_x_file"
  done
  while :; do
    [ -e /srv/d ] && break
    sleep 1
  done
}

is_there_x() {
  [ -e "$1" ] && [ ! -L "$1" ]
}

### a list that may fail, last
step_x() {
  mkdir -p /var/tmp/x && cp /etc/hosts /var/tmp/x/
}

### a test that decides between two, last
step_x() {
  [ -L /srv/a ] && log INFO 'a link' || log INFO 'none'
}

### a program that must end in time, again and again
step_x() {
  _x_tries=0
  while [ "$_x_tries" -eq 0 ] || [ "$status" -ne 0 ]; do
    _x_tries=$((_x_tries + 1))
    [ "$_x_tries" -le 3 ] || fail AGENT 'no answer'
    bounded 5 curl -fsS -o "$work/answer" http://web01/
  done
}

### a program that must end in time, asked by another function, and one that may fail
step_x() {
  ask_x http://web01/
  [ "$status" -eq 0 ] || log WARN 'no answer'
  ignore bounded 5 curl -fsS -o "$work/more" http://web01/more
}

ask_x() {
  bounded 5 curl -fsS -o "$work/answer" "$1"
}

### the directory for work, where it need not be there
### after: claim
step_x() {
  printf x >"${work:?}/a"
}

### the directory for work, given to sh -c
step_x() {
  work=$work sh -c 'printf x >"$work/a"'
  sh -c 'rm -rf -- "$1"/x' sh "$work"
}

### what a shell of its own sets
step_x() {
  sh -c 'dir=/var/cache/x; rm -rf -- "$dir"/*'
}
