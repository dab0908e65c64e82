# @step fetch_config
# What CONFIG_URL serves, before the clone: a wrong file found afterwards would have cost the copy. By run.configuration it
# is what rules (published), or what stands in where the master's configuration did not come along (master).
step_fetch_config() {
  if [ "$configuration" = master ] && ! wants_files; then
    judge_settings
    return 0
  fi
  # Carried there from data that had to make room for its copy.
  if [ -e "$work/conf/postgresql.conf" ]; then
    files_new=yes
    log INFO 'using the files that were fetched before, until the next start'
    return 0
  fi
  if has_kept; then
    refresh_kept
    if [ "$decision" = clone ] && [ "$files_new" = no ]; then
      carry_kept
      files_new=yes
    fi
    return 0
  fi
  [ -n "$CONFIG_URL" ] || fail CONFIG_MISSING "run.configuration is published, but CONFIG_URL is not set"
  get_files
}

# get_files: as long as nothing is here that could stand in for them.
get_files() {
  fetch_patiently
  judge_fetched
  files_new=yes files_fetched=yes
}

# judge_fetched: the server itself judges each line of postgresql.conf; it needs no data for that.
judge_fetched() {
  conf_dir=$work/conf conf_file=$work/conf/postgresql.conf
  list_written
  judge_lines
  judge_fit
  conf_dir=$pgdata
  find_files
  check_fetched_hba
  check_fetched_map
}

check_fetched_hba() {
  check_rules "$work/conf/pg_hba.conf" "$CONFIG_URL/pg_hba.conf"
  grep -q '^[[:space:]]*"\{0,1\}[lhi]' "$work/conf/pg_hba.conf" \
    || fail CONFIG_WRONG "$CONFIG_URL/pg_hba.conf holds no access rule"
}

# A line of pg_ident.conf has three words. Where the master's rule it was never asked for, and a web server may answer
# anything with a page.
check_fetched_map() {
  _map_word='[[:space:]]*\("[^"]*"\|[^[:space:]"#]\)[^[:space:]]*[[:space:]]'
  _map_odd=$(sed -n -e '/^[[:space:]]*$/d' -e '/^[[:space:]]*#/d' -e '/^[[:space:]]*include[_a-z]*[[:space:]]/d' \
    -e "/^$_map_word.*[^[:space:]].*[[:space:]].*[^[:space:]]/d" -e '{=;q;}' "$work/conf/pg_ident.conf")
  [ -n "$_map_odd" ] || ! grep -q '^[[:space:]]*<' "$work/conf/pg_ident.conf" || _map_odd=1
  [ -n "$_map_odd" ] || return 0
  [ "$configuration" = master ] || fail CONFIG_WRONG "line $_map_odd of $CONFIG_URL/pg_ident.conf is not a mapping"
  log WARN "line $_map_odd of $CONFIG_URL/pg_ident.conf is not a mapping: ignoring that file"
  printf '' >"$work/conf/pg_ident.conf" || cannot_write "$work" "cannot write $work/conf/pg_ident.conf"
}
