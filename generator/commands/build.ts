import { dirname, normalize } from 'node:path'
import { type Diagnostic, isError, type Place, sortDiagnostics } from '../diagnostics/diagnostic.js'
import * as api from '../index.js'
import { loadModel } from '../load/load.js'
import type { Loaded } from '../load/loaded.js'
import { type Produced, produce } from '../produce.js'

/** The artefacts, none when there is an error, and all findings, each with its place where it has one. */
export interface Built extends Produced {
  /** Where the user's file says a part of the model; undefined for what it leaves to a default. */
  readonly placeOf: (path: string) => Place | undefined
}

/** Loads and compiles a model; without a configuration the embedded one. */
export async function build(config: string | undefined): Promise<Built> {
  if (config === undefined) return { ...(await produce({}, { baseDir: '.' })), placeOf: () => undefined }
  const loaded = await loadModel(config, api)
  const { value, docs } = loaded
  const placeOf = (path: string) => (isWritten(path, value) ? placeAround(path, loaded) : undefined)
  if (loaded.diagnostics.some(isError))
    return { files: {}, diagnostics: sortDiagnostics(loaded.diagnostics), settings: {}, placeOf }
  const produced = await produce(value, { baseDir: dirname(normalize(config)), docs })
  const diagnostics = [
    ...loaded.diagnostics,
    ...produced.diagnostics.map((diagnostic) => withPlace(diagnostic, loaded)),
  ]
  return { ...produced, diagnostics: sortDiagnostics(diagnostics), placeOf }
}

function withPlace(diagnostic: Diagnostic, loaded: Loaded): Diagnostic {
  if (diagnostic.place !== undefined || diagnostic.path === undefined) return diagnostic
  const place = placeAround(diagnostic.path, loaded)
  return place === undefined ? diagnostic : { ...diagnostic, place }
}

function placeAround(path: string, { value, placeOf }: Loaded): Place | undefined {
  return placeOf(splitPath(path, value))
}

function isWritten(path: string, value: unknown): boolean {
  return splitPath(path, value).reduce<unknown>((around, key) => Object(around)[key], value) !== undefined
}

// A key may hold dots itself (the setting pg_stat_statements.max), so the model decides where to split.
function splitPath(path: string, value: unknown): (string | number)[] {
  if (path === '') return []
  const parts = path.split('.')
  const lengths = parts.map((_part, index) => index + 1)
  const holds = (key: string) => typeof value === 'object' && value !== null && Object.hasOwn(value, key)
  const length = lengths.find((count) => holds(parts.slice(0, count).join('.'))) ?? 1
  const key = parts.slice(0, length).join('.')
  const next: unknown = holds(key) ? Reflect.get(Object(value), key) : undefined
  const head = Array.isArray(value) && /^\d+$/.test(key) ? Number(key) : key
  return [head, ...splitPath(parts.slice(length).join('.'), next)]
}
