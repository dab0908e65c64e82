import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

/** The step files of a model by the names that it gives them: the text, or why there is none. */
export interface StepFiles {
  readonly texts: Readonly<Record<string, string>>
  readonly faults: Readonly<Record<string, string>>
}

/** Reads the step files that a raw model names, relative to `baseDir`; what is no model names none. */
export function readStepFiles(value: unknown, baseDir: string): StepFiles {
  const texts: Record<string, string> = {}
  const faults: Record<string, string> = {}
  for (const file of listStepFiles(value)) {
    try {
      texts[file] = readText(resolve(baseDir, file))
    } catch (error) {
      faults[file] = describe(error)
    }
  }
  return { texts, faults }
}

/** The files of the steps of a raw model, as it names them; what is no model names none. */
export function listStepFiles(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('steps' in value)) return []
  const { steps } = value
  if (!Array.isArray(steps)) return []
  const files = steps.map((step: unknown) =>
    typeof step === 'object' && step !== null && 'file' in step ? step.file : undefined,
  )
  return files.filter((file) => typeof file === 'string')
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
