# An http or https URL to fetch from: no user, no fragment, an IPv6 address in brackets, and of RFC
# 3986's characters none that a shell or curl's globbing reads in its own way (%27 does for ').
is_url() {
  _is_url_tail=${1#*://}
  _is_url_host=${_is_url_tail%%[/?]*}
  case ${1%"$_is_url_tail"} in http:// | https://) ;; *) return 1 ;; esac
  case $_is_url_host in :* | [![]*:*:*) return 1 ;; *) ;; esac
  case ${_is_url_tail#"$_is_url_host"} in
    *[!A-Za-z0-9._~:/?@\&+,\;=%-]*) return 1 ;;
    *% | *%? | *%[!0-9A-Fa-f]* | *%?[!0-9A-Fa-f]*) return 1 ;;
    *) is_host_port "$_is_url_host" 1 ;;
  esac
}

# As is_url, or file:///DIRECTORY of the agent, in characters that need no escape and without "..".
is_config_url() {
  case $1 in
    file:///*) ;;
    *)
      is_url "$1"
      return "$?"
      ;;
  esac
  [ "${#1}" -le 1000 ] || return 1
  case ${1#file://} in
    *[!A-Za-z0-9._~/@+,=:-]* | */../* | */..) return 1 ;;
    *) return 0 ;;
  esac
}
