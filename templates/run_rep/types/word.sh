# One of the words after $1.
is_choice() {
  _is_choice_value=$1
  shift
  for _is_choice_word in "$@"; do
    [ "$_is_choice_value" != "$_is_choice_word" ] || return 0
  done
  return 1
}

# A system user as useradd makes them; not root, since postgres refuses to run as root.
is_user_name() {
  case ${1%\$} in
    '' | [!a-z_]* | *[!a-z0-9_-]*) return 1 ;;
    *) [ "$1" != root ] && [ "${#1}" -le 32 ] ;;
  esac
}
