import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { verifyScript } from '../../generator/script/verify.js'
import { judgeWholeScript } from '../../generator/script/whole-script.js'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'
import { toolsOf } from '../../generator/shell/tools.js'

// Programs, and what packages run when they are installed and removed.
const folders = [
  '/usr/bin',
  '/usr/sbin',
  '/etc/init.d',
  '/var/lib/dpkg/info',
  '/usr/lib/init',
  '/etc/cron.daily',
]

test('real scripts of this system are understood: no fault, no throw', () => {
  const scripts = folders.flatMap(filesIn).flatMap((file) => {
    const bytes = readFileSync(file)
    return /^#! ?\/bin\/(sh|dash)\b/.test(bytes.toString('latin1', 0, 12))
      ? [{ file, text: bytes.toString() }]
      : []
  })
  expect(scripts.length).toBeGreaterThan(0)
  const refused: string[] = []
  for (const { file, text } of scripts) {
    const shell = parseShell(text)
    if (shell.errors.length > 0) refused.push(file)
    const effects = effectsOf(shell)
    toolsOf(effects, '')
    judgeWholeScript(effects)
    verifyScript(text, { failureIds: [], exceptions: [] })
  }
  expect(refused).toEqual([])
}, 120_000)

function filesIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return []
  return readdirSync(folder)
    .map((name) => join(folder, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
}
