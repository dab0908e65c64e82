import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, relative, resolve } from 'node:path'
import { codes } from '../compile/explain.js'
import { type Diagnostic, isError } from '../diagnostics/diagnostic.js'
import { renderGitlab } from '../diagnostics/gitlab.js'
import { renderDiagnostics, renderGithub, renderJson } from '../diagnostics/render.js'
import { renderSarif } from '../diagnostics/sarif.js'
import { paint, wrap } from '../diagnostics/style.js'
import { asideStyle, printAside, printProduct } from './print.js'
import { ownVersion } from './version.js'

/** The forms in which findings are printed: for a person, or for a program. */
export const formats = ['text', 'json', 'github', 'gitlab', 'sarif'] as const

export type Format = (typeof formats)[number]

/** How findings are wanted: --format, or its short forms. */
export interface FormatOptions {
  readonly format?: Format
  readonly json?: boolean
  readonly github?: boolean
}

/** The form that the options ask for. */
function formatOf({ format, json, github }: FormatOptions): Format {
  if (json === true) return 'json'
  return github === true ? 'github' : (format ?? 'text')
}

/** Are the findings for a program? Then standard output holds them, and nothing else. */
export function isForProgram(options: FormatOptions): boolean {
  return formatOf(options) !== 'text'
}

/** What is wrong with these options, or undefined. */
export function judgeFormat(options: FormatOptions): string | undefined {
  const asked = [options.format, options.json && 'json', options.github && 'github'].filter(Boolean)
  return new Set(asked).size > 1 ? `either ${asked.map((one) => `--format ${one}`).join(' or ')}` : undefined
}

interface About {
  /** Where a program that wants a place for each finding looks for those that have none. */
  readonly file?: string | undefined
  /** What could not be judged, and why: for a person. */
  readonly note?: string | undefined
}

/** Prints the findings once: for a program on standard output, else for a person on standard error. */
export function report(
  diagnostics: readonly Diagnostic[],
  options: FormatOptions,
  { file = 'replica.config.ts', note }: About = {},
): void {
  // Each form masks what is secret before it cuts, escapes or breaks a text.
  const text = renderForProgram(diagnostics, formatOf(options), file)
  if (text === undefined) printForPerson(diagnostics, note)
  else printProduct(text)
}

function renderForProgram(
  diagnostics: readonly Diagnostic[],
  format: Format,
  file: string,
): string | undefined {
  switch (format) {
    case 'json':
      return renderJson(diagnostics)
    case 'github':
      return renderGithub(diagnostics.map(fromRoot))
    case 'gitlab':
      return renderGitlab(diagnostics.map(fromRoot), nameFromRoot(file))
    case 'sarif':
      return renderSarif(diagnostics.map(fromRoot), {
        ...{ version: ownVersion(), codes },
        file: nameFromRoot(file),
      })
    default:
      return undefined
  }
}

function fromRoot(diagnostic: Diagnostic): Diagnostic {
  const { place } = diagnostic
  return place === undefined
    ? diagnostic
    : { ...diagnostic, place: { ...place, file: nameFromRoot(place.file) } }
}

/**
 * A file as those who show a finding beside a change name it: from the top of the repository, which CI says, or else
 * from here. One that lies elsewhere keeps its name, and so does what is no file.
 */
function nameFromRoot(file: string): string {
  const root = process.env.GITHUB_WORKSPACE || process.env.CI_PROJECT_DIR || process.cwd()
  const name = relative(root, resolve(file))
  return existsSync(file) && name !== '' && !/^\.\.($|[/\\])/.test(name) && !isAbsolute(name) ? name : file
}

function printForPerson(diagnostics: readonly Diagnostic[], note: string | undefined): void {
  const style = asideStyle()
  const text = renderDiagnostics(diagnostics, readSource, style)
  printAside(text)
  if (note !== undefined) printAside(`\n${wrap(`(${note})`, style)}\n`)
  if (diagnostics.length < 2) return
  const errors = diagnostics.filter(isError).length
  const warnings = diagnostics.length - errors
  const parts = [countOf(errors, 'error'), countOf(warnings, 'warning')].filter((part) => part !== '')
  printAside(`\n${paint('bold', parts.join(', '), style)}\n`)
}

function countOf(count: number, word: string): string {
  if (count === 0) return ''
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function readSource(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
