import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

// What the watcher makes of two looks in a row.
const folder = mkdtempSync(join(tmpdir(), 'follow-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)
writeFileSync(join(folder, 'left'), 'pg2\t5432\t\n')

const begin = `. ${library}
begin_main
decide() { echo "decided: $1"; }
log() { :; }
master_host=pg1 master_port=5432 master_address='' doubt_said='' doubt_stood='' replica=${folder}
`

const cases: readonly [what: string, script: string, says: string][] = [
  [
    'a divergence is the same while this replica goes on',
    `divergence='the data has WAL of timeline 1 beyond 0/5; only this replica has the WAL from 0/5 to 0/6 (1 bytes)'
believe_divergence
divergence='the data has WAL of timeline 1 beyond 0/5; only this replica has the WAL from 0/5 to 0/9 (4 bytes)'
believe_divergence`,
    'decided: diverged',
  ],
  [
    'and so is one from a master that goes on, too',
    `divergence='the data is at 0/7, but pg1 is only at 0/5 on the same timeline; only this replica has it'
believe_divergence
divergence='the data is at 0/8, but pg1 is only at 0/6 on the same timeline; only this replica has it'
believe_divergence`,
    'decided: diverged',
  ],
  [
    'that of another host is another one',
    `divergence='the data has WAL of timeline 1 beyond 0/5'
believe_divergence
master_host=pg2
believe_divergence`,
    '',
  ],
  [
    'a server on an older timeline from which nothing comes is left at the second look',
    `end_receiver() { echo left; }
master_name=pg1 master_timeline=2 look_timeline=1 look_receiver=77 look_replayed=0/5
leave_former_server
leave_former_server`,
    'left',
  ],
  [
    'one from which something came is not',
    `end_receiver() { echo left; }
master_name=pg1 master_timeline=2 look_timeline=1 look_receiver=77 look_replayed=0/5
leave_former_server
look_replayed=0/6
leave_former_server`,
    '',
  ],
  [
    'of who follows a standby, a host that was followed before is left, and no other one',
    `pinned_system=7 own_mark=own upstream_host=pg3 upstream_port=5432 upstream_address=''
read_place() { master_host=$1 master_system=7 host_fault='' master_mark=other master_read_only=off master_timeline=2; }
for host in pg2 pg3 pg4; do
  if is_left "$host" 2 on; then echo "$host"; fi
done`,
    'pg2',
  ],
  [
    'a process that is gone is nobody to tell',
    `grep() { printf '%s\\n' /proc/999999999/stat; }
found=$newline$(children_of 1)$newline
echo there`,
    'there',
  ],
]

describe.each(shells)('in $name', (shell) => {
  test.for(cases)('%s', async ([, script, says], context) => {
    requireCapability(shell.available, shell.name, context)
    const { stdout, stderr } = await runShell(shell, begin + script)
    expect(stdout.trim(), stderr).toBe(says)
  })
})
