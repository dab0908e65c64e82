# Before clients come in: is the port ours, can anybody log in, does text sort as on the master? Asked in the watcher, of
# a server that lets the script in; once, whether its addresses are closed until then or not.

# settle_opening: false when there was no answer yet, and it is to be asked again in a moment.
settle_opening() {
  opening_tries=$((opening_tries + 1))
  if [ "$opening_port" = no ]; then
    check_listeners "$server"
    [ -z "$port_fault" ] || decide "$port_failure" "$port_fault"
    [ -z "$port_words" ] || log WARN "$port_words"
    printf '' 2>/dev/null >"$run_work/listens" || :
    opening_port=yes
  fi
  judge_logins || return 1
  [ "$compared" = yes ] || compare_collations || return 1
  ! printf '%s\n' "$door_superuser" 2>/dev/null >"$replica/superuser.new" \
    || ignore mv -- "$replica/superuser.new" "$replica/superuser"
}

# judge_logins: what is asked here is asked without what helps the script in elsewhere. In the same breath it asks what the
# comparison of collations begins with, which is one client less.
judge_logins() {
  settle_questions
  cluster_asked=no login_fault='' refusal=''
  set -- "$superuser_question" "$session_question"
  if [ "$compared" = no ] && ask_whole ask_anybody "$@" "$ask_databases" "$ask_versions"; then
    cluster_asked=yes
    keep_cluster && judge_sessions || return 1
  elif ask_whole ask_anybody "$@"; then
    keep_cluster && judge_sessions || return 1
  else
    judge_no_login "$status" "${refusal:-$(words_of "$work/words")}" || return 1
  fi
  [ -z "$login_fault" ] || decide login "no client can log in here: $login_fault"
}

# keep_cluster: the answers, for those who read them, and who the superuser is.
keep_cluster() {
  cat -- "$answers" >"$work/cluster" || return 1
  while IFS= read -r _cluster_row; do
    case $_cluster_row in
      "superuser$tab"*) door_superuser=${_cluster_row#*"$tab"} ;;
      *) ;;
    esac
  done <"$work/cluster"
}

# judge_no_login STATUS WORDS: nobody was let in (2), or got an answer. Does a superuser do better who goes without what
# sessions are set to? Then what is set for everybody tells whether it is everybody who is kept out.
judge_no_login() {
  if ask_whole ask_cluster "$session_question" "$files_question"; then
    keep_cluster && judge_sessions || return 1
    if [ -z "$login_fault" ] && [ "$1" -eq 2 ]; then
      log WARN "some clients cannot log in here: $2"
    elif [ -z "$login_fault" ]; then
      log WARN "clients can log in here, but their queries fail unless they override a setting: $2"
    fi
    return 0
  fi
  # Any other reason may pass: a fork that failed, say.
  [ "$opening_tries" -ge 5 ] || [ "$1" -eq 124 ] || return 1
  if [ "$access" = closed ] && [ "$1" -eq 2 ] && [ -n "$refusal" ]; then
    login_fault=$2
  else
    log WARN "could not check whether clients can log in here: $2"
  fi
}

# Who is set to load libraries into its sessions. For everybody the files say it, where no ALTER ROLE ALL does.
session_question="SELECT 'session', CASE WHEN setdatabase = 0 AND setrole = 0 THEN 'everybody' ELSE \
regexp_replace(concat_ws(' in ', 'the role ' || rolname, 'the database ' || datname), '[[:cntrl:]]', ' ', 'g') END, \
split_part(line, '=', 1), substr(line, strpos(line, '=') + 1) FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS line \
LEFT JOIN pg_roles AS r ON r.oid = setrole LEFT JOIN pg_database AS d ON d.oid = setdatabase \
WHERE line ~ '^(session|local)_preload_libraries=[^[:cntrl:]]+$'"
files_question="SELECT 'session', 'everybody', name, setting FROM pg_file_settings \
WHERE name IN ('session_preload_libraries', 'local_preload_libraries') AND setting ~ '^[^[:cntrl:]]+$' AND applied \
AND NOT EXISTS (SELECT FROM pg_db_role_setting CROSS JOIN unnest(setconfig) AS line \
WHERE setdatabase = 0 AND setrole = 0 AND split_part(line, '=', 1) = name)"

# judge_sessions: each setting that loads libraries, by a session that has it; sets $login_fault where it is everybody's.
judge_sessions() {
  [ -n "$door_superuser" ] || return 0
  grep -e "^session$tab" -e "^trigger$tab" "$work/cluster" >"$work/sessions" || return 0
  while IFS="$tab" read -r _session_kind _session_whom _session_name _session_value; do
    if [ "$_session_kind" = trigger ]; then
      door_options=''
      ask_door "$door_superuser" "$_session_whom" 'SELECT 1' || [ "$status" -ne 2 ] \
        || log WARN "clients cannot log in to the database $_session_whom: $(words_of "$work/words")"
      continue
    fi
    _session_value=$(printf '%s\n' "$_session_value" | sed 's/[\\ ]/\\&/g') || return 1
    door_options="$without_settings -c $_session_name=$_session_value"
    ! ask_door "$door_superuser" postgres 'SELECT 1' || continue
    ! ask_door "$door_superuser" template1 'SELECT 1' || continue
    [ "$status" -eq 2 ] || continue
    _session_words=$(words_of "$work/words")
    _session_words="$_session_name of $_session_whom: ${_session_words#*' failed: '}"
    if [ "$_session_whom" = everybody ]; then
      login_fault=$_session_words
    else
      log WARN "some clients cannot log in here: $_session_words"
    fi
  done <"$work/sessions"
}
