import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'children-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)

const begin = `. ${library}
begin_main
`

const cases: readonly [what: string, script: string, says: string][] = [
  ['a program that is not there ends with 127', 'launch /nonexistent/program; await; echo "$status"', '127'],
  [
    'a program whose library is missing ends with 127, like one of the loader',
    'launch sh -c \'exit 127\'; await; echo "$status"',
    '127',
  ],
  ['what a child says is its status', 'launch sh -c \'exit 3\'; await; echo "$status"', '3'],
  [
    'a child that somebody kills has not used up its time',
    'bounded 60 sh -c \'kill -s KILL "$$"\'; echo "$status"; tell_kill psql 2>&1',
    '137\npsql ended: it was killed by signal 9, by a person, or by the kernel for want of memory',
  ],
  ['a child that uses up its time has 124', 'bounded 1 sleep 60; echo "$status"; tell_kill psql 2>&1', '124'],
]

describe.each(shells)('in $name', (shell) => {
  test.for(cases)('%s', async ([, script, says], context) => {
    requireCapability(shell.available, shell.name, context)
    const { stdout, stderr } = await runShell(shell, begin + script)
    expect(stdout.trim(), stderr).toBe(says)
  })
})
