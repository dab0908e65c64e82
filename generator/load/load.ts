import { readFile, stat } from 'node:fs/promises'
import { extname, normalize, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { loadJson } from './json.js'
import { createFailure, type Loaded, type ModelFile } from './loaded.js'

export type { Loaded } from './loaded.js'

/**
 * Reads a user's model from a `.ts` or `.json` file. Every mistake of the user's is a diagnostic, never an
 * exception. `api` is what `import … from 'postgres-rep-marathon'` gives to a `.ts` file; it is passed in,
 * since the API itself offers this function. `types` is where its declarations are, by default our own.
 */
export async function loadModel(file: string, api: object, types?: string): Promise<Loaded> {
  const shown = normalize(file)
  const found = await readModelFile(shown)
  if (found.kind === 'fault') return createFailure([found.fault])
  if (extname(shown) === '.json') return loadJson(found.file)
  // ts-morph costs a second: only a TypeScript model pays for it.
  const { loadTypeScript } = await import('./typescript.js')
  return loadTypeScript(found.file, api, types)
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
    if (!/(?<!\.d)\.ts$|\.json$/.test(shown)) {
      const hint = 'a configuration is a .ts file (replica.config.ts) or a .json file (replica.config.json)'
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
