main() {
  step=start now='' now_s='' now_up=''
  signals=0 wakes=0 status=0 child='' launching=no serving=no exit_code=143 leaving=no self=$$ jitters=0
  pause_on_failure=no apart=no called=no asking=no ask_limit=0 own_runs=no own_floor=0 door_options=''
  stopper='' watchdog='' flusher='' syncer='' flush='' behind=no access=open own_chain='' own_name='' chains='' more_said='' door_asks=0 answers='' wal_holder='' wal_client='' watcher='' teller='' feeder='' staging='' work='' alive='' slot='' gate_state='' backup_mb='' master_known=no
  keeper='' clock='' clocked=no unwatched=no watcher_falls=0 said=no own_step=no served='' no_fork=no dead_holder='' claim=0 beat='' beat_digit=1 tick_count=0 own_boot='' own_host='' claim_holder='' written='' written_of='' values_known='' values_asked='' left_told=''
  files_new=no files_fetched=no fetched_kept=no carried_from='' carried_time='' master_conf='' master_rules=''
  state_place='' state_new='' state_at='' state_own_name='' state_own_port='' planning=no restart_does='' restart_why='' restart_failure='' restart_exit='' asked_master='' asked_position='' asked_lag='' noted_data='' noted_conf='' noted_rules='' last_error='' stream_goal='' recalled=no ask_master=no
  tab='	'
  begun='' word='' free='' number='' major_of='' agent_libc='' shared_memory_mb='' log_state='' own_user='' user_id=''
  newline='
'
  forget_state
  # What these set would change what cd and the tools print.
  unset CDPATH GREP_OPTIONS QUOTING_STYLE TIME_STYLE
  know_self
  own_number=$self_number trap_number=$self_number
  read_supervisor
  exec 9</dev/null
  sandbox=${PWD:-$(pwd)}
  case $0 in
    /*) script=$0 ;;
    */*)
      script=${0%/*}/
      script=$(cd -- "${script:?}" && pwd)/${0##*/} || script=$0
      ;;
    *) script=$sandbox/$0 ;;
  esac
  sub_command=${1-run}
  take_secret
  trap 'on_signal || :' TERM INT HUP
  trap on_verdict USR2
  trap on_unwatched PROF
  trap on_exit EXIT
  [ "$#" -le 1 ] || [ "$sub_command" = status ] || fail USAGE "at most one sub-command is allowed, not $#: $*"
  hear_no_more
  case $sub_command in
    run)
      pause_on_failure=yes
      # Who reads our log may end, and a line that nobody reads must end neither this nor a helper.
      trap '' PIPE
      run
      ;;
    preflight)
      recall_contract
      preflight
      ;;
    health)
      step=health
      recall_contract
      step_contract
      go_down
      health
      ;;
    ready)
      step=ready
      recall_contract
      step_contract
      go_down
      ready
      ;;
    status)
      step=status
      shift
      status "$@"
      ;;
    version) version ;;
    help | -h | --help) usage ;;
    *)
      usage >&2
      fail USAGE "unknown sub-command: $sub_command"
      ;;
  esac
}

main "$@"
