import { expect, test } from 'vitest'
import { verifyScript } from '../../generator/script/verify.js'
import type { ShellException } from '../../generator/shell/exceptions.js'

const text = ':\nsplit_hosts() {\n  set -- $hosts\n  ls $x\n}\nls $x\n'

function judgeWith(...exceptions: ShellException[]): string[] {
  return verifyScript(text, { failureIds: [], exceptions }).map(({ code, line }) => `${code}:${line}`)
}

const reason = 'a test'

test('without exceptions all is found', () => {
  expect(judgeWith()).toEqual(['E_SHELL_UNQUOTED:3', 'E_SHELL_UNQUOTED:4', 'E_SHELL_UNQUOTED:6'])
})

test('an exception for a line', () => {
  expect(judgeWith({ rule: 'E_SHELL_UNQUOTED', where: 'set -- $hosts', reason })).toEqual([
    'E_SHELL_UNQUOTED:4',
    'E_SHELL_UNQUOTED:6',
  ])
})

test('an exception for a function', () => {
  expect(judgeWith({ rule: 'E_SHELL_UNQUOTED', where: 'split_hosts', reason })).toEqual([
    'E_SHELL_UNQUOTED:6',
  ])
})

test('an exception that nothing needs, or of another rule, is a finding', () => {
  expect(judgeWith({ rule: 'E_SHELL_EVAL', where: 'split_hosts', reason })).toEqual([
    'E_SHELL_EXCEPTION:1',
    'E_SHELL_UNQUOTED:3',
    'E_SHELL_UNQUOTED:4',
    'E_SHELL_UNQUOTED:6',
  ])
})
