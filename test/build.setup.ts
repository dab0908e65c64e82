import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where clusters lie that were made once and are copied (pair/harness/cluster.ts). */
    readonly clusters: string
  }
}

const root = fileURLToPath(new URL('..', import.meta.url))

/** What is made once for all test files; gives the way to remove it. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  await build()
  const clusters = mkdtempSync(join(tmpdir(), 'pgrep-clusters-'))
  chmodSync(clusters, 0o755)
  provide('clusters', clusters)
  return () => rmSync(clusters, { recursive: true, force: true })
}

// If the sources are newer than `build`, or it holds more than they give: the command line is run from there, with the
// templates in it, and is packed.
async function build(): Promise<void> {
  const sources = [findNewest('generator'), findNewest('templates'), findNewest('.', '.rolldown.config.mjs')]
  if (Math.max(...sources) < findNewest('build', 'bin/cli.js') && !hasLeftovers()) return
  rmSync(join(root, 'build'), { recursive: true, force: true })
  await execa('npm', ['run', '-s', 'build'], { cwd: root, stdin: 'ignore' })
}

function hasLeftovers(): boolean {
  const names = readdirSync(join(root, 'build'), { recursive: true, encoding: 'utf8' })
  const modules = names.filter((name) => name.endsWith('.js') && !name.startsWith('bin/'))
  return modules.some((name) => !existsSync(join(root, 'generator', name.replace(/\.js$/, '.ts'))))
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
