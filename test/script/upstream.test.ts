import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'upstream-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)
writeFileSync(join(folder, 'upstream.conf'), '[run_rep]\nhost=pg2\nport=5433\n')

const lists: readonly [what: string, hosts: string, says: string][] = [
  ['the host that was followed last stays', 'pg1,pg2:5433', 'chain'],
  ['one that is not in the list any more is left', 'pg1', 'pg1 5432\nwrite\nchain'],
]

// While no master answers. Whoever follows this replica asks for its chain in any case.
describe.each(shells)('in $name', (shell) => {
  test.for(lists)('%s', async ([, hosts, says], context) => {
    requireCapability(shell.available, shell.name, context)
    const { stdout, stderr } = await runShell(
      shell,
      `. ${library}
begin_main
replica=${folder} master_known=no POSTGRES_PORT=5432 POSTGRES_MASTER=$1
locate_master() { printf '%s %s\\n' "$1" "$2"; }
write_upstream() { echo write; }
settle_chain() { echo chain; }
settle_upstream`,
      [hosts],
    )
    expect(stdout.trim(), stderr).toBe(says)
  })
})
