# fetch URL FILE: curl or wget, whichever is here; HTTP errors are errors. $status tells: 0 arrived,
# 22 or 8 the server said no, anything else it could not be asked.
fetch() {
  if have curl; then
    bounded 60 curl -q -f -g -s -S -L --proto '=http,https' --proto-redir '=http,https' \
      --connect-timeout 10 --max-time 50 -o "$2" -- "$1" 2>"$work/words"
  else
    # No -T: a static BusyBox 1.35 dies of it.
    bounded 30 wget -O "$2" -- "$1" 2>"$work/words"
  fi
}

# fetch_patiently URL FILE: tries again for MASTER_WAIT seconds while nobody answers or the server
# is in trouble itself.
fetch_patiently() {
  start_patience
  while fetch "$1" "$2" && [ "$status" -ne 0 ]; do
    _fetch_words=$(words_of "$work/words")
    case "$status $_fetch_words" in
      *'error: 429'* | *'error: 5'* | *'ERROR 5'* | *'ERROR 429'* | *'HTTP/1.'?' 5'*) ;;
      '8 '* | '22 '* | *'server returned error'*)
        fail CONFIG_WRONG "the server refuses $1: $_fetch_words"
        ;;
      *) ;;
    esac
    be_patient "no answer for $1: $_fetch_words (status $status)" \
      || fail CONFIG_AWAY "nothing arrived from $1 within $MASTER_WAIT s: $_fetch_words"
  done
}

# start_patience, be_patient TEXT: growing, jittered pauses; false when MASTER_WAIT is over.
start_patience() {
  patience_until=$(($(date +%s) + MASTER_WAIT))
  patience_pause=1
}

be_patient() {
  _patient_left=$((patience_until - $(date +%s)))
  [ "$_patient_left" -gt 0 ] || return 1
  _patient_pause=$(jittered "$patience_pause")
  [ "$_patient_pause" -le "$_patient_left" ] || _patient_pause=$_patient_left
  log WARN "$1; trying again in $_patient_pause s"
  pause "$_patient_pause"
  patience_pause=$((patience_pause * 2))
  [ "$patience_pause" -le 30 ] || patience_pause=30
}
