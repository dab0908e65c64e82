# Whose configuration runs (run.configuration). What was fetched lies in $replica/conf, beside PGDATA, so that no clone of
# this replica takes it along; what came with the clone stays in PGDATA. $replica/conf/sources says which files count, and
# where each is from.

# find_files: sets $conf_file, $rules_file and $map_file to those that count, $*_from and $*_time to where and when they
# were fetched, as an earlier run has settled it; $files_settled says whether one did, under this same model.
find_files() {
  conf_file=$pgdata/postgresql.conf rules_file=$pgdata/pg_hba.conf map_file=$pgdata/pg_ident.conf
  conf_from='' rules_from='' map_from='' conf_time='' rules_time='' map_time='' files_settled=no
  [ -f "$replica/conf/sources" ] || return 0
  while IFS="$tab" read -r _find_name _find_place _find_time _find_from; do
    [ "$_find_time" != - ] || _find_time='' _find_from=''
    case $_find_name in
      configuration) [ "$_find_place" != "$configuration" ] || files_settled=yes ;;
      postgresql.conf) conf_file=$replica/$_find_place conf_time=$_find_time conf_from=$_find_from ;;
      pg_hba.conf) rules_file=$replica/$_find_place rules_time=$_find_time rules_from=$_find_from ;;
      pg_ident.conf) map_file=$replica/$_find_place map_time=$_find_time map_from=$_find_from ;;
      *) ;;
    esac
    [ "$files_settled" = yes ] || return 0
  done <"$replica/conf/sources"
}

# note_files: so that the next run need not judge it again.
note_files() {
  make_conf_directory
  know_time
  [ "$conf_time" != now ] || conf_time=${now:-then}
  [ "$rules_time" != now ] || rules_time=${now:-then}
  [ "$map_time" != now ] || map_time=${now:-then}
  {
    printf 'configuration\t%s\t-\t-\n' "$configuration" \
      && printf 'postgresql.conf\t%s\t%s\t%s\n' "${conf_file#"$replica/"}" "${conf_time:--}" "${conf_from:--}" \
      && printf 'pg_hba.conf\t%s\t%s\t%s\n' "${rules_file#"$replica/"}" "${rules_time:--}" "${rules_from:--}" \
      && printf 'pg_ident.conf\t%s\t%s\t%s\n' "${map_file#"$replica/"}" "${map_time:--}" "${map_from:--}"
  } >"$replica/conf/sources.new" || cannot_write "$replica" "cannot write $replica/conf/sources"
  mv -- "$replica/conf/sources.new" "$replica/conf/sources" || cannot_write "$replica" "cannot write $replica/conf/sources"
}

make_conf_directory() {
  [ -d "$replica/conf" ] || mkdir -- "$replica/conf" || cannot_write "$replica" "cannot make $replica/conf"
}

# has_kept: are there files that an earlier run has fetched?
has_kept() {
  [ -f "$replica/conf/postgresql.conf" ] && [ -f "$replica/conf/pg_hba.conf" ]
}

# keep_fetched: what was fetched takes the place of what was before, each file as a whole. Those by which has_kept goes
# come last.
keep_fetched() {
  make_conf_directory
  for _keep_name in pg_ident.conf pg_hba.conf postgresql.conf; do
    copy_file "$work/conf/$_keep_name" "$replica/conf/$_keep_name"
  done
  ignore sync "$replica/conf/postgresql.conf" "$replica/conf/pg_hba.conf" "$replica/conf/pg_ident.conf" "$replica/conf"
  fetched_kept=yes
}

# copy_file FROM TO
copy_file() {
  { cp -- "$1" "$2.new" && mv -- "$2.new" "$2"; } || cannot_write "${2%/*}" "cannot write $2"
}

# tell_files: one line at each start: whose settings and whose access rules are in force, and where they are from.
tell_files() {
  list_altered
  say_source "$conf_file" "$conf_from" "$conf_time"
  _tell_conf=$source_words
  say_source "$rules_file" "$rules_from" "$rules_time"
  _tell_whose=here
  [ "$configuration" = published ] || _tell_whose='on the master before the clone, or here'
  log INFO "settings: $_tell_conf; access rules: $source_words${altered:+"; ALTER SYSTEM $_tell_whose: $altered"}"
}

# say_source FILE URL TIME: sets $source_words.
say_source() {
  if [ -z "$2" ]; then
    source_words="the master's, from the clone ($1)"
  elif [ "$files_fetched" = yes ]; then
    source_words="published ($2, fetched now)"
  else
    source_words="published ($2, fetched $3)"
  fi
}

# list_altered: sets $altered to what ALTER SYSTEM has set in the data directory; the last line of a name counts.
list_altered() {
  altered=''
  while IFS= read -r _altered_line || [ -n "$_altered_line" ]; do
    case $_altered_line in
      [A-Za-z_]*)
        _altered_name=${_altered_line%%[!A-Za-z0-9_.]*}
        case " $altered," in
          *" $_altered_name,"*) ;;
          *) altered=$altered${altered:+, }$_altered_name ;;
        esac
        ;;
      *) ;;
    esac
  done 2>/dev/null <"$pgdata/postgresql.auto.conf" || :
}
