# A whole number from $2 to $3 in plain digits. The pattern comes first since `[` itself takes
# ' 5432 ', and a leading zero would make $(( )) read octal; nine digits fit every shell's integers.
is_integer() {
  case $1 in
    '' | *[!0-9]* | 0?* | ??????????*) return 1 ;;
    *) [ "$1" -ge "$2" ] && [ "$1" -le "$3" ] ;;
  esac
}

# A TCP port; 0 would mean "any" to a server and nothing to a client.
is_port() {
  is_integer "$1" 1 65535
}
