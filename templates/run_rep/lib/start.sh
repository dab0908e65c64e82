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
    || fail DATA_MAJOR "$pgdata is of PostgreSQL $data_major, the server of $major"
  [ -f "$pgdata/standby.signal" ] || [ "$standby_marker" != standby.signal ] \
    || fail GATE "standby.signal is missing in $pgdata: started so, it would be a second master"
  [ -f "$pgdata/recovery.conf" ] || [ "$standby_marker" != recovery.conf ] \
    || fail GATE "recovery.conf is missing in $pgdata: started so, it would be a second master"
  [ ! -e "$pgdata/recovery.signal" ] \
    || fail GATE "recovery.signal lies in $pgdata: recovery would end and leave a second master"
  read_control "$pgdata" || fail GATE "pg_controldata cannot read $pgdata: $control"
  control_field 'Database system identifier'
  [ "$field" = "$pinned_system" ] \
    || fail DATA_IDENTITY "$pgdata is of system $field, but was cloned as $pinned_system"
  control_field 'Database cluster state'
  gate_state=$field
  case $gate_state in
    'in archive recovery' | 'shut down in recovery') ;;
    *)
      [ -f "$pgdata/backup_label" ] \
        || fail GATE "$pgdata has run as a master: its state is \"$gate_state\", without backup_label"
      ;;
  esac
  # Before, such data is judged by the policy.
  [ "$serving" = no ] || ! find_stray "$replica" || fail TABLESPACE "$stray"
}
