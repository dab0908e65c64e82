# @step quiet
step_quiet() {
  log INFO 'nothing to do'
}
