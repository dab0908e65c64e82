# Memory: what the server asks for when it starts against what this agent and this task have. A server that asks for
# more than there can be does not start; one that fills more than its task may have is killed by the kernel, again and
# again.

# check_memory: of the settings in $conf_dir, before a clone and behind it. The server takes a fiftieth of
# shared_buffers at once, to describe them, and the rest as data comes in.
check_memory() {
  [ "$decision" = clone ] || return 0
  know_need
  know_memory
  [ "$agent_mb" -gt 0 ] || return 0
  _memory_first=$((buffers_mb / 50 + 16))
  _memory_words="shared_buffers is $buffers_mb MB, so PostgreSQL asks for $need_mb MB of shared memory"
  _memory_fault=''
  if [ "$need_mb" -gt "$agent_mb" ] && [ "$overcommit" != 1 ]; then
    _memory_fault=": this agent has only $agent_mb MB of memory"
  elif [ "$_memory_first" -gt "$task_mb" ]; then
    _memory_fault=", $_memory_first MB of it at the start: this task may use only $task_mb MB"
  elif [ "$backup_mb" -gt "$task_mb" ] && [ "$buffers_mb" -gt "$task_mb" ]; then
    _memory_fault=", and $backup_mb MB of data can fill it: this task may use only $task_mb MB"
  fi
  if [ -n "$_memory_fault" ]; then
    is_excused shared_buffers "$_memory_words$_memory_fault" || fail MEMORY "$fault"
  elif [ "$conf_dir" != "$pgdata" ]; then
    # What follows is told before the start.
    return 0
  elif [ "$need_mb" -gt "$task_mb" ]; then
    log WARN "$_memory_words: this task may use only $task_mb MB, and the kernel kills the server when it needs more"
  elif [ "$need_mb" -gt "$free_mb" ] && [ "$overcommit" != 1 ]; then
    log WARN "$_memory_words: this agent has only $free_mb MB of free memory"
  fi
}

# know_need: sets $buffers_mb, and $need_mb that the server asks for when it starts.
know_need() {
  setting_or shared_buffers 16384
  buffers_mb=$((value / 128))
  need_mb=$((buffers_mb + buffers_mb / 50 + connections / 20 + 16))
}

# know_memory: sets, in MB, $agent_mb that there is here, with swap, or 0 where nobody tells, $free_mb of that now, and
# $task_mb that this task may have.
know_memory() {
  read_memory
  overcommit=$(kernel_value vm/overcommit_memory)
  [ "$overcommit" != 2 ] || [ "$commit_mb" -gt "$agent_mb" ] || agent_mb=$commit_mb
  task_limit memory memory.limit_in_bytes memory.max
  task_mb=$mb
}

# read_memory: sets also $pages_free, the huge pages that are free, of $page_kb each.
read_memory() {
  agent_mb=0 free_mb=0 commit_mb=$no_limit pages_free=0 page_kb=0
  [ ! -r /proc/meminfo ] || while read -r _read_memory_name _read_memory_value _read_memory_unit; do
    case $_read_memory_name in
      MemTotal: | SwapTotal:)
        mb_of_kb "$_read_memory_value"
        agent_mb=$((agent_mb + mb))
        ;;
      MemAvailable: | SwapFree:)
        mb_of_kb "$_read_memory_value"
        free_mb=$((free_mb + mb))
        ;;
      CommitLimit:)
        mb_of_kb "$_read_memory_value"
        commit_mb=$mb
        ;;
      HugePages_Free:) pages_free=$((pages_free + _read_memory_value)) ;;
      HugePages_Rsvd:) pages_free=$((pages_free - _read_memory_value)) ;;
      Hugepagesize:) page_kb=$_read_memory_value ;;
      *) ;;
    esac
  done </proc/meminfo
}

# kernel_value NAME: prints it. These files can only be read at once, and not byte by byte, as read does in dash.
kernel_value() {
  ignore cat "/proc/sys/$1"
}

# A shell may count to 2^31 only, and where there is no limit, the kernel writes a number of 19 digits.
no_limit=999999999

mb_of_kb() {
  if [ "${#1}" -le 9 ]; then
    mb=$(($1 / 1024))
  else
    mb=${1%???}
    mb=$((mb / 128))
    mb=$((mb * 125))
  fi
}

# mb_of_bytes TEXT: sets $mb.
mb_of_bytes() {
  mb=$no_limit
  case $1 in
    '' | *[!0-9]*) ;;
    ?????????? | ??????????? | ????????????)
      mb=${1%???}
      mb=$((mb / 1024 + 1))
      mb=$((mb * 125 / 128))
      ;;
    ??????????*) ;;
    *) mb=$(($1 / 1048576)) ;;
  esac
}

# task_limit CONTROLLER FILE1 FILE2: sets $mb to the smallest limit of the cgroups that this process is in, whose file
# has another name in version 1 of them than in version 2. In a container the path may be that of its host: then the
# top is ours.
task_limit() {
  limit_mb=$no_limit
  [ ! -r /proc/self/cgroup ] || while IFS=: read -r _limit_number _limit_controllers _limit_path; do
    case ,$_limit_controllers, in
      *",$1,"*) walk_groups "/sys/fs/cgroup/$_limit_controllers" "$_limit_path" "$2" ;;
      ,,)
        walk_groups /sys/fs/cgroup "$_limit_path" "$3"
        walk_groups /sys/fs/cgroup/unified "$_limit_path" "$3"
        ;;
      *) ;;
    esac
  done </proc/self/cgroup
  mb=$limit_mb
}

# walk_groups TOP PATH FILE: from there up to the top.
walk_groups() {
  _walk_path=$2 _walk_stat=memory.stat
  while :; do
    [ ! -r "$1$_walk_path/$3" ] || read_limit "$1$_walk_path/$3"
    if [ "$3" = memory.limit_in_bytes ] && [ -r "$1$_walk_path/$_walk_stat" ]; then
      # Only this knows what lies above the top that a container sees.
      read_limit "$1$_walk_path/$_walk_stat"
      _walk_stat=none
    fi
    [ -n "${_walk_path#/}" ] || return 0
    _walk_path=${_walk_path%/*}
  done
}

# read_limit FILE: one number, or a line of several.
read_limit() {
  while read -r _read_word _read_value; do
    case $_read_word in
      hierarchical_memory_limit) mb_of_bytes "$_read_value" ;;
      *[!0-9]* | '') continue ;;
      *) mb_of_bytes "$_read_word" ;;
    esac
    [ "$mb" -ge "$limit_mb" ] || limit_mb=$mb
    return 0
  done <"$1"
}
