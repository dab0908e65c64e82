import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'sync-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)

/** What lies in a clone: the last characters of all kinds of names, and one that no encoding reads. */
const names = [
  ...Array.from({ length: 40 }, (_, number) => `base/${16_380 + number}`),
  'base/1259_fsm',
  'base/1259_vm',
  'pg_wal/00000001000000000000002A',
  'postgresql.conf',
  'two words',
  'line\nbreak 7',
  'sup²',
].map((name) => join('data', name))

// sync(1) of a disk that cannot write the files whose name ends as $BAD says.
const tool = `#!/bin/sh
for file; do
  printf '%s\\0' "$file" >>"$LOG"
  case $file in
    *$BAD) echo "sync: error syncing '$file': $WORDS" >&2; bad=1 ;;
  esac
done
exit "\${bad:-0}"
`

describe.each(['few', 'many'])('a clone of %s files', (size) => {
  const home = join(folder, size)
  const clone = join(home, 'clone')
  beforeAll(() => {
    for (const name of ['base', 'pg_wal']) mkdirSync(join(clone, 'data', name), { recursive: true })
    for (const name of names) writeFileSync(join(clone, name), '')
    writeFileSync(join(clone, 'data/backup_manifest'), 'x'.repeat(size === 'many' ? 1_100_000 : 1000))
    mkdirSync(join(home, 'bin'))
    writeFileSync(join(home, 'bin/sync'), tool)
    chmodSync(join(home, 'bin/sync'), 0o755)
  })

  describe.each(shells)('in $name', (shell) => {
    const sync = async (context: Parameters<typeof requireCapability>[2], bad: string, words: string) => {
      requireCapability(shell.available, shell.name, context)
      const log = join(home, 'log')
      writeFileSync(log, '')
      const { stdout } = await runShell(
        shell,
        `. ${library}
PATH=${home}/bin:$PATH; export LOG=${log} BAD='${bad}' WORDS='${words}'
exec 9</dev/null
work=${home} store=${home} wal_disk=${home} child='' launching=no signals=0 wakes=0 called=no serving=no stopper='' unwatched=no
if sync_files ${clone}; then echo yes; else echo no; fi`,
        [],
      )
      const synced = readFileSync(log, 'utf8')
        .split('\0')
        .filter((name) => name.includes('/data/'))
      return {
        all: stdout.trim(),
        synced: synced.map((name) => name.slice(name.lastIndexOf('data/'))).sort(),
      }
    }

    test('each of them is asked once', async (context) => {
      const { all, synced } = await sync(context, '/none', '')
      expect(synced).toEqual([...names, 'data/backup_manifest'].sort())
      expect(all).toBe('yes')
    })

    test.for(['16399', '_vm', 'break 7', '.conf', '16384'])(
      'one that ends with %s and was lost is seen',
      async (bad, context) => {
        expect((await sync(context, bad, 'Input/output error')).all).toBe('no')
      },
    )

    test('one that is gone meanwhile is none that was lost', async (context) => {
      expect((await sync(context, '16399', 'No such file or directory')).all).toBe('yes')
    })
  })
})
