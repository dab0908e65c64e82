#!/bin/sh
# What run_rep.sh does, shown on one machine: a master, two replicas, a row that arrives, a lag, a kill -9, a restart
# without a copy, a write that is refused, a clean stop. A line that begins with $ is a command that is run here, and
# what stands below it is what it printed. Everything lies in one temporary directory, listens on 127.0.0.1 alone, and
# is gone at the end, however that comes.
#   sh demo.sh INSTALL PORT PORT PORT COMPILER...
# INSTALL: yes, to get PostgreSQL first where it is missing (install.sh). PORT: three that are free, for the master and
# the replicas. COMPILER: the words that start postgres-rep-marathon.
set -eu
LC_ALL=C
export LC_ALL
umask 022

main() {
  began=$(date +%s)
  choose_colours
  printf '%s\n' "${bold}A master and two replicas on this machine$plain"
  say "PostgreSQL $version of $bin, run as the user $user, in $dir.
The master listens on port $PGPORT, the replicas on $port_1 and $port_2; on 127.0.0.1 only."
  show_files "$@"
  show_master
  show_first_replica
  show_row
  show_lag
  show_kill
  show_restart
  show_second_replica
  show_refusal
  show_stop
  finished=yes
}

show_files() {
  heading 'A configuration becomes files'
  say 'It says where the master is and what the replica is to be. The compiler checks it
and writes run_rep.sh, a Marathon app, and what the master needs.'
  cat >replica.config.ts <<EOF
import { defineReplica } from 'postgres-rep-marathon'

export default defineReplica({
  master: { hosts: ['127.0.0.1'], port: $PGPORT, role: 'replicator', agents: ['127.0.0.1/32'] },
  run: { user: '$user', listen: ['127.0.0.1'], configUrl: null },
  postgresql: { majors: [$major] },
  task: { instances: 2 },
})
EOF
  run cat replica.config.ts
  run_as 'npx postgres-rep-marathon generate' "$@" generate replica.config.ts
}

show_master() {
  heading 'The master'
  say 'A new server stands in for yours. master.sql makes the role that replicates, and
lists what does not fit; master.pg_hba.conf lets the replicas in.'
  make_master
  run psql -X -d postgres -f dist/master.sql
  run_as 'grep ^host dist/master.pg_hba.conf' grep '^host' dist/master.pg_hba.conf
  as_user sh -c 'cat dist/master.pg_hba.conf - >master/pg_hba.conf' <<'EOF'
host all all 127.0.0.1/32 scram-sha-256
EOF
  say 'The role is given its password now, as \password would do it.'
  # Not as an argument, which everybody could read.
  psql -q >psql.log 2>&1 <<EOF
ALTER ROLE replicator PASSWORD '$replicator_password';
SELECT pg_reload_conf();
EOF
  run psql -c 'CREATE TABLE greeting (id int PRIMARY KEY, words text)'
  run psql -c "INSERT INTO greeting VALUES (1, 'there before the replica')"
}

show_first_replica() {
  heading 'A replica, from nothing'
  say 'Marathon would start it like this: in an empty directory, with the variables of
marathon.json and a port. The password is in a file that only its user may read.'
  keep_secret pgpass "127.0.0.1:$PGPORT:replication:replicator:$replicator_password"
  give pgpass
  run_as "sed 's/[^:]*\$/…/' pgpass" sed 's/[^:]*$/…/' pgpass
  # One NAME=VALUE a line; none of these values has a space in it.
  environment=$(sed -n '/^  "env": {/,/^  }/s/^    "\([A-Z0-9_]*\)": "\(.*\)",\{0,1\}$/\1=\2/p' marathon.json)
  start_replica 1
  run_in 1 sh run_rep.sh ready
}

show_row() {
  heading 'A row arrives'
  run psql -c "INSERT INTO greeting VALUES (2, 'streamed')"
  wait_until 'the row arrives' has_row 1 2
  run psql -p "$port_1" -c 'SELECT * FROM greeting ORDER BY id'
  say 'From when the master wrote it to when it heard that it was replayed: replay_lag.'
  run psql -c "SELECT application_name, state, replay_lag FROM pg_stat_replication WHERE state = 'streaming'"
}

show_lag() {
  heading 'How far behind is it?'
  say 'Replay is held here for a moment, so that there is a lag to be seen.'
  run psql -p "$port_1" -Atc 'SELECT pg_wal_replay_pause()'
  run psql -c "INSERT INTO greeting SELECT n, 'one of many' FROM generate_series(3, 20000) AS n"
  wait_until 'the rows are received' has_received 1
  run_in 1 sh run_rep.sh status
  run psql -p "$port_1" -Atc 'SELECT pg_wal_replay_resume()'
  wait_until 'the rows are replayed' has_row 1 20000
  run_in 1 sh run_rep.sh ready
}

show_kill() {
  heading 'kill -9'
  say 'The script, what watches it and its server, all at once; as when the host goes down.'
  # bash would report it.
  {
    run kill -9 "-$replica_1"
    wait "$replica_1" || :
  } 2>/dev/null
  keep_pid 1 ''
  run_in 1 sh run_rep.sh status
  say 'Meanwhile the master goes on.'
  run psql -c "INSERT INTO greeting VALUES (20001, 'written while the replica was dead')"
}

show_restart() {
  heading 'The same command again: no copy'
  start_replica 1
  wait_until 'the row arrives' has_row 1 20001
  run psql -p "$port_1" -c 'SELECT * FROM greeting WHERE id > 20000'
}

show_second_replica() {
  heading 'A second replica beside the first'
  say 'The same script with another directory and another port.'
  start_replica 2
  run psql -c "SELECT application_name, state FROM pg_stat_replication WHERE state = 'streaming'"
  run psql -c "INSERT INTO greeting VALUES (20002, 'for both')"
  wait_until 'the row arrives at the first' has_row 1 20002
  wait_until 'the row arrives at the second' has_row 2 20002
  run psql -p "$port_1" -c 'SELECT * FROM greeting WHERE id > 20001'
  run psql -p "$port_2" -c 'SELECT * FROM greeting WHERE id > 20001'
}

show_refusal() {
  heading 'A write that is refused'
  say 'A replica is for reading. Nothing that comes with the script makes a master of it.'
  may_fail=yes
  run psql -p "$port_2" -c "INSERT INTO greeting VALUES (20003, 'refused')"
  may_fail=no
}

show_stop() {
  heading 'A clean stop'
  say 'SIGTERM, as Marathon sends it: the server is shut down, and the script ends with 0.'
  for number in 1 2; do
    pid_of "$number"
    run kill -TERM "$pid"
    code=0
    wait "$pid" || code=$?
    keep_pid "$number" ''
    tell_log "$number"
    [ "$code" -eq 0 ] || fail "replica $number ended with exit code $code"
    say "Replica $number has ended with exit code $code."
  done
  run_as 'pg_controldata replica-1/pgdata/replica/data | grep state' \
    sh -c 'pg_controldata replica-1/pgdata/replica/data | grep state'
}

install=$1 port_1=$3 port_2=$4 here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=generator/demo/tell.sh
. "$here/tell.sh"
# shellcheck source=generator/demo/stage.sh
. "$here/stage.sh"
need_postgres
choose_user
finished=no may_fail=no part=0 follow='' told_1=0 told_2=0 master='' replica_1='' replica_2=''
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP
trap 'exit 141' PIPE
make_directory
prepare "$2"
shift 4
main "$@"
