# @step fetch_config
# The configuration of a master that keeps it outside its data directory, before the clone: a wrong
# file found afterwards would have cost the copy. What the data directory holds already is left.
step_fetch_config() {
  [ -n "$CONFIG_URL" ] || return 0
  mkdir -- "$work/conf" || cannot_write "$work" "cannot make $work/conf"
  if [ "$decision" = clone ] || [ ! -e "$pgdata/postgresql.conf" ]; then
    fetch_patiently "${CONFIG_URL%/}/postgresql.conf" "$work/conf/postgresql.conf"
    check_fetched_conf
  fi
  if [ "$decision" = clone ] || [ ! -e "$pgdata/pg_hba.conf" ]; then
    fetch_patiently "${CONFIG_URL%/}/pg_hba.conf" "$work/conf/pg_hba.conf"
    check_fetched_hba
  fi
}

# The server itself judges each line; it needs no data for that.
check_fetched_conf() {
  conf_dir=$work/conf written=''
  check_libraries
  check_certificate
  conf_dir=$pgdata
}

# Every line is blank, a comment, or begins with a word that pg_hba.conf knows.
check_fetched_hba() {
  _hba_odd=$(sed -n -e '/^[[:space:]]*$/d' -e '/^[[:space:]]*#/d' \
    -e '/^[[:space:]]*local[[:space:]]/d' -e '/^[[:space:]]*host[nogslec]*[[:space:]]/d' \
    -e '/^[[:space:]]*include[_a-z]*[[:space:]]/d' -e '{=;q;}' "$work/conf/pg_hba.conf")
  [ -z "$_hba_odd" ] || fail CONFIG_WRONG "line $_hba_odd of $CONFIG_URL/pg_hba.conf is no access rule"
  grep -q '^[[:space:]]*[lhi]' "$work/conf/pg_hba.conf" \
    || fail CONFIG_WRONG "$CONFIG_URL/pg_hba.conf holds no access rule"
}
