# Signs of life. A claim of another boot may be of this host before it went down, or of another host that lives and has the
# same volume. So whoever holds a claim changes the file beat.<holder> every $claim_beat seconds, and who comes from
# another boot watches it for longer than three of them. No clocks are compared; and on a disk that is full one digit
# still takes the place of another, unless its file system writes changes to a new place (ZFS, btrfs).

# make_beat: before the claim is taken, so that no claim of a live run is without it. The second line names the host.
make_beat() {
  beat=$store/beat.$identity beat_digit=1
  find_host
  printf '%s\n' 1 "$own_host" 2>/dev/null >"$beat" || :
}

# Whoever took the data over has removed it, and it must not come again.
renew_beat() {
  [ -f "$beat" ] || return 0
  case $beat_digit in
    1)
      beat_digit=2
      echo 2 2>/dev/null 1<>"$beat" || :
      ;;
    *)
      beat_digit=1
      echo 1 2>/dev/null 1<>"$beat" || :
      ;;
  esac
}

# release_beat: of a run that can remove nothing any more. Nobody waits for it.
release_beat() {
  [ ! -f "$beat" ] || echo 0 2>/dev/null 1<>"$beat" || :
}

read_beat() {
  beat_seen='' beat_host=''
  [ ! -f "$1" ] || { read -r beat_seen && read -r beat_host; } 2>/dev/null <"$1" || :
}

# beats HOLDER: does that run of another boot live? Without its file it has ended well. One that was watched in vain is
# not watched again. Checks, whose supervisor gives them seconds, do not wait, and take it for alive.
beats() {
  [ -f "$store/beat.$1" ] && [ "$1" != "$dead_holder" ] || return 1
  read_beat "$store/beat.$1"
  _beats_first=$beat_seen
  _beats_left=$((3 * claim_beat + 1))
  [ "$_beats_first" != 0 ] || return 1
  case $sub_command in
    health | ready) return 0 ;;
    *) ;;
  esac
  log INFO "claim.$claim belongs to another run, on host $beat_host: waiting $_beats_left s for a sign of life"
  while [ "$_beats_left" -gt 0 ] && [ -f "$store/beat.$1" ]; do
    pause 1
    read_beat "$store/beat.$1"
    [ -z "$beat_seen" ] || [ "$beat_seen" = "$_beats_first" ] || [ "$beat_seen" = 0 ] || return 0
    _beats_left=$((_beats_left - 1))
  done
  _beats_next=''
  [ "$sub_command" != run ] || _beats_next=', and this run takes its place'
  log WARN "no sign of life: that run is dead$_beats_next"
  dead_holder=$1
  return 1
}

# is_taken: has another run taken the data over? It takes a claim with a higher number. No process is needed.
is_taken() {
  [ "$claim" -gt 0 ] || return 1
  for _taken_claim in "${store:-}"/claim.*; do
    if is_integer "${_taken_claim##*.}" 1 999999999 && [ "${_taken_claim##*.}" -gt "$claim" ]; then
      return 0
    fi
  done
  return 1
}

# give_up_claim: the end of a run that was taken for dead. on_exit touches nothing.
give_up_claim() {
  _give_up_host=unknown
  for _give_up_beat in "${store:-}"/beat.*; do
    case $_give_up_beat in
      "$beat" | *.clock) ;;
      *)
        read_beat "$_give_up_beat"
        _give_up_host=${beat_host:-unknown}
        ;;
    esac
  done
  fail DATA_TAKEN "a run on host $_give_up_host has taken over ${store:-}, because this run gave no sign of life"
}
