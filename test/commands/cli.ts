import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

export interface Outcome {
  readonly code: number | undefined
  readonly out: string
  readonly err: string
}

export interface Folder {
  readonly dir: string
  /** Runs the compiled command line in the folder. */
  readonly run: (args: readonly string[], options?: RunOptions) => Promise<Outcome>
  readonly read: (name: string) => Promise<string>
  readonly write: (name: string, text: string) => Promise<void>
  /** All files below the folder, sorted, without node_modules. */
  readonly list: () => Promise<string[]>
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly umask?: string
}

/** The usual head of a configuration: one line, so that a model begins in line 2. */
export const head = `import { allow, defineReplica, variable } from 'postgres-rep-marathon'\n`

/** Runs a test in a folder of its own, in which this package is a dependency as `npm link` makes it. */
export async function inFolder<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  test: (folder: Folder) => Promise<T>,
): Promise<T> {
  const dir = await realpath(await mkdtemp(join(tmpdir(), 'cli-')))
  const write = async (name: string, text: string | Uint8Array) => {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), text)
  }
  const list = async () => {
    const entries = await readdir(dir, { recursive: true, withFileTypes: true })
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
      .filter((name) => !name.startsWith('node_modules/'))
      .sort()
  }
  try {
    await mkdir(join(dir, 'node_modules'))
    await symlink(repository, join(dir, 'node_modules', 'postgres-rep-marathon'))
    for (const [name, text] of Object.entries(files)) await write(name, text)
    return await test({
      dir,
      run: (args, options) => runCli(dir, args, options),
      read: (name) => readFile(join(dir, name), 'utf8'),
      write,
      list,
    })
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function runCli(cwd: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const cli = join(repository, 'build', 'bin', 'cli.js')
  const command = ['umask "$0"; exec "$@"', options.umask ?? '022', process.execPath, cli, ...args]
  const { exitCode, stdout, stderr } = await execa('sh', ['-c', ...command], {
    cwd,
    env: { ...options.env },
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
  })
  return { code: exitCode, out: stdout, err: stderr }
}

/** Does the text hold a stack trace of Node's, or the words of an uncaught error? */
export function hasTrace({ out, err }: Outcome): boolean {
  return /^\s+at .+[:(]|node:internal|Node\.js v\d|file:\/\//m.test(out + err)
}
