# Who asks, where each login is refused: a superuser whose session goes without what it is set to.

# What a superuser's session does without, and no setting of a role, a database or a file beats: it must be able to ask
# where others cannot log in, or can ask nothing (no standby is serializable).
without_settings=' -c session_preload_libraries= -c local_preload_libraries= -c role=none -c lock_timeout=0 -c default_transaction_isolation=read\ committed'

# know_door MAJOR: since 17 a trigger can refuse logins, too.
know_door() {
  case $without_settings in
    *event_triggers*) ;;
    *)
      if [ "${1%%.*}" -ge 17 ]; then
        without_settings="$without_settings -c event_triggers=off"
        session_question="$session_question UNION ALL SELECT 'trigger', datname::text, '', '' FROM pg_database \
WHERE dathasloginevt AND datallowconn AND datname !~ '[[:cntrl:]]'"
      fi
      ;;
  esac
}

# ask_noting ROLE DATABASE COMMAND...: psql ends with 2 where it is not let in. In whatever language, what concerns a role
# or a database names it.
ask_noting() {
  ! ask_door "$@" || return 0
  [ "$status" -eq 2 ] && [ -z "$refusal" ] || return 1
  refusal=$(words_of "$work/words")
  # Before that psql says which way it came.
  refusal=${refusal#*' failed: '}
  case " $refusal " in
    *[!0-9A-Za-z_]"$1"[!0-9A-Za-z_]* | *[!0-9A-Za-z_]"$2"[!0-9A-Za-z_]*) refusal='' ;;
    *) ;;
  esac
  return 1
}

# know_superuser: sets $door_superuser to one that has a name here. Where nobody can log in, those are tried that most
# clusters begin with, and the one that was known before. $superuser_missing is yes where none may log in.
know_superuser() {
  superuser_missing=no
  if ! ask_anybody "$superuser_question"; then
    _know_kept=''
    read -r _know_kept 2>/dev/null <"$replica/superuser" || :
    door_options=$without_settings
    for _know_role in "$_know_kept" postgres "$RUN_USER"; do
      [ -n "$_know_role" ] || continue
      ! ask_door "$_know_role" postgres "$superuser_question" || break
      ! ask_door "$_know_role" template1 "$superuser_question" || break
    done
    [ "$status" -eq 0 ] || return 1
  fi
  IFS="$tab" read -r _know_kind door_superuser <"$answers" || {
    superuser_missing=yes
    ignore printf '%s\n' 'no superuser may log in here' >"$work/words"
    return 1
  }
}
