# The published files rule (run.configuration: 'published'): those of CONFIG_URL, at each start. They are taken together or
# not at all, and what they replace stays until the server has accepted them: one that PostgreSQL does not start with costs
# nobody a replica.

# refresh_kept: one short look at what is published now; what is wrong with it is told, and the files of before hold.
refresh_kept() {
  if [ -z "$CONFIG_URL" ]; then
    log WARN 'CONFIG_URL is not set: using the files that were fetched before'
    return 0
  fi
  fetch_files 5
  read_all_fetched
  if [ -n "$fetch_refused$fetch_away" ]; then
    log WARN "using the files that were fetched before: cannot fetch ${fetch_refused:-$fetch_away}"
  elif [ "$fetch_changed" = no ]; then
    files_fetched=yes
  elif are_same .refused; then
    tell_refused
  else
    judge_apart
    # They may have been fitted to this agent, then as now.
    if [ "$status" -ne 0 ]; then
      log WARN "using the files that were fetched before, until usable ones are published at $CONFIG_URL"
    elif are_same .refused; then
      tell_refused
    else
      files_fetched=yes
      are_same '' || files_new=yes
    fi
  fi
}

tell_refused() {
  log WARN "using the files that were fetched before: PostgreSQL did not accept those that $CONFIG_URL still serves"
}

# carry_kept: into $work/conf, for a clone that takes the place of the data beside which they lie.
carry_kept() {
  make_fetched
  for _carry_name in pg_ident.conf pg_hba.conf postgresql.conf; do
    [ ! -e "$replica/conf/$_carry_name" ] || copy_file "$replica/conf/$_carry_name" "$work/conf/$_carry_name"
  done
  [ -e "$work/conf/pg_ident.conf" ] || printf '' >"$work/conf/pg_ident.conf" || cannot_write "$work" "cannot write in $work/conf"
  find_files
  carried_from=${conf_from%/postgresql.conf} carried_time=$conf_time
}

# judge_apart: in a process of its own, where a fault ends nothing else; what it does to the files stays. $status tells.
judge_apart() {
  launching=yes
  (
    trap - TERM INT HUP USR1 USR2 VTALRM EXIT
    judging=yes
    judge_fetched
  ) &
  child=$!
  launched
  await
  [ "$signals" -eq 0 ] || exit "$exit_code"
}

# are_same SUFFIX: were the same files fetched as lie in $replica/conf with that suffix?
are_same() {
  [ -f "$replica/conf/postgresql.conf$1" ] || return 1
  for _same_name in postgresql.conf pg_hba.conf pg_ident.conf; do
    cmp -s -- "$work/conf/$_same_name" "$replica/conf/$_same_name$1" || return 1
  done
}

# place_published: the files that rule from now on. On trial they are from when others are there to go back to.
place_published() {
  if [ "$files_new" = yes ]; then
    if has_kept && [ ! -e "$replica/conf/trial" ]; then
      for _place_name in postgresql.conf pg_hba.conf pg_ident.conf; do
        [ -e "$replica/conf/$_place_name" ] || continue
        copy_file "$replica/conf/$_place_name" "$replica/conf/$_place_name.former"
      done
      [ ! -e "$replica/conf/sources" ] || copy_file "$replica/conf/sources" "$replica/conf/sources.former"
      printf '' >"$replica/conf/trial" || cannot_write "$replica" "cannot write $replica/conf/trial"
    fi
    keep_fetched
  fi
  if ! has_kept; then
    # Only data that is to be rewound runs for a moment before anything is fetched, closed to all.
    [ -e "$pgdata/postgresql.conf" ] || fail CONFIG_MISSING "no published postgresql.conf was fetched"
    return 0
  fi
  if [ "$files_settled" = no ] || [ "$files_new" = yes ] \
    || { [ "$files_fetched" = yes ] && [ "$conf_from" != "${CONFIG_URL%/}/postgresql.conf" ]; }; then
    [ -n "$carried_from" ] || carried_from=${CONFIG_URL%/}
    point_to_published "$carried_from" "${carried_time:-now}"
    note_files
  fi
  files_new=no
  set_aside_altered
}

# point_to_published URL TIME
point_to_published() {
  conf_from=$1/postgresql.conf rules_from=$1/pg_hba.conf map_from=$1/pg_ident.conf
  conf_time=$2 rules_time=$2 map_time=$2
  conf_file=$replica/conf/postgresql.conf rules_file=$replica/conf/pg_hba.conf map_file=$replica/conf/pg_ident.conf
  [ -e "$map_file" ] || printf '' >"$map_file" || cannot_write "$replica" "cannot write $map_file"
}

# set_aside_altered: postgresql.auto.conf beats every file. What came in it with the clone was set by ALTER SYSTEM on the
# master, and does not hold; what is set on this replica from then on does.
set_aside_altered() {
  if [ ! -e "$replica/conf/postgresql.auto.conf.cloned" ]; then
    list_altered
    if [ -e "$pgdata/postgresql.auto.conf" ]; then
      mv -- "$pgdata/postgresql.auto.conf" "$replica/conf/postgresql.auto.conf.cloned" \
        || cannot_write "$pgdata" "cannot move $pgdata/postgresql.auto.conf"
    else
      printf '' >"$replica/conf/postgresql.auto.conf.cloned" || cannot_write "$replica" "cannot write in $replica/conf"
    fi
    [ -z "$altered" ] || log INFO "settings made by ALTER SYSTEM on the master are not used here: $altered; \
they are kept in $replica/conf/postgresql.auto.conf.cloned"
  fi
  [ -e "$pgdata/postgresql.auto.conf" ] || printf '# For ALTER SYSTEM on this replica.\n' >"$pgdata/postgresql.auto.conf" \
    || cannot_write "$pgdata" "cannot write $pgdata/postgresql.auto.conf"
}

# restore_altered: where the master's configuration is to rule again, what had been set aside comes back.
restore_altered() {
  [ -e "$replica/conf/postgresql.auto.conf.cloned" ] || return 0
  list_altered
  if [ -n "$altered" ]; then
    log WARN "settings made by ALTER SYSTEM on the master stay in $replica/conf/postgresql.auto.conf.cloned, because ALTER SYSTEM \
was used here since: $altered"
    return 0
  fi
  mv -- "$replica/conf/postgresql.auto.conf.cloned" "$pgdata/postgresql.auto.conf" \
    || cannot_write "$pgdata" "cannot write $pgdata/postgresql.auto.conf"
}

# prove_published: the server lets clients in by them.
prove_published() {
  [ ! -e "$replica/conf/trial" ] || ignore rm -f -- "${replica:?}/conf/trial"
}

# retreat TEXT: the server did not get so far with files that were published anew: those of before rule again, and these
# are not tried once more. Where it fails with those as well, it was not their fault, and the next run tries them.
retreat() {
  [ "$configuration" = published ] || return 0
  if [ ! -e "$replica/conf/trial" ]; then
    [ ! -e "$replica/conf/postgresql.conf.refused" ] || ignore rm -f -- "${replica:?}/conf/postgresql.conf.refused"
    return 0
  fi
  log ERROR "PostgreSQL does not accept the files that $CONFIG_URL serves now: $1"
  log WARN 'starting again with the files that were fetched before'
  for _retreat_name in pg_ident.conf pg_hba.conf postgresql.conf; do
    copy_file "$replica/conf/$_retreat_name" "$replica/conf/$_retreat_name.refused"
    [ ! -e "$replica/conf/$_retreat_name.former" ] \
      || copy_file "$replica/conf/$_retreat_name.former" "$replica/conf/$_retreat_name"
  done
  [ ! -e "$replica/conf/sources.former" ] || copy_file "$replica/conf/sources.former" "$replica/conf/sources"
  rm -f -- "${replica:?}/conf/trial"
  start_again
}
