# The two ways in which a value enters another program's syntax. Both print the value inside quotes,
# so that command substitution, which cuts newlines off the end, cuts none of the value.

# A value of a libpq connection string: ' and \ get a backslash.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
quote_conninfo() {
  quote_with "$1" "\\"
}

# conninfo_word VALUE: sets $word to what quote_conninfo prints; most values need no process for it.
conninfo_word() {
  case $1 in
    *[\'\\]*) word=$(quote_conninfo "$1") ;;
    *) word="'$1'" ;;
  esac
}

# A value of postgresql.conf: ' and \ are doubled. A newline would end the setting: refused.
# https://www.postgresql.org/docs/current/config-setting.html#CONFIG-SETTING-CONFIGURATION-FILE
quote_conf() {
  case $1 in
    *'
'*) return 1 ;;
    *) quote_with "$1" "'" ;;
  esac
}

# Prints $1 in single quotes, with $2 before each ' and a backslash before each backslash.
quote_with() {
  _quote_with_done=
  _quote_with_rest=$1
  while :; do
    _quote_with_plain=${_quote_with_rest%%[\'\\]*}
    _quote_with_done=$_quote_with_done$_quote_with_plain
    _quote_with_rest=${_quote_with_rest#"$_quote_with_plain"}
    case $_quote_with_rest in
      '') break ;;
      \'*) _quote_with_done=$_quote_with_done$2\' ;;
      *) _quote_with_done=$_quote_with_done\\\\ ;;
    esac
    _quote_with_rest=${_quote_with_rest#?}
  done
  printf "'%s'" "$_quote_with_done"
}

# Sets master_hosts and master_ports, libpq's host= and port=, and master_count, from a checked
# host_list and the port of those that name none.
split_host_list() {
  master_hosts=
  master_ports=
  master_count=0
  _split_host_list_rest=$1,
  while [ -n "$_split_host_list_rest" ]; do
    is_host_port "${_split_host_list_rest%%,*}" "$2" || return 1
    master_hosts=$master_hosts${master_hosts:+,}$host_name
    master_ports=$master_ports${master_ports:+,}$host_port
    master_count=$((master_count + 1))
    _split_host_list_rest=${_split_host_list_rest#*,}
  done
}
