import { expect, test } from 'vitest'
import { judge } from './judge.js'

const good: Record<string, string[]> = {
  template: ['printf %s "${a:-${b:-}}"', "awk '{ print $1 }' x", 'x=${a:-${b}}'],
  eval: ['sh run.sh', 'sh -c \'exec "$0" "$@"\' ls', 'evaluate'],
  quoting: [
    'a=$b',
    'a=$(ls) b=$c cmd',
    'case $x in a) ;; esac',
    'a=$((b + $c))',
    'cat <<E\n$x $(ls "$y")\nE',
    '[ "$a" -eq "$((b + 1))" ]',
    'printf %s $((a + 1))',
    'for x in "$@"; do :; done',
    'ls >"$f" 2>&1',
    '"$pg_bin"/psql "x${y#"$z"}"',
    'trap \'rm "$x"\' EXIT',
    'a=${b:-$c}',
    ': "${a:=$b}"',
  ],
  syntax: [
    'f() { :; }',
    'if a; then b; fi >"$c" 2>&1',
    'x=${a%%.*}${#b}',
    'case $x in [!a]*) ;; esac',
    'find . -exec rm {} +',
    'a=$(cat x)',
    '! a | b &',
    'x=$((1 << 2))',
    'ls >&2 3<&-',
  ],
  substitutions: [
    'a=$(f "$(g)")',
    'a=$(f)\nb=$(g)',
    '[ "$(f)" = a ] || [ "$(g)" = b ]',
    'f "$(g; h "$(i)")"',
  ],
  builtin: ['export A', 'unset -v a', 'cd -P -- "$x"', 'command -v "$x"', 'umask 077', 'wait "$!"'],
  test: [
    '[ "$a" = -a ]',
    '[ -n "$a" ] && [ ! -e "$b" ]',
    'test "$a" != b',
    '[ ! "$a" = b ]',
    '[ "$a" ]',
    '[ "$a" -nt "$b" ]',
  ],
  trap: [
    "trap 'exit 143' TERM INT",
    'trap - EXIT',
    "trap '' HUP",
    'trap on_exit 0',
    'kill -s TERM 1',
    'kill -9 1',
    'kill -0 1',
    'kill "$x"',
    'kill -s "$s" 1',
  ],
  option: ['set -eu', 'set -- -o pipefail', 'set -o errexit', 'set +x', 'set -e -u -o nounset'],
  echo: ['echo plain text', "echo 'a b'", 'echo'],
  printf: ['printf \'%s\\n\' "$x"', "printf -- '-x'", "printf '\\t\\000%03d%%'", 'printf x'],
  read: ['IFS= read -r a', 'while read -r a b; do :; done'],
  utility: [
    'command -v x',
    'sed -n p',
    'sed -- -i',
    "sed 's/-i//'",
    'date -u +%s',
    'head -n 5',
    'cp -R -p a b',
    'find . -prune',
  ],
  failure: ['fail NO_SPACE "x $y"', 'fail "USAGE" x', 'failing "$x"'],
  function: ['step_clone() { :; }', 'pause() { :; }'],
  dynamic: ['"$pg_bin"/psql', 'f() { "$@"; }', 'unset A', 'ls'],
}

const bad: Record<string, [code: string, texts: string[]]> = {
  template: ['TEMPLATE', ['{{name}}', 'x={{', "printf '}}'", '${{X}']],
  eval: [
    'EVAL',
    [
      'eval "$x"',
      '. ./x',
      "alias a='b'",
      'sh -c "$x"',
      'bash -ec "a $x"',
      'command eval x',
      'f() { "$@"; }; f eval x',
      "trap 'eval x' EXIT",
    ],
  ],
  quoting: [
    'UNQUOTED',
    [
      'ls $a',
      'ls x$a',
      'ls $(ls)',
      'ls `ls`',
      'ls >$f',
      'ls ${a:-b}',
      'ls $1',
      'ls $@',
      'ls $?',
      'for x in $a; do :; done',
      '[ -n $a ]',
      'export A=$b',
      'a=$(ls $b)',
      'cat <<E\n$(ls $a)\nE',
      'b="${a#$c}"',
      'case x in $a) ;; esac',
      "trap 'ls $x' EXIT",
      'a=$(($(ls $b) + 1))',
      '"$a"/b $c',
      'ls >&$fd',
    ],
  ],
  test: [
    'TEST',
    [
      '[ a == b ]',
      '[ a -a b ]',
      '[ -n a -o -n b ]',
      'test -v x',
      '[ a =~ b ]',
      '[ a "$op" b ]',
      '[ \\( a \\) ]',
      '[ a \\< b ]',
    ],
  ],
  trap: [
    'TRAP',
    [
      "trap 'x' SIGTERM",
      'trap x ERR',
      'trap x term',
      'trap "rm $x" EXIT',
      'trap x "$s"',
      'trap -p x',
      'kill -SIGTERM 1',
      'kill -s SIGKILL 1',
    ],
  ],
  option: ['OPTION', ['set -o pipefail', 'set -euo pipefail', 'set -E', 'set -o posix']],
  echo: ['ECHO', ['echo -n x', 'echo "$x"', "echo 'a\\n'", 'echo *', 'command echo -e x']],
  printf: [
    'PRINTF',
    [
      'printf "$x"',
      'printf "%s $x"',
      'printf -v a %s',
      "printf '%q' x",
      "printf '\\x41'",
      "printf '%(%F)T'",
      'printf',
    ],
  ],
  read: ['READ', ['read a', 'read -r', 'read -rp x a', 'read -t 5 -r a', 'while read a; do :; done']],
  utility: [
    'UTILITY',
    [
      'which x',
      'mktemp -d',
      'sed -i s/a/b/ x',
      'sed -ni p x',
      'seq 3',
      'grep -oP x',
      'date -d x',
      'head -5',
      'cp -a x y',
      'find . -delete',
      'f() { "$@"; }; f which x',
    ],
  ],
  builtin: [
    'BUILTIN',
    [
      'local a',
      'declare x',
      'typeset x',
      'let x',
      'pushd x',
      'wait -n',
      'export -f f',
      'exec -a x y',
      'command local x',
    ],
  ],
  failure: ['FAIL_ID', ['fail NO_SPCE x', 'fail "$x" y', 'fail', 'f() { "$@"; }; f fail NOPE']],
  function: ['FUNCTION', ['rm() { :; }', 'cd() { :; }', 'f() { :; }; f() { :; }', 'psql() { :; }']],
  substitutions: [
    'SUBSTITUTIONS',
    ['f "$(g)" "$(h)"', 'a=$(f) b=$(g)', 'a=$(f) g "$(h)"', 'x="$(f)$(g)"', 'a=$(f "$(g)" "$(h)")'],
  ],
  dynamic: ['DYNAMIC', ['"$x"', '"$x" -a', '"$@"', 'unset "$x"', 'read -r "$x"', '"$a/$b"', 'exec "$x"']],
}

for (const [rule, texts] of Object.entries(good)) {
  test.each(texts)(`${rule} allows: %s`, (text) => {
    expect(judge(`:\n${text}\n`)).toEqual([])
  })
}

for (const [rule, [code, texts]] of Object.entries(bad)) {
  test.each(texts)(`${rule} refuses: %s`, (text) => {
    const line = text.includes('\n') ? 3 : 2
    expect(judge(`:\n${text}\n`)).toContain(`E_SHELL_${code}:${line}`)
  })
}
