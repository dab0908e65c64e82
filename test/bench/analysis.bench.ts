import { readFileSync } from 'node:fs'
import { bench, describe } from 'vitest'
import { verifyScript } from '../../generator/script/verify.js'
import { judgeWholeScript } from '../../generator/script/whole-script.js'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'

// npm run bench:analysis: the time must grow as the lines do.
const shipped = readFileSync(new URL('../../dist/run_rep.sh', import.meta.url), 'utf8')
const lines = shipped.split('\n').length
const names = [...shipped.matchAll(/^(\w+)\(\) \{$/gm)].map(([, name]) => name ?? '')

/** The shipped script so many times, each with names of its own. */
function repeat(times: number): string {
  const pattern = new RegExp(`\\b(${names.join('|')})\\b`, 'g')
  return Array.from({ length: times }, (_, index) => shipped.replace(pattern, `$1_${index}`)).join('\n')
}

describe('all that is known of a script, and every rule', () => {
  for (const times of [1, 2, 4]) {
    const text = repeat(times)
    bench(`${times * lines} lines`, () => {
      const effects = effectsOf(parseShell(text))
      judgeWholeScript(effects)
      verifyScript(text, { failureIds: [], exceptions: [] })
    })
  }
})
