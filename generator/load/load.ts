import { readFileSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { extname, normalize, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { refuseEnvironments } from './choose.js'
import { loadJson } from './json.js'
import { createFailure, createFailures, type Loaded, type LoadedModels, type ModelFile } from './loaded.js'
import type { TypeScriptOptions } from './typescript.js'

export type { Loaded, LoadedModel, LoadedModels } from './loaded.js'

/** What is said of a configuration besides its file; all of it is for TypeScript, which is run. */
export type LoadOptions = Omit<TypeScriptOptions, 'envs'> & {
  /** The environment that its model is wanted for. */
  readonly env?: string | undefined
}

/**
 * Reads a user's model from a `.ts`, `.mts`, `.cts` or `.json` file. Every mistake of the user's is a diagnostic,
 * never an exception.
 */
export async function loadModel(file: string, { env, ...options }: LoadOptions = {}): Promise<Loaded> {
  const { diagnostics, models } = await loadModels(file, { ...options, envs: env === undefined ? [] : [env] })
  const [model] = models
  return model === undefined ? createFailure(diagnostics) : { ...model, diagnostics }
}

/** Reads all models that a user's configuration exports, or those for `envs`, as `loadModel` reads one. */
export async function loadModels(file: string, options: TypeScriptOptions = {}): Promise<LoadedModels> {
  const { envs = [] } = options
  if (file === '-') return loadInput(envs)
  const shown = normalize(file)
  const found = await readModelFile(shown)
  if (found.kind === 'fault') return createFailures([found.fault], [resolve(shown)])
  if (extname(shown) === '.json') return loadOneJson(found.file, envs)
  // ts-morph costs a second: only a TypeScript model pays for it.
  const { loadTypeScript } = await import('./typescript.js')
  return loadTypeScript(found.file, options)
}

// JSON alone: TypeScript imports by names that are relative to its file.
function loadInput(envs: readonly string[]): LoadedModels {
  const shown = 'standard input'
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(0))
    return { ...loadOneJson({ shown, absolute: shown, text }, envs), dependencies: [] }
  } catch (error) {
    const message = `${shown} cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return createFailures([{ code: 'E_CONFIG_UNREADABLE', message, hint: 'give it a model as JSON' }], [])
  }
}

function loadOneJson(file: ModelFile, envs: readonly string[]): LoadedModels {
  const dependencies = [file.absolute]
  const { diagnostics, ...model } = loadJson(file)
  if (diagnostics.length > 0) return createFailures(diagnostics, dependencies)
  if (envs.length > 0) return createFailures([refuseEnvironments(file.shown).fault], dependencies)
  return { diagnostics, models: [{ ...model, env: undefined }], names: [], dependencies }
}

type Found =
  | { readonly kind: 'file'; readonly file: ModelFile }
  | { readonly kind: 'fault'; readonly fault: Diagnostic }

async function readModelFile(shown: string): Promise<Found> {
  const fault = (code: Diagnostic['code'], message: string, hint: string): Found => ({
    kind: 'fault',
    fault: { code, message, hint },
  })
  const absolute = resolve(shown)
  try {
    const stats = await stat(absolute)
    if (stats.isDirectory()) {
      const hint = 'name the configuration file in it, for example replica.config.ts'
      return fault('E_CONFIG_DIRECTORY', `${shown} is a directory`, hint)
    }
    if (!/(?<!\.d)\.[cm]?ts$|\.json$/.test(shown)) {
      const isScript = /\.[cm]?js$/.test(shown)
      const usual = 'a configuration is a .ts file (replica.config.ts, also .mts or .cts) or a .json file'
      const hint = isScript ? `${usual}: JavaScript is TypeScript, so give it such a name` : usual
      return fault('E_CONFIG_EXTENSION', `${shown} is neither a .ts nor a .json file`, hint)
    }
    if (!stats.isFile()) {
      return fault(
        'E_CONFIG_UNREADABLE',
        `${shown} is not a regular file`,
        'name a file that can be read twice',
      )
    }
    // TextDecoder drops a byte order mark, which JSON forbids and editors do not count as a column.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(absolute))
    if (text.trim() === '') {
      return fault(
        'E_CONFIG_EMPTY',
        `${shown} is empty`,
        'a whole model may be as short as {} or defineReplica({})',
      )
    }
    return { kind: 'file', file: { shown, absolute, text } }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      const hint = 'check the name; it is relative to the current directory'
      return fault('E_CONFIG_MISSING', `${shown} does not exist`, hint)
    }
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
      return fault('E_CONFIG_UNREADABLE', `${shown} is not UTF-8 text`, 'save it as UTF-8')
    }
    const reason = error instanceof Error ? error.message : String(error)
    const hint = 'see the permissions of the file and of the folders above it'
    return fault('E_CONFIG_UNREADABLE', `${shown} cannot be read: ${reason}`, hint)
  }
}
