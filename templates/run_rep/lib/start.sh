# What starts a server: gate and start in one, and no other function runs PostgreSQL on data. Whatever was done to the
# data before, by a step, by a person or by the disk, what is not certainly a standby does not start.

# @may start
# start_server OPTION...: with_settings calls it with every setting that must hold. Nothing may stand between the two.
# What the server says before it has a log of its own goes to a file, so that it can be understood.
start_server() {
  require_standby
  launch "$pg_bin"/postgres -D "$pgdata" "$@" 2>>"$work/first_words"
}

# @may touch the standby marker
# The gate. A data directory that once took writes is refused, even if it has the same system identifier and
# timeline as the master; and it is never replaced either, since it may hold what nobody else has.
require_standby() {
  read -r data_major 2>/dev/null <"$pgdata/PG_VERSION" || data_major=''
  [ "$data_major" = "$major" ] \
    || fail DATA_MAJOR "$pgdata belongs to PostgreSQL $data_major, but the server is $major"
  if [ ! -f "$pgdata/$standby_marker" ]; then
    tell_promotion
    fail GATE "$standby_marker is missing in $pgdata: without it the server would be a second master$promotion"
  fi
  [ ! -e "$pgdata/recovery.signal" ] \
    || fail GATE "recovery.signal is in $pgdata: recovery would end, and the server would be a second master"
  read_control "$pgdata" || fail GATE "pg_controldata cannot read $pgdata: $control"
  control_field 'Database system identifier'
  [ "$field" = "$pinned_system" ] \
    || fail DATA_IDENTITY "the system identifier of $pgdata is $field, but it was $pinned_system when cloned"
  control_field 'Database cluster state'
  gate_state=$field
  case $gate_state in
    'in archive recovery' | 'shut down in recovery') ;;
    *)
      if [ ! -f "$pgdata/backup_label" ]; then
        tell_promotion
        fail GATE "$pgdata has run as a master: its state is \"$gate_state\", without backup_label${promotion_seen:+$promotion}"
      fi
      ;;
  esac
  # Before, such data is judged by the policy.
  [ "$serving" = no ] || ! find_stray "$replica" || fail TABLESPACE "$stray"
}

# tell_promotion: sets $promotion to what is known, as the end of a sentence, of a promotion, or of a marker that somebody
# took away: a run that saw the promotion left word of it, and the control file tells whether anything was written here alone.
tell_promotion() {
  promotion='' promotion_seen=''
  [ ! -f "$replica/promoted" ] || IFS= read -r promotion_seen <"$replica/promoted" || :
  if [ -n "$promotion_seen" ]; then
    promotion="; an earlier run saw why: $promotion_seen"
    return 0
  fi
  read_control "$pgdata" || return 0
  control_field 'Database cluster state'
  case $field in
    'shut down in recovery') promotion='; its control file says that it has not run as a master (shut down in recovery)' ;;
    'in production' | 'shut down')
      [ -f "$pgdata/backup_label" ] || promotion="; its control file says that it has run as a master ($field)"
      ;;
    *) ;;
  esac
}
