# The two forms in which programs read the state: JSON, and the text format of Prometheus
# (https://prometheus.io/docs/instrumenting/exposition_formats/). What is not known is null, or not there.

# role_of_state: sets $role, by the kind.
role_of_state() {
  case $state_kind in
    starting | silent | streaming | not_streaming | closed | behind) role=standby ;;
    promoted) role=promoted ;;
    *) role=down ;;
  esac
}

# write_json: sets $json.
write_json() {
  role_of_state
  json='{' json_comma='' json_indent='  '
  add_text time "$state_time"
  add_text name "$state_name"
  add_text role "$role"
  add_text state "$state_kind"
  add_text words "$state_words"
  add_text since "$state_since"
  add_number port "$state_own_port"
  if [ -n "$state_host" ]; then
    add_object upstream
    add_text host "$state_host"
    add_number port "$state_port"
    add_text address "$state_address"
    end_object
  fi
  add_number timeline "$state_timeline"
  add_text received_lsn "$state_received"
  add_text replayed_lsn "$state_replayed"
  add_text master_lsn "$state_told"
  add_number lag_bytes "$state_lag_bytes"
  add_number unreplayed_bytes "$state_unreplayed_bytes"
  add_number lag_seconds "$state_lag_seconds"
  add_text heard "$state_heard"
  add_text slot "$state_slot"
  if [ -n "$state_copied_mb" ]; then
    add_object clone
    add_number copied_mb "$state_copied_mb"
    add_number size_mb "$state_size_mb"
    end_object
  fi
  add_number exit "$state_exit"
  if [ -n "$failure_id" ]; then
    add_object last_failure
    add_text id "$failure_id"
    add_number exit "$failure_exit"
    add_text words "$failure_words"
    add_text advice "$failure_help"
    add_text data "$failure_means"
    add_text time "$failure_time"
    end_object
  fi
  # Only the sub-command knows these.
  if [ -n "$restart_does" ]; then
    add_text last_error "$last_error"
    add_object restart
    add_text does "$restart_does"
    add_text why "$restart_why"
    [ -z "$restart_failure" ] || add_text failure "$restart_failure"
    end_object
  fi
  if [ -n "$asked_master" ]; then
    add_object master
    add_text name "$asked_master"
    add_text lsn "$asked_position"
    add_number lag_bytes "$asked_lag"
    end_object
  fi
  json="$json$newline}"
}

add_text() {
  if [ -z "$2" ]; then
    json=$json$json_comma$newline$json_indent'"'$1'": null'
  else
    escape_text "$2"
    json=$json$json_comma$newline$json_indent'"'$1'": "'$escaped'"'
  fi
  json_comma=,
}

# add_number KEY VALUE: JSON knows no number that begins with a zero.
add_number() {
  case $2 in
    '' | -* | *[!0-9]* | 0?*) json=$json$json_comma$newline$json_indent'"'$1'": null' ;;
    *) json=$json$json_comma$newline$json_indent'"'$1'": '$2 ;;
  esac
  json_comma=,
}

add_object() {
  json=$json$json_comma$newline$json_indent'"'$1'": {' json_comma='' json_indent='    '
}

end_object() {
  json=$json$newline'  }' json_comma=, json_indent='  '
}

# write_prometheus: sets $prometheus. Every sample bears the name of the replica: there may be several on a host.
write_prometheus() {
  role_of_state
  prometheus=''
  escape_text "$state_name"
  sample_labels="replica=\"$escaped\""
  _prometheus_up=1 _prometheus_streams=0
  [ "$role" != down ] || _prometheus_up=0
  [ "$state_kind" != streaming ] || _prometheus_streams=1
  escape_text "$state_host"
  add_sample info 'Role, state, upstream and slot of this replica.' 1 \
    ",role=\"$role\",state=\"$state_kind\",upstream_host=\"$escaped\",upstream_port=\"$state_port\",slot=\"$state_slot\""
  add_sample up 'Whether the PostgreSQL server runs (1) or not (0).' "$_prometheus_up" ''
  add_sample streaming 'Whether a walreceiver is connected to the master (1) or not (0).' "$_prometheus_streams" ''
  add_sample status_timestamp_seconds 'Time at which this file was written.' "$state_time_s" ''
  add_sample state_since_timestamp_seconds 'Time at which the state in run_rep_info began.' "$state_since_s" ''
  add_sample heard_timestamp_seconds 'Time of the last message from the master.' "$state_heard_s" ''
  add_sample timeline 'Timeline of the received WAL.' "$state_timeline" ''
  add_sample received_bytes 'WAL position up to which WAL was received, in bytes.' "$state_received_bytes" ''
  add_sample replayed_bytes 'WAL position up to which WAL was replayed, in bytes.' "$state_replayed_bytes" ''
  add_sample lag_bytes 'Bytes of WAL from the replayed position to the last known position of the master.' "$state_lag_bytes" ''
  add_sample unreplayed_bytes 'Bytes of WAL that were received but not replayed.' "$state_unreplayed_bytes" ''
  add_sample lag_seconds 'Age of the replayed data, while WAL waits for replay or the master is silent.' \
    "$state_lag_seconds" ''
  add_megabytes clone_copied_bytes 'Bytes copied so far by the clone in progress.' "$state_copied_mb"
  add_megabytes clone_size_bytes 'Bytes that the clone has to copy.' "$state_size_mb"
  add_sample last_failure_timestamp_seconds 'Time of the last failed run; the labels name the failure.' "$failure_time_s" \
    ",id=\"$failure_id\",exit=\"$failure_exit\""
}

# add_sample NAME HELP VALUE LABELS: nothing where there is no value.
add_sample() {
  case $3 in
    '' | *[!0-9]*) return 0 ;;
    *) ;;
  esac
  prometheus="$prometheus# HELP run_rep_$1 $2
# TYPE run_rep_$1 gauge
run_rep_$1{$sample_labels$4} $3
"
}

# add_megabytes NAME HELP VALUE: in bytes, by three digits at a time, since some shells count to 2^31 only.
add_megabytes() {
  is_integer "$3" 0 999999999 || return 0
  _megabytes_high=$(($3 / 1000000)) _megabytes_middle=$(($3 / 1000 % 1000)) _megabytes_low=$(($3 % 1000 * 1048576))
  _megabytes_middle=$((_megabytes_middle * 1048576 + _megabytes_low / 1000))
  _megabytes_high=$((_megabytes_high * 1048576 + _megabytes_middle / 1000))
  _megabytes_low=$((1000 + _megabytes_low % 1000)) _megabytes_middle=$((1000 + _megabytes_middle % 1000))
  _megabytes_bytes=$_megabytes_high${_megabytes_middle#1}${_megabytes_low#1}
  # Without the zeros in front.
  _megabytes_zeros=${_megabytes_bytes%%[!0]*}
  _megabytes_bytes=${_megabytes_bytes#"$_megabytes_zeros"}
  add_sample "$1" "$2" "${_megabytes_bytes:-0}" ''
}
