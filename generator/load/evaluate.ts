import { createRequire, SourceMap } from 'node:module'
import { dirname } from 'node:path'
import { inspect } from 'node:util'
import { compileFunction } from 'node:vm'
import { STAMP } from './stamp.js'

/** The JavaScript (CommonJS) of one TypeScript file, and the source map back to it. */
export interface Emitted {
  readonly code: string
  readonly map: string
}

export interface Program {
  /** Absolute path of the module to begin with. */
  readonly entry: string
  readonly emit: (file: string) => Emitted
  /** The TypeScript file that a specifier means, or undefined when Node shall resolve it. */
  readonly resolve: (specifier: string, from: string) => string | undefined
  /** Modules that are given rather than loaded, by specifier. */
  readonly given: ReadonlyMap<string, unknown>
  readonly stamp: (id: number, parts: readonly unknown[]) => object
}

/** What the entry exports, or what it threw and where in its TypeScript (lines and columns from 1). */
export type Evaluation =
  | { readonly kind: 'exports'; readonly exports: unknown }
  | { readonly kind: 'thrown'; readonly message: string; readonly at: SourcePoint | undefined }

export interface SourcePoint {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * Runs a checked program. TypeScript comes from memory, given modules as they are, and all else by Node's own
 * `require` from the file that asks, so that JSON, CommonJS and (from Node 20.19) ES modules work.
 */
export function evaluate(program: Program): Evaluation {
  const emitted = new Map<string, Emitted>()
  const modules = new Map<string, { exports: unknown }>()

  const run = (file: string): unknown => {
    const known = modules.get(file)
    if (known !== undefined) return known.exports
    const module = { exports: {} as unknown, filename: file, id: file, loaded: false }
    modules.set(file, module)
    const output = program.emit(file)
    emitted.set(file, output)
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname', STAMP]
    const body = compileFunction(output.code, parameters, { filename: file })
    try {
      body(module.exports, createOwnRequire(file), module, file, dirname(file), program.stamp)
      module.loaded = true
    } catch (error) {
      // As in Node: a module that failed is tried again when asked for again.
      modules.delete(file)
      throw error
    }
    return module.exports
  }

  const createOwnRequire = (file: string) => {
    const nodeRequire = createRequire(file)
    const own = (specifier: string): unknown => {
      if (program.given.has(specifier)) return program.given.get(specifier)
      const resolved = program.resolve(specifier, file)
      return resolved === undefined ? nodeRequire(specifier) : run(resolved)
    }
    return Object.assign(own, { resolve: nodeRequire.resolve, cache: nodeRequire.cache })
  }

  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 200
  try {
    return { kind: 'exports', exports: run(program.entry) }
  } catch (error) {
    return { kind: 'thrown', message: describeThrown(error), at: findThrower(error, emitted) }
  } finally {
    Error.stackTraceLimit = limit
  }
}

function describeThrown(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : `${error.name}: ${error.message}`
  return typeof error === 'string' ? error : inspect(error, { depth: 1, breakLength: Infinity })
}

/** The innermost frame of the stack that lies in one of our files, mapped back to its TypeScript. */
function findThrower(error: unknown, emitted: ReadonlyMap<string, Emitted>): SourcePoint | undefined {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return undefined
  for (const frame of error.stack.split('\n')) {
    if (!/^\s+at /.test(frame)) continue
    for (const [file, { map }] of emitted) {
      const start = frame.lastIndexOf(`${file}:`)
      const [, line, column] = /^:(\d+):(\d+)\)?$/.exec(frame.slice(start + file.length)) ?? []
      if (start < 0 || line === undefined || column === undefined) continue
      const entry = new SourceMap(JSON.parse(map)).findEntry(Number(line) - 1, Number(column) - 1)
      if (!('originalLine' in entry)) continue
      return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    }
  }
  return undefined
}
