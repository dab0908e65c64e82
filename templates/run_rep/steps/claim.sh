# @step claim
# From here on this run alone works on the data. What a dead run left behind is ended and removed: its
# server, a pg_basebackup that goes on without it, a clone that did not finish, small files.
step_claim() {
  if [ "$sub_command" != run ]; then
    claim=0
    tell_owner
    check_port
    return 0
  fi
  _claim_seen=$claim
  claim_store
  # Where ours is the next number, or still the same, no other run came between that look at the data and this one.
  [ "$((claim - _claim_seen))" -le 1 ] || survey
  begin_state
  _claim_tidied=no
  if [ -e "$replica" ]; then
    if server_is_live; then
      log WARN "shutting down the server with process ID $live_server, which outlived its run"
      end_old_server "$live_server"
    fi
    end_old_workers
    ! is_half_rewound || end_writers "$replica"
  fi
  for _claim_left in "$store"/work.* "$store"/clone.*; do
    [ -e "$_claim_left" ] || continue
    _claim_tidied=yes
    tidy_away "$_claim_left"
  done
  if [ -e "$replica" ] && is_lost "$replica"; then
    log WARN 'the host went down or its disk failed before the clone was on disk: removing the clone'
    _claim_tidied=yes
    retire_replica
    remove_clone "$retired"
  fi
  [ "$_claim_tidied" = no ] || survey
  [ ! -e "$replica" ] || relink_wal
  # Before a copy is paid for. A server that starts finds it by itself, and then it is looked at.
  [ "$data_state" = finished ] || check_port
}

# tidy_away DIRECTORY: a clone that was finished, and died before its rename, is good.
tidy_away() {
  case $1 in
    "$store"/work.*)
      is_ours "$1" || fail DATA_FOREIGN "will not remove $1: this script did not make it"
      remove_work "$1"
      ;;
    *)
      end_writers "$1"
      if is_installable "$1"; then
        log INFO "$1 is a finished clone: using it"
        install_clone "$1"
      else
        case $1 in
          "$store"/clone.*[!0]*) log INFO "removing $1, an unfinished clone" ;;
          *) log INFO "removing $1, data that was replaced" ;;
        esac
        remove_clone "$1"
      fi
      ;;
  esac
}

# is_installable DIRECTORY: a finished clone that lacks only its rename.
is_installable() {
  [ -e "$1" ] && [ ! -e "$replica" ] && [ ! -e "$1/outdated" ] && is_finished "$1"
}

# What preflight, which changes nothing, can say of a live owner.
tell_owner() {
  if [ "$data_state" = finished ] && server_is_live; then
    log WARN "a server with process ID $live_server runs on $pgdata; if its run is dead, the next run shuts it down"
  fi
}
