# What a run would do with the data, if it were started now: by the functions that a run itself asks, in a process of its
# own, where a failure is an answer. Nothing is changed.

# foresee_restart ASK: sets $restart_does to clone, reuse, rewind, reclone or refuse, $restart_why, and $restart_failure
# to the id of a refusal. Asks the master, too, where ASK is yes; then $asked_master, $asked_position and $asked_lag tell
# of it, where one answers.
foresee_restart() {
  _foresee_answer=$(foresee_alone "$1" 2>/dev/null) || :
  _foresee_rest=$_foresee_answer$tab$tab$tab
  restart_does=${_foresee_rest%%"$tab"*}
  _foresee_rest=${_foresee_rest#*"$tab"}
  restart_failure=${_foresee_rest%%"$tab"*}
  _foresee_rest=${_foresee_rest#*"$tab"}
  restart_exit=${_foresee_rest%%"$tab"*}
  _foresee_rest=${_foresee_rest#*"$tab"}
  restart_why=${_foresee_rest%"$tab$tab$tab"}
  asked_master='' asked_position='' asked_lag=''
  case $restart_why in
    *"$newline"master=*)
      _foresee_rest=${restart_why##*"$newline"master=}
      restart_why=${restart_why%"$newline"master=*}
      asked_master=${_foresee_rest%% at *}
      asked_position=${_foresee_rest##* at }
      ;;
    *) ;;
  esac
  plain_text "$restart_why"
  restart_why=$plain
  if [ -z "$restart_does" ]; then
    restart_does=unknown restart_why='could not be determined'
  fi
}

foresee_alone() {
  trap - EXIT TERM INT HUP
  planning=yes
  foresee_by_data
  stand_of_data
  if [ "$1" = yes ]; then
    foresee_by_master
  elif [ "$data_state" = outdated ]; then
    why_outdated
    foretell reclone "$outdated_why"
  elif [ -f "$replica/outdated" ]; then
    why_outdated
    foretell refuse "unless the master has what was missing by then: $outdated_why"
  elif [ "$failure_id" = REWIND ] && [ "$state_kind" = ended ]; then
    foretell rewind "$failure_words"
  else
    foresee_by_last
    foretell reuse "a finished clone of the system identifier $pinned_system"
  fi
}

# foresee_by_last: what only a person can mend, and the last run ended with, is most likely still so.
foresee_by_last() {
  [ "$ask_master" = no ] && [ "$state_kind" = ended ] && [ -n "$failure_id" ] && [ "$state_exit" = "$failure_exit" ] || return 0
  case $failure_exit in
    65 | 73 | 77 | 78) ;;
    *) return 0 ;;
  esac
  printf 'refuse\t%s\t%s\tlike the last run, unless the cause was removed: %s' "$failure_id" "$failure_exit" "$failure_words"
  exit 0
}

# foretell WHAT WHY
foretell() {
  printf '%s\t\t\t%s' "$1" "$2"
  [ -z "$master_version" ] || printf '\nmaster=%s at %s' "$master_name" "$master_position"
  exit 0
}

# foresee_by_data: what is decided by what lies there, as in look_at_data and claim.
foresee_by_data() {
  know_no_master
  find_client || fail AGENT 'psql is missing'
  [ "$ask_master" = no ] || settle_login
  build_conninfo
  survey
  for _foresee_left in "$store"/clone.*; do
    if is_installable "$_foresee_left"; then
      foretell reuse "$_foresee_left is finished and only has to be renamed"
    fi
  done
  case $data_state in
    nothing | unfinished) foresee_by_last ;;
    *) ;;
  esac
  [ "$data_state" != nothing ] || [ "$ask_master" = yes ] || foretell clone "$store holds no data"
  [ "$data_state" != unfinished ] || [ "$ask_master" = yes ] || foretell clone 'the clone there is unfinished'
}

why_outdated() {
  outdated_why=''
  [ ! -f "$replica/rewinding" ] || outdated_why='a rewind was interrupted'
  [ ! -f "$replica/outdated" ] || IFS= read -r outdated_why <"$replica/outdated" || :
}

# foresee_by_master: as inspect_master and choose_data do, once.
foresee_by_master() {
  if ! find_master; then
    [ "$foreign" = no ] || fail DATA_IDENTITY "no host of POSTGRES_MASTER is a master of the data in $store: $no_master"
    [ "$data_state" = finished ] || foretell clone "when a master answers: $no_master"
    say_no_master
    foretell reuse "it would start on the data here, because $no_master_words"
  fi
  read_answers
  master_known=yes
  require_wal_level
  case $data_state in
    nothing | unfinished)
      major=$master_major
      find_major
      foretell clone "of $master_name"
      ;;
    *) ;;
  esac
  _foresee_divergence=$divergence
  rewind_data
  [ -z "$_foresee_divergence" ] || [ -n "$divergence" ] || foretell rewind "$_foresee_divergence"
  compare_with_master
  if [ "$data_state" = outdated ]; then
    why_outdated
    [ -n "$outdated_why" ] || outdated_why=${gone:-the data cannot follow the master}
    foretell reclone "${_foresee_divergence:-$outdated_why}"
  fi
  foretell reuse "it follows the history of $master_name"
}
