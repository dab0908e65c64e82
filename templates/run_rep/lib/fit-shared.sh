# Kinds of shared memory that this agent has not: there is always another one, which is told and taken.

# settle_shared_memory: before the start.
settle_shared_memory() {
  settle_huge_pages
  settle_dynamic_memory
}

# Without huge pages all works as well, but for the memory that the tables of many small pages take. Where a task may
# have none of those of its agent (cgroup hugetlb), it gets them all the same, and dies when it writes to them.
settle_huge_pages() {
  setting_since 10 huge_pages try
  _huge_wanted=$value
  [ "$_huge_wanted" != off ] || return 0
  read_memory
  [ "$page_kb" -gt 0 ] || return 0
  [ "$_huge_wanted" = on ] || [ "$pages_free" -gt 0 ] || return 0
  know_need
  _huge_needed=$((need_mb * 1024 / page_kb + 1))
  if [ "$_huge_wanted" = on ] && [ "$pages_free" -lt "$_huge_needed" ] && ! may_grow_pages; then
    log WARN "huge_pages is on and needs $_huge_needed pages of $page_kb kB, but only \
$pages_free are free here: using huge_pages = try"
    hold_value huge_pages=try
  elif [ "$pages_free" -gt 0 ]; then
    page_name
    task_limit hugetlb "hugetlb.$page_name.limit_in_bytes" "hugetlb.$page_name.max"
    [ "$mb" -lt "$need_mb" ] || return 0
    log WARN "this task may use only $mb MB of huge pages, but $need_mb MB are needed: using huge_pages = off"
    hold_value huge_pages=off
  fi
}

# page_name: sets $page_name to what the kernel calls a huge page in the names of those files (hugetlb_cgroup.c, mem_fmt).
page_name() {
  if [ "$page_kb" -ge 1048576 ]; then
    page_name=$((page_kb / 1048576))GB
  elif [ "$page_kb" -ge 1024 ]; then
    page_name=$((page_kb / 1024))MB
  else
    page_name=${page_kb}KB
  fi
}

# may_grow_pages: does the kernel make more of them when it is asked?
may_grow_pages() {
  is_integer "$(kernel_value vm/nr_overcommit_hugepages)" 1 999999999
}

hold_value() {
  held_settings="$held_settings
$1"
}

# know_shared_memory: sets $shared_memory_mb to what is free in /dev/shm; to nothing where nobody can tell.
know_shared_memory() {
  find_free /dev/shm
  shared_memory_mb=$free
}

# What the processes of one query share lies in /dev/shm. Containers have 64 MB there, or none: too little, since with
# the defaults of PostgreSQL one query with two parallel hash joins takes 30 MB, and as many as it lets run at once
# 200. Shared memory of System V is slower to make, and has other limits, mostly none.
settle_dynamic_memory() {
  _dynamic_mb=$shared_memory_mb
  [ -w /dev/shm ] || _dynamic_mb=0
  [ "${_dynamic_mb:-256}" -lt 256 ] || return 0
  setting_since 10 dynamic_shared_memory_type posix
  [ "$value" = posix ] || return 0
  if has_system_v; then
    log WARN "/dev/shm has only $_dynamic_mb MB left, too little for parallel queries: \
using System V shared memory"
    hold_value dynamic_shared_memory_type=sysv
  elif [ "$_dynamic_mb" -lt 8 ]; then
    log WARN "/dev/shm has only $_dynamic_mb MB left, and System V shared memory is limited, too: using files"
    hold_value dynamic_shared_memory_type=mmap
  else
    log WARN "/dev/shm has only $_dynamic_mb MB left, and System V shared memory is limited, too: \
parallel queries may fail"
  fi
}

# has_system_v: may there be segments of 256 MB? The limits are in bytes and in pages; where they cannot be read,
# there are none.
has_system_v() {
  _system_bytes=$(kernel_value kernel/shmmax)
  _system_pages=$(kernel_value kernel/shmall)
  case $_system_bytes in
    '' | ??????????*) ;;
    *) [ "$_system_bytes" -ge 268435456 ] || return 1 ;;
  esac
  case $_system_pages in
    '' | ??????*) ;;
    *) [ "$_system_pages" -ge 65536 ] ;;
  esac
}
