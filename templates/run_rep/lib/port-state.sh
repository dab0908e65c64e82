# state_of_port before|after PROCESS: prints of each address in $promised a line: what it is, the address, its name, and
# of a holder the user and the inode. It is ours, held, free; absent, where this host has no such address; spare, where a
# name has another one that is here. The kernel writes addresses as numbers of 32 bits, in the order of the machine.
state_of_port() {
  _state_vague=0
  for _state_file in /proc/sys/net/ipv4/ip_nonlocal_bind /proc/sys/net/ipv6/ip_nonlocal_bind; do
    _state_line=0
    read -r _state_line 2>/dev/null <"$_state_file" || :
    [ "$_state_line" = 0 ] || _state_vague=1
  done
  _state_when=$1
  _state_net=/proc/$2/net
  set --
  for _state_file in tcp tcp6 fib_trie if_inet6; do
    [ ! -r "$_state_net/$_state_file" ] || set -- "$@" "$_state_net/$_state_file"
  done
  [ "$#" -gt 0 ] || return 1
  awk -v port="$PORT0" -v promised="$promised" -v mine="$own_sockets" -v when="$_state_when" -v vague="$_state_vague" '
    function padded(list,  part, n, i, out) {
      n = list == "" ? 0 : split(list, part, ":")
      for (i = 1; i <= n; i++) out = out substr("0000" part[i], length(part[i]) + 1)
      return out
    }
    function hex(text,  part, n, at, head, tail) {
      sub(/%.*/, "", text)
      if (text ~ /\./) {
        n = split(text, part, ":")
        head = substr(text, 1, length(text) - length(part[n]))
        split(part[n], part, ".")
        tail = sprintf("%02X%02X%02X%02X", part[1], part[2], part[3], part[4])
        if (head == "") return tail
        text = head substr(tail, 1, 4) ":" substr(tail, 5)
      }
      at = index(text, "::")
      if (!at) return toupper(padded(text))
      head = padded(substr(text, 1, at - 1))
      tail = padded(substr(text, at + 2))
      return toupper(head substr("00000000000000000000000000000000", 1, 32 - length(head tail)) tail)
    }
    function turned(text,  i, out) {
      for (i = 1; i < length(text); i += 8)
        out = out substr(text, i + 6, 2) substr(text, i + 4, 2) substr(text, i + 2, 2) substr(text, i, 2)
      return out
    }
    # In turn: what is surely in the way; then, when the server has begun, also what only may have been.
    function holder(wanted, turn,  i) {
      for (i = 1; i <= sockets; i++) {
        if (own[i] || (turn == 1 && state[i] != "0A") || state[i] == "06") continue
        if (length(at[i]) == length(wanted)) {
          if (wanted !~ /[^0]/ || at[i] !~ /[^0]/ || at[i] == wanted || at[i] == turned(wanted)) return i
        } else if (turn == 2 && state[i] == "0A" && length(at[i]) == 32 && at[i] !~ /[^0]/) return i
      }
      return 0
    }
    function is_ours(wanted,  i) {
      for (i = 1; i <= sockets; i++)
        if (own[i] && state[i] == "0A" && length(at[i]) == length(wanted) \
          && (at[i] !~ /[^0]/ || at[i] == wanted || at[i] == turned(wanted))) return 1
      return 0
    }
    function is_absent(wanted) {
      if (vague || wanted !~ /[^0]/ || (length(wanted) == 8 && substr(wanted, 1, 2) == "7F")) return 0
      return !(wanted in here)
    }
    BEGIN { wanted_port = sprintf(":%04X", port) }
    FILENAME ~ /fib_trie$/ {
      if ($1 == "|--") leaf = $2
      else if ($2 == "host" && $3 == "LOCAL") {
        if ($1 == "/32") here[hex(leaf)] = 1
        else if (leaf != "127.0.0.0") vague = 1
      }
      tried = 1
      next
    }
    FILENAME ~ /if_inet6$/ { here[toupper($1)] = 1; next }
    $4 != "st" && substr($2, length($2) - 4) == wanted_port {
      sockets++
      at[sockets] = substr($2, 1, length($2) - 5)
      state[sockets] = $4
      own[sockets] = index(mine, " " $10 " ") > 0
      user[sockets] = $8
      inode[sockets] = $10
    }
    END {
      if (!tried) vague = 1
      n = split(promised, item, " ")
      for (k = 1; k <= n; k++) {
        address[k] = substr(item[k], 1, index(item[k], "=") - 1)
        name[k] = substr(item[k], index(item[k], "=") + 1)
        if (address[k] == "?") { kind[k] = "unknown"; continue }
        wanted = hex(address[k])
        if (when == "after" && is_ours(wanted)) kind[k] = "ours"
        else if (found = holder(wanted, 1)) kind[k] = "held"
        else if (is_absent(wanted)) kind[k] = "absent"
        else if (when == "before") kind[k] = "ours"
        else if (found = holder(wanted, 2)) kind[k] = "held"
        else kind[k] = "free"
        if (kind[k] == "ours") good[name[k]] = 1
        if (kind[k] == "held") by[k] = user[found] " " inode[found]
      }
      for (k = 1; k <= n; k++) {
        if ((kind[k] == "absent" || kind[k] == "free") && name[k] != "-" && name[k] != "*" && name[k] in good)
          kind[k] = address[k] ~ /:/ ? "ours" : "spare"
        print kind[k], address[k], name[k], by[k]
      }
    }' "$@"
}

# judge_bind_log: without a /proc that tells, the words of the server at its start. In every language the line of an
# address that it has bound names the port, and that of one that it has not does not. Sets $port_fault as judge_port does.
judge_bind_log() {
  port_fault='' port_failure='' port_words=''
  list_promised
  find_live_log
  [ -f "$live_log" ] || return 0
  _bind_address=$(awk -v port="$PORT0" -v promised="$promised" '
    function holds(line, word,  at, before, after) {
      while (at = index(line, word)) {
        before = at > 1 ? substr(line, at - 1, 1) : " "
        after = substr(line, at + length(word), 1)
        if ((before after) !~ /[0-9a-zA-Z:.]/) return 1
        line = substr(line, at + length(word))
      }
      return 0
    }
    BEGIN {
      n = split(promised, item, " ")
      for (k = 1; k <= n; k++) address[k] = substr(item[k], 1, index(item[k], "=") - 1)
    }
    {
      for (k = 1; k <= n; k++)
        if (holds($0, address[k])) {
          if (holds($0, port)) bound[k] = any = 1
          else failed[k] = 1
        }
    }
    END {
      for (k = 1; any && k <= n; k++)
        if (failed[k] && !bound[k]) { print address[k]; exit }
    }' "$live_log") || return 0
  [ -z "$_bind_address" ] || port_failure=port port_fault="the server could not bind port $PORT0 of $_bind_address; see the lines \
with that address in $live_log"
}
