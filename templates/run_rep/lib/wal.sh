# Positions in the WAL: LSNs as PostgreSQL prints them (0/3000148), and what the master's history says of
# one. 64 bits are more than some shells count with, and awk's numbers are exact up to 8 PB.

# The functions of awk for them.
awk_lsn='
  function hex(text,  value, i) {
    value = 0
    for (i = 1; i <= length(text); i++)
      value = value * 16 + index("0123456789ABCDEF", toupper(substr(text, i, 1))) - 1
    return value
  }
  function lsn(text,  part) {
    split(text, part, "/")
    return hex(part[1]) * 4294967296 + hex(part[2])
  }
'

# lsn_minus A B: prints how many bytes A is ahead of B.
lsn_minus() {
  awk -v a="$1" -v b="$2" "$awk_lsn"'
    BEGIN { printf "%.0f\n", lsn(a) - lsn(b) }'
}

# is_ahead A B: is the LSN A behind the LSN B? No process is needed: 16 bits are what every shell counts with.
is_ahead() {
  pad_lsn "$1"
  _ahead_first=$padded
  pad_lsn "$2"
  _ahead_second=$padded
  while [ "$_ahead_first" != "$_ahead_second" ]; do
    _ahead_digits=${_ahead_first%"${_ahead_first#????}"}
    _ahead_others=${_ahead_second%"${_ahead_second#????}"}
    if [ "$_ahead_digits" != "$_ahead_others" ]; then
      [ "$((0x$_ahead_digits))" -gt "$((0x$_ahead_others))" ]
      return "$?"
    fi
    _ahead_first=${_ahead_first#????} _ahead_second=${_ahead_second#????}
  done
  return 1
}

# pad_lsn LSN: sets $padded to its 16 digits; of what is none, to zeros.
pad_lsn() {
  case $1 in
    */*/* | *[!0-9A-F/]* | ?????????*/* | */?????????*) padded=0000000000000000 ;;
    ?*/?*)
      padded=0000000${1%/*}
      _pad_low=0000000${1#*/}
      padded=${padded#"${padded%????????}"}${_pad_low#"${_pad_low%????????}"}
      ;;
    *) padded=0000000000000000 ;;
  esac
}

# control_position: $timeline and $position that replay has surely reached, from what read_control read.
control_position() {
  control_field "Latest checkpoint's TimeLineID"
  timeline=$field
  control_field 'Latest checkpoint location'
  position=$field
  control_field 'Minimum recovery ending location'
  if is_ahead "$field" "$position"; then
    position=$field
    control_field "Min recovery ending loc's timeline"
    timeline=$field
  fi
}

# replayed_position: the control file hears of a promotion only at a restart point. So where replay is further, $timeline is
# that of the newest WAL file here with that position.
replayed_position() {
  [ "$look_replayed" != unknown ] && is_ahead "$look_replayed" "$position" || return 0
  _replayed_segment=$(segment_of 1 "$look_replayed") || return 0
  for _replayed_file in "$pgdata/$wal_directory"/????????"${_replayed_segment#????????}"; do
    history_number "${_replayed_file%????????????????}.history"
    if [ "$number" -ge "$timeline" ]; then
      timeline=$number position=$look_replayed
    fi
  done
}

# judge_history TIMELINE LSN: is that a point of the master's history? If not, $divergence says why; $history_known is no
# where the master did not tell. Needs what find_master was answered; the timeline is none that the master has not reached.
judge_history() {
  divergence='' history_known=yes
  if [ "$1" -eq "$master_timeline" ]; then
    # A master that is a replica itself may be behind for a while, after its restart.
    [ "$master_read_only" = on ] || ! is_ahead "$2" "$master_position" \
      || divergence="the data is at $2, but $master_name is only at $master_position on the same timeline$(own_wal "$master_position" "$2")"
    [ -n "$divergence" ] || [ "$1" -eq 1 ] || is_streamed || compare_histories "$1"
  elif ! ask_history || ! _history_fork=$(awk -v tli="$1" '$1 == tli { print $2; exit }' "$work/history"); then
    history_known=no divergence="cannot read its timeline history: $(words_of "$work/words")"
  else
    if [ -z "$_history_fork" ]; then
      divergence="the data is on timeline $1, which is not in the history of $master_name"
    elif is_ahead "$2" "$_history_fork" || holds_beyond "$1" "$_history_fork"; then
      divergence="the data has WAL of timeline $1 beyond $_history_fork, where $master_name left that timeline$(own_wal "$_history_fork" "$2")"
    fi
  fi
  [ -z "$divergence" ]
}

# is_streamed: is that the server which we stream from? While nothing streams, another one may have its address.
is_streamed() {
  [ "$own_runs" = yes ] && [ "${streams:-no}" = yes ] && is_followed
}

# own_wal FROM TO: prints, as the end of a sentence, which WAL the master does not have. Of what lies beyond FROM the control
# file may not have heard yet.
own_wal() {
  if [ -n "$2" ] && is_ahead "$2" "$1"; then
    printf '; only this replica has the WAL from %s to %s (%s bytes)\n' "$1" "$2" "$(lsn_minus "$2" "$1")"
  else
    printf '; only this replica has the WAL that follows %s here\n' "$1"
  fi
}

# ask_history: the history of the master's timeline is in $work/history then.
ask_history() {
  ask_replication "TIMELINE_HISTORY $master_timeline" || return 1
  sed "1s/^[^$tab]*$tab//" "$work/answers" >"$work/history"
}

# compare_histories TIMELINE: two servers that were promoted side by side have timelines of one number, and of two histories.
compare_histories() {
  _compare_own=$(awk -v tli="$1" 'BEGIN { printf "%08X", tli }') || return 0
  _compare_own=$pgdata/$wal_directory/$_compare_own.history
  [ -f "$_compare_own" ] || return 0
  if ! ask_history; then
    history_known=no divergence="cannot read its timeline history: $(words_of "$work/words")"
  elif history_forks "$_compare_own" >"$work/forks.own" && history_forks "$work/history" >"$work/forks" \
    && ! cmp -s -- "$work/forks.own" "$work/forks"; then
    divergence="timeline $1 of $master_name differs from timeline $1 of the data here: two servers were promoted"
  fi
}

history_forks() {
  awk '$1 ~ /^[0-9]+$/ { print $1, $2 }' "$1"
}

# judge_end TIMELINE: does the data end before the master does? Asked of data whose server is down only: in
# one that runs, what arrived since the master was asked would lie beyond its answer.
judge_end() {
  [ "$1" -eq "$master_timeline" ] && [ "$master_read_only" != on ] || return 0
  ! holds_beyond "$1" "$master_position" || {
    divergence="the data has WAL of timeline $1 beyond $master_position, where $master_name ends$(own_wal "$master_position" "")"
    return 1
  }
}

# holds_beyond TIMELINE LSN: is there a record of that timeline at that LSN, or behind it? The control file
# hears of what has arrived only now and then: at a restart point, every five minutes by default. For a file that
# is not there pg_waldump would wait five seconds.
holds_beyond() {
  [ -x "$pg_bin/pg_waldump" ] || return 1
  [ -e "$pgdata/$wal_directory/$(segment_of "$1" "$2")" ] || return 1
  bounded 10 "$pg_bin"/pg_waldump -p "$pgdata/$wal_directory" -t "$1" -s "$2" -n 1 >"$work/words" 2>&1
  [ "$status" -eq 0 ]
}

# segment_of TIMELINE LSN: prints the name of the WAL file that holds that position.
segment_of() {
  control_field 'Bytes per WAL segment'
  pad_lsn "$2"
  _segment_low=${padded#????????}
  # A file has 1 MB at the least.
  printf '%08X%s%08X\n' "$1" "${padded%????????}" "$((0x${_segment_low%????} / (${field:-16777216} / 65536)))"
}

# start_of_segment NAME: prints the position at which that WAL file begins.
start_of_segment() {
  control_field 'Bytes per WAL segment'
  _start_log=${1#????????}
  printf '%s/%X0000\n' "${_start_log%????????}" "$((0x${_start_log#????????} * (${field:-16777216} / 65536)))"
}

# next_segment NAME: prints the name that follows; the last part counts up to 4 GB of WAL.
next_segment() {
  control_field 'Bytes per WAL segment'
  awk -v name="$1" -v size="$field" "$awk_lsn"'
    BEGIN {
      high = hex(substr(name, 9, 8))
      low = hex(substr(name, 17, 8)) + 1
      if (low == 4294967296 / size) {
        high++
        low = 0
      }
      printf "%s%08X%08X\n", substr(name, 1, 8), high, low
    }'
}

# has_page NAME LAST: does that WAL file hold its first page, or, if LAST is 1, its last? Files are used
# again, so what counts is the position that the page gives of itself (xlogdefs.h, XLogPageHeaderData).
has_page() {
  control_field 'Bytes per WAL segment'
  _page_size=$field
  control_field 'WAL block size'
  _page_offset=$(($2 * (_page_size - field)))
  _page_wanted=$(awk -v name="$1" -v size="$_page_size" -v offset="$_page_offset" "$awk_lsn"'
    BEGIN {
      value = hex(substr(name, 17, 8)) * size + offset
      printf "%04x%04x %s\n", int(value / 65536), value % 65536, tolower(substr(name, 9, 8))
    }') || return 1
  _page_found=$(ignore od -A n -t x4 -j "$((_page_offset + 8))" -N 8 "$pgdata/$wal_directory/$1" \
    | awk '{ print $1, $2 }')
  case $_page_found in
    "$_page_wanted" | "${_page_wanted#* } ${_page_wanted% *}") return 0 ;;
    *) return 1 ;;
  esac
}

# needed_segment LSN: sets $needed to the file that must come from the master, when replay is there: the first that is not
# all here. Of which timeline it is, tells the master's history: the control file may not have heard of a promotion yet.
needed_segment() {
  needed=$master_timeline
  if [ "$master_timeline" -gt 1 ]; then
    ask_history || return 1
    needed=$(awk -v at="$1" -v last="$master_timeline" "$awk_lsn"'
      $1 ~ /^[0-9]+$/ && lsn(at) < lsn($2) { last = $1; exit }
      END { print last }' "$work/history") || return 1
  fi
  needed=$(segment_of "$needed" "$1")
  while has_page "$needed" 1; do
    needed=$(next_segment "$needed")
  done
}
