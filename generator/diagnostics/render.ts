import { type Diagnostic, isError, sortDiagnostics } from './diagnostic.js'
import { codeFrame } from './frame.js'
import { showPath } from './path.js'

/**
 * Findings for a person: where, what, the source lines around it, and what to do; '' when there are none.
 * Names of files are shown as the diagnostics have them, and `readSource` is asked once for each.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  readSource: (file: string) => string | undefined,
): string {
  const sources = new Map<string, string | undefined>()
  const readOnce = (file: string) => {
    if (!sources.has(file)) sources.set(file, readSource(file))
    return sources.get(file)
  }
  return sortDiagnostics(diagnostics)
    .map((diagnostic) => `${renderOne(diagnostic, readOnce).join('\n')}\n`)
    .join('\n')
}

/** Findings for a program: a JSON array with the same fields in the same order for the same findings. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const plain = sortDiagnostics(diagnostics).map((diagnostic) => {
    const { code, message, path, place, line, hint } = diagnostic
    const at = place && { file: place.file, line: place.line, column: place.column }
    return { severity: nameSeverity(diagnostic), code, message, path, place: at, line, hint }
  })
  return `${JSON.stringify(plain, null, 2)}\n`
}

/**
 * Findings as annotations of GitHub Actions, one a line ("Workflow commands", setting an error message): shown
 * at the line of a pull request that they are about.
 */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return sortDiagnostics(diagnostics)
    .map((diagnostic) => {
      const { code, message, path, place, line, hint } = diagnostic
      const at = place
        ? [`file=${escapeProperty(place.file)}`, `line=${place.line}`, `col=${place.column}`]
        : []
      const properties = [...at, `title=${code}`].join(',')
      const words = [
        message,
        ...(path === undefined || path.length === 0 ? [] : [`in ${showPath(path)}`]),
        ...(line === undefined ? [] : [`line ${line} of the script`]),
        ...(hint === undefined ? [] : [`hint: ${hint}`]),
      ]
      return `::${nameSeverity(diagnostic)} ${properties}::${escapeData(words.join('\n'))}\n`
    })
    .join('')
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

function renderOne(diagnostic: Diagnostic, readSource: (file: string) => string | undefined): string[] {
  const { code, message, path, place, line, hint } = diagnostic
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column} `
  const source = place && readSource(place.file)
  const frame = place && source !== undefined ? codeFrame(place, source) : ''
  const details = [
    ...(path === undefined || path.length === 0 ? [] : [`in ${showPath(path)}`]),
    ...(line === undefined ? [] : [`line ${line} of the script`]),
  ].map(escapeText)
  const body = [
    ...details,
    ...(frame === '' ? [] : frame.split('\n')),
    ...(hint === undefined ? [] : [`hint: ${escapeText(hint)}`]),
  ]
  return [
    `${escapeText(where)}${nameSeverity(diagnostic)} ${code}: ${indentRest(escapeText(message))}`,
    ...body.map((text) => `  ${indentRest(text)}`),
  ]
}

function nameSeverity(diagnostic: Diagnostic): 'error' | 'warning' {
  return isError(diagnostic) ? 'error' : 'warning'
}

function indentRest(text: string): string {
  return text.replaceAll('\n', '\n    ')
}

/** A message may quote what a user or a server wrote: nothing of it may drive the terminal. */
function escapeText(text: string): string {
  return text.replace(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
