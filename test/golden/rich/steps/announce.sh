# Tells the metrics that a replica is about to serve.
announce_tries=3

step_announce() {
  if ! have curl; then
    log WARN "no curl is here: the metrics are not told"
    return 0
  fi
  # Its ~/.curlrc names the token by this variable.
  export METRICS_TOKEN
  ignore curl -sS --retry "$announce_tries" -m 5 "http://127.0.0.1:$METRICS_PORT/" -d "$GREETING"
}
