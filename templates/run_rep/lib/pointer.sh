# Where the data of this task lies, for whoever asks in its directory without its environment: $sandbox/run_rep.data holds
# PGDATA_DIR, for RUN_USER alone, where that is not pgdata in the same directory. Nothing depends on it but a question.

# leave_pointer FILE: in the directory of the task, where this process may write there. Of that name there may be
# anything: only a file is written.
leave_pointer() {
  [ "$sub_command" = run ] || return 0
  _leave_file=$1
  if [ "$PGDATA_DIR" = pgdata ] || [ "$PGDATA_DIR" = "$sandbox/pgdata" ]; then
    [ ! -f "$_leave_file" ] || ignore rm -f -- "$_leave_file"
    return 0
  fi
  read_pointer "$_leave_file"
  if [ "$pointer" != "$PGDATA_DIR" ] && [ ! -L "$_leave_file" ] && { [ ! -e "$_leave_file" ] || [ -f "$_leave_file" ]; }; then
    printf '%s\n' "$PGDATA_DIR" 2>/dev/null >"$_leave_file" || :
  fi
}

# leave_pointer_as_root: where RUN_USER may not write, and nobody but root: so no name there is somebody else's. From
# within, since a directory above may be RUN_USER's, who could put another one into the place of this one.
leave_pointer_as_root() {
  [ "$sub_command" = run ] || return 0
  look_here
  case $here_owner:$here_mode in
    0:?????[!w]??[!w]*)
      leave_pointer run_rep.data
      [ ! -f run_rep.data ] || [ -L run_rep.data ] || ignore chown -h -- "$user_id" run_rep.data
      ;;
    *) ;;
  esac
}

# read_pointer FILE: sets $pointer to the directory that it names; empty where there is none.
read_pointer() {
  pointer=''
  if [ -f "$1" ] && [ ! -L "$1" ]; then
    IFS= read -r pointer 2>/dev/null <"$1" || :
  fi
}
