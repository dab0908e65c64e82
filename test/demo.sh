#!/bin/sh
# The whole story on one machine: a real master, and dist/run_rep.sh run as a Mesos agent runs it. A row
# arrives, SIGTERM stops the replica, a second start needs no copy. Everything lies in one temporary
# directory and is gone at the end.
set -eu

main() {
  say "generate: the model becomes files"
  node build/bin/cli.js generate
  say "a master on port $master_port, with a role, a password file and a table"
  start_master
  say "an agent: PATH and the contract in the environment, nothing else"
  start_replica
  say "a row goes to the master and arrives at the replica"
  on_master 'insert into greeting values (2, '\''streamed'\'')'
  wait_until 'the row arrives' on_replica_has 2
  on_replica 'select * from greeting order by id'
  on_master "select application_name, state, pg_wal_lsn_diff(sent_lsn, replay_lsn) as lag_bytes
    from pg_stat_replication"
  say "the replica refuses writes"
  on_replica 'insert into greeting values (3, '\''refused'\'')' 2>&1 || :
  say "SIGTERM: a fast, clean shutdown"
  stop_replica
  say "the same command again: no copy this time"
  on_master 'insert into greeting values (4, '\''written while the replica was down'\'')'
  start_replica
  wait_until 'the row arrives' on_replica_has 4
  on_replica 'select * from greeting order by id'
  stop_replica
  say "done"
}

say() {
  printf '\n== %s\n' "$1"
}

start_master() {
  as_postgres "$bin/initdb" -D "$dir/master" -U postgres -A trust -E UTF8 --no-sync >"$dir/initdb.log"
  cat >>"$dir/master/postgresql.conf" <<EOF
listen_addresses = '127.0.0.1'
port = $master_port
unix_socket_directories = ''
EOF
  cat >"$dir/master/pg_hba.conf" <<'EOF'
host all         all        127.0.0.1/32 trust
host replication replicator 127.0.0.1/32 scram-sha-256
EOF
  as_postgres "$bin/pg_ctl" -D "$dir/master" -l "$dir/master.log" -w start >"$dir/pg_ctl.log"
  "$bin/psql" -X -q -h 127.0.0.1 -p "$master_port" -U postgres -d postgres -f dist/master.sql >"$dir/role.log" 2>&1
  on_master "alter role replicator password 'a secret: \\ and '' too'" >>"$dir/role.log"
  on_master "create table greeting (id int primary key, text text)" >"$dir/table.log"
  on_master "insert into greeting values (1, 'cloned')" >"$dir/row.log"
  printf '%s\n' "127.0.0.1:$master_port:replication:replicator:a secret\\: \\\\ and ' too" >"$dir/pgpass"
  chmod 600 "$dir/pgpass"
  [ "$(id -u)" -ne 0 ] || chown "$user" "$dir/pgpass"
}

# As Mesos does: the sandbox as the working directory, nothing inherited, standard input from nowhere.
start_replica() {
  cp dist/run_rep.sh "$dir/sandbox/"
  (
    cd "$dir/sandbox"
    in_agent_env sh -c 'exec sh run_rep.sh' </dev/null
  ) &
  replica=$!
  wait_until 'sh run_rep.sh health' is_healthy
}

in_agent_env() {
  exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin POSTGRES_MASTER=127.0.0.1 \
    POSTGRES_PORT="$master_port" POSTGRES_REPUSER=replicator RUN_USER="$user" PORT0="$replica_port" \
    PGPASSFILE="$dir/pgpass" MARATHON_APP_ID=/postgres-replication HOST=demo EXIT_PAUSE=0 "$@"
}

is_healthy() {
  (
    cd "$dir/sandbox"
    in_agent_env sh run_rep.sh health </dev/null 2>"$dir/health.log"
  )
}

stop_replica() {
  kill -s TERM "$replica"
  wait "$replica"
  replica=
}

on_master() {
  "$bin/psql" -X -q -h 127.0.0.1 -p "$master_port" -U postgres -d postgres -c "$1"
}

on_replica() {
  "$bin/psql" -X -q -h 127.0.0.1 -p "$replica_port" -U postgres -d postgres -c "$1"
}

on_replica_has() {
  [ "$(on_replica "copy (select id from greeting where id = $1) to stdout" 2>/dev/null)" = "$1" ]
}

# Not from here: the user may not enter this directory, and PostgreSQL's tools complain about that.
as_postgres() (
  cd /
  [ "$(id -u)" -eq 0 ] || exec "$@"
  exec setpriv --reuid "$user" --regid "$user" --init-groups "$@"
)

wait_until() {
  what=$1
  shift
  limit=$(($(date +%s) + 300))
  until "$@"; do
    if [ "$(date +%s)" -gt "$limit" ] || ! kill -0 "$replica" 2>/dev/null; then
      printf 'waited in vain: %s\n' "$what" >&2
      exit 1
    fi
    sleep 0.2
  done
}

# free_port PORT: the first one from there on. One that the kernel chooses could be taken by any client before its
# server starts.
free_port() {
  node -e "const s = require('node:net').createServer(); let port = Number(process.argv[1]) - 1
    const next = () => s.listen(++port, '127.0.0.1')
    s.on('error', next).on('listening', () => { console.log(port); s.close() }); next()" "$1"
}

clean_up() {
  trap - EXIT
  if [ -n "$replica" ]; then
    kill -s TERM "$replica" 2>/dev/null || :
    wait "$replica" || :
  fi
  [ ! -f "$dir/master/postmaster.pid" ] || as_postgres "$bin/pg_ctl" -D "$dir/master" -m fast stop >"$dir/stop.log"
  rm -rf "$dir"
}

bin=
for candidate in /usr/lib/postgresql/*/bin; do
  [ ! -x "$candidate/initdb" ] || bin=$candidate
done
if [ -z "$bin" ]; then
  echo 'the demo needs a PostgreSQL server: apt-get install postgresql' >&2
  exit 1
fi
user=$(id -un)
[ "$(id -u)" -ne 0 ] || user=postgres
replica=
dir=$(mktemp -d)
trap clean_up EXIT
trap 'exit 143' TERM INT
mkdir "$dir/sandbox" "$dir/master"
[ "$(id -u)" -ne 0 ] || chown "$user" "$dir" "$dir/sandbox" "$dir/master"
master_port=$(free_port $((28000 + $$ % 900)))
replica_port=$(free_port $((master_port + 1)))
main
