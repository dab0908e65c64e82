# Tells the metrics that a replica is about to serve.
announce_tries=3

step_announce() {
  if ! have curl; then
    log WARN "no curl is here: the metrics are not told"
    return 0
  fi
  # Not on the command line, where every process of the agent could read it.
  printf 'header = "X-Token: %s"\n' "${METRICS_TOKEN:-}" \
    | ignore curl -sS -K - --retry "$announce_tries" -m 5 "http://127.0.0.1:$METRICS_PORT/" -d "$GREETING"
}
