# The script from outside, with no master at all. TEST_SHELL is the shell that runs it, words and all.

setup() {
  script=$BATS_TEST_DIRNAME/../../dist/run_rep.sh
  # Not BATS_TEST_TMPDIR: RUN_USER must be able to enter it.
  sandbox=$(mktemp -d "${TMPDIR:-/tmp}/pgrep-bats-XXXXXX")
  chmod 755 "$sandbox"
  cp "$script" "$sandbox/run_rep.sh"
  chmod 644 "$sandbox/run_rep.sh"
  user=postgres
  [ "$(id -u)" -eq 0 ] || user=$(id -un)
  path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
  printf '%s\n' '*:*:*:replicator:x' >"$sandbox/passfile"
  chmod 600 "$sandbox/passfile"
  [ "$(id -u)" -ne 0 ] || chown "$user" "$sandbox/passfile"
}

teardown() {
  rm -rf "$sandbox"
}

# run_script [NAME=VALUE...] -- [ARGUMENT...]: with only those variables, in the sandbox.
run_script() {
  local variables=()
  while [ "$1" != -- ]; do
    variables+=("$1")
    shift
  done
  shift
  local shell
  read -r -a shell <<<"${TEST_SHELL:-dash}"
  cd "$sandbox"
  # Not bats' own run: it takes status 127 for a mistake of the test, and then loses the test. Nor a pipe, which would
  # wait for whoever is left.
  status=0
  env -i "PATH=$path" "${variables[@]}" "${shell[@]}" run_rep.sh "$@" </dev/null >"$BATS_TEST_TMPDIR/output" 2>&1 \
    3>&- 4>&- || status=$?
  output=$(<"$BATS_TEST_TMPDIR/output")
}

# run_contract [NAME=VALUE...] [-- ARGUMENT...]: on top of a contract that is complete, with nobody on port 1.
run_contract() {
  local arguments=()
  local variables=()
  while [ "$#" -gt 0 ] && [ "$1" != -- ]; do
    variables+=("$1")
    shift
  done
  [ "$#" -eq 0 ] || arguments=("${@:2}")
  run_script POSTGRES_MASTER=127.0.0.1 POSTGRES_PORT=1 POSTGRES_REPUSER=replicator "RUN_USER=$user" \
    PORT0=30999 "PGPASSFILE=$sandbox/passfile" MASTER_WAIT=0 EXIT_PAUSE=0 PGCONNECT_TIMEOUT=2 \
    "${variables[@]}" -- "${arguments[@]}"
}

expect_status() {
  [ "$status" -eq "$1" ] || {
    printf 'exit code %s instead of %s; output:\n%s\n' "$status" "$1" "$output"
    return 1
  }
}

expect_words() {
  local word
  for word; do
    [[ $output == *"$word"* ]] || {
      printf 'no "%s" in the output:\n%s\n' "$word" "$output"
      return 1
    }
  done
}

# in_the_moment TOOL COMMAND...: does that whenever the script calls the tool, before the tool itself.
in_the_moment() {
  local real
  real=$(command -v "$1")
  mkdir -p "$sandbox/bin"
  printf '#!/bin/sh\n%s\nexec %s "$@"\n' "${*:2}" "$real" >"$sandbox/bin/$1"
  chmod -R 755 "$sandbox/bin"
  path=$sandbox/bin:$path
}

expect_nothing_made() {
  local found
  found=$(ls -A "$sandbox")
  [ "$found" = $'passfile\nrun_rep.sh' ] || {
    printf 'the sandbox now holds:\n%s\n' "$found"
    return 1
  }
}

# expect_only_log_lines: neither a shell's complaint nor a forged line is in the output.
expect_only_log_lines() {
  local line
  while IFS= read -r line; do
    [[ $line =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z\ (INFO|WARN|ERROR)\ [a-z_]+:\  ]] || {
      printf 'not a line of the log: %s\n' "$line"
      return 1
    }
  done <<<"$output"
}

# expect_nobody_left: a process that works in the sandbox stays there. One that was killed may still be on its way out.
expect_nobody_left() {
  local end=$((SECONDS + 60)) left
  cd /
  while left=$(processes_in "$sandbox") && [ -n "$left" ]; do
    [ "$SECONDS" -lt "$end" ] || {
      printf 'left in the sandbox:\n%s\n' "$left"
      return 1
    }
    sleep 0.1
  done
}

processes_in() {
  local process
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/cwd")" != "$1" ] || tr '\0' ' ' <"$process/cmdline" || :
  done 2>/dev/null
}
