# One line of at most 1024 bytes, of any encoding. Control characters are spelt out for posh, which
# knows no [[:cntrl:]].
is_text() {
  [ -n "${control_characters:-}" ] || control_characters=$(printf \
    '\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30\31\32\33\34\35\36\37\177')
  case $1 in
    *["$control_characters"]*) return 1 ;;
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
