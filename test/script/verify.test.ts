import { expect, test } from 'vitest'
import { verifySyntax } from '../../generator/script/syntax.js'
import { verifyScript } from '../../generator/script/verify.js'

const options = { failureIds: ['USAGE'], tools: ['fail'], exceptions: [] }

test('a sound script passes both judges', async () => {
  const text =
    '#!/bin/sh\nset -eu\nfail() { exit 64; }\nmain() { [ "$#" -eq 0 ] || fail USAGE "x"; }\nmain "$@"\n'
  expect(verifyScript(text, options)).toEqual([])
  expect(await verifySyntax(text)).toEqual([])
})

test('findings come in the order of the lines, with words and a hint', () => {
  expect(verifyScript('ls $b\neval x\nfail NOPE\n', options)).toEqual([
    { code: 'E_SHELL_UNQUOTED', line: 1, column: 4, message: expect.any(String), hint: 'write "$b"' },
    { code: 'E_SHELL_EVAL', line: 2, column: 1, message: expect.any(String), hint: expect.any(String) },
    { code: 'E_SHELL_FAIL_ID', line: 3, column: 6, message: expect.any(String), hint: expect.any(String) },
  ])
})

test('faults of the syntax come alone, from both judges, with their line', async () => {
  const text = ':\n:\nif x; fi\nls $x\n'
  const found = verifyScript(text, options)
  expect(new Set(found.map(({ code }) => code))).toEqual(new Set(['E_SHELL_SYNTAX']))
  expect(found[0]?.line).toBe(3)
  expect(await verifySyntax(text)).toEqual([
    { code: 'E_SHELL_SYNTAX', line: 3, message: expect.stringContaining('sh -n') },
  ])
})
