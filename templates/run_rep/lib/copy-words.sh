# Why a copy failed: what will not pass by itself is told once, before it costs further copies. What the server says stands
# behind its word for how bad it is, a colon and two blanks, and is in the server's language. pg_basebackup and psql
# themselves speak English.

# server_words FILE [PREFIX]: sets $server_error to the last error of the master there, on a line that begins with PREFIX,
# and $server_warning to its first warning that names a file.
server_words() {
  server_error='' server_warning=''
  while IFS= read -r _server_line; do
    case $_server_line in
      "${2:-}"*':  '*) server_error=${_server_line#"${2:-}"} ;;
      *':  '*'/'*) [ -n "$server_warning" ] || server_warning=$_server_line ;;
      *) ;;
    esac
  done <"$1"
}

# judge_master_files WORDS: fails where the master itself cannot read what is to be copied, by what server_words found.
judge_master_files() {
  case $1 in
    *'checksum error occurred'* | *'checksum verification failure'*)
      fail MASTER_FILES "a page of $master_name is damaged, and a copy would contain the damage: ${server_warning:-$1}"
      ;;
    *) ;;
  esac
  ! is_lasting_error || fail MASTER_FILES "$master_name cannot read a file that must be copied: $server_error"
  copy_said=$server_error
}

# is_lasting_error: an error about a file that has other reasons than the moment. In a language that is not English, what
# names a file and was said before.
is_lasting_error() {
  case $server_error in
    *'Too many open files'* | *'annot allocate memory'* | *'No such file'* | *'Interrupted system call'*) return 1 ;;
    *'could not open file'* | *'could not read '* | *'could not stat '* | *'could not open directory'* \
      | *'could not seek'* | *'too long for tar format'* | *'invalid page'*) return 0 ;;
    *'./'* | *pg_tblspc/*) [ "$server_error" = "$copy_said" ] ;;
    *) return 1 ;;
  esac
}

# judge_own_disk WORDS: fails for what pg_basebackup cannot write here. The same words of the master are about its disk.
judge_own_disk() {
  [ -z "$server_error" ] || return 0
  _own_disk=$store
  [ -n "${1##*/"$wal_directory"*}" ] || _own_disk=$wal_disk
  case $1 in
    *'No space left'* | *'Disk quota exceeded'*) fail NO_SPACE "the disk of $_own_disk is full: $1" ;;
    *"$staging"*'Input/output error'*) fail CLONE_FAILED "$(unwritten): $1" ;;
    *"$staging"*'Read-only file system'* | *"$staging"*'File too large'* | *"$staging"*'Permission denied'* \
      | *"$staging"*'not permitted'* | *"$staging"*'File name too long'*)
      fail DATA_DIR "the copy cannot be written to $_own_disk: $1"
      ;;
    *) ;;
  esac
}

# renew_sizes WORDS: a tablespace that the master has made since it was asked for them has no place here yet.
renew_sizes() {
  case $1 in
    *'exists but is not empty'* | *'could not create directory'* | *'could not access directory'* | *'it was made after'*) ;;
    *) return 0 ;;
  esac
  measure_master || log WARN "cannot read the master's list of tablespaces again: $(words_of "$work/words")"
}
