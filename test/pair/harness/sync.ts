import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mesosPath } from './agent.js'
import type { Space } from './space.js'

/** A PATH on which sync is a program of the test's own. */
export function withSync(space: Space, text: string): { readonly PATH: string } {
  const home = mkdtempSync(join(space.dir, 'sync-'))
  writeFileSync(join(home, 'sync'), `#!/bin/sh\n${text}\n`)
  chmodSync(home, 0o755)
  chmodSync(join(home, 'sync'), 0o755)
  return { PATH: `${home}:${mesosPath}` }
}
