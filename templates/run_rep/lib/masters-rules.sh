# Which access rules are the master's (run.configuration: 'master'). A pg_hba.conf that it does not read may be as initdb
# left it, and let in anybody: it never rules here.

# settle_upstream_rules: of a clone of a replica of ours, which has the rules in force in a file of its own; below three
# lines for the door they are those that hold there, wherever these come from.
settle_upstream_rules() {
  [ ! -e "$replica/access" ] && [ -f "$hba_file" ] && [ -z "$rules_from" ] || return 1
  _upstream_line=''
  IFS= read -r _upstream_line <"$hba_file" || :
  case $_upstream_line in
    '# open. Made by run_rep.sh'*) ;;
    *) return 1 ;;
  esac
  sed 1,3d "$hba_file" >"$work/upstream.conf" || cannot_write "$work" "cannot write $work/upstream.conf"
  if ! cmp -s -- "$work/upstream.conf" "$pgdata/pg_hba.conf"; then
    make_conf_directory
    copy_file "$work/upstream.conf" "$replica/conf/upstream_hba.conf"
    rules_file=$replica/conf/upstream_hba.conf
  fi
}

# locate_rules: by what the master said, else by what its own lines say.
locate_rules() {
  [ -z "$rules_from" ] && [ "$rules_file" = "$pgdata/pg_hba.conf" ] || return 0
  _rules_place=$master_rules
  case $_rules_place,$written in
    ,*"$newline"hba_file"$newline"* | ,*"$newline"include*)
      ask_place hba_file
      [ "$place" = pg_hba.conf ] || _rules_place=$place
      ;;
    *) ;;
  esac
  case $_rules_place in
    pg_hba.conf | pg_hba.run_rep.conf) return 0 ;;
    '')
      ! lets_us_in || return 0
      _rules_place='another file'
      ;;
    /*) ;;
    *)
      if [ -f "$pgdata/$_rules_place" ]; then
        rules_file=$pgdata/$_rules_place
        return 0
      fi
      ;;
  esac
  want_fetched "the master's access rules are in $_rules_place (hba_file), which is not in the clone; \
it does not read $pgdata/pg_hba.conf"
  log WARN "the master's access rules are in $_rules_place, which is not in the clone: using those of $CONFIG_URL"
  rules_file=$replica/conf/pg_hba.conf rules_from=${CONFIG_URL%/}/pg_hba.conf rules_time=now
}

# lets_us_in: can these be the rules by which the master let this agent in? A pg_hba.conf as initdb leaves it lets nobody
# replicate from another host. Where nothing else is to be had, only one that asks no password counts as wrong.
lets_us_in() {
  ! is_this_host || return 0
  awk '
    { gsub(/#.*/, ""); gsub(/"/, ""); gsub(/,[ \t]+/, ",") }
    $1 ~ /^include/ || /@/ { found = 1 }
    $1 ~ /^host/ && $2 ~ /(^|,)replication(,|$)/ && $4 !~ /^(127\.|::1|localhost)/ { found = 1 }
    END { exit !found }' "$pgdata/pg_hba.conf" && return 0
  [ "$files_new" = no ] && [ -z "$CONFIG_URL" ] && ! has_kept && ! grep -q '^[[:space:]]*host[^#]*trust' "$pgdata/pg_hba.conf" || return 1
  log WARN "the rules in $pgdata/pg_hba.conf would not have let this agent in, so the master may use another file"
}

# is_this_host: is the master reached by an address of this host alone, which the rules of initdb let in, too?
is_this_host() {
  case $master_host,$master_address in
    ,* | 127.* | ::1,* | localhost,* | *,127.* | *,::1) return 0 ;;
    *) ;;
  esac
  have getent || return 1
  ignore getent ahosts "$master_host" >"$work/this_host"
  grep -q -e '^127\.' -e '^::1[[:space:]]' "$work/this_host"
}

# locate_map: as locate_rules, but a replica does without it: then nobody gets in by a map.
locate_map() {
  case $written in
    *"$newline"ident_file"$newline"*) ;;
    *) return 0 ;;
  esac
  ask_place ident_file
  case $place in
    pg_ident.conf) return 0 ;;
    /*) ;;
    *)
      if [ -f "$pgdata/$place" ]; then
        map_file=$pgdata/$place
        return 0
      fi
      ;;
  esac
  make_conf_directory
  map_file=$replica/conf/pg_ident.conf
  if [ -e "$map_file" ]; then
    map_from=${CONFIG_URL%/}/pg_ident.conf map_time=now
  else
    printf '' >"$map_file" || cannot_write "$replica" "cannot write $map_file"
  fi
  log WARN "the master's pg_ident.conf is $place, which is not in the clone: \
$([ -s "$map_file" ] && printf 'using that of CONFIG_URL' || printf 'no user name map is in force')"
}

# ask_place NAME: sets $place to where the files say that it is, as ask_places does. What they call the data directory is
# what it is on the master.
ask_place() {
  place=/ _place_data=$pgdata
  if "$pg_bin"/postgres -D "$pgdata" -c "config_file=$conf_file" -C data_directory >"$work/value" 2>"$work/words"; then
    IFS= read -r _place_data <"$work/value" || :
  fi
  if "$pg_bin"/postgres -D "$pgdata" -c "config_file=$conf_file" -c "data_directory=$pgdata" -C "$1" \
    >"$work/value" 2>"$work/words"; then
    IFS= read -r place <"$work/value" || :
  fi
  place=${place#"$pgdata/"}
  place=${place#"$_place_data/"}
}
