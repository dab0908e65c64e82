# Libraries that the server loads: one that is missing here it finds only when it starts, and those of sessions only
# when somebody logs in, so that it would be up, and nobody could use it.

check_libraries() {
  for _libraries_setting in shared_preload_libraries session_preload_libraries local_preload_libraries; do
    setting_or "$_libraries_setting" ''
    [ -n "$value" ] || continue
    list_names "$value" >"$work/libraries" || cannot_write "$work" "cannot write $work/libraries"
    while IFS= read -r _libraries_name; do
      check_library "$_libraries_setting" "$_libraries_name"
    done <"$work/libraries"
  done
}

# list_names TEXT: one a line, as the server separates them (SplitDirectoriesString in varlena.c).
list_names() {
  printf '%s,\n' "$1" | awk '{
    while (match($0, /^[ \t]*("([^"]|"")*"|[^,]*)[ \t]*,/)) {
      name = substr($0, 1, RLENGTH - 1)
      $0 = substr($0, RLENGTH + 1)
      gsub(/^[ \t]+|[ \t]+$/, "", name)
      if (name ~ /^"/) {
        name = substr(name, 2, length(name) - 2)
        gsub(/""/, "\"", name)
      }
      if (name != "") print name
    }
  }'
}

# check_library SETTING NAME: as expand_dynamic_library_name in dfmgr.c. What anybody may load lies in a directory of
# its own.
check_library() {
  _library_name=$2
  if [ "$1" = local_preload_libraries ]; then
    case $2 in
      \$libdir/plugins/*/*) ;;
      \$libdir/plugins/*) ;;
      */*)
        is_excused "$1" "$1 names $2, but may load libraries from \$libdir/plugins only" \
          || fail LIBRARY_MISSING "$fault"
        return 0
        ;;
      *) _library_name=\$libdir/plugins/$2 ;;
    esac
  fi
  ! is_missing "$_library_name" || is_excused "$1" "$1 names $2, which is not on this agent" \
    || fail LIBRARY_MISSING "$fault"
}

# is_missing NAME: is that library certainly not here? A relative path is one in the data directory, which may not be
# here yet.
is_missing() {
  find_libdir
  case $1 in
    \$libdir/*)
      [ -n "$libdir" ] && ! is_library "$libdir/${1#*/}"
      ;;
    /*) ! is_library "$1" ;;
    */*) [ "$conf_dir" = "$pgdata" ] && ! is_library "$pgdata/$1" ;;
    *) ! is_in_path "$1" ;;
  esac
}

is_library() {
  [ -e "$1" ] || [ -e "$1.so" ]
}

is_in_path() {
  setting_or dynamic_library_path "\$libdir"
  _path_rest=$value:
  while [ -n "$_path_rest" ]; do
    _path_directory=${_path_rest%%:*}
    _path_rest=${_path_rest#*:}
    case $_path_directory in
      \$libdir*)
        # It may be where we do not look.
        [ -n "$libdir" ] || return 0
        _path_directory=$libdir${_path_directory#*libdir}
        ;;
      *) ;;
    esac
    ! is_library "$_path_directory/$1" || return 0
  done
  return 1
}

# find_libdir: sets $libdir to where the server has its own libraries, by one that each has; empty where nobody knows.
# In turn Debian, PGDG and source; Fedora and RHEL; Alpine and SUSE.
find_libdir() {
  for libdir in "${pg_bin%/bin}/lib" "${pg_bin%/bin}/lib/postgresql" "${pg_bin%/bin}/lib64" \
    "${pg_bin%/bin}/lib64/pgsql" "${pg_bin%/bin}/lib/pgsql" \
    "/usr/lib/postgresql$major" "/usr/lib/postgresql$major/lib64"; do
    [ ! -e "$libdir/libpqwalreceiver.so" ] || return 0
  done
  libdir=''
}
