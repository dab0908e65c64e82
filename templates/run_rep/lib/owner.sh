# One run at a time works on $store. A claim is a symbolic link claim.<n> whose target names its holder.
# The next number is taken by making the next link, which fails if it is there already, and only when the
# holder of the highest is dead. The highest is never removed: else it could be taken twice.

# claim_store: sets $claim to our number, or ends the run while another one lives.
claim_store() {
  alive=$store/alive.$identity
  make_beat
  hold_alive
  _claim_rounds=0
  until take_claim; do
    _claim_rounds=$((_claim_rounds + 1))
    [ "$_claim_rounds" -le 50 ] || cannot_write "$store" "cannot make a symbolic link in $store"
  done
  hold_alive
  [ -f "$beat" ] || make_beat
  start_clock
  # What dead runs left is removed by the keeper, while the script goes on. Listed here, nothing of a later run is in it.
  set --
  for _claim_old in "$store"/claim.* "$store"/alive.* "$store"/beat.*; do
    case $_claim_old in
      "$store/claim.$claim" | "$alive" | "$alive.tick" | "$alive.ask" | "$beat" | "$beat.clock" | *'.*') ;;
      *) set -- "$@" "$_claim_old" ;;
    esac
  done
  start_keeper "$@"
}

take_claim() {
  find_claim
  [ "$claim_holder" != "$identity" ] || return 0
  refuse_live_holder
  _take_next=$((claim + 1))
  ln -s -- "$identity" "$store/claim.$_take_next" 2>/dev/null || return 1
  claim=$_take_next claim_holder=$identity
  # While we looked, others may have come, gone, and tidied away the number that we took.
  find_claim
  [ "$claim" -eq "$_take_next" ]
}

# yield_to_owner: ends the run while another one works on $store. Whoever looks at the data asks first, since what
# a live run is changing can look like a stranger's. Preflight, which changes nothing, may look beside it.
yield_to_owner() {
  know_identity
  [ "$sub_command" = run ] || return 0
  find_claim
  refuse_live_holder
}

# know_identity: what whoever asks for a holder must know of itself.
know_identity() {
  find_boot
  find_namespace
  start_of "$$"
  identity=$own_boot.$own_namespace.$$.$begun
  dead_holder='' beat_host=''
}

# A run that started again in its place, by exec, holds the claim already.
refuse_live_holder() {
  if [ "$claim" -gt 0 ] && [ "$claim_holder" != "$identity" ] && holder_lives "$claim_holder"; then
    _refuse_pid=${claim_holder%.*}
    _refuse_host=''
    [ "${claim_holder%%.*}" = "$own_boot" ] || _refuse_host=" on host $beat_host"
    fail DATA_IN_USE "the run with process ID ${_refuse_pid##*.}$_refuse_host uses $store (claim.$claim)"
  fi
}

# find_claim: sets $claim to the highest number and $claim_holder to its holder; 0 when there is none.
find_claim() {
  _find_known=$claim
  claim=0
  for _find_claim in "$store"/claim.*; do
    if is_integer "${_find_claim##*.}" 1 999999999 && [ "${_find_claim##*.}" -gt "$claim" ]; then
      claim=${_find_claim##*.}
    fi
  done
  # A number is never taken twice.
  [ "$claim" -ne "$_find_known" ] || [ -z "$claim_holder" ] || return 0
  claim_holder=''
  [ "$claim" -eq 0 ] || claim_holder=$(readlink -- "$store/claim.$claim") || claim_holder=''
}

# holder_lives HOLDER: numbers of processes are given again, and each pid namespace counts for itself, so
# a process is known by boot, namespace, number and the time of its start. In a namespace that we cannot
# see into, a FIFO tells: the kernel lets us open it for writing as long as the holder has it open. What another boot
# has left tells by its signs of life.
holder_lives() {
  _holder_rest=${1#*.}
  _holder_pid=${1%.*}
  if [ "${1%%.*}" != "$own_boot" ]; then
    beats "$1"
    return "$?"
  fi
  if [ "${_holder_rest%%.*}" = "$own_namespace" ] && [ "$own_namespace" != unknown ]; then
    start_of "${_holder_pid##*.}"
    [ "$begun" = "${1##*.}" ]
    return "$?"
  fi
  [ -p "$store/alive.$1" ] || return 1
  bounded 5 tee -- "$store/alive.$1" >/dev/null
  [ "$status" -eq 0 ]
}

# Descriptor 9 is open as long as we live, or a server or clone that we started.
hold_alive() {
  set --
  for _hold_fifo in "$alive" "$alive.tick" "$alive.ask"; do
    [ -p "$_hold_fifo" ] || set -- "$@" "$_hold_fifo"
  done
  [ "$#" -eq 0 ] || mkfifo -- "$@" || cannot_write "$store" "cannot make a FIFO in $store"
  exec 9<>"$alive"
}

# A UUID, of which the first of five parts is enough.
find_boot() {
  own_boot=''
  read -r own_boot 2>/dev/null </proc/sys/kernel/random/boot_id || :
  own_boot=${own_boot%%-*}
}

# find_host: sets $own_host to the name of this host.
find_host() {
  [ -z "$own_host" ] || return 0
  read -r own_host 2>/dev/null </proc/sys/kernel/hostname || own_host=$(uname -n) || own_host=unknown
}

# Such as pid:[4026531836].
find_namespace() {
  own_namespace=$(readlink /proc/self/ns/pid 2>/dev/null) || own_namespace=''
  own_namespace=${own_namespace#'pid:['}
  own_namespace=pid${own_namespace%']'}
  case $own_namespace in
    pid | *[!a-z0-9]*) own_namespace=unknown ;;
    *) ;;
  esac
}

# start_of PID: sets $begun to when that process began, in ticks since boot; to nothing for one that is dead but not yet
# waited for. The name in the second field may hold anything, so what counts is behind the last ")".
start_of() {
  begun='' _start_text=''
  while IFS= read -r _start_line; do
    _start_text="$_start_text $_start_line"
  done 2>/dev/null <"/proc/$1/stat" || :
  _start_text=${_start_text##*') '}
  case $_start_text in
    '' | [ZX]*) return 0 ;;
    *) ;;
  esac
  _start_left=19
  while [ "$_start_left" -gt 0 ]; do
    _start_text=${_start_text#* }
    _start_left=$((_start_left - 1))
  done
  begun=${_start_text%% *}
}
