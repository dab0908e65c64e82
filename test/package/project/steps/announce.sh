# @step announce
# Reads every variable of the model.
step_announce() {
  log INFO "$A_PORT $A_HOST_LIST $A_ROLE $A_USER $A_PATH $AN_ABSOLUTE_PATH $A_URL $AN_SSL_MODE"
  log INFO "$A_FLAG ${#A_TEXT} $AN_INTEGER $SOME_SECONDS $A_CHOICE"
}
