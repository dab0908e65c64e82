import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Diagnostic, Place } from '../../generator/diagnostics/diagnostic.js'
import { type Loaded, type LoadOptions, loadModel } from '../../generator/load/load.js'

/** A stand-in for the API: typed like it where it matters here, with functions that copy and that do not. */
const stubTypes = `
export interface Rule { database: string; user: string; from: string }
export interface Model {
  app?: { id?: string; cpus?: number; killGrace?: number }
  access?: Rule[]
  env?: Record<string, object>
  master?: { hosts?: string[]; port?: number }
}
export declare function defineReplica(model: Model): Model
export declare const allow: { host(rule: Rule): Rule; every(network: string): Rule }
export declare const variable: { port(options?: { default?: number; doc?: string }): object }
`

const stubModule = `
export const defineReplica = (model) => model
export const allow = {
  host: (rule) => Object.freeze({ kind: 'host', ...rule }),
  every: (from) => {
    if (!from.includes('/')) throw new TypeError(from + ' is no network')
    return { kind: 'host', database: 'all', user: 'all', from }
  },
}
export const variable = { port: (options = {}) => ({ type: 'port', ...options }) }
`

export interface TestProject {
  readonly dir: string
  readonly load: (file: string, options?: LoadOptions) => Promise<Loaded>
}

/** Runs a test in a folder of its own with these files; the stand-in's types lie in a folder beside it. */
export async function inProject<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  test: (project: TestProject) => Promise<T>,
): Promise<T> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'load-')))
  const dir = join(root, 'project')
  const api = { module: join(root, 'api/index.mjs'), types: join(root, 'api/index.d.mts') }
  try {
    await writeTree(root, { 'api/index.d.mts': stubTypes, 'api/index.mjs': stubModule })
    await mkdir(dir)
    await writeTree(dir, files)
    return await test({ dir, load: (file, options) => loadModel(join(dir, file), { api, ...options }) })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

export async function writeTree(
  dir: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, name), content)
  }
}

/** The usual head of a configuration: one line, so that a model begins in line 2. */
export const head = `import { allow, defineReplica, variable } from 'postgres-rep-marathon'\n`

/** A place as `file:line:column`, with the file relative to the project. */
export function show(place: Place | undefined, dir: string): string | undefined {
  return place && `${place.file.replace(`${dir}/`, '')}:${place.line}:${place.column}`
}

/** The findings as `code file:line:column`. */
export function list(diagnostics: readonly Diagnostic[], dir: string): string[] {
  return diagnostics.map(({ code, place }) => [code, show(place, dir)].filter(Boolean).join(' '))
}
