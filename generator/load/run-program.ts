import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import { createModule, type Module, type Namespace, runInOrder } from './module-record.js'
import type { Program } from './program.js'
import { STAMP } from './stamp.js'

export interface Surroundings {
  /** What the given specifier means. */
  readonly given: object
  readonly stamp: (id: number, parts: readonly unknown[]) => object
  /** Called before each file of the user's is run. */
  readonly announce: (file: string) => void
}

/** Node could not load what a file of the user's imports. */
export class ImportError extends Error {
  override readonly name = 'ImportError'
  constructor(
    readonly file: string,
    readonly specifier: string,
    cause: unknown,
  ) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

/**
 * Runs a checked program as an ES module: files one after the other, each after those that it imports, with `await` at
 * their top. The user's own files come from memory. All else Node imports as if the file itself asked.
 */
export async function runProgram(program: Program, around: Surroundings): Promise<Namespace> {
  const modules = new Map<string, Module>()

  const keep = (key: string, create: () => Module): Module => {
    const module = modules.get(key) ?? create()
    modules.set(key, module)
    return module
  }
  const find = (specifier: string, from: string): Module => {
    if (specifier === program.given.specifier) return keep(specifier, () => createModule.known(around.given))
    const file = findFile(program, specifier, from)
    if (file === undefined) {
      return keep(`${specifier}\n${from}`, () => createModule.later(() => importByNode(specifier, from)))
    }
    const json = program.json.get(file)
    if (json !== undefined) return keep(file, () => createModule.known(readJson(json)))
    return modules.get(file) ?? link(file)
  }
  const link = (file: string): Module => {
    const { code } = program.emitted.get(file) ?? { code: '' }
    const context = {
      id: file,
      meta: createMeta(file),
      import: async (specifier: unknown) => runInOrder(find(String(specifier), file)),
    }
    const module = createModule.registered((system) => runBody(file, code, system), {
      context,
      announce: () => around.announce(file),
    })
    // Before those that it imports, which may import it.
    modules.set(file, module)
    for (const specifier of module.imports) module.connect(find(specifier, file))
    return module
  }

  /** What an emitted file is run in: names of CommonJS, too, which the file may declare anew. */
  const runBody = (file: string, code: string, system: object): (() => object) => {
    const module = { exports: {} }
    const given = {
      System: system,
      [STAMP]: around.stamp,
      require: createOwnRequire(file),
      module,
      exports: module.exports,
      __filename: file,
      __dirname: dirname(file),
    }
    const body = compileFunction(code, Object.keys(given), { filename: file })
    body(...Object.values(given))
    return () => module.exports
  }

  const createOwnRequire = (file: string) => {
    const nodeRequire = createRequire(file)
    const own = (specifier: string): unknown => {
      if (specifier === program.given.specifier) return around.given
      const found = findFile(program, specifier, file)
      if (found === undefined) return nodeRequire(specifier)
      const known = program.json.get(found)
      if (known !== undefined) return JSON.parse(known)
      const loaded = modules.get(found)
      if (loaded?.isDone) return loaded.namespace
      throw new Error(`require of ${specifier}, which is an ES module: import it`)
    }
    return Object.assign(own, { resolve: nodeRequire.resolve, cache: nodeRequire.cache })
  }

  return runInOrder(link(program.entry))
}

/** A file of the program that a specifier means; one that was computed is looked for among them by its path. */
function findFile({ links, emitted, json }: Program, specifier: string, from: string): string | undefined {
  const linked = links.get(from)?.get(specifier)
  if (linked !== undefined || !/^\.{0,2}\//.test(specifier)) return linked
  const path = resolve(dirname(from), specifier)
  const bare = path.replace(/\.[cm]?js$/, '')
  const names = [path, `${path}.ts`, `${path}/index.ts`, `${bare}.ts`, `${bare}.mts`, `${bare}.cts`]
  return names.find((name) => emitted.has(name) || json.has(name))
}

function readJson(text: string): object {
  const value: unknown = JSON.parse(text)
  return { ...Object(value), default: value }
}

function createMeta(file: string): object {
  const { href: url } = pathToFileURL(file)
  const { resolve: find } = createRequire(file)
  const own = (specifier: string) => pathToFileURL(find(specifier)).href
  return { url, filename: file, dirname: dirname(file), resolve: own }
}

/** As `import()` in that file would. */
async function importByNode(specifier: string, file: string): Promise<object> {
  const run = compileFunction('return import(specifier)', ['specifier'], {
    filename: file,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  // Node calls the constant experimental, which is no news to whoever wrote the configuration.
  const { emitWarning } = process
  process.emitWarning = () => undefined
  const loading: Promise<object> = run(specifier)
  process.emitWarning = emitWarning
  try {
    return adapt(await loading, createRequire(file))
  } catch (error) {
    throw isOfLoader(error) ? new ImportError(file, specifier, error) : error
  }
}

/**
 * What TypeScript takes for the exports of CommonJS: all its members by name, not only those that Node finds in its
 * text; and the `default` of one that was made from an ES module.
 */
function adapt(namespace: object, { cache }: NodeJS.Require): object {
  const inner: unknown = Reflect.get(namespace, 'default')
  const isObject = (typeof inner === 'object' && inner !== null) || typeof inner === 'function'
  if (!isObject || !Object.values(cache).some((module) => module?.exports === inner)) return namespace
  return Reflect.get(inner, '__esModule') === true && 'default' in inner ? inner : { ...inner, ...namespace }
}

function isOfLoader(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), 'code')
  return typeof code === 'string' && /^(ERR_|MODULE_NOT_FOUND|ENOENT)/.test(code)
}
