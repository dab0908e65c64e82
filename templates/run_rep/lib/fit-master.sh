# What the master says of its own configuration, before a clone brings that along: the replication protocol tells most
# of what an agent may lack. It is written as a file, so that it is judged as any other.

# write_questions: for psql. What only a superuser or a member of pg_read_all_settings may ask would be an error in the
# log of the master, so who may not ask the first of it asks no more (psql 10 does not know); of a mere preflight there is
# to be none.
write_questions() {
  {
    printf '%s\n' '\set ON_ERROR_STOP off' \
      && ask_for shared_buffers huge_pages max_stack_depth wal_compression TimeZone log_timezone lc_messages \
        lc_monetary lc_numeric lc_time ssl ssl_cert_file ssl_key_file ssl_ca_file ssl_crl_file \
        local_preload_libraries \
      && { [ "$sub_command" = run ] || printf '%s\n' 'SHOW is_superuser \gset' '\if :is_superuser'; } \
      && ask_for data_directory && printf '%s\n' '\if :ERROR' '\else' \
      && ask_for config_file hba_file shared_preload_libraries session_preload_libraries dynamic_library_path \
      && { [ "$sub_command" = run ] || printf '%s\n' '\endif'; } \
      && printf '%s\n' '\endif' '\echo = end'
  } >"$work/questions" || cannot_write "$work" "cannot write $work/questions"
}

# ask_for NAME...: each setting is named before its answer.
ask_for() {
  for _ask_for_name in "$@"; do
    printf '%s\n' "\echo = $_ask_for_name" "SHOW $_ask_for_name;" || return 1
  done
}

# note_settings: of the master that was found, in $work/asked, but for where its files are.
note_settings() {
  noted_data='' noted_conf='' noted_rules=''
  [ -f "$work/questions" ] || return 0
  mkdir -- "$work/asked" || cannot_write "$work" "cannot make $work/asked"
  _note_name=''
  while IFS= read -r _note_line; do
    if [ "${_note_line#= }" != "$_note_line" ]; then
      _note_name=${_note_line#= }
    elif [ -n "$_note_name" ] && [ -n "$_note_line" ]; then
      case $_note_name in
        data_directory) noted_data=$_note_line ;;
        config_file) noted_conf=$_note_line ;;
        hba_file) noted_rules=$_note_line ;;
        *)
          { printf '%s = ' "$_note_name" && quote_conf "$_note_line" && printf '\n'; } \
            || cannot_write "$work" "cannot write $work/asked"
          ;;
      esac
      _note_name=''
    fi
  done <"$master_file.answers" >"$work/asked/postgresql.conf"
  printf 'max_connections = %s\n' "$master_max_connections" >>"$work/asked/postgresql.conf" \
    || cannot_write "$work" "cannot write $work/asked"
}

# judge_settings: before a clone whose configuration is the master's.
judge_settings() {
  [ "$decision" = clone ] && [ -d "$work/asked" ] || return 0
  turn_to_settings
  judge_lines
  judge_fit
  conf_dir=$pgdata
  find_files
}

# foresee_settings: what that will ask, while the master is busy.
foresee_settings() {
  [ "$configuration" = master ] && [ -d "$work/asked" ] || return 0
  turn_to_settings
  ask_of_each
  conf_dir=$pgdata
  find_files
}

turn_to_settings() {
  conf_dir=$work/asked conf_file=$work/asked/postgresql.conf
  [ "$written_of" = "$conf_dir" ] || list_written
}

# is_left_behind NAME: was that given to the master's server on its command line? The clone brings files along, and
# only SQL can tell, so that it is asked when all else would be over. Who may not ask does not know.
is_left_behind() {
  bounded "$ask_limit" "$client_bin"/psql -X -w -A -t -v ON_ERROR_STOP=1 -d "$master_conninfo dbname=postgres" \
    -c "SELECT source FROM pg_catalog.pg_settings WHERE name = '$1'" >"$work/source" 2>"$work/words"
  _left_source=''
  read -r _left_source <"$work/source" || :
  case $_left_source in
    'command line' | 'environment variable') return 0 ;;
    *) return 1 ;;
  esac
}
