import { createRequire } from 'node:module'

/** The version of this package, of its own package.json. */
export function ownVersion(): string {
  // As far from the top in generator/commands, build/commands and build/bin.
  return String(createRequire(import.meta.url)('../../package.json').version)
}
