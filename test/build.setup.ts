import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Compiles the sources once before the tests, if they are newer than `build`: the command line is run from there. */
export async function setup(): Promise<void> {
  if (findNewest('generator') < findNewest('build', 'bin/cli.js')) return
  await execa('npm', ['run', '-s', 'build'], { cwd: root, stdin: 'ignore' })
}

function findNewest(folder: string, only?: string): number {
  try {
    const names =
      only === undefined ? readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }) : [only]
    return Math.max(...names.map((name) => statSync(join(root, folder, name)).mtimeMs))
  } catch {
    return 0
  }
}
