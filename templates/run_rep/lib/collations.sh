# Indexes on text are only right where text sorts as it did when they were made, and a new release of the C
# library or of ICU may sort it differently. Only the server can tell, so it is asked while no client can reach it:
# after a clone, and when this agent has become another one.

# settle_access: sets $access to closed where text must be compared first, and $collation_key to what decides it.
settle_access() {
  access=open collation_key='' collation_words=''
  [ "$on_collation" != ignore ] || return 0
  collation_key="PostgreSQL ${server_version#*') '}, $(libc_of_agent)"
  if read_collations; then
    [ -z "$collation_words" ] || log WARN "$collation_words"
  else
    access=closed
  fi
}

# What decides how text is sorted here, so far as can be told without a server.
libc_of_agent() {
  _libc_version=''
  ! have getconf || _libc_version=$(ignore getconf GNU_LIBC_VERSION)
  _libc_system=''
  while IFS= read -r _libc_line; do
    case $_libc_line in
      PRETTY_NAME=*) _libc_system=${_libc_line#*=} ;;
      *) ;;
    esac
  done 2>/dev/null </etc/os-release || :
  printf '%s, %s\n' "${_libc_version:-no glibc}" "$_libc_system"
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

# In the watcher, of a server that lets in those who come by the door.
compare_collations() {
  collation_fault='' collation_words=''
  if ! ask_collations; then
    log WARN "the collations could not be compared: $(words_of "$work/words")"
    return 0
  fi
  judge_collations
  [ -z "$collation_fault" ] || [ "$on_collation" != refuse ] || decide collation "$collation_fault"
  [ -z "$collation_fault" ] || collation_words="$collation_fault${collation_words:+; $collation_words}"
  [ -z "$collation_words" ] || log WARN "$collation_words"
  ! printf '%s\n' "$collation_key" "$collation_words" 2>/dev/null >"$replica/collations.new" \
    || ignore mv -- "$replica/collations.new" "$replica/collations"
}

# All answers are collected in $work/collations. Each ends with a line of its own, since on a full disk one could be cut.
ask_collations() {
  settle_questions
  ask_whole ask_anybody "$superuser_question" "$ask_databases" "$ask_versions" || return 1
  cat -- "$answers" >"$work/cluster" || return 1
  printf '' >"$work/collations" || return 1
  while IFS= read -r _ask_row; do
    case $_ask_row in
      "superuser$tab"*) door_superuser=${_ask_row#*"$tab"} ;;
      "enter$tab"*)
        collation_database=${_ask_row#*"$tab"}
        ask_whole ask_superuser "$collation_database" "$ask_used" || note_locked || return 1
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

# Not a database whose removal was interrupted (-2, which lets nobody in), nor one whose name would be read as two. Since
# 15 a database says with which version it was made. Before, the collations of the C library say since 13 which version
# initdb found on the master. In a database, those that an index, or the bounds of partitions, are sorted by; ICU's
# have versions since 10.
settle_questions() {
  ask_databases="SELECT 'enter', datname FROM pg_database \
WHERE datallowconn AND datconnlimit <> -2 AND datname !~ '[[:cntrl:]]'"
  _questions_name="regexp_replace(datname, '[[:cntrl:]]', ' ', 'g')"
  ask_versions="SELECT 'database', $_questions_name, datcollversion, pg_database_collation_actual_version(oid) \
FROM pg_database WHERE datallowconn AND datcollversion <> pg_database_collation_actual_version(oid)"
  [ "${major%%.*}" -ge 15 ] || ask_versions="SELECT 'default', $_questions_name, coalesce(made.collversion, '-'), \
coalesce(pg_collation_actual_version(made.oid), '-') FROM pg_database \
LEFT JOIN (SELECT oid, collversion FROM pg_collation WHERE collprovider = 'c' AND collversion IS NOT NULL \
ORDER BY oid LIMIT 1) AS made ON true \
WHERE datallowconn AND lower(datcollate) NOT IN ('c', 'posix') AND lower(datcollate) NOT LIKE 'c.%'"
  _questions_collation="quote_ident(current_database()) || '.' || quote_ident(collname)"
  ask_used="SELECT 'collation', regexp_replace($_questions_collation, '[[:cntrl:]]', ' ', 'g'), collversion, \
pg_collation_actual_version(oid) FROM pg_collation AS c \
WHERE collversion <> pg_collation_actual_version(oid) \
AND (EXISTS (SELECT FROM pg_index WHERE c.oid = ANY (indcollation)) \
OR EXISTS (SELECT FROM pg_partitioned_table WHERE c.oid = ANY (partcollation)))"
}

# A database in which nothing can be asked: psql ends with 2 where it is not let in. Its removal may have been replayed
# since the databases were listed.
note_locked() {
  _locked_kind=unseen
  [ "$status" -ne 2 ] || _locked_kind=locked
  _locked_words=$(words_of "$work/words" | tr '\n\t' '  ')
  [ "$status" -ne 124 ] || _locked_words='no answer within 60 s'
  ask_whole ask_anybody "$ask_databases" || return 1
  if grep -q -F -x -e "enter$tab$collation_database" "$answers"; then
    printf '%s\t%s\t-\t%s\n' "$_locked_kind" "$collation_database" "$_locked_words" >"$answers"
  else
    printf '' >"$answers"
  fi
}

# Sets $collation_fault to what is certainly wrong here, and $collation_words to what may be.
judge_collations() {
  while IFS="$tab" read -r _judge_kind _judge_name _judge_made _judge_here; do
    case $_judge_kind,$_judge_made,$_judge_here in
      end,*) ;;
      default,-,*)
        collation_words="${collation_words:+$collation_words; }whether text in the database $_judge_name \
sorts here as on the master cannot be known: PostgreSQL $major keeps no version of its collation"
        ;;
      default,"$_judge_here",*) ;;
      default,*)
        collation_words="${collation_words:+$collation_words; }text in the database $_judge_name may sort \
differently here: the master had version $_judge_made of the C library at initdb, this agent has $_judge_here"
        ;;
      locked,*,*)
        collation_fault="${collation_fault:+$collation_fault; }nobody can use the database $_judge_name here: \
$_judge_here"
        ;;
      unseen,*,*)
        collation_words="${collation_words:+$collation_words; }the collations in the database $_judge_name \
could not be seen: $_judge_here"
        ;;
      *)
        collation_fault="${collation_fault:+$collation_fault; }text sorts differently here: the $_judge_kind \
$_judge_name was made with version $_judge_made, this agent has $_judge_here"
        ;;
    esac
  done <"$work/collations"
}
