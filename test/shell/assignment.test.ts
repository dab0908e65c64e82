import { describe, expect, test } from 'vitest'
import { findUnassigned } from '../../generator/shell/assignment.js'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'

const unassigned = (text: string, given: readonly string[] = []) =>
  findUnassigned(effectsOf(parseShell(text)).functions, new Set(given))

const names = (text: string) => unassigned(text).map(({ name }) => name)

describe('every way sets it', () => {
  test.each([
    'a=1\n: "$a"',
    'a=1 b=$a\n: "$b"',
    'if x; then a=1; else a=2; fi\n: "$a"',
    'if x; then a=1; elif y; then a=2; else exit 1; fi\n: "$a"',
    'x && a=1 || a=2\n: "$a"',
    'x || exit\na=1\n: "$a"',
    'if a=$(x); then :; fi\n: "$a"',
    'x && a=1 && : "$a"',
    'case $1 in a) a=1 ;; *) a=2 ;; esac\n: "$a"',
    'case $1 in a) a=1 ;; *) exit ;; esac\n: "$a"',
    'while a=1; do :; done\n: "$a"',
    'until x; do a=1; : "$a"; done',
    'while :; do a=1; break; done\n: "$a"',
    'while :; do if x; then a=1; break; fi; done\n: "$a"',
    'while :; do x || continue; a=1; break; done\n: "$a"',
    'for a in x y; do :; done\n: "$a"',
    'for x in 1; do a=2; done\n: "$a"',
    'read -r a b <f\n: "$a$b"',
    'while IFS= read -r a; do : "$a"; done <f',
    'getopts ab a\n: "$a$OPTARG"',
    ': "${a:=1}"\n: "$a"',
    ': "${a?words}"\n: "$a"',
    ': "${a:-$(exit)}" "${a-}" "${a+x}" "${a:+$a}"',
    ': "$((a = 1))" "$((a + 1))"',
    '[ -n "${a:-}" ] || exit\n: "$a"',
    'if [ -z "${a-}" ]; then a=1; fi\n: "$a"',
    '! [ -z "${a+x}" ] && : "$a"',
    '{ a=1; } >f\n: "$a"',
    'export a=1\n: "$a"',
    'a=1\n(: "$a")\n: "$(echo "$a")"\n: "$a" | cat',
    'a=1\ntrap \': "$a"\' EXIT',
    'trap on_exit EXIT\non_exit() { b=1; : "$b"; }',
  ])('%s', (text) => {
    expect(names(text)).toEqual([])
  })
})

describe('some way does not', () => {
  test.each([
    ': "$a"',
    'a=$a',
    'if x; then a=1; fi\n: "$a"',
    'if x; then a=1; elif y; then a=2; fi\n: "$a"',
    'x && a=1\n: "$a"',
    'x || a=1\n: "$a"',
    'case $1 in a) a=1 ;; esac\n: "$a"',
    'case $1 in *x) a=1 ;; b) a=2 ;; esac\n: "$a"',
    'while x; do a=1; done\n: "$a"',
    'while x; do : "$a"; a=1; done',
    'while :; do x && break; a=1; done\n: "$a"',
    'for x in "$@"; do a=1; done\n: "$a"',
    'for a in $1; do :; done\n: "$a"',
    '(a=1)\n: "$a"',
    'a=1 | cat\n: "$a"',
    'x | read -r a\n: "$a"',
    ': "$(a=1)"\n: "$a"',
    'a=1 &\n: "$a"',
    'a=1 cmd\n: "$a"',
    ': "${b:-${a:=1}}"\n: "$a"',
    ': "${b:-$a}"',
    ': "$((a + 1))"',
    'a=1\nunset a\n: "$a"',
    'a=1\nwhile x; do : "$a"; unset a; done',
    '[ -n "${a:-}" ] && x\n: "$a"',
    '[ -n "${a:-b}" ] && : "$a"',
    'cat <<X\n$a\nX',
    'cat >"$a"',
    'trap \': "$a"\' EXIT\na=1',
    'trap on_exit EXIT\na=1\non_exit() { : "$a"; }',
  ])('%s', (text) => {
    expect(names(text)).toEqual(['a'])
  })
})

describe('through functions', () => {
  test.each([
    ['sets for its caller', 'f() { a=1; }\nf\n: "$a"', []],
    ['reads what its caller set', 'f() { : "$a"; }\na=1\nf', []],
    ['reads what one of its callers did not set', 'f() { : "$a"; }\nf\na=1\nf', ['a']],
    ['ends the script', 'die() { exit 1; }\nx && a=1 || die\n: "$a"', []],
    ['ends the script on one way only', 'die() { x || exit 1; }\nx && a=1 || die\n: "$a"', ['a']],
    ['sets it when it is true', 'f() { x || return 1; a=1; }\nif f; then : "$a"; fi', []],
    ['sets it when it is true only', 'f() { x || return 1; a=1; }\nf\n: "$a"', ['a']],
    ['sets it when it is false', 'f() { x && return 0; a=1; return 1; }\nf || : "$a"', []],
    ['answers by its last command', 'f() { x && a=1; }\nf && : "$a"', []],
    ['unsets it', 'f() { unset a; }\na=1\nf\n: "$a"', ['a']],
    ['unsets it and sets it again', 'f() { unset a; a=2; }\na=1\nf\n: "$a"', []],
    ['calls itself', 'f() { x && return; a=1; f; : "$a"; }\nf', []],
    ['calls itself, and one end sets nothing', 'f() { x && return; a=1; f; }\nf\n: "$a"', ['a']],
    ['calls another that calls it', 'f() { x || g; }\ng() { a=1; f; : "$a"; }\nf', []],
    ['is called by a wrapper', 'quiet() { "$@" 2>/dev/null; }\nf() { : "$a"; }\nquiet f', ['a']],
    ['is called in a subshell', 'f() { a=1; }\n(f)\n: "$a"', ['a']],
    ['returns from a loop', 'f() { while :; do x || continue; a=1; return; done; }\nf\n: "$a"', []],
    ['breaks two loops', 'while :; do while :; do a=1; break 2; done; done\n: "$a"', []],
    ['is defined within another', 'f() { g() { : "$a"; }; g; }\na=1\nf', []],
  ])('a function that %s', (_title, text, wanted) => {
    expect(names(text)).toEqual(wanted)
  })

  test('the place is that of the read, with the functions that lead there', () => {
    expect(unassigned('f() {\n  g\n}\n\ng() {\n  : \\\n    "$a"\n}\nf\n')).toEqual([
      { name: 'a', line: 7, column: 6, wasUnset: false, via: ['f', 'g'] },
    ])
  })

  test('what is given needs no assignment, unless the script unsets it', () => {
    expect(unassigned(': "$a"', ['a'])).toEqual([])
    expect(unassigned('unset a\n: "$a"', ['a'])).toMatchObject([{ name: 'a', wasUnset: true }])
    expect(unassigned('f() { unset a; : "$a"; }\na=1\nf', ['a'])).toMatchObject([{ wasUnset: true }])
  })
})
