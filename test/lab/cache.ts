import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where test/lab/build.sh puts what it makes. */
export const cache =
  process.env.LAB_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'postgres-rep-marathon/lab')

/** Which of these parts of the lab, such as roots/bookworm, has not been made here; undefined when all are there. */
export function labFault(parts: readonly string[]): string | undefined {
  const lacking = [...new Set(parts)].filter((part) => !existsSync(join(cache, `${part}.made`)))
  return lacking.length === 0 ? undefined : `no ${lacking.join(', no ')} in the lab: npm run lab`
}
