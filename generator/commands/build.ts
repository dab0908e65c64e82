import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Compiled, compileReplica } from '../compile/compile.js'
import { type Diagnostic, isError, sortDiagnostics } from '../compile/diagnostic.js'
import { renderDiagnostics, renderJson } from '../compile/render.js'
import { verifySyntax } from '../compile/verify.js'
import * as api from '../index.js'
import { loadModel } from '../load/load.js'
import type { Loaded } from '../load/loaded.js'
import { readTemplates } from '../load/templates.js'
import { findConfig, type Options } from './options.js'

/**
 * Loads and compiles the model, prints the findings, and gives the artefacts; none when there is an error.
 * Without a configuration it compiles the embedded model.
 */
export async function build(config: string | undefined, options: Options): Promise<Compiled> {
  const compiled = await compileConfig(findConfig(config))
  const text =
    options.json === true
      ? renderJson(compiled.diagnostics)
      : renderDiagnostics(compiled.diagnostics, readSource)
  if (options.json === true) process.stdout.write(text)
  else process.stderr.write(text)
  return compiled
}

async function compileConfig(config: string | undefined): Promise<Compiled> {
  const templates = readTemplates()
  if (config === undefined) return finish(compileReplica({}, { templates, stepFiles: {}, docs: {} }))
  const loaded = await loadModel(config, api)
  if (loaded.diagnostics.some(isError)) return { files: {}, diagnostics: sortDiagnostics(loaded.diagnostics) }
  const steps = readStepFiles(loaded.value, loaded.baseDir)
  const place = (diagnostic: Diagnostic): Diagnostic => withPlace(diagnostic, loaded)
  if (steps.diagnostics.length > 0) {
    return { files: {}, diagnostics: sortDiagnostics(steps.diagnostics.map(place)) }
  }
  const compiled = compileReplica(loaded.value, { templates, stepFiles: steps.files, docs: loaded.docs })
  const diagnostics = [...loaded.diagnostics, ...compiled.diagnostics.map(place)]
  return finish({ files: compiled.files, diagnostics: sortDiagnostics(diagnostics) })
}

// `sh -n` needs a process, so it is not part of the pure compiler.
async function finish(compiled: Compiled): Promise<Compiled> {
  const script = compiled.files['run_rep.sh']
  if (script === undefined) return compiled
  const found = await verifySyntax(script)
  if (found.length === 0) return compiled
  const diagnostics = sortDiagnostics([...compiled.diagnostics, ...found])
  return found.some(isError) ? { files: {}, diagnostics } : { files: compiled.files, diagnostics }
}

function withPlace(diagnostic: Diagnostic, loaded: Loaded): Diagnostic {
  if (diagnostic.place !== undefined || diagnostic.path === undefined) return diagnostic
  const place = loaded.placeOf(splitPath(diagnostic.path, loaded.value))
  return place === undefined ? diagnostic : { ...diagnostic, place }
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

function readStepFiles(value: unknown, baseDir: string) {
  const files: Record<string, string> = {}
  const diagnostics: Diagnostic[] = []
  for (const [index, file] of listStepFiles(value).entries()) {
    if (typeof file !== 'string') continue
    try {
      files[file] = readFileSync(resolve(baseDir, file), 'utf8')
    } catch (error) {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      const message = `cannot read the step file ${file} (${reason})`
      diagnostics.push({ code: 'E_STEP_FILE', path: `steps.${index}.file`, message })
    }
  }
  return { files, diagnostics }
}

function listStepFiles(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null || !('steps' in value)) return []
  const { steps } = value
  if (!Array.isArray(steps)) return []
  return steps.map((step: unknown) =>
    typeof step === 'object' && step !== null && 'file' in step ? step.file : undefined,
  )
}

function readSource(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
