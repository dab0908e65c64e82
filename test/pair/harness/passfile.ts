import { chmodSync, chownSync, writeFileSync } from 'node:fs'
import type { Identity } from './identity.js'
import { isRoot } from './identity.js'

/** Holds what a passfile must escape (libpq, "The Password File"): a colon and a backslash; and what shells eat. */
export const replicatorPassword = 's3cret:\\\'$(id)`" x'

export interface PassEntry {
  readonly host?: string
  readonly port?: number
  readonly user?: string
  readonly password?: string
}

/** Writes a passfile, mode 0600 and owned by `owner`, as libpq demands. */
export function writePassfile(path: string, owner: Identity, entries: readonly PassEntry[] = [{}]): string {
  const lines = entries.map(({ host, port, user, password }) =>
    [host ?? '*', port ?? '*', '*', user ?? 'replicator', password ?? replicatorPassword]
      .map((field) => String(field).replace(/[\\:]/g, '\\$&'))
      .join(':'),
  )
  writeFileSync(path, `${lines.join('\n')}\n`)
  chmodSync(path, 0o600)
  if (isRoot) chownSync(path, owner.uid, owner.gid)
  return path
}
