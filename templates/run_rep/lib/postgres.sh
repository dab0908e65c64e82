# major_of VERSION: sets $major_of to 15 of "postgres (PostgreSQL) 15.18 (Debian ...)", 9.6 of "... 9.6.24".
major_of() {
  major_of=${1#*') '}
  case $major_of in
    [89].*)
      _major_rest=${major_of#*.}
      major_of=${major_of%%.*}.${_major_rest%%[!0-9]*}
      ;;
    *) major_of=${major_of%%[!0-9]*} ;;
  esac
}

# is_newer MAJOR NEWEST: may a major that came after this script be tried by the rules of the newest that it knows?
# Where these name a setting that it does not know, its server refuses to start.
is_newer() {
  [ "$newer" = try ] || return 1
  is_integer "$1" "$(($2 + 1))" 99 || return 1
  log WARN "PostgreSQL $1 is newer than any version that this script was made for; treating it as $2"
}

# know_major DIRECTORY: sets $tool_major to the major of the client tools there. Where packages for several majors lie
# side by side, the path tells it and saves a process. One that cannot tell counts for the oldest.
know_major() {
  _know_dir=$1
  case $_know_dir in
    /usr/lib/postgresql/*/bin | /usr/pgsql-*/bin | /usr/libexec/postgresql*)
      tool_major=${_know_dir%/bin}
      tool_major=${tool_major##*[!0-9.]}
      ;;
    *) tool_major='' ;;
  esac
  if [ -z "$tool_major" ]; then
    if [ -x "$_know_dir/psql" ]; then
      major_of "$("$_know_dir"/psql --version)"
    else
      major_of "$("$_know_dir"/pg_basebackup --version)"
    fi
    tool_major=$major_of
  fi
  tool_major=${tool_major%%.*}
  is_integer "$tool_major" 1 999 || tool_major=0
}

# Sets $client_bin to the newest psql, and $client_major: Debian's and RHEL's places, then PATH. Debian's own psql in
# PATH is a perl wrapper, so it comes last.
find_client() {
  client_bin='' client_major=0
  for _client_dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/libexec/postgresql*; do
    if [ ! -x "$_client_dir/psql" ] || [ ! -x "$_client_dir/pg_isready" ]; then
      continue
    fi
    know_major "$_client_dir"
    [ -z "$client_bin" ] || [ "$tool_major" -gt "$client_major" ] || continue
    client_bin=$_client_dir client_major=$tool_major
  done
  if [ -z "$client_bin" ] && have psql && have pg_isready; then
    client_bin=$(command -v psql)
    client_bin=${client_bin%/*}
    know_major "$client_bin"
    client_major=$tool_major
    # Debian's wrapper is there without any client behind it (postgresql-client-common).
    [ "$client_major" -gt 0 ] || "$client_bin"/psql --version >/dev/null 2>&1 || client_bin=''
  fi
  libpq_major=$client_major libpq_client="psql $client_major of $client_bin"
  near_conninfo
  [ -n "$client_bin" ]
}

# other_servers: prints, as the end of a sentence, the majors whose servers are here, where Debian and RHEL put them.
other_servers() {
  _other_majors=''
  for _other_dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin; do
    [ -x "$_other_dir/postgres" ] || continue
    know_major "$_other_dir"
    _other_majors="$_other_majors $tool_major"
  done
  [ -z "$_other_majors" ] || printf '; installed here:%s\n' "$_other_majors"
}

# find_server MAJOR: sets $pg_bin to the directory of exactly that major's server, and $server_version to its words. The
# server would take five times as long as its small companion to say it.
find_server() {
  for _server_dir in "/usr/lib/postgresql/$1/bin" "/usr/pgsql-$1/bin" "/usr/libexec/postgresql$1" ''; do
    # The last is wherever PATH leads.
    [ -n "$_server_dir" ] || _server_dir=$(command -v postgres) || _server_dir=''
    pg_bin=${_server_dir%/postgres}
    if [ -x "$pg_bin/postgres" ] && [ -x "$pg_bin/pg_controldata" ]; then
      server_version=$("$pg_bin"/pg_controldata --version) || server_version=''
      major_of "$server_version"
      [ "$major_of" != "$1" ] || return 0
    fi
  done
  pg_bin=
  return 1
}

# Sets $basebackup_bin and $basebackup_major: the server's own pg_basebackup, else a newer one; never an older.
find_basebackup() {
  for _basebackup_dir in "$pg_bin" "$client_bin"; do
    basebackup_bin=$_basebackup_dir
    if [ -x "$basebackup_bin/pg_basebackup" ]; then
      know_major "$basebackup_bin"
      basebackup_major=$tool_major
      [ "$tool_major" -lt "${major%%.*}" ] || return 0
    fi
  done
  return 1
}

# with_settings COMMAND...: runs it with every setting that must hold as -c, which beats
# postgresql.conf and a postgresql.auto.conf that came along with the clone.
with_settings() {
  while IFS= read -r _settings_line; do
    set -- "$@" -c "$_settings_line"
  done <<EOF
$held_settings
EOF
  if [ "$behind" = yes ]; then
    set -- "$@" -c "config_file=$replica/behind.conf"
  else
    set -- "$@" -c "config_file=$conf_file"
    [ "$standby_marker" != standby.signal ] || set -- "$@" -c "primary_conninfo=$primary_conninfo"
  fi
  "$@" -c "port=$PORT0" -c "data_directory=$pgdata" -c "hba_file=$hba_file" \
    -c "log_directory=$store/log" -c "log_rotation_size=$log_file_kb" \
    -c "ident_file=$map_file" -c "external_pid_file=$work/external.pid" -c "event_source=$own_mark" -c "run_rep.chain=$own_chain"
}
