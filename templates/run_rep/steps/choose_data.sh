# @step choose_data
# Nothing there: clone. Our finished clone: reuse, unless it left the master's history: then by policy.
# What is in doubt is refused.
step_choose_data() {
  decision=clone backup_mb=0 basebackup_bin='' checkpoint_limit=0
  if [ "$data_state" = finished ] || [ "$data_state" = outdated ]; then
    know_rules
    [ "$master_known" = no ] || compare_with_master
    if [ "$data_state" = finished ]; then
      decision=reuse
      log INFO "reusing the data here without a copy (system identifier $pinned_system)"
      return 0
    fi
  fi
  major=$master_major
  find_major
  find_basebackup || fail SERVER_BINARIES "pg_basebackup is missing, or older than PostgreSQL $major"
  # Only a base backup tells how much there is, and one makes the master write a checkpoint and switch its WAL.
  if [ "$sub_command" != run ]; then
    check_space
    log INFO "a run would clone $master_name; its size is known only when a base backup begins"
    return 0
  fi
  settle_checkpoint
  tell_phase "waiting for $master_name to tell its size: it writes a checkpoint first"
  start_patience
  until measure_master; do
    _header_words=$(words_of "$work/words")
    retry_if_busy 'the master does not begin a base backup' "$_header_words"
  done
  check_space
  announce INFO "$master_name has $backup_mb MB to clone, and $tablespace_count tablespaces besides the default one"
}

# retry_if_busy TEXT WORDS: returns after a pause if the master had no walsender left for us.
retry_if_busy() {
  if ! is_busy "$2"; then
    copy_said=''
    server_words "$work/words"
    judge_master_files "$2"
    fail CLONE_FAILED "$1: $2"
  fi
  be_patient "$1: $2" || give_up "$2"
}

# Room for the data, a twentieth of it for what the master writes meanwhile, and three WAL segments; and
# at the least as many files as an empty cluster has, and one for each GB. Data that is to be replaced
# stays until then, unless there is no room for both.
check_space() {
  space_needed=$((backup_mb + backup_mb / 20 + 3 * master_segment_mb))
  space_place=$store
  while [ ! -d "$space_place" ]; do
    space_place=$(dirname -- "$space_place")
  done
  check_inodes
  find_free "$space_place"
  [ -n "$free" ] || log WARN "cannot tell how much is free in $space_place (df): not checking the space"
  space_tight=no
  [ "$data_state" = outdated ] || judge_room "$space_place" "$space_needed"
  check_wal_space
  [ "$data_state" = outdated ] || return 0
  _space_free=$(free_mb "$store")
  if [ "${_space_free:-$space_needed}" -lt "$space_needed" ]; then
    space_tight=yes
    _space_old=$(du -s -k -- "$replica" | awk '{ printf "%d\n", $1 / 1024 }')
    [ "$((_space_free + _space_old))" -ge "$space_needed" ] \
      || fail NO_SPACE "$store has only $_space_free MB left beside $_space_old MB of old data; $space_needed MB are needed"
  fi
  [ "$space_tight" = yes ] || return 0
  if [ "$sub_command" != run ]; then
    log WARN 'no room for two copies: a run removes the outdated data before its replacement is complete'
    return 0
  fi
  log WARN 'no room for two copies: removing the outdated data before its replacement is complete'
  # What was fetched goes with it, and CONFIG_URL may be away.
  ! has_kept || carry_kept
  retire_replica
  remove_clone "$retired"
}

check_inodes() {
  _inodes_free=$(free_inodes "$space_place")
  _inodes_needed=$((1200 + backup_mb / 1024))
  [ "${_inodes_free:-$_inodes_needed}" -ge "$_inodes_needed" ] \
    || fail NO_SPACE "$space_place has only $_inodes_free inodes left; a clone needs at least $_inodes_needed"
}

know_rules() {
  version_rules "$major" || fail MASTER_VERSION "this script was not made for PostgreSQL $major"
}

find_major() {
  know_rules
  find_server "$major" || fail SERVER_BINARIES "the server of PostgreSQL $major is not installed here (Debian: postgresql-$major)$(other_servers)"
  meet_libpq "${major%%.*}" "the server $major of $pg_bin"
}

compare_with_master() {
  [ "$master_major" = "$pinned_major" ] || fail DATA_MAJOR \
    "the data belongs to PostgreSQL $pinned_major, but $master_name runs $master_major"
  if [ -n "$divergence" ]; then
    give_up_data "$divergence" || fail DATA_DIVERGED "$divergence"
  elif [ "$data_state" = finished ] && [ -f "$replica/outdated" ]; then
    judge_mark
  fi
}

# judge_mark: of data that an earlier run gave up, and that was to stay. What it missed then may have come back.
judge_mark() {
  needed_segment "$own_position" || return 0
  if is_wal_gone "$needed"; then
    give_up_data "$gone" || fail WAL_GONE "$gone"
  elif [ "$sub_command" = run ]; then
    ignore rm -f -- "$replica/outdated"
  fi
}

# give_up_data TEXT: what the policy says of data that cannot follow the master any more. A clone that has never streamed is
# made again in any case: nothing is in it that was not on the master that it was copied from. The mark lasts, so that the
# next run knows it, too, and with it how new a master must be to be cloned in its place.
give_up_data() {
  _give_up_why=$on_diverged
  has_streamed || _give_up_why=never_streamed
  if [ "$sub_command" = run ]; then
    printf '%s\n' "$1" "${master_timeline:-0}" "$_give_up_why" >"$work/outdated" \
      || cannot_write "$work" "cannot write $work/outdated"
    mv -- "$work/outdated" "$replica/outdated" || cannot_write "$replica" "cannot write $replica/outdated"
  fi
  case $_give_up_why in
    reclone) log WARN "$1; cloning again (run.onDiverged is reclone)" ;;
    never_streamed) log WARN "$1; cloning again, because this clone has never streamed" ;;
    *) return 1 ;;
  esac
  data_state=outdated
}

# settle_checkpoint: sets $checkpoint_limit, the seconds that the checkpoint before a base backup may take besides, if it is
# spread: it goes at the master's own pace, and may have to wait for another one.
settle_checkpoint() {
  [ "$clone_checkpoint" = spread ] || return 0
  _checkpoint_timeout=''
  ! ask_replication 'SHOW checkpoint_timeout' \
    || read -r _checkpoint_timeout <"$work/answers" || :
  case $_checkpoint_timeout in
    *min) _checkpoint_unit=60 ;;
    *h) _checkpoint_unit=3600 ;;
    *d) _checkpoint_unit=86400 ;;
    *) _checkpoint_unit=1 ;;
  esac
  _checkpoint_timeout=${_checkpoint_timeout%%[!0-9]*}
  is_integer "$_checkpoint_timeout" 1 86400 || _checkpoint_timeout=300
  checkpoint_limit=$((2 * _checkpoint_timeout * _checkpoint_unit))
  log INFO "the master writes a checkpoint at its own pace, which may take $checkpoint_limit s"
}

# How much there is to copy, and from which tablespaces. The client is ended before the backup itself.
measure_master() {
  ignore rm -f -- "$work/header"
  printf '' >"$work/sizes" || cannot_write "$work" "cannot make $work/sizes"
  backup_mb=0 tablespace_count=0
  if [ "$client_major" -ge 15 ]; then
    read_backup_header
  else
    read_backup_progress
  fi
}

# The rows that precede a base backup tell each tablespace and its size. By a FIFO, since psql would read all of the backup
# where SIGPIPE is ignored.
read_backup_header() {
  mkfifo "$work/header" || cannot_write "$work" "cannot make $work/header"
  launching=yes
  exec "$client_bin"/psql -X -w -A -t -F "$tab" -d "$master_conninfo dbname=replication replication=true" \
    -c "$backup_command" </dev/null >"$work/header" 2>"$work/words" &
  feeder=$!
  launched
  launch sed -n -e p -e "/^$tab$tab/q" "$work/header" >"$work/sizes"
  prepare_meanwhile
  guard "$((stall_limit + checkpoint_limit))"
  end_feeder
  tablespace_count=-1
  while IFS= read -r _header_row; do
    case $_header_row in
      *"$tab"*"$tab"*)
        _header_kb=${_header_row##*"$tab"}
        case $_header_kb in
          '' | *[!0-9]* | ?????????????*) return 1 ;;
          *) backup_mb=$((backup_mb + _header_kb / 1024)) ;;
        esac
        tablespace_count=$((tablespace_count + 1))
        ;;
      *) ;;
    esac
  done <"$work/sizes"
  [ "$tablespace_count" -ge 0 ]
}

# prepare_meanwhile: while the master writes its checkpoint, what comes before the copy anyway.
prepare_meanwhile() {
  settle_flush
  foresee_settings
}

# Before 15 psql shows only the last answer to a command. Then the first line of progress of pg_basebackup
# tells the size and how many tablespaces there are, but not where, so there must be none of its own. Before 12 it ends
# such a line with a carriage return, also in a file.
read_backup_progress() {
  printf '' >"$work/header" || cannot_write "$work" "cannot make $work/header"
  launching=yes
  exec "$basebackup_bin"/pg_basebackup -D - -F t -X none -c "$clone_checkpoint" -w -P -d "$master_conninfo" \
    </dev/null >/dev/null 2>"$work/header" &
  feeder=$!
  launched
  prepare_meanwhile
  _progress_blinks=$((10 * (stall_limit + checkpoint_limit)))
  while ! grep -q 'kB (' "$work/header" && lives "$feeder" && [ "$_progress_blinks" -gt 0 ]; do
    _progress_blinks=$((_progress_blinks - 1))
    blink
  done
  end_feeder
  tr '\r' '\n' <"$work/header" >"$work/words" || cannot_write "$work" "cannot write $work/words"
  if grep -q 'single tablespace' "$work/words"; then
    fail AGENT "the master has additional tablespaces, which only psql 15 or later can find: \
install a newer postgresql-client (this is $client_major)"
  fi
  _progress_kb=$(sed -n -e '/kB (/{s|.*/\([0-9][0-9]*\) kB (.*|\1|p;q;}' "$work/words") || return 1
  backup_mb=$((${_progress_kb:-0} / 1024))
  [ -n "$_progress_kb" ]
}
