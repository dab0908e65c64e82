# Indexes on text are only right where text sorts as it did when they were made, and a new release of the C
# library or of ICU may sort it differently. Only the server can tell, so it is asked while no client can reach it:
# after a clone, and when this agent has become another one.

# settle_access: sets $access to closed where text must be compared first, and $collation_key to what decides it.
settle_access() {
  access=open compared=yes collation_key='' collation_words=''
  [ "$on_collation" != ignore ] || return 0
  collation_key="PostgreSQL ${server_version#*') '}, $agent_libc"
  if read_collations; then
    [ -z "$collation_words" ] || log WARN "$collation_words"
  else
    access=closed compared=no
  fi
}

# know_libc: sets $agent_libc to what decides how text is sorted here, so far as can be told without a server.
know_libc() {
  _libc_version=''
  ! have getconf || _libc_version=$(getconf GNU_LIBC_VERSION 2>/dev/null) || _libc_version=''
  _libc_system=''
  while IFS= read -r _libc_line; do
    case $_libc_line in
      PRETTY_NAME=*) _libc_system=${_libc_line#*=} ;;
      *) ;;
    esac
  done 2>/dev/null </etc/os-release || :
  agent_libc="${_libc_version:-no glibc}, $_libc_system"
}

# Sets $collation_words to what was found here before; false if it was not here, or with other software.
read_collations() {
  [ -f "$replica/collations" ] || return 1
  {
    IFS= read -r _collations_key
    IFS= read -r collation_words || :
  } <"$replica/collations" || return 1
  [ "$_collations_key" = "$collation_key" ]
}

# In the watcher, of a server that lets in those who come by the door. What could not be looked at is asked again; then
# refuse refuses it, too, and warn says so and opens, but looks again at the next start. False: to be asked again.
compare_collations() {
  collation_fault='' collation_words='' collation_unseen=''
  if ask_collations; then
    judge_collations
  else
    collation_unseen="the collations could not be compared: $(words_of "$work/words")"
  fi
  if [ "$on_collation" = refuse ]; then
    [ -z "$collation_fault" ] || decide collation "$collation_fault"
    if [ -n "$collation_unseen" ]; then
      [ "$opening_tries" -lt 3 ] || decide collation "$collation_unseen"
      log INFO "$collation_unseen: asking again"
      return 1
    fi
  fi
  for _compare_words in "$collation_unseen" "$collation_fault"; do
    [ -z "$_compare_words" ] || collation_words="$_compare_words${collation_words:+; $collation_words}"
  done
  [ -z "$collation_words" ] || log WARN "$collation_words"
  [ -z "$collation_unseen" ] || return 0
  ! printf '%s\n' "$collation_key" "$collation_words" 2>/dev/null >"$replica/collations.new" \
    || ignore mv -- "$replica/collations.new" "$replica/collations"
}

# All answers are collected in $work/collations. Each ends with a line of its own, since on a full disk one could be cut.
ask_collations() {
  if [ "$cluster_asked" = no ]; then
    ask_whole ask_anybody "$ask_databases" "$ask_versions" || ask_whole ask_cluster "$ask_databases" "$ask_versions" || return 1
    cat -- "$answers" >"$work/cluster" || return 1
  fi
  printf '' >"$work/collations" || return 1
  know_time
  told_at=${now_s:-0}
  while IFS= read -r _ask_row; do
    case $_ask_row in
      "superuser$tab"* | "session$tab"* | "trigger$tab"* | end) ;;
      "enter$tab"*)
        database_row=$_ask_row
        collation_database=${_ask_row#*"$tab"}
        case $collation_database in
          *\\*)
            collation_database=$(printf '%b.' "$collation_database") || return 1
            collation_database=${collation_database%.}
            ;;
          *) ;;
        esac
        tell_minutely "comparing the collations, now in the database $collation_database" || :
        ask_whole ask_inside "$collation_database" "$ask_used" || note_locked || return 1
        cat -- "$answers" >>"$work/collations" || return 1
        ;;
      *) printf '%s\n' "$_ask_row" >>"$work/collations" || return 1 ;;
    esac
  done <"$work/cluster"
}

# ask_whole COMMAND...: false where the answer is cut.
ask_whole() {
  "$@" "SELECT 'end'" && grep -q -x end "$answers"
}

# ask_inside DATABASE COMMAND...: what every role may ask there, as a superuser, or where none may log in as the role that
# replicates.
ask_inside() {
  ! ask_superuser "$@" || return 0
  [ "$superuser_missing" = yes ] || return 1
  door_options=''
  ask_door "$POSTGRES_REPUSER" "$@"
}

# A database in which nothing can be asked: psql ends with 2 where it is not let in. Its removal may have been replayed
# since the databases were listed.
note_locked() {
  _locked_kind=unseen
  [ "$status" -ne 2 ] || [ "$superuser_missing" = yes ] || _locked_kind=locked
  _locked_words=$(words_of "$work/words" | tr '\n\t' '  ')
  [ "$superuser_missing" = no ] || _locked_words="no superuser may log in here, and $POSTGRES_REPUSER cannot either: $_locked_words"
  [ "$status" -ne 124 ] || _locked_words='no answer within 60 s'
  ask_whole ask_anybody "$ask_databases" || ask_whole ask_cluster "$ask_databases" || return 1
  if grep -q -F -x -e "$database_row" "$answers"; then
    printf '%s\t%s\t-\t%s\n' "$_locked_kind" "${database_row#*"$tab"}" "$_locked_words" >"$answers"
  else
    printf '' >"$answers"
  fi
}

# Sets $collation_fault to what is certainly wrong here, $collation_unseen to what could not be looked at, and
# $collation_words to what may be wrong.
judge_collations() {
  while IFS="$tab" read -r _judge_kind _judge_name _judge_made _judge_here; do
    case $_judge_kind,$_judge_made,$_judge_here in
      end,*) ;;
      default,-,*)
        _judge_why="this cluster has no record of the version of its C library"
        [ "${major%%.*}" -ge 13 ] || _judge_why="PostgreSQL $major records no version of its collation"
        collation_words="${collation_words:+$collation_words; }cannot tell whether text in the database $_judge_name \
sorts here as on the master: $_judge_why"
        ;;
      unknown,*)
        collation_words="${collation_words:+$collation_words; }cannot tell whether text with the collation $_judge_name \
sorts here as on the master: PostgreSQL $major records no version of it"
        ;;
      default,"$_judge_here",*) ;;
      default,*,-)
        collation_fault="${collation_fault:+$collation_fault; }text in the database $_judge_name sorts differently here: the \
C library of the master had version $_judge_made at initdb; that of this agent has no versions"
        ;;
      default,*)
        collation_words="${collation_words:+$collation_words; }text in the database $_judge_name may sort \
differently here: the C library of the master had version $_judge_made at initdb; that of this agent has $_judge_here"
        ;;
      locked,*,*)
        collation_fault="${collation_fault:+$collation_fault; }the database $_judge_name cannot be used here: \
$_judge_here"
        ;;
      unseen,*,*)
        collation_unseen="${collation_unseen:+$collation_unseen; }the collations in the database $_judge_name \
could not be read: $_judge_here"
        ;;
      *)
        case $_judge_made in
          -) _judge_made='by a library without versions (such as musl)' ;;
          *) _judge_made="with version $_judge_made" ;;
        esac
        case $_judge_here in
          -) _judge_here='a library without versions (such as musl)' ;;
          *) ;;
        esac
        collation_fault="${collation_fault:+$collation_fault; }text sorts differently here: the $_judge_kind \
$_judge_name was created $_judge_made, but this agent has $_judge_here"
        ;;
    esac
  done <"$work/collations"
}
