import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** What npm makes of the repository as it was built last. */
export interface Tarball {
  readonly file: string
  /** The files in it, sorted. */
  readonly names: readonly string[]
  /** What they take, unpacked, in bytes. */
  readonly size: number
}

/** Packs into the folder what would be published; the build is there already (test/build.setup.ts). */
export async function pack(folder: string): Promise<Tarball> {
  const options = ['--ignore-scripts', '--json', '--pack-destination', folder]
  const { stdout } = await run(folder, ['npm', 'pack', ...options, repository])
  const [packed]: Packed[] = JSON.parse(stdout)
  if (packed === undefined) throw new Error(`npm pack said ${stdout}`)
  const { filename, files, unpackedSize } = packed
  return { file: join(folder, filename), names: files.map(({ path }) => path).sort(), size: unpackedSize }
}

/** What `npm pack --json` says of a package. */
interface Packed {
  readonly filename: string
  readonly unpackedSize: number
  readonly files: readonly { readonly path: string }[]
}

/** What package-lock.json says of a package, by its path. */
interface Locked {
  readonly dev?: true
  readonly devOptional?: true
  readonly optional?: true
  readonly bin?: Readonly<Record<string, string>>
}

/**
 * Has npm install the tarball in an empty folder. The network is not used: whatever package-lock.json has for users,
 * and nothing that is for developers only, lies in its node_modules already, copied from ours, and npm finds it there.
 */
export async function install({ file }: Tarball, folder: string): Promise<void> {
  const lock = await readFile(join(repository, 'package-lock.json'), 'utf8')
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(lock)
  const commands = join(folder, 'node_modules/.bin')
  await mkdir(commands, { recursive: true })
  for (const [path, { dev, devOptional, optional, bin = {} }] of Object.entries(packages)) {
    if (path === '' || dev || devOptional || optional) continue
    await cp(join(repository, path), join(folder, path), { recursive: true })
    // npm fetches a package anew whose commands are not linked.
    for (const [name, target] of Object.entries(bin)) {
      await symlink(relative(commands, join(folder, path, target)), join(commands, name))
    }
  }
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  await run(folder, ['npm', 'install', '--offline', '--no-save', file])
}

/** Runs a command as a user would there: with nothing of an npm that runs the tests, and a cache of its own. */
export function run(cwd: string, [command, ...args]: readonly [string, ...string[]]) {
  const own = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))
  const env = { ...Object.fromEntries(own), npm_config_cache: join(cwd, '.npm'), npm_config_audit: 'false' }
  return execa(command, args, { cwd, env, extendEnv: false, stdin: 'ignore' })
}
