import { describe, expect, test } from 'vitest'
import { functionsOf } from '../../generator/shell/commands.js'
import { type Live, readLive } from '../../generator/shell/live.js'
import { parseShell } from '../../generator/shell/parse.js'

function look(text: string, words: Readonly<Record<string, string>> = {}): Live {
  const shell = parseShell(text)
  return readLive(shell, functionsOf(shell))({ words: new Map(Object.entries(words)) })
}

/** The words that `say` is called with, of all that can run. */
function said(text: string, words: Readonly<Record<string, string>> = {}): string[] {
  const live = look(`say() { echo "$1"; }\n${text}`, words)
  return live
    .reached([''])
    .flatMap((name) => live.commandsOf(name))
    .flatMap(({ node }) => (node.name?.value === 'say' ? [node.args[0]?.text ?? ''] : []))
}

describe('what can run at all', () => {
  test.each<[title: string, text: string, words: string[]]>([
    ['a word that nothing gives', 'x=a\n[ "$x" = b ] && say no\n[ "$x" = a ] && say yes', ['yes']],
    ['a word that something gives', 'x=a\nask && x=b\n[ "$x" = b ] && say maybe', ['maybe']],
    ['the other branch', 'x=a\nif [ "$x" != a ]; then say no; else say yes; fi', ['yes']],
    ['a case', 'x=a\ncase $x in b) say no ;; a | c) say yes ;; *) say no ;; esac', ['yes']],
    ['a case of several words', 'x=a\nask && x=b\ncase $x in a) say a ;; *) say b ;; esac', ['a', 'b']],
    ['a number', 'x=0\n[ "$x" -gt 0 ] && say no\n[ "$x" -le 0 ] && say yes', ['yes']],
    ['an empty value', 'x=\'\'\n[ -n "$x" ] && say no\n[ -z "$x" ] && say yes', ['yes']],
    ['a copy', 'x=a\ny=$x\n[ "$y" = b ] && say no\n[ "$y" = a ] && say yes', ['yes']],
    [
      'what comes from outside',
      '[ "${X:-}" = b ] && say maybe\n[ "$Y" = b ] && say maybe',
      ['maybe', 'maybe'],
    ],
    ['what is read', 'x=a\nread -r x\n[ "$x" = b ] && say maybe', ['maybe']],
    ['a loop variable', 'x=a\nfor x in b c; do :; done\n[ "$x" = b ] && say maybe', ['maybe']],
    ['a substitution', 'x=$(pwd)\n[ "$x" = b ] && say maybe', ['maybe']],
    ['behind exit', 'say yes\nexit 0\nsay no', ['yes']],
    ['behind a function that does not come back', 'die() { exit 1; }\nsay yes\ndie\nsay no', ['yes']],
    ['behind one that may', 'die() { [ "$1" = x ] || exit 1; }\ndie "$1"\nsay yes', ['yes']],
    ['behind what a subshell ends', '(exit 1)\nsay yes', ['yes']],
    ['behind a loop that is left', 'while :; do ask && break; done\nsay yes', ['yes']],
    ['behind a loop that is not', 'while :; do ask; done\nsay no', []],
    ['a negation', 'x=a\n! [ "$x" = a ] || say yes\n! [ "$x" = a ] && say no', ['yes']],
    ['what a trap does', 'x=a\ntrap \'x=b\' TERM\n[ "$x" = b ] && say maybe', ['maybe']],
    ['a function that only dead code calls', 'f() { say no; }\nx=a\n[ "$x" = a ] || f', []],
    ['a choice that another one takes with it', 'x=a\ny=c\n[ "$x" = a ] || y=d\n[ "$y" = d ] && say no', []],
    ['an assignment for one command alone', 'x=a\nx=b ask\n[ "$x" = b ] && say no', []],
  ])('%s', (_title, text, words) => {
    expect(said(text)).toEqual(words)
  })

  test('what is known beforehand', () => {
    const text = 'x=${1-run}\ncase $x in run) say run ;; health) say health ;; esac'
    expect(said(text)).toEqual(['run', 'health'])
    expect(said(text, { x: 'health' })).toEqual(['health'])
  })

  test('the words of a variable', () => {
    const live = look('x=b\nask && x=a\ny=$x\nz=$(pwd)\n[ "$x" = c ] && x=d')
    expect(['x', 'y', 'z', 'w'].map((name) => live.wordsOf(name))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      undefined,
      undefined,
    ])
  })

  test('what runs apart', () => {
    const live = look('f() { exit 1; }\ng() { :; }\n(f)\ng\nh() { :; }\ntrap h EXIT')
    expect(live.reached([''])).toEqual(['', 'f', 'g', 'h'])
    expect(live.reachedHere([''])).toEqual(['', 'g', 'h'])
  })
})
