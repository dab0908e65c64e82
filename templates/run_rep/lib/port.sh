# Whose port is it? PostgreSQL goes on as long as it could bind one of its addresses, and at the others clients meet
# whoever has them. What is bound, and by whom, the kernel tells in /proc.

# check_port: before a copy is paid for. A server of ours that lives, beside which preflight looks, holds it rightly.
check_port() {
  own_sockets=' '
  ! server_is_live || list_sockets "$live_server" || return 0
  judge_port before self
  case $port_failure in
    port) fail PORT "$port_fault" ;;
    listen) fail LISTEN "$port_fault" ;;
    *) ;;
  esac
  if [ "$PORT0" -lt 1024 ]; then
    _check_first=1024
    read -r _check_first 2>/dev/null </proc/sys/net/ipv4/ip_unprivileged_port_start || :
    [ "$PORT0" -ge "$_check_first" ] || may_bind_low \
      || fail LISTEN "$RUN_USER may not listen on port $PORT0: unprivileged ports begin at $_check_first here"
  fi
}

# may_bind_low: has this process CAP_NET_BIND_SERVICE (bit 10)? One that the file of the server has (setcap) does not count:
# of a process with more rights than who started it the kernel does not show where it works, so nobody could tell that it
# is ours.
may_bind_low() {
  while read -r _bind_name _bind_value; do
    case $_bind_name,${_bind_value#"${_bind_value%???}"} in
      CapEff:,[4567cdef]??) return 0 ;;
      *) ;;
    esac
  done 2>/dev/null </proc/self/status || :
  return 1
}

# check_listeners: of the server that runs. Sets $port_fault as judge_port does.
check_listeners() {
  if [ -r "/proc/$1/net/tcp" ] && list_sockets "$1"; then
    judge_port after "$1"
  else
    judge_bind_log
  fi
}

# list_sockets PID: sets $own_sockets to the inodes of all sockets of that process; false where they cannot be seen. A
# server has some in any case.
list_sockets() {
  own_sockets=' '
  _list_links=$(ignore ls -n "/proc/$1/fd")
  while IFS= read -r _list_link; do
    case $_list_link in
      *' socket:['*']')
        _list_link=${_list_link##*' socket:['}
        own_sockets="$own_sockets${_list_link%']'} "
        ;;
      *) ;;
    esac
  done <<END
$_list_links
END
  [ "$own_sockets" != ' ' ]
}

# judge_port before|after PROCESS: sets $port_fault to why not all that $listen promises is ours (before: can be), and
# $port_failure to the kind of it; $port_words to what is no fault.
judge_port() {
  port_fault='' port_failure='' port_words=''
  list_promised
  _port_states=$(state_of_port "$1" "$2") || return 0
  while read -r _port_state _port_address _port_name _port_user _port_inode; do
    case $_port_name in
      -) _port_where=$_port_address ;;
      *) _port_where="$_port_address ($_port_name)" ;;
    esac
    case $_port_state in
      held)
        find_holder "$_port_user" "$_port_inode"
        port_failure=port
        port_fault="port $PORT0 of $_port_where is in use by $holder, which clients would reach instead"
        return 0
        ;;
      absent) port_failure=listen port_fault="$_port_where is not an address of this host: nothing can listen there" ;;
      unknown) port_failure=listen port_fault="$_port_name has no address here: nothing can listen there" ;;
      free) port_failure=listen port_fault="the server does not listen on port $PORT0 of $_port_where" ;;
      spare) port_words="nothing listens on port $PORT0 of $_port_where, which is not an address of this host" ;;
      *) ;;
    esac
  done <<END
$_port_states
END
}

# list_promised: sets $promised to the addresses that $listen promises, each as ADDRESS=NAME, and NAME is - where the
# address itself stands there.
list_promised() {
  promised='' _promised_rest=$listen,
  while [ -n "$_promised_rest" ]; do
    _promised_entry=${_promised_rest%%,*}
    _promised_rest=${_promised_rest#*,}
    case $_promised_entry in
      '*')
        promised="$promised 0.0.0.0=*"
        ! has_ipv6 || promised="$promised ::=*"
        ;;
      *:*) promised="$promised $_promised_entry=-" ;;
      *[!0-9.]*)
        _promised_found=$(addresses_of "$_promised_entry")
        # Without getent nobody here can say what a name server would.
        [ -n "$_promised_found" ] || ! have getent || _promised_found='?'
        while read -r _promised_address; do
          [ -z "$_promised_address" ] || promised="$promised $_promised_address=$_promised_entry"
        done <<END
$_promised_found
END
        ;;
      *) promised="$promised $_promised_entry=-" ;;
    esac
  done
}

has_ipv6() {
  _ipv6_line=''
  read -r _ipv6_line 2>/dev/null </proc/net/if_inet6 || :
  [ -n "$_ipv6_line" ]
}

# addresses_of NAME: by getent, which leaves out those of a family that has no address here but loopback, and by the file
# of names.
addresses_of() {
  {
    ! have getent || ignore getent ahosts "$1"
    awk -v name="$1" '{ for (i = 2; i <= NF && $1 !~ /^#/; i++) if (tolower($i) == tolower(name)) print $1 }' /etc/hosts 2>/dev/null || :
  } | awk '!seen[$1]++ { print $1 }'
}

# find_holder USER INODE: sets $holder to who has that socket, as far as we can see it.
find_holder() {
  holder="a process of the user ID $1 (as root, \"ss -ltnp\" or \"fuser $PORT0/tcp\" shows which)"
  [ "$2" != 0 ] || return 0
  _holder_found=$(ignore ls -n /proc/[0-9]*/fd | awk -v socket="socket:[$2]" '
    /^\/proc\// { split($0, part, "/") }
    $NF == socket { print part[3]; exit }')
  is_integer "$_holder_found" 1 999999999 || return 0
  _holder_name=''
  IFS= read -r _holder_name 2>/dev/null <"/proc/$_holder_found/stat" || :
  _holder_name=${_holder_name#*'('}
  _holder_where=$(cd -- "/proc/$_holder_found/cwd" 2>/dev/null && pwd -P) || _holder_where='a directory that is not visible'
  holder="process $_holder_found (${_holder_name%')'*}, in $_holder_where)"
}
