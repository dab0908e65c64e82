# The servers of demo.sh: what they need, how they start, and how all of them end.
# shellcheck shell=sh

# find_postgres: the newest server with all its tools, in the places where packages put them, or in PATH.
find_postgres() {
  bin='' major=0
  for _place in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql* /opt/homebrew/opt/postgresql@*/bin \
    "$(dirname "$(command -v initdb || echo /none/initdb)")"; do
    is_complete "$_place" || continue
    _words=$("$_place/postgres" --version) || continue
    _words=${_words#*') '}
    _major=${_words%%[!0-9]*}
    if [ "${_major:-0}" -gt "$major" ]; then
      bin=$_place major=$_major version=${_words%% *}
    fi
  done
  [ -n "$bin" ]
}

is_complete() {
  for _tool in initdb postgres psql pg_isready pg_basebackup pg_controldata; do
    [ -x "$1/$_tool" ] || return 1
  done
}

need_postgres() {
  ! find_postgres || return 0
  if [ "$install" = yes ]; then
    sh "$here/install.sh" postgresql && find_postgres && return 0
  fi
  cat >&2 <<'EOF'
the demo needs a PostgreSQL server of this machine: initdb, postgres, psql, pg_isready, pg_basebackup and pg_controldata,
all in one directory of /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin, /usr/libexec/postgresql* or PATH.
On Debian and Ubuntu, as root: apt-get install postgresql, or --install, which starts no server.
EOF
  exit 1
}

# Servers refuse to run as root.
choose_user() {
  become='' user=$(id -un)
  [ "$(id -u)" -eq 0 ] || return 0
  user=postgres
  if ! id -u "$user" >/dev/null 2>&1; then
    echo 'the demo, started as root, runs its servers as the user postgres, and there is none: start it as another user' >&2
    exit 1
  fi
  become=setpriv
  command -v setpriv >/dev/null 2>&1 || become=runuser
}

make_directory() {
  _below=${TMPDIR:-/tmp}
  as_user test -x "$_below" || _below=/tmp
  dir=$(mktemp -d "$_below/postgres-rep-demo.XXXXXX")
  trap clean_up EXIT
  chmod 755 "$dir"
  cd "$dir"
}

# prepare: what psql is to know, and the passwords of this one demo.
prepare() {
  # Whatever of libpq's the caller has set would change what is shown here.
  for _name in $(env | sed -n 's/^\(PG[A-Z_]*\)=.*/\1/p'); do
    unset "$_name"
  done
  PATH=$bin:$PATH
  PGHOST=127.0.0.1 PGPORT=$1 PGUSER=postgres PGDATABASE=postgres PGPASSFILE=$dir/operator.pgpass PSQLRC=/dev/null
  export PATH PGHOST PGPORT PGUSER PGDATABASE PGPASSFILE PSQLRC
  server_path=$bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  operator_password=$(random) replicator_password=$(random)
  keep_secret operator.pgpass "127.0.0.1:*:*:postgres:$operator_password"
}

random() {
  od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

keep_secret() {
  (umask 077 && printf '%s\n' "$2" >"$1")
}

make_master() {
  mkdir master
  give master
  keep_secret initdb.password "$operator_password"
  give initdb.password
  as_user "$bin/initdb" -D master -U postgres -A scram-sha-256 --pwfile=initdb.password -E UTF8 --no-sync >initdb.log 2>&1 \
    || fail 'initdb failed' initdb.log
  kept_wal='wal_keep_size = 64MB'
  [ "$major" -ge 13 ] || kept_wal='wal_keep_segments = 4'
  as_user sh -c 'cat >>master/postgresql.conf' <<EOF
listen_addresses = '127.0.0.1'
port = $PGPORT
unix_socket_directories = ''
password_encryption = 'scram-sha-256'
$kept_wal
EOF
  # A session of its own: a Ctrl-C at the terminal is for the demo, which stops its servers itself.
  exec_as_user setsid "$bin/postgres" -D master >master.log 2>&1 </dev/null &
  master=$!
  wait_until 'the master answers' pg_isready -q
}

# start_replica NUMBER: as an agent does. The sandbox is the working directory, nothing of the environment is inherited,
# standard input comes from nowhere.
start_replica() {
  mkdir -p "replica-$1"
  give "replica-$1"
  cp dist/run_rep.sh "replica-$1"
  port_of "$1"
  prompt_in "$1" "env -i PATH=… PGPASSFILE=$dir/pgpass \\"
  # shellcheck disable=SC2086,SC2116 # words
  printf '      %s \\\n' "$(echo $environment)"
  printf '      %s\n' "HOST=demo PORT0=$port EXIT_PAUSE=0 sh run_rep.sh"
  started=$(date +%s)
  exec_in_sandbox "$1" setsid sh run_rep.sh >>"replica-$1.log" 2>&1 </dev/null &
  keep_pid "$1" $!
  follow=$1
  wait_until "replica $1 is ready" is_ready "$1"
  tell_log "$1"
  follow=''
  say "Ready after $(($(date +%s) - started)) s."
}

is_ready() {
  in_sandbox "$1" sh run_rep.sh ready >ready.log 2>&1 </dev/null
}

in_sandbox() {
  (exec_in_sandbox "$@")
}

# exec_in_sandbox NUMBER COMMAND...: with the task's environment, and EXIT_PAUSE=0, so that a failure is told at once.
exec_in_sandbox() {
  port_of "$1"
  cd "replica-$1"
  shift
  # shellcheck disable=SC2086 # words
  exec env -i PATH="$server_path" PGPASSFILE="$dir/pgpass" $environment HOST=demo PORT0="$port" EXIT_PAUSE=0 "$@"
}

port_of() {
  case $1 in
    1) port=$port_1 ;;
    *) port=$port_2 ;;
  esac
}

pid_of() {
  case $1 in
    1) pid=$replica_1 ;;
    *) pid=$replica_2 ;;
  esac
}

keep_pid() {
  case $1 in
    1) replica_1=$2 ;;
    *) replica_2=$2 ;;
  esac
}

# has_row NUMBER ID
has_row() {
  port_of "$1"
  [ "$(psql -p "$port" -Atc "SELECT id FROM greeting WHERE id = $2" 2>/dev/null)" = "$2" ]
}

has_received() {
  port_of "$1"
  _at=$(psql -Atc 'SELECT pg_current_wal_flush_lsn()' 2>/dev/null)
  [ "$(psql -p "$port" -Atc "SELECT pg_last_wal_receive_lsn() >= '$_at'" 2>/dev/null)" = t ]
}

# wait_until WHAT COMMAND...: what the log of the replica says meanwhile is shown as it comes.
wait_until() {
  _what=$1
  shift
  _limit=$(($(date +%s) + 120))
  until "$@"; do
    [ -z "$follow" ] || tell_log "$follow"
    for _pid in $master $replica_1 $replica_2; do
      kill -0 "$_pid" 2>/dev/null || fail "waiting until $_what: a server has ended"
    done
    [ "$(date +%s)" -le "$_limit" ] || fail "waited 120 s in vain until $_what"
    sleep 0.1
  done
}

as_user() {
  (exec_as_user "$@")
}

exec_as_user() {
  case $become in
    '') exec "$@" ;;
    setpriv) exec setpriv --reuid "$user" --regid "$user" --init-groups "$@" ;;
    *) exec runuser -u "$user" -- "$@" ;;
  esac
}

give() {
  [ -z "$become" ] || chown "$user" "$1"
}

clean_up() {
  code=$?
  trap '' INT TERM HUP PIPE
  trap - EXIT
  # Nobody may be there any more to whom something could be said.
  {
    for pid in $replica_1 $replica_2; do
      end TERM "$pid"
    done
    [ -z "$master" ] || end INT "-$master"
    cd /
    rm -rf "$dir" || { sleep 1 && rm -rf "$dir"; }
  } >/dev/null 2>&1 </dev/null
  if [ "$finished" = yes ]; then
    printf '\n%s\n' "Done in $(($(date +%s) - began)) s. All servers are stopped, and $dir is removed."
  else
    printf '%s\n' "the demo ends early: its servers are stopped, and $dir is removed" >&2
  fi
  exit "$code"
}

# end SIGNAL PID, or -PID for all of its session: waits for it, 20 s at most; then all of its session goes.
end() {
  kill "-$1" "$2" || kill "-$1" "${2#-}" || return 0
  # shellcheck disable=SC2016 # for that shell
  setsid sh -c 'sleep 20; kill -KILL "-$1"' sh "${2#-}" &
  _guard=$!
  wait "${2#-}" || :
  kill -KILL "-$_guard" || kill -KILL "$_guard" || :
  wait "$_guard" || :
}
