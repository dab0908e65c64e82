#!/bin/sh
# npm run test:stress -- [--idle N] [--quarter N] [--busy-disk N] [--log FILE] [COMMAND...]: runs a command again and
# again, to show that what it tests does not depend on the machine. The default command is `npm run test:all`.
#   --idle N       N times as the machine is
#   --quarter N    N times with a quarter of its CPU time, by a cgroup (needs root)
#   --busy-disk N  N times beside a program that writes and syncs to the same disk all the time
#   --log FILE     where the table goes as well; the output of each run lies beside it, as FILE.<kind>-<n>
# Without a kind: --idle 5 --quarter 2 --busy-disk 2. One line a run: kind, seconds, exit code, its last line.
# shellcheck disable=SC2317 # called through "$@" and by a trap
set -eu
cd "$(dirname "$0")/.."

main() {
  idle=0 quarter=0 busy=0 log=stress.log.tmp
  while [ "$#" -gt 0 ]; do
    case $1,${2:-} in
      --idle,[0-9]*) idle=$2 ;;
      --quarter,[0-9]*) quarter=$2 ;;
      --busy-disk,[0-9]*) busy=$2 ;;
      --log,?*) log=$2 ;;
      -*) usage ;;
      *) break ;;
    esac
    shift 2
  done
  [ "$((idle + quarter + busy))" -gt 0 ] || { idle=5 quarter=2 busy=2; }
  [ "$#" -gt 0 ] || set -- npm run test:all
  group='' writer='' scratch='' failed=0
  trap clean_up EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  rounds "$idle" idle "$@"
  [ "$quarter" -eq 0 ] || make_group
  rounds "$quarter" quarter in_group "$@"
  [ "$busy" -eq 0 ] || start_writer
  rounds "$busy" busy-disk env TEST_ON_DISK=1 "$@"
  exit "$failed"
}

usage() {
  sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
  exit 2
}

# rounds N KIND COMMAND...
rounds() {
  rounds_left=$1 rounds_kind=$2
  shift 2
  rounds_number=0
  while [ "$rounds_left" -gt 0 ]; do
    rounds_left=$((rounds_left - 1)) rounds_number=$((rounds_number + 1))
    rounds_output=$log.$rounds_kind-$rounds_number rounds_status=0
    rounds_begin=$(date +%s)
    "$@" </dev/null >"$rounds_output" 2>&1 || rounds_status=$?
    [ "$rounds_status" -eq 0 ] || failed=1
    rounds_last=$(tail -n 1 "$rounds_output")
    printf '%-10s %2d %6d s  exit %d  %s\n' "$rounds_kind" "$rounds_number" \
      "$(($(date +%s) - rounds_begin))" "$rounds_status" "$rounds_last" | tee -a "$log"
  done
}

# A quarter of all CPUs. cgroup-v1/cpu.rst (sched-bwc.rst) and cgroup-v2.rst.
make_group() {
  cpus=$(getconf _NPROCESSORS_ONLN)
  if [ -e /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]; then
    group=/sys/fs/cgroup/cpu/pgrep-stress-$$
    mkdir "$group"
    printf '%d\n' 100000 >"$group/cpu.cfs_period_us"
    printf '%d\n' "$((cpus * 25000))" >"$group/cpu.cfs_quota_us"
  else
    group=/sys/fs/cgroup/pgrep-stress-$$
    mkdir "$group"
    printf '%d %d\n' "$((cpus * 25000))" 100000 >"$group/cpu.max"
  fi
}

in_group() {
  sh -c 'printf "%d\n" "$$" >"$1" && shift && exec "$@"' in_group "$group/cgroup.procs" "$@"
}

# Beside the directory in which the tests work.
start_writer() {
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/pgrep-stress-XXXXXX")
  (
    trap 'exit 0' TERM
    while :; do
      dd if=/dev/zero of="$scratch/noise" bs=1048576 count=64 conv=fsync 2>/dev/null
    done
  ) &
  writer=$!
}

clean_up() {
  if [ -n "$writer" ]; then
    kill -s TERM "$writer" 2>/dev/null || :
    wait "$writer" 2>/dev/null || :
  fi
  [ -z "$scratch" ] || rm -rf "${scratch:?}"
  # Whoever is left in it goes back to where he came from.
  if [ -n "$group" ]; then
    while read -r clean_pid; do
      printf '%d\n' "$clean_pid" >"${group%/*}/cgroup.procs" 2>/dev/null || :
    done <"$group/cgroup.procs"
    rmdir "$group" 2>/dev/null || :
  fi
}

main "$@"
