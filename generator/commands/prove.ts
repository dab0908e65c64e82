import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { maskSecrets } from '../diagnostics/mask.js'
import { readTemplates } from '../load/templates.js'
import { proveScript } from '../prove/script.js'
import { judgeStory } from '../prove/story.js'
import { digestOf } from '../script/print.js'
import { ask } from '../script/syntax.js'
import { buildOne, type OneModel } from './build.js'
import { type AddCommand, addModelOptions, exits, type Options } from './options.js'
import { printAside, printProduct, printText } from './print.js'
import { report } from './report.js'
import { ownVersion } from './version.js'
import { withWaiting } from './waiting.js'

export const addProve: AddCommand = (program, end) =>
  addModelOptions(program.command('prove'))
    .description('run every check that this machine has over a script, and print a table')
    .argument('[config]', 'as for generate, or a run_rep.sh as it lies, with what is published beside it')
    .option('--json', 'print the table as JSON')
    .action(async (config: string | undefined, options: ProveOptions) => {
      end(await prove(config, options))
    })

export type ProveOptions = Pick<Options, 'json'> & OneModel

/** One line of the proof sheet. */
export interface Proof {
  readonly what: string
  readonly by: string
  readonly version: string
  readonly result: 'passed' | 'failed' | 'not run'
  readonly detail: string
}

/**
 * Runs everything that can be run on this machine over a script and prints a table: over what a model gives, or over a
 * file that ends in .sh, as it lies, whoever wrote it last. Each line is the result of a computation on that text;
 * what the machine lacks is named as not run. Gives the exit code: refused when anything failed.
 */
export async function prove(given: string | undefined, options: ProveOptions): Promise<number> {
  const files = given?.endsWith('.sh') === true ? readPublished(given) : await compileFiles(given, options)
  const script = files?.['run_rep.sh']
  if (files === undefined || script === undefined) return exits.refused
  const proofs = await withWaiting('checking the script', () => runProofs(script, files))
  const digests = Object.entries(files).map(([name, text]) => [name, digestOf(text)] as const)
  const sheet = { proofs, digests: Object.fromEntries(digests) }
  if (options.json === true) printProduct(`${JSON.stringify(sheet, null, 2)}\n`)
  else printText(render(proofs, digests))
  return proofs.some(({ result }) => result === 'failed') ? exits.refused : exits.done
}

async function runProofs(script: string, files: Readonly<Record<string, string>>): Promise<Proof[]> {
  const all = [...ownProofs(script, files), ...(await toolProofs(script))]
  return all.map((proof) => ({ ...proof, detail: maskSecrets(proof.detail) }))
}

async function compileFiles(
  config: string | undefined,
  options: ProveOptions,
): Promise<Readonly<Record<string, string>> | undefined> {
  const { files, diagnostics } = await buildOne(config, options)
  if (files['run_rep.sh'] === undefined) report(diagnostics, options)
  return files
}

// The script, and what is published beside it.
function readPublished(path: string): Record<string, string> | undefined {
  const found: Record<string, string> = {}
  const names = new Set(['run_rep.sh', 'SHA256SUMS', 'run_rep.map.json'])
  for (const name of names) {
    try {
      found[name] = readFileSync(name === 'run_rep.sh' ? path : join(dirname(path), name), 'utf8')
      // What else is published, its list says; a set may grow while it is gone through.
      if (name === 'SHA256SUMS') for (const one of listSummed(found[name])) names.add(one)
    } catch (error) {
      if (name !== 'run_rep.sh') continue
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      printAside(`cannot read ${path}: ${code === 'ENOENT' ? 'there is no such file' : code}\n`)
      return undefined
    }
  }
  return found
}

function listSummed(sums: string): string[] {
  return [...sums.matchAll(/^[0-9a-f]{64} [ *]((?!\/|(?:.*\/)?\.\.?(?:\/|$))[\w.@/-]+)$/gm)].map(
    ([, name = '']) => name,
  )
}

/** What the tools of this machine say of a script. */
export async function toolProofs(script: string): Promise<Proof[]> {
  return [
    await bySecondParser(script),
    ...(await Promise.all(shells.map((shell) => byShell(shell, script)))),
    await byTool(shellCheck, script),
    await byTool(checkbashisms, script),
  ]
}

/** What the compiler itself computes on a script, and on what is published beside it. */
export function ownProofs(script: string, files: Readonly<Record<string, string>>): Proof[] {
  const version = ownVersion()
  const others = Object.keys(files).length - 1
  return proveScript(script, readTemplates()).map(({ what, detail, against }): Proof => {
    const isStory = what === 'one story'
    const found = isStory ? [...against, ...judgeStory(files)] : against
    const shown = isStory ? `${detail}; files beside it: ${others}` : detail
    const [first = '', ...more] = found
    return {
      what,
      by: what === 'syntax' ? 'unbash' : 'postgres-rep-marathon',
      version: what === 'syntax' ? parserVersion() : version,
      result: found.length === 0 ? 'passed' : 'failed',
      detail: found.length === 0 ? shown : more.length === 0 ? first : `${first} (and ${more.length} more)`,
    }
  })
}

interface Tool {
  readonly name: string
  /** The program and its arguments; the script comes by standard input. */
  readonly argv: readonly [string, ...string[]]
  /** Prints the version in its first line with a number, on either output. */
  readonly version: readonly string[]
}

const shells: readonly Tool[] = [
  { name: 'sh', argv: ['sh', '-n'], version: [] },
  { name: 'dash', argv: ['dash', '-n'], version: [] },
  { name: 'bash --posix', argv: ['bash', '--posix', '-n'], version: ['--version'] },
  { name: 'busybox sh', argv: ['busybox', 'sh', '-n'], version: [] },
  { name: 'mksh', argv: ['mksh', '-n'], version: ['-c', 'echo "$KSH_VERSION"'] },
  { name: 'yash', argv: ['yash', '-n'], version: ['--version'] },
]

/**
 * All optional checks but three. SC2250 wants ${x} for $x everywhere. SC2310 warns at each function that is asked in
 * a condition, and SC2312 at each substitution among words, that set -e is off there: E_SHELL_MASKED judges which of
 * these matter.
 */
const shellCheck: Tool = {
  name: 'shellcheck',
  argv: ['shellcheck', '-s', 'sh', '-o', 'all', '-e', 'SC2250,SC2310,SC2312', '-f', 'gcc', '-'],
  version: ['--version'],
}

const checkbashisms: Tool = {
  name: 'checkbashisms',
  argv: ['checkbashisms', '-p', '-f', '-'],
  version: ['--version'],
}

async function byShell(shell: Tool, script: string): Promise<Proof> {
  return { ...(await byTool(shell, script)), what: 'syntax' }
}

async function byTool({ name, argv, version }: Tool, script: string): Promise<Proof> {
  const base = { what: 'portability', by: name }
  const ran = await ask(argv, script)
  if (ran instanceof Error)
    return { ...base, version: '', result: 'not run', detail: 'it is not installed here' }
  const words = version.length === 0 ? undefined : await ask([argv[0], ...version], '')
  const shown = words && 'said' in words ? (/\d+(\.\d+)*\S*/.exec(words.said)?.[0] ?? '') : ''
  return {
    ...base,
    version: shown,
    result: ran.status === 0 ? 'passed' : 'failed',
    detail: ran.status === 0 ? '' : (ran.said.trim().split('\n')[0] ?? ''),
  }
}

// A development tool: who installs the package alone does not have it.
async function bySecondParser(script: string): Promise<Proof> {
  const base = { what: 'syntax', by: 'sh-syntax' }
  const parser = await import('sh-syntax').catch(() => undefined)
  if (parser === undefined) {
    return { ...base, version: '', result: 'not run', detail: 'it is not installed here' }
  }
  const version = packageVersion('sh-syntax')
  try {
    for (const piece of cutBetweenFunctions(script)) {
      await parser.parse(piece, { variant: parser.LangVariant.LangPOSIX })
    }
    return { ...base, version, result: 'passed', detail: '' }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { ...base, version, result: 'failed', detail }
  }
}

/** The memory of sh-syntax has a limit, and its tree of the whole script comes near it. */
function cutBetweenFunctions(script: string): string[] {
  const pieces = ['']
  for (const part of script.split(/(?<=^}\n)(?=\n)/m)) {
    const last = pieces.length - 1
    if (`${pieces[last]}${part}`.length > 100_000) pieces.push(part)
    else pieces[last] += part
  }
  return pieces
}

// Set by .rolldown.config.mjs: who is bundled has no package.json of its own any more.
declare const BUNDLED_UNBASH: string | undefined

function parserVersion(): string {
  return typeof BUNDLED_UNBASH === 'undefined' ? packageVersion('unbash') : BUNDLED_UNBASH
}

/** The version of a package; '' where it is not here. */
function packageVersion(name: string): string {
  try {
    const require = createRequire(import.meta.url)
    // Not every package exports its own package.json.
    const [folder] = new RegExp(`^.*/node_modules/${name}/`).exec(require.resolve(name)) ?? []
    return String(require(`${folder}package.json`).version)
  } catch {
    return ''
  }
}

function render(proofs: readonly Proof[], digests: readonly (readonly [string, string])[]): string {
  const rows = [
    ['what', 'by', 'version', 'result', ''],
    ...proofs.map(({ what, by, version, result, detail }) => [what, by, version, result, detail]),
  ]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const table = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return [...table, '', ...digests.map(([name, digest]) => `${digest}  ${name}`), ''].join('\n')
}
