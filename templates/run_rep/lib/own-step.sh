# Steps of the operator's own.

# run_own_step STEP: in a process of its own, so that whatever it does to its shell (directory, umask, traps, options,
# functions) ends with it, a signal ends it at once, and only what it says by `fail` ends the run as it says.
run_own_step() {
  launching=yes
  (
    become_own_step
    "$@"
  ) </dev/null &
  child=$!
  launched
  await
  [ "$signals" -eq 0 ] || exit "$exit_code"
  case $status in
    0) ;;
    19[4-9] | 20[0-8]) end_run "$((status - 130))" ;;
    *) fail STEP_FAILED "the step $step ended with status $status" ;;
  esac
}

# In its subshell: no child and no helper yet, and none of the script's traps.
become_own_step() {
  child='' stopper='' watchdog='' flusher='' wal_holder='' wal_client='' launching=no pause_on_failure=no apart=yes
  trap - TERM INT HUP USR2 PROF PIPE EXIT
}
