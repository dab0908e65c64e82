import type { Answers } from './answers.js'
import { addScripts, makePackage } from './package-json.js'
import { printJson, printTypeScript } from './print.js'

/** What lies in a directory, as far as a new configuration has to do with it. */
export interface Directory {
  /** The configurations that are there, by any of their names. */
  readonly configurations: readonly string[]
  /** The text of package.json. */
  readonly packageJson: string | undefined
  /** The text of .gitignore. */
  readonly ignores: string | undefined
  /** Whether git keeps the directory, and would take node_modules for a part of it. */
  readonly needsIgnores: boolean
}

/** The files to be written, by their names, and what is to be said of them; or why none is. */
export type Plan =
  | {
      readonly kind: 'files'
      readonly files: Readonly<Record<string, string>>
      readonly scripts: readonly string[]
    }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string }

/** Names under which a configuration is looked for, and others under which one may well be meant. */
export const configurationNames = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map(
  (extension) => `replica.config.${extension}`,
)

/** What a new configuration writes into a directory. A file that is there is never written over. */
export function planFiles(answers: Answers, directory: Directory, language: 'ts' | 'json'): Plan {
  const [there] = directory.configurations
  if (there !== undefined) {
    const hint = 'edit that one, or name another directory; nothing was written'
    return { kind: 'refused', message: `${there} exists already, and would be overwritten`, hint }
  }
  const { packageJson } = directory
  const scripted = packageJson === undefined ? makePackage() : addScripts(packageJson)
  if (scripted === undefined) {
    const hint = 'fix it first, then run init again; nothing was written'
    return { kind: 'refused', message: 'package.json is not a JSON object with scripts', hint }
  }
  const files = {
    [`replica.config.${language}`]: language === 'ts' ? printTypeScript(answers) : printJson(answers),
    ...(scripted.text === packageJson ? {} : { 'package.json': scripted.text }),
    ...ignoresOf(answers, directory),
  }
  return { kind: 'files', files, scripts: scripted.names }
}

// Compose has the password in a file beside its own.
function ignoresOf({ target }: Answers, { ignores, needsIgnores }: Directory): Record<string, string> {
  const wanted = [
    ...(needsIgnores ? ['node_modules/'] : []),
    ...(needsIgnores && target.includes('compose') ? ['*.password'] : []),
  ]
  const lacking = wanted.filter((line) => !(ignores ?? '').split(/\r?\n/).includes(line))
  if (lacking.length === 0) return {}
  const before =
    ignores === undefined || ignores === '' || ignores.endsWith('\n') ? (ignores ?? '') : `${ignores}\n`
  return { '.gitignore': `${before}${lacking.map((line) => `${line}\n`).join('')}` }
}
