import { chmodSync, copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Mount } from './mounts.js'
import type { Space } from './space.js'
import { waitFor } from './wait.js'

/** A tool of PostgreSQL that fails, or waits, as long as a test says so. */
export interface FakeTool {
  /** What puts it over the real one. */
  readonly mounts: readonly Mount[]
  fail(): void
  /** From now on a call does not come back; done when the first one is there. */
  hold(): Promise<void>
  /** It does its work again. */
  relent(): void
}

/** Makes one of the file at `path`, which calls a copy of it. */
export function makeFakeTool(space: Space, path: string): FakeTool {
  const home = mkdtempSync(join(space.dir, 'tool-'))
  chmodSync(home, 0o777)
  const real = join(home, basename(path))
  copyFileSync(path, real)
  const fake = join(home, 'fake')
  const broken = join(home, 'broken')
  const held = join(home, 'held')
  const called = join(home, 'called')
  const text = `#!/bin/sh
[ ! -e ${broken} ] || { echo 'no such tool' >&2; exit 1; }
while [ -e ${held} ]; do : >${called}; sleep 0.1; done
exec ${real} "$@"
`
  writeFileSync(fake, text)
  chmodSync(fake, 0o755)
  return {
    mounts: [{ from: fake, over: path }],
    fail: () => writeFileSync(broken, ''),
    hold: async () => {
      writeFileSync(held, '')
      await waitFor(`a call of ${path}`, () => existsSync(called))
    },
    relent: () => {
      for (const file of [broken, held]) rmSync(file, { force: true })
    },
  }
}
