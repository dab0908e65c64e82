# From root to RUN_USER.

# go_down: whoever is asked as root, by "docker exec" say, answers as RUN_USER, before a file is read or written.
go_down() {
  know_own_user
  [ "$own_user" = 0 ] || return 0
  faults=0
  need_user
  [ "$faults" -eq 0 ] || fail RUN_USER "the user $RUN_USER does not exist here"
  become_user
}

# Goes on as RUN_USER in this same process, by the first tool that proves that it can.
become_user() {
  _become_words=$(ignore id -g -- "$RUN_USER")
  number_of "$_become_words"
  user_group=$number
  [ -n "$user_group" ] || fail RUN_USER "cannot find the group of $RUN_USER (id -g)"
  for _become_tool in setpriv gosu su-exec chpst start-stop-daemon chroot busybox; do
    have "$_become_tool" || continue
    # It is replaced by the tool, which may fail.
    _become_words=$(as_user "$_become_tool" id -u 2>/dev/null) || _become_words=''
    number_of "$_become_words"
    if [ "$number" = "$user_id" ]; then
      if [ -z "$(ignore as_user "$_become_tool" sh "$script" version)" ]; then
        fail RUN_USER "$RUN_USER may not enter $(pwd), or may not read $script"
      fi
      trap - EXIT
      hear_again
      pass_secret
      as_user "$_become_tool" sh "$script" "$sub_command" 8<&8
    fi
  done
  fail RUN_USER "root cannot become $RUN_USER, because none of these works here: setpriv, gosu, su-exec, chpst, \
start-stop-daemon, chroot --userspec, busybox su"
}

# as_user TOOL COMMAND...: becomes COMMAND. Only tools that exec will do: su and runuser of util-linux
# stay as parents and kill PostgreSQL two seconds after a SIGTERM.
as_user() {
  _as_tool=$1
  shift
  case $_as_tool in
    setpriv) exec setpriv --reuid "$user_id" --regid "$user_group" --init-groups "$@" ;;
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
