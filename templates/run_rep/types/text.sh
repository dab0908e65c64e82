# One line of at most 1024 bytes, of any encoding, without control characters.
is_text() {
  case $1 in
    *[[:cntrl:]]*) return 1 ;;
    *) [ "${#1}" -le 1024 ] ;;
  esac
}

# A role name as CREATE ROLE takes it: up to 63 bytes (NAMEDATALEN), spaces and quotes included.
is_role() {
  [ -n "$1" ] && [ "${#1}" -le 63 ] && is_text "$1"
}

# A path that no tool takes for an option and that climbs out of nothing; MAXPGPATH is 1024 bytes.
is_path() {
  case $1/ in
    / | -* | ../* | */../*) return 1 ;;
    *) [ "${#1}" -le 1000 ] && is_text "$1" ;;
  esac
}

# A path that means the same in every working directory.
is_absolute_path() {
  [ "$1" != "${1#/}" ] && is_path "$1"
}

# A file of root certificates, or libpq's word for those of the system.
is_root_cert() {
  [ "$1" = system ] || is_absolute_path "$1"
}
