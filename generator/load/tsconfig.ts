import { dirname, resolve } from 'node:path'
import type { ts as TypeScript } from 'ts-morph'

/** How a project finds modules by names of its own. */
export type OwnPaths = Pick<TypeScript.CompilerOptions, 'paths' | 'baseUrl'>

/** The tsconfig.json nearest above a folder, which editors take as well. */
export function findTsconfig(ts: typeof TypeScript, folder: string): string | undefined {
  return ts.findConfigFile(folder, ts.sys.fileExists)
}

/**
 * `paths` and `baseUrl` of a tsconfig.json; nothing else of it counts. The paths are absolute, since `extends` may bring
 * them from elsewhere.
 */
export function readPaths(ts: typeof TypeScript, file: string): OwnPaths {
  const config: unknown = ts.readConfigFile(file, ts.sys.readFile).config
  if (config === undefined) return {}
  // Which files it names is nothing to us, and would take time to find out.
  const host = { ...ts.sys, readDirectory: () => [] }
  const { options } = ts.parseJsonConfigFileContent(config, host, dirname(file), undefined, file)
  const { paths = {}, baseUrl, pathsBasePath } = options
  const base = baseUrl ?? (typeof pathsBasePath === 'string' ? pathsBasePath : dirname(file))
  const absolute = Object.entries(paths).map(([name, places]) => [
    name,
    places.map((place) => resolve(base, place)),
  ])
  return { paths: Object.fromEntries(absolute), ...(baseUrl !== undefined && { baseUrl }) }
}
