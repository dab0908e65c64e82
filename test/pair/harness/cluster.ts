import { existsSync, mkdtempSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { inject } from 'vitest'
import { chownTo, serverUser } from './identity.js'

/**
 * Copies a cluster of that kind; the first who asks for it in a test run lets it be made. initdb takes about a
 * second of CPU time, and the copies differ in nothing that most tests look at: they are the same system.
 */
export async function copyCluster(
  kind: string,
  make: (dir: string) => PromiseLike<unknown>,
  dir: string,
): Promise<void> {
  const kept = join(inject('clusters'), kind)
  if (!existsSync(kept)) {
    // Two test files may do so at once: the name appears with the whole, and the first one stays.
    const own = mkdtempSync(`${kept}-`)
    chownTo(own, serverUser())
    await make(join(own, 'data'))
    try {
      renameSync(join(own, 'data'), kept)
    } catch (error) {
      if (!existsSync(kept)) throw error
    }
  }
  await execa('cp', ['-a', kept, dir])
}
