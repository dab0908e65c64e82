import { expect, test } from 'vitest'
import { judgeNeeds, listNeeds } from '../../generator/prove/needs.js'
import { parseShell } from '../../generator/shell/parse.js'

test('preflight looks for the tools of a run, and for no others', () => {
  const needs = listNeeds(parseShell('need_tools() {\n  need sh\n  need curl\n  need tar\n}\n'))
  const judge = (tools: readonly string[]) =>
    judgeNeeds(needs, tools).map(({ code, line }) => `${code} ${line}`)
  expect(judge(['curl', 'tar'])).toEqual([])
  expect(judge(['curl', 'jq'])).toEqual(['E_SHELL_NEED 2', 'E_SHELL_NEED 4'])
  expect(judgeNeeds(new Map(), ['jq']).map(({ line }) => line)).toEqual([1, 1])
})
