# One of the words after $1.
is_choice() {
  _is_choice_value=$1
  shift
  for _is_choice_word in "$@"; do
    [ "$_is_choice_value" != "$_is_choice_word" ] || return 0
  done
  return 1
}

# Some of the words after $1, separated by commas, each once, and all or none of them with a ! before it.
is_auth_methods() {
  _is_auth_rest=$1,
  shift
  _is_auth_seen=,
  _is_auth_sign=
  case $_is_auth_rest in !*) _is_auth_sign=! ;; *) ;; esac
  while [ -n "$_is_auth_rest" ]; do
    _is_auth_word=${_is_auth_rest%%,*}
    _is_auth_rest=${_is_auth_rest#*,}
    case $_is_auth_word in
      "$_is_auth_sign"*) is_choice "${_is_auth_word#"$_is_auth_sign"}" "$@" || return 1 ;;
      *) return 1 ;;
    esac
    case $_is_auth_seen in *,"$_is_auth_word",*) return 1 ;; *) ;; esac
    _is_auth_seen=$_is_auth_seen$_is_auth_word,
  done
}

# A user of the system, whoever names it: LDAP and Active Directory have dots, capitals, DOM\name and name@realm. Not what
# a tool would take for a number or an option, nor what cannot stand in a list of users; not root, as whom postgres does not
# run.
is_user_name() {
  case $1 in
    '' | root | -* | +* | . | .. | ' '* | *' ' | *[:/]* | *[[:cntrl:]]*) return 1 ;;
    *[!0-9]*) [ "${#1}" -le 256 ] ;;
    *) return 1 ;;
  esac
}

# The name of a standby as a list of them takes it, up to 63 bytes (NAMEDATALEN).
is_standby_name() {
  case $1 in
    '' | [!A-Za-z0-9_]* | *[!A-Za-z0-9_.-]*) return 1 ;;
    *) [ "${#1}" -le 63 ] ;;
  esac
}
