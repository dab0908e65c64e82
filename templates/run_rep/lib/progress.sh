# Whatever takes long says once a minute what it is and how far it is, at a price that does not grow with the data.

# read_io PID NAME: sets $io_bytes to what a process of ours has read (rchar) or written (wchar); empty where nobody tells.
read_io() {
  io_bytes=''
  while read -r _io_name _io_value; do
    [ "$_io_name" != "$2:" ] || io_bytes=$_io_value
  done 2>/dev/null <"/proc/$1/io" || :
}

# in_mb BYTES: sets $mb, of more digits than every shell can count.
in_mb() {
  mb=0
  case $1 in
    ???????*) mb=$((${1%??????} * 95 / 100)) ;;
    *) ;;
  esac
}

# tell_phase TEXT [PID]: what the script waits for from now on; PID is who reads the copy meanwhile. Nothing to tell: ''.
tell_phase() {
  printf '%s\n' "$step" "$1" "${2:-}" 2>/dev/null >"$work/phase" || :
  [ -z "$1" ] || note_phase cloning "$1"
  [ -z "$teller" ] || return 0
  launching=yes
  (
    begin_helper
    tell_phases
  ) &
  teller=$!
  launched
}

tell_phases() {
  while kill -0 "$$" 2>/dev/null; do
    nap 60
    _phases_text='' _phases_pid=''
    { read -r step && IFS= read -r _phases_text && read -r _phases_pid; } 2>/dev/null <"$work/phase" || :
    [ -n "$_phases_text" ] || continue
    if [ -n "$_phases_pid" ]; then
      read_io "$_phases_pid" rchar
      in_mb "$io_bytes"
      _phases_text="$_phases_text: $mb of $backup_mb MB"
    fi
    announce INFO "$_phases_text"
  done
}

end_teller() {
  end_helper "$teller"
  teller=
}

# tell_opening: of a server that lets nobody in yet. Which WAL file it replays, tells what its processes have open.
tell_opening() {
  if is_open; then
    watch_closed=0
    return 0
  fi
  watch_closed=$((watch_closed + watch_interval))
  [ "$watch_closed" -ge 60 ] || return 0
  watch_closed=0
  newest_wal "$pgdata"
  _opening_at=$(replaying_file)
  read_control "$pgdata" || return 0
  control_field 'Minimum recovery ending location'
  [ "$field" != 0/0 ] || field='the end of the copy'
  announce INFO "not open to clients yet: replaying ${_opening_at:-WAL} (the newest WAL segment here is $newest_wal), at least up to $field"
}

replaying_file() {
  children_of "$server" | while read -r _replaying_pid; do
    ignore ls -l "/proc/$_replaying_pid/fd"
  done | sed -n "s|.*/$wal_directory/\([0-9A-F]\{24\}\)\$|\1|p" | sort | sed 1q
}

# tell_minutely TEXT: where steps follow each other, each of which may take long. Needs $told_at.
tell_minutely() {
  know_time
  [ "$((${now_s:-0} - told_at))" -ge 60 ] || return 0
  told_at=$now_s
  announce INFO "$1"
}
