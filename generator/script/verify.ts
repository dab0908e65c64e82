import { type Diagnostic, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { applyExceptions, type ShellException, shellExceptions } from '../shell/exceptions.js'
import type { Finding } from '../shell/rules/rule.js'
import { type Analysis, analyseShell, type GivenNames } from './analyse.js'

export interface VerifyOptions extends GivenNames {
  /** Default: those of the shipped script. */
  readonly exceptions?: readonly ShellException[]
}

/** Parses shell text and judges it by every rule; the line of a diagnostic is the line of the text. */
export function verifyScript(text: string, { exceptions, ...given }: VerifyOptions): Diagnostic[] {
  return reportAnalysis(text, analyseShell(text, given), exceptions)
}

/** What an analysis found, less what the exceptions allow. */
export function reportAnalysis(
  text: string,
  { errors, effects, findings }: Analysis,
  exceptions: readonly ShellException[] = shellExceptions,
): Diagnostic[] {
  if (errors.length > 0) {
    return sortDiagnostics(
      errors.map(({ message, line }) => ({ code: 'E_SHELL_SYNTAX', message: `not shell: ${message}`, line })),
    )
  }
  return applyExceptions(text, effects.functions, { findings, exceptions })
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(toDiagnostic)
}

function toDiagnostic({ code, message, line, column, hint }: Finding): Diagnostic {
  return { code, message, line, column, hint }
}
