# The last error in the log of the server, in its own words and language. What it said to a client is none of the
# replica's: an error behind which the statement stands, or, where the words are English, a login that was refused.

# find_last_error [PID]: sets $last_error to the whole line; empty where there is none, or nobody may read the log. With a
# PID the last one of that process, whose number stands in brackets where log_line_prefix is the usual one.
find_last_error() {
  last_error=''
  while read -r _last_name; do
    [ -n "$_last_name" ] || continue
    [ -z "$last_error" ] || break
    last_error=$(ignore tail -n 2000 -- "$store/log/$_last_name" | last_error_of "$error_words" "$statement_words" "${1:-}") \
      || last_error=''
  done <<EOF
$(server_logs)
EOF
  plain_text "$last_error"
  last_error=$plain
}

# last_error_of WORDS STATEMENTS PID: of a log on standard input. The word of the severity is the first in a line with two
# blanks behind its colon (elog.c, send_message_to_server_log).
last_error_of() {
  awk -v words="$1" -v statements="$2" -v pid="$3" '
    BEGIN {
      count = split(words, word, "|")
      split(statements, name, "|")
      for (i in name)
        is_statement[name[i]] = 1
    }
    function severity(line,  place, head, parts, n) {
      place = index(line, ":  ")
      if (place == 0)
        return ""
      head = substr(line, 1, place - 1)
      n = split(head, parts, /[] \t]/)
      # French has a blank before the colon.
      return parts[n] == "" ? parts[n - 1] : parts[n]
    }
    function is_error(found,  i) {
      for (i = 1; i <= count; i++)
        if (found == word[i])
          return 1
      return 0
    }
    function is_login(line,  text) {
      text = substr(line, index(line, ":  ") + 3)
      return text ~ /^(password authentication failed|no pg_hba.conf entry|role "|database "|sorry, too many|the database system is|remaining connection|terminating connection|canceling|connection to client|[A-Za-z0-9]+ authentication failed)/
    }
    pid != "" && index($0, "[" pid "]") == 0 { next }
    {
      found = severity($0)
      if (is_error(found)) {
        if (kept != "")
          last = kept
        kept = is_login($0) ? "" : $0
      } else if (found in is_statement) {
        kept = ""
      }
    }
    END {
      if (kept != "")
        last = kept
      print substr(last, 1, 1000)
    }'
}
