main() {
  step=start
  signals=0 wakes=0 status=0 child='' launching=no serving=no exit_code=143 leaving=no self=$$ jitters=0
  pause_on_failure=no apart=no called=no
  stopper='' watchdog='' flusher='' syncer='' flush='' behind=no access=open door_asks=0 answers='' wal_holder='' wal_client='' watcher='' feeder='' staging='' work='' alive='' slot='' gate_state=''
  tab=$(printf '\t')
  newline='
'
  unset CDPATH
  read_supervisor
  exec 9</dev/null
  sandbox=$(pwd)
  case $0 in
    /*) script=$0 ;;
    */*)
      script=${0%/*}/
      script=$(cd -- "${script:?}" && pwd)/${0##*/} || script=$0
      ;;
    *) script=$sandbox/$0 ;;
  esac
  sub_command=${1-run}
  trap 'on_signal || :' TERM INT HUP
  trap on_verdict USR2
  trap on_exit EXIT
  [ "$#" -le 1 ] || fail USAGE "one sub-command at most, not $#: $*"
  case $sub_command in
    run)
      pause_on_failure=yes
      run
      ;;
    preflight) preflight ;;
    health)
      step=health
      step_contract
      health
      ;;
    ready)
      step=ready
      step_contract
      ready
      ;;
    version) version ;;
    help | -h | --help) usage ;;
    *)
      usage >&2
      fail USAGE "no sub-command is called $sub_command"
      ;;
  esac
}

main "$@"
