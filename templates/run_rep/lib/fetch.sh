# fetch URL FILE: curl, or wget, whichever is here; HTTP errors are errors. file:///DIRECTORY is one of this agent, as
# where a volume is mounted. curl does not follow a redirect from https to http.
fetch() {
  _fetch_redirects='=http,https'
  case $1 in
    https:*) _fetch_redirects='=https' ;;
    file://*)
      cat -- "${1#file://}" >"$2" || return 1
      return 0
      ;;
    *) ;;
  esac
  if have curl; then
    curl -q -f -g -s -S -L --proto '=http,https' --proto-redir "$_fetch_redirects" \
      --connect-timeout 10 --max-time 50 -o "$2" -- "$1"
  else
    # No -T: a static BusyBox 1.35 dies of it. It names where a redirect leads only among the headers.
    set -- "$1" "$2"
    case $1,$(wget --help 2>&1) in
      https:*[!-]-S*) wget -S -O "$2" -- "$1" ;;
      *) wget -O "$2" -- "$1" ;;
    esac
  fi
}

# fetch_files SECONDS: those of CONFIG_URL, into $work/conf; read_fetched tells what became of each. A pg_ident.conf is of use
# only where an access rule names a map.
fetch_files() {
  make_fetched
  rm -f -- "${work:?}"/conf/*
  launching=yes
  (
    trap - TERM INT HUP USR1 USR2 VTALRM EXIT
    fetch_file postgresql.conf
    # Where one does not come, nobody waits for the others.
    [ "$file_status" -eq 0 ] || exit 0
    fetch_file pg_hba.conf
    if grep -q -s -e 'map[[:space:]]*=' -e '^[[:space:]]*include' "$work/conf/pg_hba.conf"; then
      fetch_file pg_ident.conf
    else
      printf 'none\n' >"$work/conf/pg_ident.conf.status"
    fi
  ) &
  child=$!
  launched
  guard "$1"
}

make_fetched() {
  [ -d "$work/conf" ] || mkdir -- "$work/conf" || cannot_write "$work" "cannot make $work/conf"
}

# fetch_file NAME: one that says what is here already need not be judged again.
fetch_file() {
  file_status=0
  fetch "${CONFIG_URL%/}/$1" "$work/conf/$1" 2>"$work/conf/$1.words" || file_status=$?
  # wget has followed it by then, and what came is not used.
  case $CONFIG_URL in
    https:*)
      if grep -q -e '^[[:space:]]*[Ll]ocation: http:' -e '^curl: (1) Protocol' "$work/conf/$1.words"; then
        file_status=103
        ignore rm -f -- "${work:?}/conf/$1"
      fi
      ;;
    *) ;;
  esac
  _file_state=new
  [ "$file_status" -ne 0 ] || ! cmp -s -- "$work/conf/$1" "$replica/conf/$1" || _file_state=same
  printf '%s %s\n' "$file_status" "$_file_state" >"$work/conf/$1.status"
}

# read_fetched NAME: sets $fetched to new, same, refused (there is none, or not for us) or away, and $fetch_words.
read_fetched() {
  fetched=away fetch_words=silent _fetched_status=124 _fetched_state=''
  read -r _fetched_status _fetched_state 2>/dev/null <"$work/conf/$1.status" || _fetched_status=124
  case $_fetched_status in
    0)
      fetched=$_fetched_state
      return 0
      ;;
    none)
      fetched=refused
      return 0
      ;;
    *) ;;
  esac
  ignore rm -f -- "${work:?}/conf/$1"
  # Headers are indented.
  fetch_words="$(ignore sed '/^[[:space:]]/d' "$work/conf/$1.words" | tail -n 5) (status $_fetched_status)"
  case "$_fetched_status $fetch_words" in
    '103 '*)
      fetched=refused
      fetch_words="it redirects from https to http, where others could change the file on its way: $fetch_words"
      ;;
    *'error: 429'* | *'error: 5'* | *'ERROR 5'* | *'ERROR 429'* | *'HTTP/1.'?' 5'* | *'HTTP/1.'?' 429'*) ;;
    # GNU wget ends with 6 where a password is wanted.
    '6 '* | '8 '* | '22 '* | *'server returned error'*) fetched=refused ;;
    *)
      case $CONFIG_URL,$_fetched_status in
        file:*,124) ;;
        file:*) fetched=refused ;;
        *) ;;
      esac
      ;;
  esac
}

# read_all_fetched: sets $fetch_changed (yes or no), and $fetch_refused or $fetch_away to what is wrong. There need not be a
# pg_ident.conf.
read_all_fetched() {
  fetch_changed=no fetch_refused='' fetch_away=''
  for _all_name in postgresql.conf pg_hba.conf pg_ident.conf; do
    read_fetched "$_all_name"
    case $fetched,$_all_name in
      same,*) ;;
      new,*) fetch_changed=yes ;;
      refused,pg_ident.conf)
        printf '' >"$work/conf/pg_ident.conf" || cannot_write "$work" "cannot write $work/conf/pg_ident.conf"
        [ ! -s "$replica/conf/pg_ident.conf" ] || fetch_changed=yes
        ;;
      refused,*) [ -n "$fetch_refused" ] || fetch_refused="${CONFIG_URL%/}/$_all_name: $fetch_words" ;;
      *) [ -n "$fetch_away" ] || fetch_away="${CONFIG_URL%/}/$_all_name: $fetch_words" ;;
    esac
  done
}

# fetch_patiently: tries again for MASTER_WAIT seconds while nobody answers or the server is in trouble itself.
fetch_patiently() {
  start_patience
  while :; do
    fetch_files 60
    read_all_fetched
    [ -z "$fetch_refused" ] || fail CONFIG_WRONG "cannot fetch $fetch_refused"
    [ -n "$fetch_away" ] || return 0
    be_patient "no usable answer for $fetch_away" \
      || fail CONFIG_AWAY "no usable answer within $MASTER_WAIT s for $fetch_away"
  done
}

# start_patience, be_patient TEXT: growing, jittered pauses; false when MASTER_WAIT is over.
start_patience() {
  steady_time
  patience_until=$((steady_time + MASTER_WAIT))
  patience_pause=1
}

# steady_time: sets $steady_time to seconds that no setting of the clock changes, where the kernel tells them.
steady_time() {
  seconds_up
  steady_time=$seconds_up
  [ "$steady_time" -gt 0 ] || {
    know_time
    steady_time=${now_s:-0}
  }
}

be_patient() {
  steady_time
  _patient_left=$((patience_until - steady_time))
  [ "$_patient_left" -gt 0 ] || return 1
  _patient_pause=$(jittered "$patience_pause")
  [ "$_patient_pause" -le "$_patient_left" ] || _patient_pause=$_patient_left
  enter_phase waiting WARN "$1; trying again in $_patient_pause s"
  pause "$_patient_pause"
  patience_pause=$((patience_pause * 2))
  [ "$patience_pause" -le 30 ] || patience_pause=30
}
