import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'wal-gone-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)
const client = join(folder, 'pg_receivewal')
writeFileSync(client, '#!/bin/sh\nprintf "%s\\n" "$@" >"$WORDS.args"\ncat -- "$WORDS" >&2\nexit 1\n')
chmodSync(client, 0o755)
const segment = '000000010000000000000004'

/** What pg_receivewal 15.18 says on standard error, by a server that was brought into each case, and whether WAL is gone. */
const answers: readonly [what: string, words: string, gone: boolean][] = [
  [
    'the server has removed it',
    `pg_receivewal: error: unexpected termination of replication stream: ERROR:  requested WAL segment ${segment} has already been removed
pg_receivewal: error: disconnected`,
    true,
  ],
  [
    'the server shuts down meanwhile',
    `pg_receivewal: not renaming "${segment}.partial", segment is not complete
pg_receivewal: error: replication stream was terminated before stop point
pg_receivewal: error: disconnected`,
    false,
  ],
  [
    'nobody answers',
    `pg_receivewal: error: connection to server on socket "/srv/.s.PGSQL.5433" failed: No such file or directory
\tIs the server running locally and accepting connections on that socket?`,
    false,
  ],
]

describe.each(shells)('in $name', (shell) => {
  test.for(answers)('%s', async ([, words, gone], context) => {
    requireCapability(shell.available, shell.name, context)
    const file = join(folder, 'words.txt')
    writeFileSync(file, `${words}\n`)
    const { stdout, stderr } = await runShell(
      shell,
      `. ${library}
begin_main
work=${folder} client_bin=${folder} client_major=15 master_name=pg1 master_conninfo='' control=''
bounded() { shift; status=0; WORDS=${file} "$@" || status=$?; }
in_archive() { return 1; }
if is_wal_gone ${segment}; then echo gone; else echo there; fi`,
      [],
    )
    expect(stdout.trim(), stderr).toBe(gone ? 'gone' : 'there')
    // Of a segment that is there no more is asked for than its first bytes.
    expect(readFileSync(`${file}.args`, 'utf8')).toContain('--endpos=00000000/4000000\n')
  })

  test('a segment begins where its name says, whatever its size', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const { stdout } = await runShell(
      shell,
      `. ${library}
begin_main
for size in 1048576 16777216 1073741824; do
  control="Bytes per WAL segment:                $size"
  start_of_segment 0000000A000000FF00000003
done
control="Bytes per WAL segment: 1048576"
start_of_segment 0000000A000000FF00000FFF`,
    )
    expect(stdout).toBe('000000FF/300000\n000000FF/3000000\n000000FF/C0000000\n000000FF/FFF00000\n')
  })
})
