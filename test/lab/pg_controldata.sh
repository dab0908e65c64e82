#!/bin/sh
# pg_controldata [-D] DATADIR, for servers that come without it. From 12 on a newer one of the same root reads the file:
# what changed until 17 stands behind all that is printed (pg_control.h). The files of 10 and 11 are read here; the
# tests hold what is printed against the servers' own pg_control_system(), _checkpoint(), _recovery() and _init().
set -eu
LC_ALL=C
export LC_ALL

main() {
  [ "$1" != --version ] || {
    "$(dirname "$0")/postgres" --version | sed 's/^postgres/pg_controldata/'
    exit 0
  }
  directory=$1
  [ "$1" != -D ] || directory=$2
  file=$directory/global/pg_control
  case $(number 8 4) in
    # 10 has the position of the checkpoint before the last one, too.
    1002) print_fields 48 ;;
    1100) print_fields 40 ;;
    *)
      for tool in /usr/lib/postgresql/1[3-8]/bin/pg_controldata; do
        [ "$(head -c 2 "$tool")" = '#!' ] || exec "$tool" "$@"
      done
      exit 1
      ;;
  esac
}

# number OFFSET BYTES: an integer of this machine's byte order.
number() {
  od -An -v -j "$1" -N "$2" -t "u$2" "$file" | tr -d ' '
}

lsn() {
  printf '%X/%X' "$(number "$(($1 + 4))" 4)" "$(number "$1" 4)"
}

row() {
  printf '%-37s%s\n' "$1:" "$2"
}

# print_fields COPY: where the copy of the last checkpoint begins; it has 80 bytes.
print_fields() {
  rest=$(($1 + 80))
  states='starting up|shut down|shut down in recovery|shutting down|in crash recovery|in archive recovery|in production'
  row 'pg_control version number' "$(number 8 4)"
  row 'Catalog version number' "$(number 12 4)"
  row 'Database system identifier' "$(number 0 8)"
  row 'Database cluster state' "$(echo "$states" | cut -d '|' -f "$(($(number 16 4) + 1))")"
  row 'Latest checkpoint location' "$(lsn 32)"
  row "Latest checkpoint's REDO location" "$(lsn "$1")"
  row "Latest checkpoint's TimeLineID" "$(number $(($1 + 8)) 4)"
  row 'Minimum recovery ending location' "$(lsn $((rest + 8)))"
  row "Min recovery ending loc's timeline" "$(number $((rest + 16)) 4)"
  row 'Backup start location' "$(lsn $((rest + 24)))"
  row 'Backup end location' "$(lsn $((rest + 32)))"
  row 'max_connections setting' "$(number $((rest + 52)) 4)"
  row 'max_worker_processes setting' "$(number $((rest + 56)) 4)"
  row 'max_prepared_xacts setting' "$(number $((rest + 60)) 4)"
  row 'max_locks_per_xact setting' "$(number $((rest + 64)) 4)"
  row 'Database block size' "$(number $((rest + 88)) 4)"
  row 'WAL block size' "$(number $((rest + 96)) 4)"
  row 'Bytes per WAL segment' "$(number $((rest + 100)) 4)"
}

main "$@"
