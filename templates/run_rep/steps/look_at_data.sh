# @step look_at_data
# Local evidence only: what lies there, and is it ours? Sets $data_state; what is in the way and not ours is refused
# before the first thing is written beside it.
step_look_at_data() {
  left_told=''
  yield_to_owner
  survey
  log INFO "found in $store: $data_state"
}

# survey: nothing, unfinished (clones only), outdated (a replica that is to be replaced) or finished. What has a name of
# ours and is not ours is in the way; what has another name is left alone.
survey() {
  data_state=nothing pinned_system='' pinned_major='' left_names='' left_odd='' has_trace=no
  [ ! -e "$store" ] || [ -d "$store" ] || fail DATA_FOREIGN "$store is not a directory"
  for _survey_entry in "$store"/* "$store"/.[!.]* "$store"/..?*; do
    [ -e "$_survey_entry" ] || [ -L "$_survey_entry" ] || continue
    case ${_survey_entry##*/} in
      log | status | login)
        { [ -d "$_survey_entry" ] && [ ! -L "$_survey_entry" ]; } || refuse_entry "$_survey_entry"
        ;;
      claim.* | alive.*)
        [ -L "$_survey_entry" ] || [ -p "$_survey_entry" ] || refuse_entry "$_survey_entry"
        has_trace=yes
        ;;
      slot | beat.*)
        { [ -f "$_survey_entry" ] && [ ! -L "$_survey_entry" ]; } || refuse_entry "$_survey_entry"
        ;;
      work.*) is_ours "$_survey_entry" || refuse_entry "$_survey_entry" ;;
      clone.*)
        is_ours "$_survey_entry" || refuse_entry "$_survey_entry"
        [ "$data_state" = finished ] || data_state=unfinished
        ;;
      replica) data_state=finished ;;
      PG_VERSION) fail DATA_FOREIGN "$store is itself a data directory that this script did not make" ;;
      *) leave_entry "$_survey_entry" ;;
    esac
  done
  [ "$data_state" != finished ] || survey_replica
  judge_left
}

# leave_entry PATH: of a stranger. Some names come by themselves on a volume, or are what an operator has renamed; any
# other one in a directory without a trace of us says that it is somebody else's.
leave_entry() {
  left_names="$left_names ${1##*/}"
  case ${1##*/} in
    .* | lost+found | core | core.* | *.core | aquota.* | quota.* | @* | '#'* | '$'* | replica.* | 'System Volume Information') ;;
    *) [ -n "$left_odd" ] || left_odd=$1 ;;
  esac
}

# judge_left: a wrong PGDATA_DIR, /home/somebody say, is refused before it is filled. What is gone in a moment was none.
judge_left() {
  if [ -n "$left_odd" ] && [ "$data_state" = nothing ] && [ "$has_trace" = no ]; then
    blink
    if [ -e "$left_odd" ] || [ -L "$left_odd" ]; then
      fail DATA_FOREIGN "$store contains $left_odd and nothing of this script: PGDATA_DIR must be a directory of its own"
    fi
  fi
  case $left_names in
    '' | ' lost+found' | "$left_told") return 0 ;;
    *) ;;
  esac
  left_told=$left_names
  log INFO "files that this script did not make are left alone in $store:$(printf '%.200s' "$left_names")"
}

# refuse_entry PATH: while we look, a run that began with us may tidy up; what is gone in a moment was no stranger's.
refuse_entry() {
  blink
  if [ -e "$1" ] || [ -L "$1" ]; then
    fail DATA_FOREIGN "this script did not make $1"
  fi
}

# A finished clone of ours?
survey_replica() {
  if is_lost "$replica"; then
    data_state=unfinished
    return 0
  fi
  if is_half_rewound && read_pins "$replica/rewinding"; then
    [ "$on_diverged" = reclone ] || fail HALF_REWOUND "a rewind of $pgdata was interrupted"
    data_state=outdated
    return 0
  fi
  is_finished "$replica" || fail DATA_FOREIGN "$replica is not a clone that this script finished"
  is_owned "$pgdata" || fail DATA_FOREIGN "$pgdata does not belong to $RUN_USER"
  read -r data_major 2>/dev/null <"$pgdata/PG_VERSION" || data_major=''
  [ "$data_major" = "$pinned_major" ] \
    || fail DATA_MAJOR "$pgdata belongs to PostgreSQL $data_major, but was cloned as $pinned_major"
  if is_outdated; then
    data_state=outdated
  else
    judge_wal
  fi
}
