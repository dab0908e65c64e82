# Text of others (servers, tools, names) on its way to JSON, to Prometheus or to a terminal: one line, no control
# characters, and UTF-8 whatever bytes it had.

# plain_text TEXT: sets $plain. Most text is plain already, and needs no other process.
plain_text() {
  plain=$1
  case $1 in
    *[!\ -~]*) plain=$(printf '%s' "$1" | ignore tr '[:cntrl:]' '[ *]' | mend_utf8) || plain='' ;;
    *) ;;
  esac
}

# mend_utf8: of standard input, one line of bytes, each that belongs to no character, or to one that steers a terminal
# (U+0080 to U+009F), becomes a question mark. Unicode, table 3-7: which bytes may follow which.
mend_utf8() {
  awk '
    BEGIN {
      for (i = 128; i < 256; i++)
        code[sprintf("%c", i)] = i
    }
    function at(line, i) {
      return code[substr(line, i, 1)] + 0
    }
    function width(line, i,  first, second, n, k) {
      first = at(line, i)
      second = at(line, i + 1)
      n = first < 194 ? 0 : first < 224 ? 2 : first < 240 ? 3 : first < 245 ? 4 : 0
      for (k = 1; k < n; k++)
        if (at(line, i + k) < 128 || at(line, i + k) > 191)
          return 0
      if ((first == 194 || first == 224 || first == 240) && second < (first == 240 ? 144 : 160))
        return 0
      if ((first == 237 && second > 159) || (first == 244 && second > 143))
        return 0
      return n
    }
    {
      for (i = 1; i <= length($0); i += n) {
        n = at($0, i) ? width($0, i) : 1
        out = out (n ? substr($0, i, n) : "?")
        n = n ? n : 1
      }
    }
    END { printf "%s", out }'
}

# escape_text TEXT: sets $escaped, for between the double quotes of JSON and of a label of Prometheus, of plain text.
escape_text() {
  escaped=$1
  case $1 in
    *[\"\\]*) ;;
    *) return 0 ;;
  esac
  escaped='' _escape_rest=$1
  while :; do
    _escape_plain=${_escape_rest%%[\"\\]*}
    escaped=$escaped$_escape_plain
    _escape_rest=${_escape_rest#"$_escape_plain"}
    case $_escape_rest in
      '') break ;;
      \"*) escaped=$escaped\\\" ;;
      *) escaped=$escaped\\\\ ;;
    esac
    _escape_rest=${_escape_rest#?}
  done
}
