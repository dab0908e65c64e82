#!/bin/sh
# npm test, npm run test:all: the tests by tier, all parts whatever the others say; the last line adds them up.
#   sh test/run.sh quick [FILE...]  what is known within seven minutes on two cores (npm test)
#   sh test/run.sh rest             everything else: every pair, the app, the lab, more of the crashes, other shells
#   sh test/run.sh all              both (npm run test:all)
# FILE: only these test files, of any tier: npm test -- test/pair/stop
# REST_PART: 1/4, say: of the rest, that quarter of the files.
# TEST_ON_DISK: any text; clones are then written to the disk of TMPDIR, even where there is memory for them.
# TEST_RESULTS: a directory that keeps what the runners report, to be added up with that of another tier.
set -u
cd "$(dirname "$0")/.." || exit 1

main() {
  tier=${1:-quick}
  [ "$#" -eq 0 ] || shift
  case $tier in
    quick | rest | all) ;;
    *)
      sed -n 's/^# \{0,1\}//p' "$0" | sed 1d >&2
      exit 2
      ;;
  esac
  # What the machine lacks fails under CI and is counted as NOT RUN elsewhere (test/summary.js).
  sh test/setup.sh || exit 1
  results=${TEST_RESULTS:-}
  own_results=''
  [ -n "$results" ] || { own_results=$(mktemp -d) && results=$own_results; } || exit 1
  make_scratch
  case $tier in
    quick | all) quick "$@" ;;
    *) ;;
  esac
  case $tier in
    rest | all) rest ;;
    *) ;;
  esac
  printf '== all\n'
  node test/summary.js "$results"
}

# Clones are written and synced all the time: in memory, where we may mount and there is much of it.
make_scratch() {
  scratch=$(mktemp -d "${TMPDIR:-/tmp}/pgrep-run-XXXXXX") || exit 1
  # Servers and agents of other users work below it.
  chmod 755 "$scratch"
  TMPDIR=$scratch
  export TMPDIR
  segments=$(list_segments)
  shared=$(list_shared)
  trap 'umount "$scratch" 2>/dev/null; rm -rf "$scratch" "${own_results:-$scratch}"; remove_memory' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if [ -z "${TEST_ON_DISK:-}" ] && awk '/^MemAvailable:/ { exit $2 < 12000000 }' /proc/meminfo; then
    mount -t tmpfs -o mode=755 tmpfs "$scratch" 2>/dev/null || :
  fi
}

# A server that is killed leaves memory behind, which only another one on the same data would remove; the kernel has 4096
# such segments, and then no server starts. What is new since the beginning and used by nobody goes.
remove_memory() {
  for segment in $(list_segments); do
    case " $segments " in
      *" $segment "*) ;;
      *) ipcrm -m "$segment" 2>/dev/null ;;
    esac
  done
  for file in $(list_shared); do
    case " $shared " in
      *" $file "*) ;;
      *) grep -q -s -F "$file" /proc/[0-9]*/maps || rm -f "$file" ;;
    esac
  done
}

# PostgreSQL's are of 56 bytes; the fields are key, number, owner, mode, size and users.
list_segments() {
  ! command -v ipcs >/dev/null 2>&1 || ipcs -m | awk '$1 ~ /^0x/ && $5 == 56 && $6 == 0 { printf "%s ", $2 }'
}

list_shared() {
  for name in /dev/shm/PostgreSQL.*; do
    [ ! -e "$name" ] || printf '%s ' "$name"
  done
}

quick() {
  gate 1-build npm run -s build
  gate 2-check node build/bin/cli.js check --embedded
  gate 3-types npm run -s types
  gate 4-lint npm run -s lint
  if command -v shellcheck >/dev/null 2>&1; then
    gate 5-prove node build/bin/cli.js prove --embedded
    gate 6-prove-file node build/bin/cli.js prove dist/run_rep.sh
    gate 7-shellcheck-tests shellcheck -x -s sh generator/demo/demo.sh generator/demo/install.sh test/setup.sh test/run.sh test/stress.sh test/crash/run.sh test/failover/run.sh \
      test/mutation/run.sh test/lab/build.sh test/lab/run.sh test/lab/locales.sh test/lab/pg_controldata.sh test/supervisors/image.sh
  else
    printf '1..1\nok 1 prove, with ShellCheck # skip NOT RUN: not installed\n' >"$results/5-prove.tap"
  fi
  (
    [ "$#" -gt 0 ] || { CRASH_RUNS=3 CRASH_TERMS=1 CRASH_SHELLS=dash && export CRASH_RUNS CRASH_TERMS CRASH_SHELLS; }
    run_vitest quick "$@"
  )
  [ "$#" -gt 0 ] || run_bats sh sh
}

rest() {
  # The cells of the matrix that are run here: always a thin slice, and the groups that MATRIX_PART names. Elsewhere
  # than as root on Debian they are NOT RUN.
  case " ${MATRIX_PART:-} " in
    *' major '* | *' standby '* | *' settings '* | *' master '*) hosts='' ;;
    *' skew '* | *' collation '*) hosts='systemd bookworm busybox trixie forky 10 12 14 15 16' ;;
    *) hosts='systemd bookworm busybox 10' ;;
  esac
  # shellcheck disable=SC2086 # words
  sh test/lab/build.sh $hosts >/dev/null || [ "$?" -eq 69 ] || exit 1
  run_vitest rest
  for shell in 'dash' 'bash --posix' 'busybox sh'; do
    # The quick tier has run it under the machine's own sh.
    is_own_shell "${shell%% *}" || run_bats "${shell%% *}" "$shell" &
  done
  wait
}

is_own_shell() {
  [ "$(command -v "$1" | xargs readlink -f --)" = "$(readlink -f -- /bin/sh)" ]
}

# gate NAME COMMAND...: a part that only passes or fails.
gate() {
  name=$1
  shift
  printf '== %s\n' "$name"
  "$@"
  printf '%s\n' "$?" >"$results/$name.gate"
}

# run_vitest TIER FILE...: its exit code counts beside its report, which knows nothing of a rejection that nobody
# handled, or of a dead worker.
run_vitest() {
  vitest_report=$results/vitest-$1
  if [ "$#" -gt 1 ]; then TEST_TIER=all; else TEST_TIER=$1; fi
  export TEST_TIER
  shift
  [ "$TEST_TIER" != rest ] || [ -z "${REST_PART:-}" ] || set -- --shard="$REST_PART"
  printf '== vitest: %s %s\n' "$TEST_TIER" "$*"
  : >"$vitest_report.json"
  node_modules/.bin/vitest run --root . --config test/vitest.config.ts --reporter=default --reporter=json \
    --outputFile.json="$vitest_report.json" "$@"
  printf '%s\n' "$?" >"$vitest_report.exit"
}

# run_bats NAME SHELL: the script from outside, run by that shell. One limit for all: with BATS_TEST_TIMEOUT bats
# waits at its end for a sleep of its own, as long as that limit is.
run_bats() {
  printf '== bats under %s\n' "$2"
  TEST_SHELL=$2 timeout -k 10 1800 node_modules/bats/bin/bats --tap test/bats >"$results/bats-$1.tap"
  grep -v '^ok' "$results/bats-$1.tap"
}

main "$@"
