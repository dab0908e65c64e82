import { expect, test } from 'vitest'
import { type Effects, effectsOf, type FunctionEffects } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'

function effects(text: string): Effects {
  return effectsOf(parseShell(text))
}

function top(text: string): FunctionEffects {
  const found = effects(text).functions.find(({ name }) => name === '')
  if (found === undefined) throw new Error('no top level')
  return found
}

function names(mentions: readonly { readonly name: string }[]): string[] {
  return mentions.map(({ name }) => name)
}

test('reads, with their place and whether an unset variable does harm', () => {
  const { reads } = top(': "$a"\n: "${b}" "${c:-$d}" "${e+$e$f}" "${g:?}" "${#h}" "${i%"$j"}"')
  expect(reads.map(({ name, guarded, line }) => `${name}${guarded ? '?' : ''}@${line}`).join(' ')).toBe(
    'a@1 b@2 c?@2 d@2 e?@2 e?@2 f@2 g?@2 h@2 i@2 j@2',
  )
  expect(reads[0]).toEqual({ name: 'a', line: 1, column: 4, inTrap: false, guarded: false })
})

test('positional and special parameters are no variables', () => {
  expect(top(': "$1" "$@" "$#" "$?" "$$" "$!" "${1:-x}" "${#}"').reads).toEqual([])
})

test.each([
  ['a=1', 'a:assignment'],
  ['a=1 cmd', 'a:environment'],
  ['read -r a b', 'a:read b:read'],
  ['for a in x; do :; done', 'a:for'],
  ['getopts ab: a', 'OPTARG:getopts OPTIND:getopts a:getopts'],
  [': "${a:=x}" "${b=y}"', 'a:default b:default'],
  ['export a=1', 'a:declaration'],
  ['readonly a=1', 'a:declaration'],
  [': "$((a = 1, b += 2, c))"', 'a:arithmetic b:arithmetic'],
  [': "$((a++ + --b))"', 'a:arithmetic b:arithmetic'],
  ['a=1 export b', 'a:environment'],
])('%s sets %s', (text, expected) => {
  expect(
    top(text)
      .sets.map(({ name, by }) => `${name}:${by}`)
      .join(' '),
  ).toBe(expected)
})

test('names in arithmetic are reads, with and without a dollar; targets of = are not', () => {
  expect(names(top('x=$((a + $b * ${c} - (d ? 1 : 0x1f)))').reads)).toEqual(['a', 'b', 'c', 'd'])
  expect(names(top('x=$((a = b))').reads)).toEqual(['b'])
  expect(names(top('x=$((a += b))').reads)).toEqual(['a', 'b'])
})

test('exports, unsets, and names that cannot be read', () => {
  const found = top('export A B=1\nunset -v C D\nunset -f f\nunset "$x"\nexport -p')
  expect(names(found.exports)).toEqual(['A', 'B'])
  expect(names(found.unsets)).toEqual(['C', 'D'])
  expect(found.dynamic.map(({ kind, line }) => `${kind}@${line}`)).toEqual(['variable@4'])
})

test('here-documents, substitutions and functions are searched, each for its own', () => {
  const { functions } = effects('f() { cat <<E\n$a $(sed "$b")\nE\n}\nf "$c"')
  const shown = functions.map(({ name, line, endLine, reads, tools, calls }) =>
    [name, line, endLine, names(reads), names(tools), names(calls)].join(' '),
  )
  expect(shown).toEqual([' 1 5 c  f', 'f 1 4 a,b cat,sed '])
})

test('built-ins are no tools; programs of a directory are', () => {
  const found = top(
    'cd /; printf x; [ a ]; . ./x; exec ls; command -v git; command rm; "$pg_bin"/psql; "$d/pg_ctl"',
  )
  expect(found.tools.map(({ name, dir }) => (dir ? `${dir}/${name}` : name))).toEqual([
    'ls',
    'd/pg_ctl',
    'pg_bin/psql',
    'rm',
  ])
  expect(names(found.builtins)).toEqual(['.', '[', 'cd', 'command', 'command', 'exec', 'printf'])
})

test.each([
  ['f() { "$@"; }; f psql -c x', 'psql<f'],
  ['f() { exec "$@"; }; f psql', 'psql<f'],
  ['f() { "$@" <&- & }; g() { f "$@"; }; g psql', 'psql<g'],
  ['f() { t=$1; shift; g "$@"; }; g() { "$@"; }; f 60 psql', 'psql<f'],
  ['f() { shift 2; "$@"; }; f a b psql', 'psql<f'],
  ['f() { exec gosu "$u" "$@"; }; f psql', 'psql<f gosu<exec'],
  ['f() { exec busybox su x -c \'exec "$0" "$@"\' "$@"; }; f psql', 'psql<f busybox<exec'],
  ['f() { "$@"; }; f env A=b nice -n 5 "$d"/psql', 'env<f nice<f,env psql<f,env,nice'],
  ['f() { "$@"; }; g() { "$@"; }; f g psql', 'psql<f,g'],
  ['f() { for x in "$@"; do :; done; }; f psql', ''],
  ['f() { printf %s "$@"; }; f psql', ''],
  ['f() { set -- -c a "$@"; g "$@"; }; g() { cat "$@"; }; f psql', 'cat'],
  ['f() { sh "$x" "$@"; }; f psql', 'sh'],
  ['f() { while a; do shift; done; "$@"; }; f psql', 'a'],
  ['setpriv --reuid "$u" --regid=5 --init-groups psql', 'setpriv psql<setpriv'],
  ['chroot --skip-chdir "--userspec=$u" / psql', 'chroot psql<chroot'],
  ['timeout -s INT 5 psql', 'timeout psql<timeout'],
  ['find . | xargs -n 1 rm', 'find xargs rm<xargs'],
])('%s runs %s', (text, expected) => {
  const tools = effects(text).functions.flatMap((item) => item.tools)
  const byPlace = tools
    .map((tool) => ({ ...tool, inFunction: tool.column < text.indexOf('}') }))
    .sort((a, b) => Number(a.inFunction) - Number(b.inFunction) || a.column - b.column)
  expect(byPlace.map(({ name, via }) => (via.length > 0 ? `${name}<${via}` : name)).join(' ')).toBe(expected)
})

test('a function called through a wrapper is called', () => {
  const found = top('ignore() { "$@" || :; }\nignore g x\ng() { :; }')
  expect(found.calls.map(({ name, via }) => `${name}<${via}`)).toEqual(['g<ignore', 'ignore<'])
})

test('a command line prepared by set is run where "$@" is', () => {
  const { functions } = effects('f() {\n set -- "$pg_bin"/postgres -D x\n exec "$@"\n}\nf psql')
  expect(functions.map(({ tools }) => names(tools))).toEqual([[], ['postgres']])
})

test.each([
  ['if have a; then a; else b; fi', 'a[a] b[!a]'],
  ['if have a; then a; elif have b; then b; else c; fi', 'a[a] b[!a,b] c[!a,!b]'],
  ['have a && a x; b', 'a[a] b[]'],
  ['have a || b', 'b[!a]'],
  ['have a && b || c', 'b[a] c[]'],
  ['have a || have b || c', 'c[!a,!b]'],
  ['have a && x || have b && c', 'x[a] c[]'],
  ['have a || return 1; a', 'a[a]'],
  ['have a && have b || fail NO_SPACE x; c', 'fail[] c[a,b]'],
  ['have a && return; b', 'b[!a]'],
  ['if ! have a; then exit 1; fi; a', 'a[a]'],
  ['if ! have a; then x; fi; a', 'x[!a] a[]'],
  ['have a || exit & a', 'a[]'],
  ['while have a; do b; done; c', 'b[a] c[]'],
  ['if have a && [ -n "$x" ]; then b; else c; fi', 'b[a] c[]'],
  ['if have a; then { ( b $(c) ) | d >"$(e)"; }; fi', 'b[a] c[a] d[a] e[a]'],
  ['case $x in a) a ;; b | c) b ;; *) d ;; esac', 'a[=a] b[] d[]'],
  ['have "$x" && a', 'a[]'],
])('guards: %s', (text, expected) => {
  const tools = top(`have() { command -v "$1"; }; ${text}`).tools
  const shown = [...tools].sort((a, b) => a.column - b.column).map(({ name, guards }) => `${name}[${guards}]`)
  expect(shown.join(' ')).toBe(expected)
})

test('what a trap does is known, and that it does it later', () => {
  const found = top('trap \'rm -rf -- "$work"; clean\' EXIT\nclean() { :; }\ntrap clean TERM')
  expect(found.tools).toMatchObject([{ name: 'rm', line: 1, column: 7, inTrap: true }])
  expect(found.reads).toMatchObject([{ name: 'work', inTrap: true }])
  expect(found.calls).toMatchObject([
    { name: 'clean', line: 1, inTrap: true },
    { name: 'clean', line: 3, inTrap: true },
  ])
})

test('failure ids, and those that are computed', () => {
  const found = top('fail NO_SPACE "x $y"\nfail "$id" x\nignore() { "$@"; }; ignore fail USAGE')
  expect(names(found.failures)).toEqual(['NO_SPACE', 'USAGE'])
  expect(found.dynamic).toMatchObject([{ kind: 'failure', name: '"$id"', line: 2 }])
})

test('a command word that cannot be read is said, also the arguments of the script itself', () => {
  const { dynamic } = top('"$x" y\n"$@"\n"$(z)"')
  expect(dynamic.map(({ kind, line }) => `${kind}@${line}`).sort()).toEqual([
    'command@1',
    'command@2',
    'command@3',
  ])
})

test('steps have their lines; comments in data are none', () => {
  const text = "a\n# @step one\nb\ncat <<E\n# @step no\nE\nx='\n# @step no'\n# @step two\nc\n# @end\nmain\n"
  expect(effects(text).steps).toEqual([
    { name: 'one', line: 2, endLine: 8 },
    { name: 'two', line: 9, endLine: 10 },
  ])
  expect(effects('# @step z\na').steps).toEqual([{ name: 'z', line: 1, endLine: 2 }])
})
