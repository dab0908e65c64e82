# @step preflight
# Every tool, the user, the password file and the place for the data, all faults at once.
step_preflight() {
  faults=0
  need_tools
  [ -z "${CONFIG_URL##file:*}" ] || have curl || have wget || tell_fault "curl or wget is missing"
  find_client || tell_fault "psql is missing, or only Debian's wrapper is here without a client; install the package postgresql-client"
  need_user
  need_archive
  [ "$faults" -eq 0 ] || fail AGENT "missing on this agent: $faults, listed above"
  know_own_user
  _preflight_id=$own_user
  if [ "$_preflight_id" = 0 ]; then
    prepare_place "$PGDATA_DIR"
    [ -z "$wal_dir" ] || prepare_place "$wal_dir"
    leave_pointer_as_root
    become_user
  fi
  [ "$_preflight_id" = "$user_id" ] \
    || fail RUN_USER "the script runs as the user ID ${_preflight_id:-unknown}, which is neither root nor RUN_USER $RUN_USER"
  check_tls_files
  find_store
  check_passfile
}

need() {
  have "$1" || tell_fault "$1 is missing"
}

# The home directory without eval: from getent where it exists, else from /etc/passwd. A name service may spell the name in
# another way, and say more than was asked.
need_user() {
  _user_words=$(id -u -- "$RUN_USER" 2>/dev/null) || :
  number_of "$_user_words"
  user_id=$number HOME=/nonexistent
  if [ -z "$user_id" ]; then
    tell_fault "RUN_USER $RUN_USER does not exist here: correct it, or create that user"
  elif [ "$user_id" = 0 ]; then
    tell_fault "RUN_USER $RUN_USER is root, and PostgreSQL does not run as root"
  elif have getent; then
    find_home <<EOF
$(getent passwd "$RUN_USER" 2>/dev/null)
EOF
  elif [ -r /etc/passwd ]; then
    find_home </etc/passwd
  fi
  export HOME
  PGPASSFILE=${PGPASSFILE:-}
  ! has_password || return 0
  [ -n "$PGPASSFILE" ] || PGPASSFILE=${HOME:-/nonexistent}/.pgpass
  export PGPASSFILE
}

# find_home: sets $HOME by lines of passwd(5), the first of that user.
find_home() {
  while IFS=: read -r _home_name _home_password _home_id _home_group _home_words _home_directory _home_rest; do
    if [ "$_home_id" = "$user_id" ] && [ -n "$_home_directory" ]; then
      HOME=$_home_directory
      return 0
    fi
  done
}

# number_of TEXT: sets $number to its first line that is a number, past whatever else a tool had to say.
number_of() {
  number='' _number_rest=$1
  while [ -n "$_number_rest" ]; do
    number=${_number_rest%%"$newline"*}
    _number_rest=${_number_rest#"$number"}
    _number_rest=${_number_rest#"$newline"}
    case $number in
      '' | *[!0-9]*) number='' ;;
      *) return 0 ;;
    esac
  done
}

# know_own_user: sets $own_user to the ID of the user that this process acts as, which the kernel tells without another
# process: of its four numbers the second.
know_own_user() {
  own_user=''
  while read -r _own_user_name _own_user_real own_user _own_user_rest; do
    [ "$_own_user_name" != Uid: ] || break
    own_user=''
  done 2>/dev/null </proc/self/status || :
  if [ -z "$own_user" ]; then
    number_of "$(ignore id -u)"
    own_user=$number
  fi
}

# Sets $store, the absolute path of PGDATA_DIR, and names of what lies in it.
find_store() {
  case $PGDATA_DIR in
    /*)
      store=$PGDATA_DIR
      # A directory that only root may enter: whoever goes elsewhere could not come back.
      [ -x "$sandbox" ] || { cd / && sandbox=/; }
      ;;
    *) store=$sandbox/$PGDATA_DIR ;;
  esac
  if [ "$sub_command" = run ]; then
    [ -d "$store" ] || make_path "$store" ''
    if [ ! -w "$store" ] || [ ! -x "$store" ]; then
      fail DATA_DIR "$RUN_USER may not write to $store: $(touch -c -- "$store" 2>&1 || :)"
    fi
  fi
  # In a subshell: whoever asks from a directory that only root may enter could not come back.
  [ ! -d "$store" ] || store=$(cd -- "${store:?}" && pwd -P) || fail DATA_DIR "cannot enter $PGDATA_DIR"
  # POSIX lets two slashes at the front stay, as bash and mksh do, and no /proc/PID/cwd has them.
  store=/${store#"${store%%[!/]*}"}
  replica=$store/replica
  pgdata=$replica/data
  hba_file=$pgdata/pg_hba.run_rep.conf
  find_files
  find_wal_dir
}
