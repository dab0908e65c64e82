# @step preflight
# Every tool, the user, the password file and the place for the data, all faults at once.
step_preflight() {
  faults=0
  need_tools
  [ -z "$CONFIG_URL" ] || have curl || have wget || tell_fault "neither curl nor wget is here"
  find_client || tell_fault "no psql is here; install the package postgresql-client"
  need_user
  need_archive
  [ "$faults" -eq 0 ] || fail AGENT "missing on this agent: $faults, named above"
  _preflight_id=$(id -u)
  if [ "$_preflight_id" -eq 0 ]; then
    prepare_store
    become_user
  fi
  [ "$_preflight_id" = "$user_id" ] \
    || fail RUN_USER "this runs as $(id -un), which is neither root nor RUN_USER $RUN_USER"
  check_passfile
  check_tls_files
  find_store
}

need() {
  have "$1" || tell_fault "$1 is not here"
}

# The home directory without eval: from getent where it exists, else from /etc/passwd.
need_user() {
  user_id=$(id -u -- "$RUN_USER" 2>/dev/null) || user_id=
  if [ -z "$user_id" ] || [ "$user_id" -eq 0 ]; then
    tell_fault "RUN_USER $RUN_USER does not exist here, or is root, as whom PostgreSQL does not run"
    HOME=/nonexistent
  elif have getent; then
    HOME=$(getent passwd "$RUN_USER") || HOME=
    HOME=${HOME%:*}
    HOME=${HOME##*:}
  else
    HOME=$(awk -F: -v name="$RUN_USER" '$1 == name { print $6 }' /etc/passwd)
  fi
  export HOME
  [ -n "${PGPASSFILE:-}" ] || PGPASSFILE=${HOME:-/nonexistent}/.pgpass
  export PGPASSFILE
}

# As root only the directory itself is made and handed over, and only while it holds no data.
prepare_store() {
  [ "$sub_command" = run ] || return 0
  (umask 022 && mkdir -p -- "$PGDATA_DIR") || fail DATA_DIR "cannot make the directory $PGDATA_DIR"
  # From within, so that what is handed over is what was looked at, whatever has that name by then.
  (
    cd -- "${PGDATA_DIR:?}" || exit 1
    for _prepare_entry in * .[!.]*; do
      case $_prepare_entry in
        '*' | '.[!.]*' | lost+found) ;;
        *) exit 0 ;;
      esac
    done
    chown -- "$RUN_USER" .
  ) || fail DATA_DIR "cannot give $PGDATA_DIR to $RUN_USER"
}

# Goes on as RUN_USER in this same process, by the first tool that proves that it can.
become_user() {
  user_group=$(id -g -- "$RUN_USER")
  for _become_tool in setpriv gosu su-exec chpst start-stop-daemon chroot busybox; do
    if have "$_become_tool" \
      && [ "$(ignore as_user "$_become_tool" id -u)" = "$user_id" ]; then
      if [ -z "$(ignore as_user "$_become_tool" sh "$script" version)" ]; then
        fail RUN_USER "$RUN_USER may not enter $(pwd), or not read $script"
      fi
      trap - EXIT
      as_user "$_become_tool" sh "$script" "$sub_command"
    fi
  done
  fail RUN_USER "no tool here turns root into $RUN_USER: setpriv, gosu, su-exec, chpst, \
start-stop-daemon, chroot --userspec or busybox su"
}

# as_user TOOL COMMAND...: becomes COMMAND. Only tools that exec will do: su and runuser of util-linux
# stay as parents and kill PostgreSQL two seconds after a SIGTERM.
as_user() {
  _as_tool=$1
  shift
  case $_as_tool in
    setpriv) exec setpriv --reuid "$RUN_USER" --regid "$user_group" --init-groups "$@" ;;
    gosu) exec gosu "$RUN_USER" "$@" ;;
    su-exec) exec su-exec "$RUN_USER" "$@" ;;
    chpst) exec chpst -u "$RUN_USER" "$@" ;;
    chroot) exec chroot --skip-chdir "--userspec=$RUN_USER:$user_group" / "$@" ;;
    busybox)
      # shellcheck disable=SC2016 # the shell that su starts expands these, not this one
      exec busybox su -s /bin/sh -c 'exec "$0" "$@"' -- "$RUN_USER" "$@"
      ;;
    start-stop-daemon)
      _as_command=$(command -v "$1")
      shift
      exec start-stop-daemon -S -p /nonexistent/run_rep -c "$RUN_USER:$user_group" -d "$(pwd)" \
        -x "$_as_command" -- "$@"
      ;;
    *) return 1 ;;
  esac
}

# libpq ignores a password file that others may read, and the login then fails without saying why.
check_passfile() {
  [ -e "$PGPASSFILE" ] || return 0
  if [ ! -f "$PGPASSFILE" ] || [ ! -r "$PGPASSFILE" ]; then
    fail PASSFILE "$RUN_USER cannot read the password file $PGPASSFILE"
  fi
  case $(ls -ldL -- "$PGPASSFILE") in
    -???------*) ;;
    *) fail PASSFILE "libpq ignores $PGPASSFILE, since others than its owner have rights on it" ;;
  esac
}

# Sets $store, the absolute path of PGDATA_DIR, and names of what lies in it.
find_store() {
  case $PGDATA_DIR in
    /*) store=$PGDATA_DIR ;;
    *) store=$(pwd)/$PGDATA_DIR ;;
  esac
  if [ "$sub_command" = run ]; then
    mkdir -p -- "$store" || fail DATA_DIR "$RUN_USER cannot make the directory $store"
    if [ ! -w "$store" ] || [ ! -x "$store" ]; then
      fail DATA_DIR "$RUN_USER may not write to $store: $(touch -c -- "$store" 2>&1 || :)"
    fi
  fi
  [ ! -d "$store" ] || store=$(cd -- "${store:?}" && pwd -P) || fail DATA_DIR "cannot enter $PGDATA_DIR"
  # POSIX lets two slashes at the front stay, as bash and mksh do, and no /proc/PID/cwd has them.
  store=/${store#"${store%%[!/]*}"}
  replica=$store/replica
  pgdata=$replica/data
  hba_file=$pgdata/pg_hba.run_rep.conf
}
