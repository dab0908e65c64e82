# The password of the role that replicates. libpq takes it from a password file; what comes in another way becomes one of
# our own, beside the data, where RUN_USER alone can read it. No variable of this shell ever holds it, since some shells
# know printf only as a program, whose arguments everybody can read.

# take_secret: first of all. $secret_from says what descriptor 8 holds: nothing, or a password from the environment or from
# a file. The kernel shows of a process the environment that it began with, also of a copy by fork, so the run begins anew
# without it.
take_secret() {
  secret_from=${RUN_REP_SECRET:-} login_kind=none own_login='' passfile_source='' login_changed=no login_origin=''
  unset RUN_REP_SECRET
  [ -n "$secret_from" ] || exec 8</dev/null
  # Its value is in no trace of the shell (set -x).
  [ -n "${POSTGRES_REPPASSWORD:+set}" ] || return 0
  if [ "$sub_command" = run ] || [ "$sub_command" = preflight ] || [ "$sub_command" = ready ]; then
    hold_secret
    secret_from=environment
  fi
  unset POSTGRES_REPPASSWORD
  [ "$sub_command" = run ] || return 0
  export RUN_REP_SECRET="$secret_from"
  exec sh "$script" run 8<&8
}

# A pipe keeps it: what no file holds, no disk keeps. awk has the environment that this process has still.
hold_secret() {
  for _hold_directory in "${TMPDIR:-/tmp}" /dev/shm /var/tmp "$sandbox"; do
    _hold_pipe=$_hold_directory/run_rep.$$.pipe
    mkfifo -- "$_hold_pipe" 2>/dev/null || continue
    exec 7<>"$_hold_pipe"
    exec 8<"$_hold_pipe"
    rm -f -- "$_hold_pipe"
    awk 'BEGIN { print ENVIRON["POSTGRES_REPPASSWORD"] }' >&7
    exec 7>&-
    return 0
  done
  fail PASSFILE 'cannot make a FIFO in any directory here, which is needed to take POSTGRES_REPPASSWORD out of the environment'
}

# pass_secret: root reads a file that root alone can read, and hands its descriptor on to what it becomes.
pass_secret() {
  if [ -z "$secret_from" ] && [ -n "$POSTGRES_REPPASSWORD_FILE" ] && [ -r "$POSTGRES_REPPASSWORD_FILE" ]; then
    exec 8<"$POSTGRES_REPPASSWORD_FILE"
    secret_from='file'
  fi
  [ -z "$secret_from" ] || export RUN_REP_SECRET="$secret_from"
}

has_password() {
  [ -n "$secret_from" ] || [ -n "$POSTGRES_REPPASSWORD_FILE" ]
}

# judge_login: two places for one password are one too many: whichever was taken, somebody meant the other one.
judge_login() {
  [ "$secret_from" != environment ] || [ -z "$POSTGRES_REPPASSWORD_FILE" ] \
    || tell_fault 'POSTGRES_REPPASSWORD and POSTGRES_REPPASSWORD_FILE are both set: keep one of them'
  ! has_password || [ -z "${PGPASSFILE:-}" ] \
    || tell_fault "PGPASSFILE and a password are both set: keep one of them"
}

# check_passfile: what is named must be there and can be read. libpq ignores a file that others have rights on, and the
# login then fails without saying why; but a copy of that file will do.
check_passfile() {
  if has_password; then
    [ -n "$secret_from" ] || [ -r "$POSTGRES_REPPASSWORD_FILE" ] || [ -f "$store/login/passfile" ] \
      || refuse_passfile "$POSTGRES_REPPASSWORD_FILE (POSTGRES_REPPASSWORD_FILE)" "$POSTGRES_REPPASSWORD_FILE"
    return 0
  fi
  [ -e "$PGPASSFILE" ] || return 0
  if [ ! -f "$PGPASSFILE" ] || [ ! -r "$PGPASSFILE" ]; then
    refuse_passfile "$PGPASSFILE" "$PGPASSFILE"
  fi
}

# is_absent FILE: does it certainly not exist, by the nearest directory above it that does?
is_absent() {
  [ ! -e "$1" ] || return 1
  _absent_above=$1
  while [ "${_absent_above#*/}" != "$_absent_above" ]; do
    _absent_above=${_absent_above%/*}
    [ ! -e "${_absent_above:-/}" ] || break
  done
  [ -d "${_absent_above:-/}" ] && [ -x "${_absent_above:-/}" ]
}

# refuse_passfile NAME FILE: one that does not exist is no matter of rights.
refuse_passfile() {
  ! is_absent "$2" || fail PASSFILE "the password file $1 does not exist"
  fail PASSFILE "$RUN_USER cannot read the password file $1"
}

# Of its mode and owner; behind the mode some systems print a + or a dot.
is_open_to_others() {
  case $(ls -ldL -- "$1" 2>/dev/null) in
    -???------*) return 1 ;;
    *) return 0 ;;
  esac
}

# settle_login: sets PGPASSFILE to the file that libpq reads from now on: that of the operator, or ours in $store/login; of
# what only looks, in its directory for small files. $login_origin says to people where the password is from.
settle_login() {
  own_passfile=$store/login/passfile
  login_copy=$own_passfile
  [ "$sub_command" = run ] || login_copy=$work/passfile
  if [ -n "$secret_from" ] || { has_password && [ -r "$POSTGRES_REPPASSWORD_FILE" ]; }; then
    login_kind=password
  elif has_password; then
    # Root has read it for a process that this one was.
    login_kind=kept login_copy=$own_passfile
  elif [ -f "$PGPASSFILE" ] && is_open_to_others "$PGPASSFILE"; then
    login_kind=copy passfile_source=$PGPASSFILE
    log INFO "others may access $PGPASSFILE, so libpq would ignore it: using a copy with mode 0600"
  fi
  login_origin=${passfile_source:-$PGPASSFILE}
  ! has_password || login_origin=${POSTGRES_REPPASSWORD_FILE:-POSTGRES_REPPASSWORD}
  if [ "$login_kind" = none ]; then
    if [ "$sub_command" = run ]; then
      [ "$PGPASSFILE" = "$own_passfile" ] || remove_login "$store/login"
    elif { [ "$recalled" = yes ] || [ ! -e "$PGPASSFILE" ]; } && [ -r "$own_passfile" ]; then
      PGPASSFILE=$own_passfile
    fi
  else
    _settle_source=${passfile_source:-POSTGRES_REPPASSWORD}
    [ "$login_kind" = kept ] || write_login || {
      need_room "${login_copy%/*}" 1
      fail PASSFILE "${POSTGRES_REPPASSWORD_FILE:-$_settle_source} does not hold a password on a single line"
    }
    export PGPASSFILE="$login_copy"
  fi
  [ "$sub_command" != run ] || [ "$PGPASSFILE" != "$own_passfile" ] || own_login=$store/login
}

# write_login: in one step, since a walreceiver may read it at any time.
write_login() {
  [ "$login_copy" != "$own_passfile" ] || make_login_directory
  if [ "$login_kind" = copy ]; then
    cat -- "$passfile_source" >"$login_copy.new" || return 1
  elif [ -n "$secret_from" ]; then
    print_login <&8 >"$login_copy.new" || return 1
    exec 8</dev/null
  else
    print_login <"$POSTGRES_REPPASSWORD_FILE" >"$login_copy.new" || return 1
  fi
  # Where the directory has a default ACL, umask does not count.
  chmod 600 "$login_copy.new" || return 1
  login_changed=yes
  ! cmp -s -- "$login_copy.new" "$login_copy" 2>/dev/null || login_changed=no
  mv -- "$login_copy.new" "$login_copy"
}

make_login_directory() {
  [ -d "$store/login" ] || mkdir -- "$store/login" || cannot_write "$store" "cannot make $store/login"
  if [ -L "$store/login" ] || ! is_owned "$store/login"; then
    fail DATA_FOREIGN "this script did not make $store/login"
  fi
  chmod 700 "$store/login" || cannot_write "$store" "cannot set the mode of $store/login"
}

# print_login: a line of a password file from the one line on standard input; : and \ get a backslash there (libpq, "The
# Password File").
print_login() {
  awk '
    function escaped(text, result, i, c) {
      for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        result = result (c == ":" || c == "\\" ? "\\" : "") c
      }
      return result
    }
    { sub(/\r$/, "") }
    NR == 1 { password = $0 }
    NR > 1 && $0 != "" { more = 1 }
    END {
      if (more || password == "") exit 1
      print "*:*:*:" escaped(ENVIRON["POSTGRES_REPUSER"]) ":" escaped(password)
    }'
}

# renew_login: a secret that was changed where it is mounted counts from the next connection on.
renew_login() {
  login_changed=no
  case $login_kind in
    copy) [ -r "$passfile_source" ] || return 0 ;;
    password) [ -z "$secret_from" ] && [ -r "$POSTGRES_REPPASSWORD_FILE" ] || return 0 ;;
    *) return 0 ;;
  esac
  write_login 2>/dev/null || log WARN "cannot update the password file $login_copy"
  [ "$login_changed" = no ] || log INFO "$login_origin has changed: the next connection to the master uses the new content"
}

# return_login: for a run that begins anew in its place. What came by the environment is in our file only.
return_login() {
  if [ "$login_kind" = copy ]; then
    export PGPASSFILE="$passfile_source"
  elif has_password && [ "$secret_from" != environment ]; then
    unset PGPASSFILE
  fi
}

# remove_login DIRECTORY: ours; with the end of a run nobody needs it any more.
remove_login() {
  [ -n "$1" ] && [ -e "$1" ] || return 0
  ignore rm -f -- "$1/passfile" "$1/passfile.new"
  ignore rmdir -- "$1"
}

# know_refusal WORDS: sets $refusal_words to what is wrong with our login, where a server says that in English; else it is
# empty.
know_refusal() {
  refusal_words=''
  case $1 in
    *'no pg_hba.conf entry'*)
      refusal_words="no line of the master's pg_hba.conf allows this connection to the database \"replication\": $1"
      ;;
    *'no password supplied'*)
      refusal_words="no line of $login_origin matches, with \"replication\" as the database: $1"
      ! is_absent "$PGPASSFILE" \
        || refusal_words="the password file $PGPASSFILE does not exist: write it, or set POSTGRES_REPPASSWORD_FILE: $1"
      ;;
    *'password authentication failed'*)
      refusal_words="the master refuses the role $POSTGRES_REPUSER: $1 (the password is from $login_origin)"
      ;;
    *'pg_hba.conf rejects'*)
      refusal_words="a line of the master's pg_hba.conf rejects this connection: $1"
      ;;
    *'must be superuser or replication role'* | *'permission denied'* | *'authentication failed for user'* \
      | *'is not permitted to log in'*)
      refusal_words="the master refuses the role $POSTGRES_REPUSER: $1"
      ;;
    *) ;;
  esac
}

# say_no_master: sets $no_master_words by what find_master has found: a master that refuses our login is not away.
say_no_master() {
  refusal_words=''
  [ "$((own_hosts + foreign_hosts))" -gt 0 ] || { [ "$master_count" -gt 1 ] && is_away "$no_master"; } \
    || know_refusal "$no_master"
  no_master_words=${refusal_words:-"no master was found: $no_master"}
}

# is_away WORDS: does libpq, or a server on its way up or down, say there that it may merely be away?
is_away() {
  case $1 in
    *'Connection refused'* | *timed\ out* | *timeout* | *'No route'* | *unreachable* | *'could not translate'* \
      | *'closed the connection'* | *'silent for'* | *'starting up'* | *'shutting down'* | *'in recovery'*) return 0 ;;
    *) return 1 ;;
  esac
}
