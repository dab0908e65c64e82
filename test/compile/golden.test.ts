import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { build } from '../../generator/commands/build.js'

// The embedded model's golden files are those that are published: dist/ and marathon.json.
const models = [
  { name: 'embedded', config: undefined, out: 'dist', app: 'marathon.json' },
  { name: 'rich', config: 'test/golden/rich/replica.config.ts', out: 'test/golden/rich/dist' },
  { name: 'json', config: 'test/golden/json/replica.config.json', out: 'test/golden/json/dist' },
]
const isUpdate = process.env.UPDATE_GOLDEN === '1'

// Whole files, read as diffs: UPDATE_GOLDEN=1 writes them anew.
describe.each(models)('the files of the $name model', ({ config, out, app = join(out, 'marathon.json') }) => {
  test('are those under test/golden', async () => {
    const { files, diagnostics } = await build(config)
    expect(diagnostics.filter(({ code }) => code.startsWith('E_'))).toEqual([])
    const placeOf = (name: string) => (name === 'marathon.json' ? app : join(out, name))
    if (isUpdate) {
      if (config !== undefined) rmSync(out, { recursive: true, force: true })
      mkdirSync(out, { recursive: true })
      for (const [name, text] of Object.entries(files)) writeFileSync(placeOf(name), text)
    }
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(placeOf(name), 'utf8'), placeOf(name)).toBe(text)
    }
    const names = Object.keys(files).map((name) => placeOf(name))
    expect(readdirSync(out).filter((name) => !names.includes(join(out, name)))).toEqual([])
  })
})
