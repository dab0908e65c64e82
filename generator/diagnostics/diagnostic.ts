import { type ModelPath, showPath } from './path.js'

/** One place in a file that a person wrote. */
export interface Place {
  /** The file: a configuration or a step file as the user named it, or one of the package's own, `templates/…`. */
  readonly file: string
  /** The line, from 1. */
  readonly line: number
  /** The column, from 1: UTF-16 units from the start of the line, as editors count. */
  readonly column: number
}

/** One finding: what is wrong, where, and what to do. Plain data. */
export interface Diagnostic {
  /** `E_…` for an error, which stops everything, `W_…` for a warning; `explain CODE` of the command line says why. */
  readonly code: `${'E' | 'W'}_${string}`
  /** What is wrong, in one sentence. */
  readonly message: string
  /** The part of the model: its keys and indexes from the outside in, ['steps', 2, 'file']; [] is all of it. */
  readonly path?: ModelPath
  /** Where in a file, when that is known. */
  readonly place?: Place
  /** The line of the printed run_rep.sh, from 1, for findings in it. */
  readonly line?: number
  /** The column in that line, from 1. */
  readonly column?: number
  /** What to do. */
  readonly hint?: string
}

/** An error stops everything; a warning is printed and the files are written. */
export function isError(diagnostic: Diagnostic): boolean {
  return diagnostic.code.startsWith('E_')
}

/** The same findings in the same order on every machine: by file, position, model path, code, message. */
export function sortDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => compareKeys(sortKey(a), sortKey(b)))
}

type Key = readonly (string | number)[]

function sortKey(diagnostic: Diagnostic): Key {
  const { place, path, line, code, message } = diagnostic
  return [
    place?.file ?? '',
    place?.line ?? 0,
    place?.column ?? 0,
    line ?? 0,
    showPath(path ?? []),
    code,
    message,
  ]
}

function compareKeys(a: Key, b: Key): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? ''
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
