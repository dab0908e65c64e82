import { readFileSync } from 'node:fs'
import type { Diagnostic } from '../compile/diagnostic.js'
import { renderDiagnostics, renderJson } from '../compile/render.js'
import type { Options } from './options.js'

/** Prints the findings once: as JSON on standard output with --json, else for a person on standard error. */
export function report(diagnostics: readonly Diagnostic[], { json }: Options): void {
  if (json === true) process.stdout.write(renderJson(diagnostics))
  else process.stderr.write(renderDiagnostics(diagnostics, readSource))
}

function readSource(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
