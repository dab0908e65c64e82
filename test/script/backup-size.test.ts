import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

// A client before 15 tells the size of a base backup by the first line of its progress only. Such clients are in no
// package here, so a stand-in says what they say, and goes on without end as they do with a large master.
const folder = mkdtempSync(join(tmpdir(), 'backup-size-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)

const clients: readonly [major: string, words: string][] = [
  // pg_basebackup.c of 10 and 11, progress_report: a carriage return ends the line, and no line feed before the end.
  [
    '10',
    'waiting for checkpoint\\r\\n        0/2345678 kB (0%%), 0/1 tablespace\\r     1024/2345678 kB (1%%), 0/1 tablespace\\r',
  ],
  [
    '14',
    'waiting for checkpoint\\n        0/2345678 kB (0%%), 0/1 tablespace\\n     1024/2345678 kB (1%%), 0/1 tablespace\\n',
  ],
]

describe.each(shells)('in $name', (shell) => {
  test.for(clients)('pg_basebackup %s tells the size, and is ended', async ([major, words], context) => {
    requireCapability(shell.available, shell.name, context)
    const work = join(folder, `${shell.name}-${major}`)
    mkdirSync(work)
    const client = join(work, 'pg_basebackup')
    writeFileSync(client, `#!/bin/sh\necho "$$" >${work}/pid\nprintf '${words}' >&2\nexec sleep 1000\n`)
    chmodSync(client, 0o755)
    const { stdout, stderr } = await runShell(
      shell,
      `. ${library}
begin_main
work=${work} basebackup_bin=${work} client_major=${major} clone_checkpoint=fast master_conninfo='' checkpoint_limit=0
prepare_meanwhile() { :; }
measure_master || echo 'no size'
echo "$backup_mb"
read -r pid <"$work/pid"
if kill -0 "$pid" 2>/dev/null; then echo 'still there'; kill "$pid"; fi`,
    )
    expect(stderr).toBe('')
    expect(stdout.trim()).toBe(String(Math.floor(2345678 / 1024)))
  })
})
