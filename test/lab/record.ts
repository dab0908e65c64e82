import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cache } from './cache.js'
import type { Pair } from './cell.js'
import type { NamedCell } from './cells.js'
import { rootFor } from './host.js'

const file = new URL('verified.json', import.meta.url).pathname

/** What a cell was verified with, by group and name: test/lab/verified.json, from which test/README.md has its table. */
export type Verified = Readonly<Record<string, Readonly<Record<string, Versions>>>>

interface Versions {
  /** As the master says it. */
  readonly postgres: string
  /** The agent's Debian. */
  readonly debian: string
}

export function readVerified(): Verified {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {}
}

export async function versionsOf(cell: NamedCell, { master }: Pair): Promise<Versions> {
  const [row] = await master.sql('SHOW server_version')
  const root = cell.agent?.root ?? rootFor(cell.major)
  return {
    postgres: String(row?.server_version).replace(/ .*/, ''),
    debian: readFileSync(join(cache, 'roots', root, 'etc/debian_version'), 'utf8').trim(),
  }
}

/** Notes that a cell has passed; only `npm run test:matrix` does. */
export function record(cell: NamedCell, versions: Versions): void {
  if (!process.env.MATRIX_GROUPS) return
  const known = readVerified()
  const all = { ...known, [cell.group]: { ...known[cell.group], [cell.name]: versions } }
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`)
}
