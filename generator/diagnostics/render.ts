import { type Diagnostic, isError, sortDiagnostics } from './diagnostic.js'
import { codeFrame } from './frame.js'
import { maskSecrets } from './mask.js'
import { showPath } from './path.js'
import { paint, plain, type Style, wrap } from './style.js'

/**
 * Findings for a person: where, what, the source lines around it, and what to do; '' when there are none.
 * Names of files are shown as the diagnostics have them, and `readSource` is asked once for each.
 */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  readSource: (file: string) => string | undefined,
  style: Style = plain,
): string {
  const sources = new Map<string, string | undefined>()
  const readOnce = (file: string) => {
    if (!sources.has(file)) sources.set(file, readSource(file))
    return sources.get(file)
  }
  return prepare(diagnostics)
    .map((diagnostic) => `${renderOne(diagnostic, readOnce, style).join('\n')}\n`)
    .join('\n')
}

/** The findings in their order, without a secret: what every form of them begins with. */
export function prepare(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return sortDiagnostics(diagnostics).map((diagnostic) => ({
    ...diagnostic,
    message: maskSecrets(diagnostic.message),
    ...(diagnostic.hint !== undefined && { hint: maskSecrets(diagnostic.hint) }),
  }))
}

/** Findings for a program: a JSON array with the same fields in the same order for the same findings. */
export function renderJson(diagnostics: readonly Diagnostic[]): string {
  const all = prepare(diagnostics).map((diagnostic) => {
    const { code, message, path, place, line, hint } = diagnostic
    const at = place && { file: place.file, line: place.line, column: place.column }
    return { severity: nameSeverity(diagnostic), code, message, path, place: at, line, hint }
  })
  return `${JSON.stringify(all, null, 2)}\n`
}

/**
 * Findings as annotations of GitHub Actions, one a line ("Workflow commands", setting an error message): shown
 * at the line of a pull request that they are about.
 */
export function renderGithub(diagnostics: readonly Diagnostic[]): string {
  return prepare(diagnostics)
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

function renderOne(
  diagnostic: Diagnostic,
  readSource: (file: string) => string | undefined,
  style: Style,
): string[] {
  const { code, message, path, place, line, hint } = diagnostic
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column} `
  const source = place && readSource(place.file)
  const frame = place && source !== undefined ? codeFrame(place, source, style.width - 12) : ''
  const severity = nameSeverity(diagnostic)
  const details = [
    ...(path === undefined || path.length === 0 ? [] : [`in ${showPath(path)}`]),
    ...(line === undefined ? [] : [`line ${line} of the script`]),
  ].map(escapeText)
  const head = `${where}${severity} ${code}: ${message}`
  const [first = '', ...more] = head.split('\n').map((text) => wrap(escapeText(text), style, '    '))
  const hintLines = hint === undefined ? [] : hint.split('\n').map(escapeText)
  return [
    [
      colourHead(first, { where: escapeText(where), severity, code, style }),
      ...more.map((text) => `    ${text}`),
    ].join('\n'),
    ...details.map((text) => paint('dim', `  ${indentRest(text)}`, style)),
    ...(frame === '' ? [] : frame.split('\n').map((text) => colourFrame(`  ${text}`, style))),
    ...hintLines.map((text, index) =>
      colourHint(wrap(index === 0 ? `  hint: ${text}` : `    ${text}`, style, '    '), style),
    ),
  ]
}

function colourHead(
  text: string,
  about: { readonly where: string; readonly severity: string; readonly code: string; readonly style: Style },
): string {
  const { where, severity, code, style } = about
  const name = `${severity} ${code}`
  if (!style.isColoured || !text.startsWith(`${where}${name}`)) return text
  const colour = severity === 'error' ? 'red' : 'yellow'
  const [file, blank] = [where.trimEnd(), where === '' ? '' : ' ']
  const rest = text.slice(where.length + name.length)
  return `${paint('cyan', file, style)}${blank}${paint(['bold', colour], name, style)}${rest}`
}

function colourFrame(text: string, style: Style): string {
  if (/^ {2}> /.test(text)) return paint('bold', text, style)
  return paint(/\| *\^$/.test(text) ? 'red' : 'dim', text, style)
}

function colourHint(text: string, style: Style): string {
  return text.startsWith('  hint:')
    ? `  ${paint('green', 'hint:', style)}${text.slice('  hint:'.length)}`
    : text
}

/** The word for how grave a finding is. */
export function nameSeverity(diagnostic: Diagnostic): 'error' | 'warning' {
  return isError(diagnostic) ? 'error' : 'warning'
}

function indentRest(text: string): string {
  return text.replaceAll('\n', '\n    ')
}

/** A message may quote what a user or a server wrote: nothing of it may drive the terminal. */
export function escapeText(text: string): string {
  return text.replace(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
