import { readFileSync } from 'node:fs'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { renderDiagnostics, renderGithub, renderJson } from '../diagnostics/render.js'
import type { Options } from './options.js'

/** Prints the findings once: for a program on standard output with --json or --github, else for a person. */
export function report(
  diagnostics: readonly Diagnostic[],
  { json, github }: Pick<Options, 'json' | 'github'>,
): void {
  if (json === true) process.stdout.write(renderJson(diagnostics))
  else if (github === true) process.stdout.write(renderGithub(diagnostics))
  else process.stderr.write(renderDiagnostics(diagnostics, readSource))
}

function readSource(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
