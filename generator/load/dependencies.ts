import { readFileSync, statSync } from 'node:fs'
import { dirname, extname, resolve } from 'node:path'
import type { ts as TypeScript } from 'ts-morph'

/**
 * The files that a program's text depends on: those given, what they import by a relative name, and where nothing lies
 * by that name each that it could mean. Packages are left out: they change by an installation.
 */
export function listDependencies(ts: typeof TypeScript, files: readonly string[]): string[] {
  const found = new Set<string>()
  const waiting = [...files]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file) || file.includes('/node_modules/')) continue
    found.add(file)
    if (!isCode(file)) continue
    for (const name of listImports(ts, file)) waiting.push(...resolveImport(resolve(dirname(file), name)))
  }
  return [...found]
}

const endings = ['', '.ts', '.mts', '.cts', '.js', '.json', '/index.ts', '/index.js']

function resolveImport(path: string): string[] {
  // A name that ends in .js may mean a .ts file.
  const written = path.replace(/\.([cm]?)js$/, '.$1ts')
  const candidates = [...new Set([written, ...endings.map((ending) => `${path}${ending}`)])]
  const there = candidates.find((candidate) => statSync(candidate, { throwIfNoEntry: false })?.isFile())
  return there === undefined ? candidates : [there]
}

function isCode(file: string): boolean {
  return /^\.[cm]?[jt]s$/.test(extname(file))
}

function listImports(ts: typeof TypeScript, file: string): string[] {
  try {
    const { importedFiles } = ts.preProcessFile(readFileSync(file, 'utf8'), true, true)
    return importedFiles.map(({ fileName }) => fileName).filter((name) => /^\.{1,2}(\/|$)/.test(name))
  } catch {
    return []
  }
}
