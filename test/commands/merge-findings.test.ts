import { expect, test } from 'vitest'
import { mergeFindings } from '../../generator/commands/merge-findings.js'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'

const finding = (message: string): Diagnostic => ({ code: 'W_TASK_DISK', message })
const of = (config: string, env: string | undefined, ...messages: string[]) =>
  [{ config, env }, messages.map(finding)] as const

test('what all environments have in common is told once, what some have says in which', () => {
  const all = [of('a.ts', 'x', 'base', 'one'), of('a.ts', 'y', 'base', 'two'), of('a.ts', 'z', 'base', 'two')]
  expect(mergeFindings(all).map(({ message }) => message)).toEqual(['base', 'one (in x)', 'two (in y and z)'])
})

test('a model without environments says none, and two configurations have nothing in common', () => {
  const all = [of('a.ts', undefined, 'same'), of('b.ts', undefined, 'same')]
  expect(mergeFindings(all).map(({ message }) => message)).toEqual(['same', 'same'])
})
