/** One place in a file that a person wrote, counted from 1 as editors do. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/**
 * What is wrong, where, and what to do. `path` is the place in the model (`app.kill.grace`,
 * `steps.2`); `place` is the place in a file, when one is known; `line` and `column` are those of the
 * printed script, for findings in it.
 */
export interface Diagnostic {
  readonly code: `${'E' | 'W'}_${string}`
  readonly message: string
  readonly path?: string
  readonly place?: Place
  readonly line?: number
  readonly column?: number
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
  return [place?.file ?? '', place?.line ?? 0, place?.column ?? 0, line ?? 0, path ?? '', code, message]
}

function compareKeys(a: Key, b: Key): number {
  for (const [index, left] of a.entries()) {
    const right = b[index] ?? ''
    if (left !== right) return left < right ? -1 : 1
  }
  return 0
}
