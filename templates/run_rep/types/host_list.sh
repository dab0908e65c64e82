# 1 to 16 hosts, separated by commas.
is_host_list() {
  _is_host_list_rest=$1,
  _is_host_list_count=0
  while [ -n "$_is_host_list_rest" ]; do
    _is_host_list_count=$((_is_host_list_count + 1))
    [ "$_is_host_list_count" -le 16 ] || return 1
    is_host_port "${_is_host_list_rest%%,*}" 1 || return 1
    _is_host_list_rest=${_is_host_list_rest#*,}
  done
}

# A name, IPv4 or [IPv6] with an optional :port, or a bare IPv6, which takes none. Sets host_name,
# without brackets, and host_port, which is $2 where no port is given.
is_host_port() {
  host_name=$1
  host_port=$2
  case $1 in
    *\] | [![]*:*:* | :*) ;;
    *:*)
      host_name=${1%:*}
      host_port=${1##*:}
      ;;
    *) ;;
  esac
  is_port "$host_port" || return 1
  case $host_name in
    \[*:*\])
      host_name=${host_name#\[}
      host_name=${host_name%\]}
      is_ipv6 "$host_name"
      ;;
    *:*) is_ipv6 "$host_name" ;;
    *) is_host_name "$host_name" ;;
  esac
}

# A DNS name (RFC 1123, and the underscore that some have), perhaps with the dot at its end that says that it is whole. Digits
# and dots alone must be an IPv4 address: a resolver reads 127.1 as one too.
is_host_name() {
  case $1 in
    '' | *[!A-Za-z0-9_.-]* | [.-]* | *- | *..* | *.-* | *-.*) return 1 ;;
    *[!0-9.]*) [ "${#1}" -le 253 ] || return 1 ;;
    *) is_ipv4 "$1" || return 1 ;;
  esac
  _is_host_name_rest=${1%.}.
  while [ -n "$_is_host_name_rest" ]; do
    _is_host_name_label=${_is_host_name_rest%%.*}
    [ "${#_is_host_name_label}" -le 63 ] || return 1
    _is_host_name_rest=${_is_host_name_rest#*.}
  done
}

# Four numbers to 255 without leading zeros, as inet_pton(3) takes them.
is_ipv4() {
  case $1 in *.*.*.*) ;; *) return 1 ;; esac
  _is_ipv4_high=${1%.*.*}
  _is_ipv4_low=${1#*.*.}
  is_integer "${_is_ipv4_high%.*}" 0 255 && is_integer "${_is_ipv4_high#*.}" 0 255 &&
    is_integer "${_is_ipv4_low%.*}" 0 255 && is_integer "${_is_ipv4_low#*.}" 0 255
}

# RFC 4291 without a zone: eight groups, or fewer around one `::`. An IPv4 tail counts as two
# groups; a `::` at an end is cut to one colon, so that seven colons are the limit everywhere.
is_ipv6() {
  _is_ipv6_groups=$1
  case $1 in
    *.*)
      is_ipv4 "${1##*:}" || return 1
      _is_ipv6_groups=${1%:*}:0:0
      ;;
    *) ;;
  esac
  case $_is_ipv6_groups in
    *[!0-9A-Fa-f:]* | *:::* | *::*::* | :[!:]* | *[!:]: | *[!:][!:][!:][!:][!:]*) return 1 ;;
    ::*) _is_ipv6_groups=${_is_ipv6_groups#:} ;;
    *::) _is_ipv6_groups=${_is_ipv6_groups%:} ;;
    *::* | *:*:*:*:*:*:*:*) ;;
    *) return 1 ;;
  esac
  case $_is_ipv6_groups in *:*:*:*:*:*:*:*:*) return 1 ;; *) ;; esac
}
