load helper

payloads=(
  '$(touch pwned)' '`touch pwned`' '"; touch pwned; : "' "'; touch pwned; : '" $'x\ntouch pwned\n'
  "x' -c archive_command='touch pwned" '*' '\'
)

# Codes: refused as malformed, not permitted, or taken as an odd name for a master that is away.
try_payloads() {
  local payload
  for payload in "${payloads[@]}"; do
    run_contract "$1=${2:-}$payload"
    [ "$status" -eq 78 ] || [ "$status" -eq 77 ] || [ "$status" -eq 69 ] || {
      printf '%s=%s gave %s:\n%s\n' "$1" "$payload" "$status" "$output"
      return 1
    }
    [ -z "$(find "$sandbox" -name pwned)" ]
    expect_only_log_lines
  done
}

@test "POSTGRES_MASTER is never executed" { try_payloads POSTGRES_MASTER; }
@test "POSTGRES_PORT is never executed" { try_payloads POSTGRES_PORT; }
@test "POSTGRES_REPUSER is never executed" { try_payloads POSTGRES_REPUSER; }
@test "RUN_USER is never executed" { try_payloads RUN_USER; }
@test "PORT0 is never executed" { try_payloads PORT0; }
@test "CONFIG_URL is never executed" { try_payloads CONFIG_URL; }
@test "CONFIG_URL with a host is never executed" { try_payloads CONFIG_URL http://127.0.0.1:1/; }
@test "PGDATA_DIR is never executed" { try_payloads PGDATA_DIR; }
@test "PGPASSFILE is never executed" { try_payloads PGPASSFILE /tmp/; }
@test "PGSSLROOTCERT is never executed" { try_payloads PGSSLROOTCERT /tmp/; }
@test "PGSSLCRL is never executed" { try_payloads PGSSLCRL /tmp/; }
@test "PGREQUIREAUTH is never executed" { try_payloads PGREQUIREAUTH; }
@test "MASTER_WAIT is never executed" { try_payloads MASTER_WAIT; }
@test "EXIT_PAUSE is never executed" { try_payloads EXIT_PAUSE; }
@test "PGCONNECT_TIMEOUT is never executed" { try_payloads PGCONNECT_TIMEOUT; }
@test "MESOS_TASK_ID is never executed" { try_payloads MESOS_TASK_ID; }
@test "HOST is never executed" { try_payloads HOST; }
@test "PATH-like and PG* strangers are never executed" { try_payloads PGOPTIONS; }
