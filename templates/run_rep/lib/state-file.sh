# The lines of $store/status/state, which hold what a run tells of itself (lib/state.sh) until the next one reads it.

forget_state() {
  state_name='' state_kind='' state_words='' state_since='' state_since_s='' state_time='' state_time_s='' state_exit=''
  state_heard='' state_heard_s='' state_caught_s='' state_told='' state_asked='' state_trouble=''
  state_timeline='' state_received='' state_replayed='' state_received_bytes='' state_replayed_bytes=''
  state_lag_bytes='' state_unreplayed_bytes='' state_lag_seconds='' state_host='' state_port='' state_address='' state_slot=''
  state_copied_mb='' state_size_mb=''
  failure_id='' failure_exit='' failure_words='' failure_help='' failure_means='' failure_time='' failure_time_s=''
}

# read_state: what the last run wrote, if any did.
read_state() {
  forget_state
  [ -f "$state_at/state" ] || return 0
  # With IFS='=' the last one of a value would be lost.
  while IFS= read -r _read_state_line; do
    _read_state_value=${_read_state_line#*=}
    case ${_read_state_line%%=*} in
      name) state_name=$_read_state_value ;;
      kind) state_kind=$_read_state_value ;;
      words) state_words=$_read_state_value ;;
      since) state_since=$_read_state_value ;;
      since_s) state_since_s=$_read_state_value ;;
      time) state_time=$_read_state_value ;;
      time_s) state_time_s=$_read_state_value ;;
      exit) state_exit=$_read_state_value ;;
      heard) state_heard=$_read_state_value ;;
      heard_s) state_heard_s=$_read_state_value ;;
      caught_s) state_caught_s=$_read_state_value ;;
      told) state_told=$_read_state_value ;;
      asked) state_asked=$_read_state_value ;;
      trouble) state_trouble=$_read_state_value ;;
      timeline) state_timeline=$_read_state_value ;;
      received) state_received=$_read_state_value ;;
      replayed) state_replayed=$_read_state_value ;;
      slot) state_slot=$_read_state_value ;;
      host) state_host=$_read_state_value ;;
      port) state_port=$_read_state_value ;;
      address) state_address=$_read_state_value ;;
      copied_mb) state_copied_mb=$_read_state_value ;;
      size_mb) state_size_mb=$_read_state_value ;;
      failure_id) failure_id=$_read_state_value ;;
      failure_exit) failure_exit=$_read_state_value ;;
      failure_words) failure_words=$_read_state_value ;;
      failure_help) failure_help=$_read_state_value ;;
      failure_means) failure_means=$_read_state_value ;;
      failure_time) failure_time=$_read_state_value ;;
      failure_time_s) failure_time_s=$_read_state_value ;;
      *) ;;
    esac
  done 2>/dev/null <"$state_at/state" || :
}

# list_state: sets $state_list to the lines that read_state reads.
list_state() {
  state_list="name=$state_name
kind=$state_kind
words=$state_words
since=$state_since
since_s=$state_since_s
time=$state_time
time_s=$state_time_s
exit=$state_exit
heard=$state_heard
heard_s=$state_heard_s
caught_s=$state_caught_s
told=$state_told
asked=$state_asked
trouble=$state_trouble
timeline=$state_timeline
received=$state_received
replayed=$state_replayed
slot=$state_slot
host=$state_host
port=$state_port
address=$state_address
copied_mb=$state_copied_mb
size_mb=$state_size_mb
failure_id=$failure_id
failure_exit=$failure_exit
failure_words=$failure_words
failure_help=$failure_help
failure_means=$failure_means
failure_time=$failure_time
failure_time_s=$failure_time_s
"
}
