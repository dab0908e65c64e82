import { expect, test } from 'vitest'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'
import { failuresOf, reachableFrom, toolsOf } from '../../generator/shell/tools.js'

const script = effectsOf(
  parseShell(`have() { command -v "$1" >/dev/null; }
ignore() { "$@" || :; }
fetch() {
  if have curl; then curl -- "$1"; else wget -- "$1"; fi
}
as_user() {
  tool=$1; shift
  case $tool in
    setpriv) exec setpriv --reuid "$u" "$@" ;;
    *) fail USAGE "no tool" ;;
  esac
}
by_curl() { tail_log; }
by_wget() { tail_log; }
tail_log() { tail -n 5 -- log; }
serve() {
  fetch conf
  as_user "$t" "$pg_bin"/postgres
  have lsof && list
  trap 'ignore rm -f x' EXIT
}
list() { lsof; loop; }
loop() { list; }
both() { if have curl; then by_curl; elif have wget; then by_wget; fi; }
fail() { exit 1; }
idle() { ps; fail NO_SPACE x; }
`),
)

test('tools through calls, wrappers and traps, with what is certain on every path', () => {
  expect(toolsOf(script, 'serve')).toEqual([
    { tool: 'curl', guardedBy: ['curl'], functions: ['fetch'] },
    { tool: 'lsof', guardedBy: ['lsof'], functions: ['list'] },
    { tool: 'postgres', dir: 'pg_bin', guardedBy: [], functions: ['serve'] },
    { tool: 'rm', guardedBy: [], functions: ['serve'] },
    { tool: 'setpriv', guardedBy: ['setpriv'], functions: ['as_user'] },
    { tool: 'wget', guardedBy: ['!curl'], functions: ['fetch'] },
  ])
})

test('different guards on two paths leave what they share', () => {
  expect(toolsOf(script, 'both')).toEqual([{ tool: 'tail', guardedBy: [], functions: ['tail_log'] }])
})

test('functions and failures reached', () => {
  expect(reachableFrom(script, ['serve'])).toEqual(
    'as_user fail fetch have ignore list loop serve'.split(' '),
  )
  expect(failuresOf(script, 'serve')).toEqual(['USAGE'])
  expect(failuresOf(script, 'idle')).toEqual(['NO_SPACE'])
  expect(toolsOf(script, 'unknown')).toEqual([])
})
