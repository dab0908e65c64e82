import { dirname, normalize } from 'node:path'
import { type Diagnostic, isError, type Place, sortDiagnostics } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'
import * as api from '../index.js'
import { loadModel } from '../load/load.js'
import type { Loaded } from '../load/loaded.js'
import { type Produced, produce } from '../produce.js'

/** The artefacts, none when there is an error, and all findings, each with its place where it has one. */
export interface Built extends Produced {
  /** Where the user's file says a part of the model; undefined for what it leaves to a default. */
  readonly placeOf: (path: ModelPath) => Place | undefined
}

/** Loads and compiles a model; without a configuration the embedded one. */
export async function build(config: string | undefined): Promise<Built> {
  if (config === undefined) return { ...(await produce({}, { baseDir: '.' })), placeOf: () => undefined }
  const loaded = await loadModel(config, api)
  const { value, docs } = loaded
  const placeOf = (path: ModelPath) => (isWritten(path, value) ? loaded.placeOf(path) : undefined)
  if (loaded.diagnostics.some(isError))
    return { files: {}, diagnostics: sortDiagnostics(loaded.diagnostics), placeOf }
  const produced = await produce(value, { baseDir: dirname(normalize(config)), docs })
  const diagnostics = [
    ...loaded.diagnostics,
    ...produced.diagnostics.map((diagnostic) => withPlace(diagnostic, loaded)),
  ]
  return { ...produced, diagnostics: sortDiagnostics(diagnostics), placeOf }
}

function withPlace(diagnostic: Diagnostic, loaded: Loaded): Diagnostic {
  if (diagnostic.place !== undefined || diagnostic.path === undefined) return diagnostic
  const place = loaded.placeOf(diagnostic.path)
  return place === undefined ? diagnostic : { ...diagnostic, place }
}

function isWritten(path: ModelPath, value: unknown): boolean {
  return path.reduce<unknown>((around, key) => Object(around)[key], value) !== undefined
}
