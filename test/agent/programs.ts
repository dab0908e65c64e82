import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'
import type { Space } from '../pair/harness/space.js'

/** The two programs that Mesos starts beside a task, each as one file that Node runs. */
export interface Programs {
  readonly executor: string
  readonly fetcher: string
}

/** Bundles them into the space: they are processes of their own, and know nothing of the tests. */
export async function buildPrograms(space: Space): Promise<Programs> {
  const bundle = async (name: string) => {
    const file = join(space.dir, `${name}.mjs`)
    await build({
      input: fileURLToPath(new URL(`${name}.ts`, import.meta.url)),
      platform: 'node',
      resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
      output: { file, format: 'esm' },
      logLevel: 'warn',
    })
    return file
  }
  return { executor: await bundle('executor'), fetcher: await bundle('fetcher') }
}
