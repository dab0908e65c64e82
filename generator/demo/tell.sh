# What demo.sh prints.
# shellcheck shell=sh

choose_colours() {
  bold='' dim='' green='' plain='' colour=no
  [ ! -t 1 ] || [ "${TERM:-dumb}" = dumb ] || colour=yes
  [ -z "${NO_COLOR:-}" ] || colour=no
  case ${FORCE_COLOR:-} in
    '') ;;
    0 | false) colour=no ;;
    *) colour=yes ;;
  esac
  if [ "$colour" = yes ]; then
    _escape=$(printf '\033')
    bold="${_escape}[1m" dim="${_escape}[2m" green="${_escape}[32m" plain="${_escape}[0m"
  fi
}

heading() {
  part=$((part + 1))
  printf '\n%s\n' "$bold$part. $1$plain"
}

say() {
  printf '%s\n' "$1"
}

# run COMMAND...: shows it and what it prints. In the directory of the demo, with PGHOST, PGPORT, PGUSER and PGPASSFILE
# set to the master and its superuser.
run() {
  words_of "$@"
  run_as "$words" "$@"
}

# run_as SHOWN COMMAND...: the same where it is written shorter than it is called.
run_as() {
  printf '%s\n' "  $green\$$plain $1"
  shift
  run_quietly "$@"
}

# run_in NUMBER COMMAND...: in the sandbox of a replica, as its task.
run_in() {
  _number=$1
  shift
  words_of "$@"
  prompt_in "$_number" "$words"
  run_quietly in_sandbox "$_number" "$@"
}

prompt_in() {
  printf '%s\n' "  ${dim}replica-$1$plain $green\$$plain $2"
}

run_quietly() {
  _failed=no
  "$@" >out.log 2>&1 </dev/null || _failed=yes
  sed -e '/^$/d' -e 's/^/    /' out.log
  [ "$_failed" = "$may_fail" ] || fail 'the last command did not end as it should'
}

# words_of WORD...: as one would type them.
words_of() {
  words=''
  for _word in "$@"; do
    case $_word in
      *\'*) _word="\"$_word\"" ;;
      *[!A-Za-z0-9_./:=-]* | '') _word="'$_word'" ;;
      *) ;;
    esac
    words="$words${words:+ }$_word"
  done
}

# tell_log NUMBER: the lines that came since, without their time and without what only repeats the configuration.
tell_log() {
  _log=replica-$1.log
  _lines=$(wc -l <"$_log")
  case $1 in
    1) _told=$told_1 told_1=$((_lines)) ;;
    *) _told=$told_2 told_2=$((_lines)) ;;
  esac
  [ "$_lines" -gt "$_told" ] || return 0
  sed -n "$((_told + 1)),$((_lines))p" "$_log" \
    | sed -e '/ serve: settings: /d' -e '/ the log of PostgreSQL /d' -e '/ fetch_config: /d' \
      -e 's/^[^ ]* INFO //' -e "s/^[0-9TZ:-]* //" -e "s/.*/    $dim| &$plain/"
}

fail() {
  printf '\n%s\n' "the demo failed: $1" >&2
  for _log in ${2:-replica-1.log replica-2.log master.log ready.log}; do
    [ ! -s "$_log" ] || { printf '%s\n' "the end of $_log:" && tail -n 15 "$_log" | sed 's/^/  /'; } >&2
  done
  exit 1
}
