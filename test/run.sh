#!/bin/sh
# npm test: every part runs, whatever the others say; the last line adds them up.
# Arguments are given to vitest, to run only some of its tests: npm test -- test/pair/stop
set -u
cd "$(dirname "$0")/.." || exit 1

# What the machine lacks fails under CI and is counted as NOT RUN elsewhere (test/summary.js).
sh test/setup.sh || exit 1
# What the cells of the matrix need that are run here: always a thin slice, and the groups that MATRIX_PART names.
# Elsewhere than as root on Debian they are NOT RUN.
case " ${MATRIX_PART:-} " in
  *' major '* | *' settings '*) hosts='' ;;
  *' skew '* | *' collation '*) hosts='bookworm busybox trixie forky 10 12 14 15 16' ;;
  *) hosts='bookworm busybox 10' ;;
esac
# shellcheck disable=SC2086 # words
sh test/lab/build.sh $hosts >/dev/null || [ "$?" -eq 69 ] || exit 1

results=$(mktemp -d) || exit 1
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pgrep-run-XXXXXX") || exit 1
# Servers and agents of other users work below it.
chmod 755 "$scratch"
TMPDIR=$scratch
export TMPDIR
trap 'umount "$scratch" 2>/dev/null; rm -rf "$results" "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
# Clones are written and synced all the time: in memory, where we may mount and there is much of it.
if awk '/^MemAvailable:/ { exit $2 < 12000000 }' /proc/meminfo; then
  mount -t tmpfs -o mode=755 tmpfs "$scratch" 2>/dev/null || :
fi

# gate NAME COMMAND...: a part that only passes or fails.
gate() {
  name=$1
  shift
  printf '== %s\n' "$name"
  "$@"
  code=$?
  printf '%s\n' "$code" >"$results/$name.gate"
  return "$code"
}

# bats_in NAME SHELL: the script from outside, run by that shell. One limit for all: with BATS_TEST_TIMEOUT bats
# waits at its end for a sleep of its own, as long as that limit is.
bats_in() {
  printf '== bats under %s\n' "$2"
  TEST_SHELL=$2 timeout -k 10 600 node_modules/bats/bin/bats --tap test/bats >"$results/bats-$1.tap"
  grep -v '^ok' "$results/bats-$1.tap"
}

gate 1-build npm run -s build
gate 2-check node build/bin/cli.js check
gate 3-types npm run -s types
gate 4-lint npm run -s lint
if command -v shellcheck >/dev/null 2>&1; then
  gate 5-prove node build/bin/cli.js prove
  gate 6-shellcheck-tests shellcheck -s sh test/setup.sh test/run.sh test/stress.sh test/crash/run.sh test/mutation/run.sh \
    test/lab/build.sh test/lab/run.sh test/lab/locales.sh test/lab/pg_controldata.sh
else
  echo '1..1
ok 1 prove, with ShellCheck # skip NOT RUN: not installed' >"$results/5-prove.tap"
fi

# Its exit code counts beside its report, which knows nothing of a rejection that nobody handled, or of a dead worker.
gate 7-vitest node_modules/.bin/vitest run --root . --config test/vitest.config.ts --reporter=default --reporter=json \
  --outputFile.json="$results/vitest.json" "$@"
[ -e "$results/vitest.json" ] || : >"$results/vitest.json"

bats_in dash dash &
bats_in bash 'bash --posix' &
bats_in busybox 'busybox sh' &
wait

printf '== all\n'
node test/summary.js "$results"
