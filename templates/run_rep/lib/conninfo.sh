# Connection strings: in libpq's own words, of which each libpq knows those of its major. Three read ours: that of psql,
# that of pg_basebackup, and that of the server, whose walreceiver streams. An unknown word would end the connection, so
# it is left out; but where it protects, nobody goes on without it.

# login_conninfo MAJOR [CLIENT]: sets $login to how a libpq of that major logs in on the master, whichever host that is.
# No word is a password: libpq reads PGPASSFILE itself. CLIENT is who that libpq belongs to, for a message.
login_conninfo() {
  login='' login_major=$1 login_client=${2:-"a libpq of PostgreSQL $1"}
  add_word user "$POSTGRES_REPUSER"
  add_word passfile "$PGPASSFILE"
  add_word connect_timeout "$PGCONNECT_TIMEOUT"
  add_word sslmode "${PGSSLMODE:-}"
  add_word sslrootcert "${PGSSLROOTCERT:-}"
  add_word sslcrl "${PGSSLCRL:-}"
  add_word sslcert "${PGSSLCERT:-}"
  add_word sslkey "${PGSSLKEY:-}"
  add_word ssl_min_protocol_version "${PGSSLMINPROTOCOLVERSION:-}"
  add_word sslnegotiation "${PGSSLNEGOTIATION:-}"
  add_word gssencmode "${PGGSSENCMODE:-}"
  add_word channel_binding "${PGCHANNELBINDING:-}"
  add_word require_auth "${PGREQUIREAUTH:-}"
  add_word keepalives_idle "$keepalives_idle"
  add_word keepalives_interval "$keepalives_interval"
  add_word keepalives_count "$keepalives_count"
  # A walreceiver knows no connect_timeout: to a host that drops packets each attempt would take two minutes.
  _login_timeout=$((${user_timeout:-$PGCONNECT_TIMEOUT} * 1000))
  add_word tcp_user_timeout "$_login_timeout"
  # What a copy of hours adds: $stall_limit bounds its silence, and a pulled cable must not cost it at once.
  login_patience=''
  ! knows_word "tcp_user_timeout=0" || login_patience=' tcp_user_timeout=0'
}

# near_conninfo: sets $near to what keeps off, where this replica itself is asked, all that the environment says of the
# way to the master.
near_conninfo() {
  login='' login_major=$client_major login_client=''
  add_word sslmode disable
  login="$login sslrootcert=''"
  add_word sslnegotiation postgres
  add_word gssencmode disable
  add_word channel_binding disable
  add_word require_auth none
  near=$login
}

# add_word KEYWORD VALUE: to $login; nothing for an empty value, or one that $login_major does not know.
add_word() {
  [ -n "$2" ] || return 0
  if ! knows_word "$1=$2"; then
    if [ "$word_protects" = yes ] && [ -n "$login_client" ]; then
      _word_variable=PG$(printf '%s' "$1" | tr -d _ | tr '[:lower:]' '[:upper:]')
      fail LIBPQ "$1=$2 ($_word_variable) is supported since PostgreSQL $word_since, but not by $login_client: install \
postgresql-client-$word_since or later; the replica streams through the server's libpq, so the master must be as new, too"
    fi
    return 0
  fi
  case $2 in
    *[!A-Za-z0-9_.,/-]*)
      conninfo_word "$2"
      login="$login${login:+ }$1=$word"
      ;;
    *) login="$login${login:+ }$1=$2" ;;
  esac
}

knows_word() {
  libpq_word "$1"
  [ "$login_major" -ge "$word_since" ]
}

# meet_libpq MAJOR CLIENT: one more that reads the connection string, which is made for the oldest of them.
meet_libpq() {
  [ "$1" -lt "$libpq_major" ] || return 0
  libpq_major=$1 libpq_client=$2
  build_conninfo
  [ -z "$master_host" ] || locate_master "$master_host" "$master_port" "$master_address"
}

# check_tls_files: what libpq passes over without a word, and then verifies less than it was told to. With verify-ca and
# verify-full it asks for the root certificates itself.
check_tls_files() {
  if [ "${PGSSLMODE:-}" = require ] && [ -n "${PGSSLROOTCERT:-}" ] && [ ! -r "$PGSSLROOTCERT" ]; then
    fail MASTER_TLS "$RUN_USER cannot read $PGSSLROOTCERT (PGSSLROOTCERT): libpq would accept any certificate"
  fi
  [ -z "${PGSSLCRL:-}" ] || grep -q 'BEGIN X509 CRL' "$PGSSLCRL" 2>/dev/null \
    || fail MASTER_TLS "$RUN_USER finds no revocation list in $PGSSLCRL (PGSSLCRL): libpq would accept revoked certificates"
  [ -z "${PGSSLCRL:-}" ] || [ "${PGSSLROOTCERT:-}" != system ] \
    || fail MASTER_TLS "libpq ignores the revocation list (PGSSLCRL) when PGSSLROOTCERT is system: it would accept revoked certificates"
}
