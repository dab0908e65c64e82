#!/bin/sh
# npm test: every part runs, whatever the others say; the last line adds them up.
# Arguments are given to vitest, to run only some of its tests: npm test -- test/pair/stop
set -u
cd "$(dirname "$0")/.." || exit 1

# What the machine lacks fails under CI and is counted as NOT RUN elsewhere (test/summary.js).
sh test/setup.sh || exit 1

results=$(mktemp -d) || exit 1
scratch=$(mktemp -d "${TMPDIR:-/tmp}/pgrep-run-XXXXXX") || exit 1
# Servers and agents of other users work below it.
chmod 755 "$scratch"
TMPDIR=$scratch
export TMPDIR
trap 'rm -rf "$results" "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# ShellCheck's optional checks are all on. Left out, each for a reason:
# SC2250 wants ${x} for $x everywhere.
# SC2310 warns at each "if f", "f ||" and "f &&" that set -e is off inside f: functions so asked return or fail.
# SC2312 warns at each "$(f)" among words, whose status is lost: where it matters it is asked in its own line.
shellcheck_without=SC2250,SC2310,SC2312

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
  TEST_SHELL=$2 timeout -k 10 300 node_modules/bats/bin/bats --tap test/bats >"$results/bats-$1.tap"
  grep -v '^ok' "$results/bats-$1.tap"
}

gate 1-build npm run -s build
gate 2-check node build/bin/cli.js check
gate 3-types npm run -s types
gate 4-lint npm run -s lint
if command -v shellcheck >/dev/null 2>&1; then
  gate 5-shellcheck shellcheck -s sh -o all -e "$shellcheck_without" dist/run_rep.sh
  gate 6-shellcheck-tests shellcheck -s sh test/setup.sh test/run.sh test/crash/run.sh test/mutation/run.sh
else
  echo '1..1
ok 1 ShellCheck of dist/run_rep.sh # skip NOT RUN: not installed' >"$results/5-shellcheck.tap"
fi

printf '== vitest\n'
node_modules/.bin/vitest run --root . --config test/vitest.config.ts --reporter=default --reporter=json \
  --outputFile.json="$results/vitest.json" "$@"
[ -e "$results/vitest.json" ] || : >"$results/vitest.json"

bats_in dash dash
bats_in bash 'bash --posix'
bats_in busybox 'busybox sh'

printf '== all\n'
node test/summary.js "$results"
