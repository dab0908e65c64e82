# Replicas that follow each other, in a ring, get nothing new, and each looks well: it streams, and is not behind. So each
# server of ours says by run_rep.chain what it follows, and what that follows, as it was when it started: names that belong
# to the data, which no two replicas share. A setting of that kind may be asked by whoever may replicate.

# read_own_name: of the data here; empty where it has none yet, and then nobody follows it. A copy of the directory has
# another inode than the one that the name was given to.
read_own_name() {
  [ -z "$own_name" ] && [ -f "$replica/mark" ] || return 0
  _own_inode=''
  { IFS= read -r own_name && IFS= read -r _own_inode; } <"$replica/mark" || :
  [ "$stream_from" = replica ] || return 0
  inode_of "$replica"
  [ "$_own_inode" = "$inode" ] || own_name=''
}

# settle_chain: before the start. The names end at our own, so that a ring is told once.
settle_chain() {
  read_own_name
  if [ -z "$own_name" ]; then
    own_name=$identity
    inode_of "$replica"
    { printf '%s\n' "$own_name" "$inode" >"$work/mark" && mv -- "$work/mark" "$replica/mark"; } \
      || cannot_write "$replica" "cannot write $replica/mark"
  fi
  own_chain=$own_name
  if [ "$master_known" = yes ] && [ "$master_read_only" = on ]; then
    ask_chain
    own_chain="$own_name${chain:+ $chain}"
    case " $chain " in
      *" $own_name "*)
        chain=" $chain "
        own_chain="$own_name${chain%%" $own_name "*} $own_name"
        ;;
      *) ;;
    esac
  fi
}

# ask_chain: sets $chain to that of the standby which was found, its own name first; empty for one that is
# not of this script. What a server said holds until it starts again, and then it has another mark.
ask_chain() {
  chain=''
  case $master_mark in
    *.pid*.*.* | *.unknown.*.*) ;;
    *) return 0 ;;
  esac
  case $chains in
    *"$newline$master_mark "*)
      chain=${chains##*"$newline$master_mark "}
      chain=${chain%%"$newline"*}
      return 0
      ;;
    *) ;;
  esac
  if ask_replication 'SHOW run_rep.chain'; then
    IFS= read -r chain <"$work/answers" || chain=''
  elif ! grep -q -F -e run_rep.chain "$work/words"; then
    return 0
  fi
  chains="$chains$newline$master_mark $chain$newline"
}

# follows_us: does the standby that was found follow this replica, by way of others or not?
follows_us() {
  read_own_name
  [ -n "$own_name" ] || return 1
  ask_chain
  case "${chain#"${chain%% *}"} " in
    *" $own_name "*) return 0 ;;
    *) return 1 ;;
  esac
}

is_looping() {
  case $looping in
    *" $master_mark "*) return 0 ;;
    *) return 1 ;;
  esac
}

# leave_loops: a standby that follows this replica is left alone if there is anybody else; else $is_loop is yes. It may have
# turned to somebody else since it started.
leave_loops() {
  loop_words=''
  while [ "$master_read_only" = on ] && follows_us; do
    loop_words="$master_name followed this replica when it started, and no other host may be followed: two that follow \
each other get nothing new"
    looping="$looping $master_mark "
    # A host whose data has diverged from ours cannot be followed either.
    if ! judge_all || [ -n "$divergence" ]; then
      is_loop=yes looping=''
      judge_all
      return "$?"
    fi
  done
}

# judge_loop: in the watcher, while the replica streams. What is new there comes from somebody, and so it is no ring.
judge_loop() {
  if [ "$is_loop" = no ] || [ "$master_position" != "$loop_position" ]; then
    loop_position=''
    [ "$is_loop" = no ] || loop_position=$master_position
    return 0
  fi
  plain_text "nothing new arrives: $loop_words"
  state_trouble=$plain
  seconds_since "$loop_said_s"
  if [ -z "$loop_said_s" ] || [ "${elapsed:-0}" -ge 3600 ]; then
    loop_said_s=$stand_time_s
    announce WARN "$state_trouble"
  fi
}
