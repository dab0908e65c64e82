import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where test/lab/build.sh puts what it makes. */
export const cache =
  process.env.LAB_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'postgres-rep-marathon/lab')

/** Why there is no lab here, or undefined. */
export function labFault(): string | undefined {
  return existsSync(join(cache, 'roots/bookworm.made')) ? undefined : 'no lab: npm run lab'
}
