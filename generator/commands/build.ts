import { readFileSync, statSync } from 'node:fs'
import { dirname, normalize, resolve } from 'node:path'
import { type Compiled, compileReplica } from '../compile/compile.js'
import { type Diagnostic, isError, type Place, sortDiagnostics } from '../compile/diagnostic.js'
import { verifySyntax } from '../compile/verify.js'
import * as api from '../index.js'
import { loadModel } from '../load/load.js'
import type { Loaded } from '../load/loaded.js'
import { readFacts, readTemplates } from '../load/templates.js'

/** The artefacts, none when there is an error, and all findings, each with its place where it has one. */
export interface Built extends Pick<Compiled, 'files' | 'diagnostics' | 'settings'> {
  /** Where the user's file says a part of the model; undefined for what it leaves to a default. */
  readonly placeOf: (path: string) => Place | undefined
}

/** Loads and compiles a model; without a configuration the embedded one. */
export async function build(config: string | undefined): Promise<Built> {
  const templates = readTemplates()
  const facts = readFacts()
  const shipped = facts === undefined ? { templates } : { templates, facts }
  if (config === undefined) {
    return finish(compileReplica({}, { ...shipped, stepFiles: {}, docs: {} }), () => undefined)
  }
  const loaded = await loadModel(config, api)
  const placeOf = (path: string) => (isWritten(path, loaded.value) ? placeAround(path, loaded) : undefined)
  if (loaded.diagnostics.some(isError))
    return { files: {}, diagnostics: sortDiagnostics(loaded.diagnostics), settings: {}, placeOf }
  const { files, faults } = readStepFiles(loaded)
  const { docs, value } = loaded
  const stepDir = dirname(normalize(config))
  const compiled = compileReplica(value, { ...shipped, stepFiles: files, stepFaults: faults, stepDir, docs })
  const diagnostics = [
    ...loaded.diagnostics,
    ...compiled.diagnostics.map((diagnostic) => withPlace(diagnostic, loaded)),
  ]
  return finish({ ...compiled, diagnostics: sortDiagnostics(diagnostics) }, placeOf)
}

// `sh -n` needs a process, so it is not part of the pure compiler.
async function finish(
  { files, diagnostics, settings, withPlace }: Compiled,
  placeOf: Built['placeOf'],
): Promise<Built> {
  const script = files['run_rep.sh']
  const built = { files, diagnostics, settings, placeOf }
  if (script === undefined) return built
  const found = (await verifySyntax(script)).map(withPlace)
  if (found.length === 0) return built
  return {
    ...built,
    files: found.some(isError) ? {} : files,
    diagnostics: sortDiagnostics([...diagnostics, ...found]),
  }
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

interface StepTexts {
  readonly files: Readonly<Record<string, string>>
  /** Why a file could not be read. */
  readonly faults: Readonly<Record<string, string>>
}

function readStepFiles({ value, baseDir }: Loaded): StepTexts {
  const files: Record<string, string> = {}
  const faults: Record<string, string> = {}
  for (const file of listStepFiles(value)) {
    try {
      files[file] = readText(resolve(baseDir, file))
    } catch (error) {
      faults[file] = describe(error)
    }
  }
  return { files, faults }
}

// A byte order mark is dropped; bytes that are no UTF-8 would come out as other bytes.
function readText(path: string): string {
  if (!statSync(path).isFile()) throw new Error('it is not a regular file')
  return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path))
}

function describe(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'there is no such file'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'it is not UTF-8 text'
  if (code === 'EACCES') return 'permission denied'
  return error instanceof Error ? error.message : String(error)
}

function listStepFiles(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('steps' in value)) return []
  const { steps } = value
  if (!Array.isArray(steps)) return []
  const files = steps.map((step: unknown) =>
    typeof step === 'object' && step !== null && 'file' in step ? step.file : undefined,
  )
  return files.filter((file) => typeof file === 'string')
}
