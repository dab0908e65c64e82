import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'megabytes-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)

const sizes = [
  0, 1, 2, 95, 953, 999, 1000, 1001, 2047, 2048, 954_000, 1_000_000, 8_388_608, 123_456_789, 999_999_999,
]

// Some shells count to 2^31 only, which 2,048 MB are.
describe.each(shells)('in $name', (shell) => {
  test('MB are told in bytes, whatever the shell counts to', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const { stdout } = await runShell(
      shell,
      `. ${library}
sample_labels='' prometheus='' newline='
'
for mb in ${sizes.join(' ')} '' 12a; do add_megabytes size help "$mb"; done
printf '%s' "$prometheus"`,
      [],
    )
    const samples = stdout.split('\n').filter((line) => line.startsWith('run_rep_size{'))
    expect(samples).toEqual(sizes.map((mb) => `run_rep_size{} ${BigInt(mb) * 1_048_576n}`))
  })
})
