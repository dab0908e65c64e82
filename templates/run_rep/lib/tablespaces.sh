# Tablespaces lie in tablespaces/<oid> beside the data, where the clone put them. A record of CREATE TABLESPACE in the WAL
# names the directory of the master: its replay makes a link to that, and on the same host writes into the files of the
# master from then on. Nothing can lead it elsewhere, so a tablespace that was made after the clone has its place only in
# a new copy.

# The links are absolute, and each task may have another sandbox. A server with dead links starts all the same, so those
# that a clone of ours was given are made anew. A link that replay has made stays, for find_stray.
relink_tablespaces() {
  for _relink_directory in "$replica"/tablespaces/*/PG_*; do
    [ -d "$_relink_directory" ] || continue
    _relink_directory=${_relink_directory%/*}
    _relink_link=$pgdata/pg_tblspc/${_relink_directory##*/}
    case ${_relink_link##*/} in *[!0-9]*) continue ;; *) ;; esac
    if [ -e "$_relink_link" ] || [ -L "$_relink_link" ]; then
      is_own_link "$_relink_link" || continue
    fi
    unseal_tablespaces
    { rm -f -- "$_relink_link" && ln -s -- "$_relink_directory" "$_relink_link"; } \
      || cannot_write "$pgdata" "cannot make the link $_relink_link"
  done
  seal_tablespaces
}

# Where the directory of links takes no new one, replay ends before it has touched a file of the master. With links in it,
# it must stay as PostgreSQL makes it: pg_basebackup copies its mode, and could make no link in the copy of a copy.
seal_tablespaces() {
  for _seal_link in "$pgdata"/pg_tblspc/*; do
    if [ -e "$_seal_link" ] || [ -L "$_seal_link" ]; then
      return 0
    fi
  done
  [ ! -w "$pgdata/pg_tblspc" ] || ignore chmod u-w "$pgdata/pg_tblspc"
}

# unseal_tablespaces: whoever takes over what lies here finds it as PostgreSQL made it.
unseal_tablespaces() {
  [ -w "$pgdata/pg_tblspc" ] || ignore chmod u+w "$pgdata/pg_tblspc"
}

# find_stray DIRECTORY: sets $stray to what leads out of the tablespaces of that replica or clone; false if nothing does.
find_stray() {
  stray=''
  for _stray_link in "$1"/data/pg_tblspc/*; do
    [ -L "$_stray_link" ] || continue
    if ! is_own_link "$_stray_link"; then
      stray="the tablespace ${_stray_link##*/} is in ${own_link_target:-nothing}, outside $1: it was made after the clone, \
or its directory was moved"
      return 0
    fi
  done
  return 1
}

# is_own_link LINK: does it lead to where we put that tablespace, in this sandbox or in a former one, and is that here?
is_own_link() {
  own_link_target=$(ignore readlink -- "$1")
  _own_link_home=${1%/data/pg_tblspc/*}
  case $own_link_target in
    */replica/tablespaces/"${1##*/}" | */clone.*/tablespaces/"${1##*/}")
      [ -d "$_own_link_home/tablespaces/${1##*/}" ] || return 1
      ;;
    *) return 1 ;;
  esac
}

# judge_tablespaces: before anything is started. Such data gets no server again: replay would go on in the files of the
# master, and what it wrote there is missing here.
judge_tablespaces() {
  find_stray "$replica" || return 0
  give_up_data "$stray" || fail TABLESPACE "$stray"
}

# watch_tablespaces: replay makes a link at any time. The list of names tells, by builtins alone. A server that flushed
# what it has in memory could still write it into the master's files, so decide ends it without that.
watch_tablespaces() {
  set -- "$pgdata"/pg_tblspc/*
  [ "$*" != "$watch_links" ] || return 0
  watch_links=$*
  find_stray "$replica" || return 0
  decide tablespace "$stray"
}

# While there are links, the look at them is more frequent than that at the server: in between, replay may write through a
# new one.
pause_watching() {
  if [ "$watch_links" = "$pgdata/pg_tblspc/*" ]; then
    pause "$watch_interval"
    return 0
  fi
  _watching_left=$watch_interval
  while [ "$_watching_left" -gt 0 ]; do
    pause 1
    watch_tablespaces
    _watching_left=$((_watching_left - 1))
  done
}

# meet_tablespace: did the server end since replay met a CREATE TABLESPACE? In each language its log names the record; with
# log_error_verbosity = terse the WAL tells.
meet_tablespace() {
  [ "$status" -eq 1 ] || return 0
  _meet_words=$(said_since | sed -n 's|.*Tablespace/CREATE: ||p')
  [ -n "$_meet_words" ] || _meet_words=$(list_unmade)
  [ -n "$_meet_words" ] || return 0
  stray="the master made a tablespace after the clone, and it has no directory here: ${_meet_words##*"$newline"}"
  ! give_up_data "$stray" || fail RECLONE "the next run clones again"
  fail TABLESPACE "$stray"
}

# list_unmade: prints tablespaces that the WAL here makes, from where the next start replays, and that are not here.
list_unmade() {
  [ -x "$pg_bin/pg_waldump" ] && read_control "$pgdata" || return 0
  control_field "Latest checkpoint's REDO location"
  _unmade_from=${field:-0/0}
  control_field "Latest checkpoint's TimeLineID"
  ignore "$pg_bin"/pg_waldump -p "$pgdata/$wal_directory" -t "${field:-1}" -s "$_unmade_from" -r Tablespace \
    | awk '/desc: DROP/ { gone[$NF] = 1 }
      match($0, /desc: CREATE /) { made[++count] = substr($0, RSTART + 13) }
      END { for (i = 1; i <= count; i++) { split(made[i], word, " "); if (!(word[1] in gone)) print made[i] } }' \
    | while IFS= read -r _unmade_space; do
      [ -L "$pgdata/pg_tblspc/${_unmade_space%% *}" ] || printf '%s\n' "$_unmade_space"
    done
}
