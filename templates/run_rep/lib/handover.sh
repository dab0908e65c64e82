# The directory for the data, and that of clone.walDir, from root to RUN_USER. What others than root can change may lead
# anywhere, so root makes and gives away only what it reaches by ways of its own; anything else RUN_USER makes itself, or
# nobody does.

# prepare_place DIRECTORY: as root. It is handed over only while it holds no data: a fresh volume is root's, and empty.
prepare_place() {
  [ "$sub_command" = run ] || return 0
  ! holds_more "$1" || return 0
  # From within, so that what is handed over is what was looked at, whatever has that name by then.
  (
    umask 022
    case $1 in
      /*) cd -P / || exit 1 ;;
      *) cd -P . || exit 1 ;;
    esac
    walk_down "$1" || exit 0
    ! holds_more . || exit 0
    look_here
    [ "$here_owner" = 0 ] || exit 0
    chown -h -- "$user_id" .
  ) || fail DATA_DIR "cannot make $RUN_USER the owner of $1"
}

# holds_more DIRECTORY: more than what a new file system has.
holds_more() {
  for _more_entry in "$1"/* "$1"/.[!.]*; do
    [ -e "$_more_entry" ] || [ -L "$_more_entry" ] || continue
    [ "${_more_entry##*/}" = lost+found ] || return 0
  done
  return 1
}

# walk_down PATH: goes there, name by name, and makes what is missing. False where somebody else could have changed the
# way: in a directory that is not root's, or that others write to. In a sticky one, such as /tmp, no link is followed.
walk_down() {
  _walk_rest=$1/
  while [ -n "$_walk_rest" ]; do
    _walk_name=${_walk_rest%%/*}
    _walk_rest=${_walk_rest#*/}
    case $_walk_name in
      '' | .) continue ;;
      *) ;;
    esac
    is_roots || return 1
    _walk_mode=$here_mode
    # Whoever is faster than this has made it.
    if [ ! -e "./$_walk_name" ] && [ ! -L "./$_walk_name" ]; then
      mkdir -- "./$_walk_name" 2>/dev/null || return 1
    fi
    _walk_from=${PWD%/}
    cd -P -- "./$_walk_name" 2>/dev/null || return 1
    [ "$PWD" = "$_walk_from/$_walk_name" ] || leads_well "$_walk_mode" || return 1
  done
}

# leads_well MODE: we have followed a link in a directory of that mode. Is it root's own, and does it lead to a place
# that nobody else can change?
leads_well() {
  case $1 in
    ????????w*) return 1 ;;
    *) lies_safe ;;
  esac
}

# lies_safe: is each directory above the one that we are in root's?
lies_safe() {
  (
    while [ "$PWD" != / ]; do
      cd -P .. || exit 1
      is_roots || exit 1
    done
  )
}

# is_roots: does the directory that we are in belong to root, and each name in it? In a sticky one nobody can take away
# what is root's.
is_roots() {
  look_here
  [ "$here_owner" = 0 ] || return 1
  case $here_mode in
    ?????[!w]??[!w]* | ?????????[tT]*) return 0 ;;
    ?????w??[!w]*) [ "$here_group" = 0 ] ;;
    *) return 1 ;;
  esac
}

# look_here: sets $here_mode, $here_owner and $here_group, in numbers, of the directory that we are in.
look_here() {
  here_mode='' here_owner='' here_group=''
  _look_here=$(ls -ldn .) || return 0
  IFS=' ' read -r here_mode _look_here_links here_owner here_group _look_here_rest <<EOF
$_look_here
EOF
}
