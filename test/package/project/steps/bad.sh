# @step bad
step_bad() {
  eval "$HOME"
}
