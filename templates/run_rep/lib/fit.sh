# Does the configuration fit this agent? What it lacks has a fallback that is honest, or is told before it costs a
# copy. So the same questions are asked of the files that are published, of what the master says of its own
# (fit-master.sh), and of what lies in the data directory before a start.

# judge_fit: of the configuration in $conf_dir. $written has what it assigns.
judge_fit() {
  check_memory
  check_libraries
  check_certificates
}

# is_excused NAME TEXT: is that fault one of a setting that the master has, and its clone will not? Else $fault tells
# it.
is_excused() {
  fault=$2
  [ "$conf_dir" = "$work/asked" ] || return 1
  fault="the master's $2"
  is_left_behind "$1" || return 1
  log WARN "$fault; it was set on the command line of the master's server, so the clone will not have it"
}

# settle_values: values that only this agent does not take, and that something else can honestly stand for. A wrong
# line in a file is fatal even where -c beats it, but only the last line of a name is read. postgresql.auto.conf is read
# last, and always from the data directory, which a fetched configuration is not in yet.
settle_values() {
  _values_settled=no _values_file=$conf_file
  [ "$conf_dir" != "$pgdata" ] || _values_file=$pgdata/postgresql.auto.conf
  while IFS='|' read -r _values_name _values_words _values_instead _values_why; do
    grep -q -i "invalid value for parameter \"$_values_name\": $_values_words" "$work/words" || continue
    if [ "$_values_instead" = limit ]; then
      _values_instead=$(ignore sed -n 's/.* must not exceed \([0-9]*kB\).*/\1/p' "$work/words")
      [ -n "$_values_instead" ] || continue
    fi
    [ "$conf_dir" = "$work/asked" ] || log WARN "$_values_why; using $_values_instead"
    printf "\n%s = '%s'\n" "$_values_name" "$_values_instead" >>"$_values_file" || return 1
    _values_settled=yes
  done <<'EOF'
lc_messages|"|C|the locale of lc_messages is not installed here
lc_monetary|"|C|the locale of lc_monetary is not installed here
lc_numeric|"|C|the locale of lc_numeric is not installed here
lc_time|"|C|the locale of lc_time is not installed here
log_timezone|"|GMT|the time zone of log_timezone is not installed here
max_stack_depth|[0-9]|limit|the stack limit here (ulimit -s) is too low for max_stack_depth
wal_compression|"[lz]|off|the server here does not support the method of wal_compression (only a master compresses)
default_toast_compression|"l|pglz|the server here does not support the method of default_toast_compression (only a master compresses)
io_method|"io_uring|worker|the server here does not support the io_uring of io_method
EOF
  ! grep -q 'invalid value for parameter "TimeZone"' "$work/words" || fail SETTINGS \
    "the time zone of TimeZone is not installed here (Debian: tzdata, tzdata-legacy): $(words_of "$work/words")"
  [ "$_values_settled" = yes ]
}

# setting_since MAJOR NAME DEFAULT: as setting_or, of a setting that an older server does not know.
setting_since() {
  value=$3
  [ "${major%%.*}" -lt "$1" ] || setting_or "$2" "$3"
}
