# The master's configuration rules (run.configuration: 'master'): what came along with the clone; CONFIG_URL stands in for
# what did not. Which files the master runs by it tells only a role with pg_read_all_settings; the clone's own lines tell
# it, too, unless they are on its command line.

# wants_files: is there something to fetch? For a clone, unless the master says that all comes along; else what is missing.
wants_files() {
  if [ "$decision" = clone ] || { [ "$files_settled" = no ] && [ "$master_known" = yes ]; }; then
    ask_places
  fi
  if [ "$decision" = clone ]; then
    case $master_rules in
      /*)
        [ -n "$CONFIG_URL" ] || fail CONFIG_MISSING "the master keeps its access rules in $master_rules, outside its data \
directory, and CONFIG_URL is not set"
        ;;
      *) ;;
    esac
    [ -n "$CONFIG_URL" ] || return 1
    case $master_conf,$master_rules in
      ,* | *, | /*,* | *,/* | *,pg_hba.run_rep.conf) return 0 ;;
      *) return 1 ;;
    esac
  fi
  [ -n "$CONFIG_URL" ] || return 1
  [ ! -e "$pgdata/postgresql.conf" ] || [ ! -e "$rules_file" ]
}

# ask_places: sets $master_conf and $master_rules to where the master has these files: a name within its data directory, or
# an absolute path elsewhere; both empty where the role may not know. To be refused leaves an ERROR in the master's log, where
# preflight leaves nothing.
ask_places() {
  master_conf='' master_rules=''
  [ "$sub_command" = run ] || return 0
  # Before a clone it was asked with all the rest.
  if [ ! -f "$work/questions" ]; then
    noted_data='' noted_conf='' noted_rules=''
    ! ask_replication 'SHOW data_directory' 'SHOW config_file' 'SHOW hba_file' || {
      IFS= read -r noted_data && IFS= read -r noted_conf && IFS= read -r noted_rules
    } <"$work/answers" || noted_rules=''
  fi
  if [ -z "$noted_rules" ]; then
    log INFO "$POSTGRES_REPUSER may not see which configuration files the master uses (GRANT pg_read_all_settings allows it)"
    return 0
  fi
  master_conf=${noted_conf#"$noted_data/"} master_rules=${noted_rules#"$noted_data/"}
}

# place_masters: what did not come along is put in its place. Without a postgresql.conf in it, the data directory is not
# where the master has its configuration, and nothing else of it that lies there counts.
place_masters() {
  restore_altered
  if [ ! -e "$pgdata/postgresql.conf" ]; then
    [ "$files_settled" = yes ] || { leave_behind pg_hba.conf && leave_behind pg_ident.conf; }
  fi
  if [ ! -e "$pgdata/pg_hba.conf" ] && [ "$rules_file" = "$pgdata/pg_hba.conf" ]; then
    place_file pg_hba.conf
    rules_from=${CONFIG_URL%/}/pg_hba.conf rules_time=now files_settled=no
  fi
  if [ ! -e "$pgdata/pg_ident.conf" ]; then
    place_map
  fi
  if [ ! -e "$pgdata/postgresql.conf" ]; then
    place_file postgresql.conf
    conf_from=${CONFIG_URL%/}/postgresql.conf conf_time=now files_settled=no
  fi
}

# leave_behind NAME: it is kept for reference, and counts for nothing.
leave_behind() {
  [ -e "$pgdata/$1" ] || return 0
  make_conf_directory
  copy_file "$pgdata/$1" "$replica/conf/$1.cloned"
  rm -f -- "${pgdata:?}/$1"
}

# place_file NAME: of what was fetched, now or before.
place_file() {
  want_fetched "the clone has no $1"
  copy_file "$replica/conf/$1" "$pgdata/$1"
}

# place_map: nobody needs a pg_ident.conf.
place_map() {
  if [ "$files_new" = yes ] || { has_kept && [ -e "$replica/conf/pg_ident.conf" ]; }; then
    place_file pg_ident.conf
    map_from=${CONFIG_URL%/}/pg_ident.conf map_time=now
  else
    printf '' >"$pgdata/pg_ident.conf" || cannot_write "$pgdata" "cannot make $pgdata/pg_ident.conf"
  fi
}

# want_fetched TEXT: makes sure that $replica/conf has what CONFIG_URL serves, or ends the run.
want_fetched() {
  [ "$fetched_kept" = no ] || return 0
  if [ "$files_new" = no ] && ! has_kept; then
    [ -n "$CONFIG_URL" ] || fail CONFIG_MISSING "$1, and CONFIG_URL is not set"
    get_files
  fi
  if [ "$files_new" = yes ]; then
    keep_fetched
  fi
}

# settle_masters: once, by which of the files in the data directory the master lets clients in.
settle_masters() {
  [ "$files_settled" = no ] || return 0
  settle_upstream_rules || locate_rules
  locate_map
  note_files
  _settle_included=$(ignore grep -n -e '^[[:space:]]*include' -e '^[^#]*[[:space:],]@' "$rules_file" /dev/null | tr '\n\t' '  ')
  [ -z "$_settle_included" ] || log WARN "these access rules include files, which are those of this agent or of the clone: $_settle_included"
}

# A master that was started with another config_file than the one in its data directory.
settle_conf() {
  [ "$files_settled" = no ] || return 0
  case $master_conf in
    '' | postgresql.conf) ;;
    /*)
      [ -z "$conf_from" ] || return 0
      if [ "$files_new" = no ] && ! has_kept; then
        log WARN "the master uses $master_conf, which is not in the clone; using $pgdata/postgresql.conf, which the master does not read"
        return 0
      fi
      want_fetched "the master uses $master_conf, which is not in the clone"
      conf_file=$replica/conf/postgresql.conf conf_from=${CONFIG_URL%/}/postgresql.conf conf_time=now
      ;;
    *) [ ! -f "$pgdata/$master_conf" ] || conf_file=$pgdata/$master_conf ;;
  esac
}

# tell_includes: what a file of the master's includes is read from this agent, unless it is a name within the data directory.
tell_includes() {
  case $written in
    *"$newline"include*) ;;
    *) return 0 ;;
  esac
  find_includes
  [ -z "$included" ] || log WARN "these lines of the master's files include others, which are those of this agent or of the clone: $included"
}

# find_includes: sets $included to file, number and text of those lines.
find_includes() {
  included=$(ignore grep -n -i '^[[:space:]]*include' "$conf_file" /dev/null | tr '\n\t' '  ')
  included=${included% }
}
