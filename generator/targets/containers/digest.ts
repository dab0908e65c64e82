import { createHash } from 'node:crypto'
import type { Files } from '../target.js'
import { mountedName } from './environment.js'

/** A digest of what is mounted: where it changes, the container is to be made anew. */
export function digestOf(files: Files, names: readonly string[]): string {
  const hash = createHash('sha256')
  for (const name of names) hash.update(`${mountedName(name)}\n${files[name] ?? ''}\n`)
  // podman takes an annotation of up to 63.
  return hash.digest('hex').slice(0, 32)
}
