import { expect, test } from 'vitest'
import { verifySyntax } from '../../generator/script/syntax.js'

test('sh -n takes a long text, and a fault in its first line ends it early', async () => {
  const long = ': a line of a long script\n'.repeat(20_000)
  expect(await verifySyntax(long)).toEqual([])
  expect(await verifySyntax(`)\n${long}`)).toMatchObject([{ code: 'E_SHELL_SYNTAX', line: 1 }])
})

test('without sh the syntax is said to be not checked', async () => {
  expect(await verifySyntax(':', '/nonexistent/sh')).toMatchObject([{ code: 'W_NOT_RUN' }])
})
