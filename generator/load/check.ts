import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Project as ProjectClass, ts as TypeScript } from 'ts-morph'
import { findTsconfig, readPaths } from './tsconfig.js'

/** A configuration with all that it imports, type-checked. */
export interface Checked {
  readonly program: TypeScript.Program
  readonly compilerOptions: TypeScript.CompilerOptions
  readonly host: TypeScript.ModuleResolutionHost
  /** The user's own files, TypeScript, JavaScript and JSON. */
  readonly sources: readonly TypeScript.SourceFile[]
  readonly faults: readonly TypeScript.Diagnostic[]
  /** The tsconfig.json that names of modules were looked up in. */
  readonly tsconfig: string | undefined
}

export interface Entry {
  readonly file: string
  readonly text: string
  /** The declarations of our API, and the name by which it is imported. */
  readonly types: string
  readonly specifier: string
}

/** Type-checks a configuration. The rules are ours, so that the verdict does not depend on a tsconfig that lies around. */
export function checkConfiguration(
  { Project, ts }: { readonly Project: typeof ProjectClass; readonly ts: typeof TypeScript },
  entry: Entry,
): Checked {
  const tsconfig = findTsconfig(ts, dirname(entry.file))
  const paths = tsconfig === undefined ? {} : readPaths(ts, tsconfig)
  const check = (withNode: boolean): Checked => {
    const compilerOptions = chooseOptions(ts, entry, { ...paths, withNode })
    const project = new Project({ compilerOptions, skipAddingFilesFromTsConfig: true })
    project.createSourceFile(entry.file, entry.text, { overwrite: true })
    if (!withNode) project.createSourceFile(join(dirname(entry.file), FEW), fewOfNode, { overwrite: true })
    const program = project.getProgram().compilerObject
    const sources = findUserSources(program, entry.types)
    const faults = checkTypes(program, sources)
    return { program, compilerOptions, host: project.getModuleResolutionHost(), sources, faults, tsconfig }
  }
  // All of Node's declarations double the time of the check, and most models want a variable of the environment at most.
  // What is in order with a few of them is in order with all.
  const isOfNode = /\bnode:|\bBuffer\b|\bsetTimeout\b|\bURL\b|\bfetch\b/.test(entry.text)
  const first = isOfNode ? undefined : check(false)
  return first?.faults.length === 0 ? first : check(true)
}

const FEW = '__a-few-words-of-node.d.ts'

/** What a configuration says most of Node, as @types/node has it. */
const fewOfNode = `
interface ImportMeta { dirname: string; filename: string; url: string }
declare var __dirname: string
declare var __filename: string
declare var process: {
  env: { [name: string]: string | undefined; TZ?: string }
  argv: string[]
  platform: string
  cwd(): string
  exit(code?: number | string | null): never
}
declare var console: Record<'debug' | 'error' | 'info' | 'log' | 'warn', (message?: unknown, ...more: unknown[]) => void>
`

/**
 * Resolution as bundlers do it, so that a relative import may have no extension, `.js` or `.ts`; an output that is run
 * from memory, as run-program.ts says. Node's declarations are the user's where he has them, else those that came with
 * this package.
 */
function chooseOptions(
  ts: typeof TypeScript,
  { file, types, specifier }: Entry,
  { withNode, ...resolution }: ReturnType<typeof readPaths> & { readonly withNode: boolean },
): TypeScript.CompilerOptions {
  return {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.System,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    esModuleInterop: true,
    resolveJsonModule: true,
    allowJs: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    removeComments: true,
    // JavaScript is not emitted over itself.
    outDir: join(dirname(file), '__emitted__'),
    sourceMap: true,
    ...resolution,
    paths: { ...resolution.paths, [specifier]: [types] },
    types: withNode ? ['node'] : [],
    ...(withNode && { typeRoots: [findNodeTypes(file)] }),
  }
}

function findNodeTypes(entry: string): string {
  const find = (from: string) => dirname(dirname(createRequire(from).resolve('@types/node/package.json')))
  try {
    return find(entry)
  } catch {
    return find(fileURLToPath(import.meta.url))
  }
}

/** The files of the user's own: all of the program but declarations and the sources of our API. */
function findUserSources(program: TypeScript.Program, types: string): TypeScript.SourceFile[] {
  const own = `${dirname(types)}/`
  return program
    .getSourceFiles()
    .filter((source) => !source.isDeclarationFile && !source.fileName.startsWith(own))
}

/** Type errors of a file that does not parse are noise: there its syntax errors are all. */
function checkTypes(
  program: TypeScript.Program,
  sources: readonly TypeScript.SourceFile[],
): TypeScript.Diagnostic[] {
  return sources.flatMap((source): TypeScript.Diagnostic[] => {
    const syntax = program.getSyntacticDiagnostics(source)
    const faults = syntax.length > 0 ? syntax : program.getSemanticDiagnostics(source)
    return faults.filter(({ code }) => !allowed.has(code))
  })
}

/** What TypeScript says of the module format, or of a package without types: it is run all the same. */
const allowed = new Set([
  // Export assignment is not supported when '--module' flag is 'system'.
  1218,
  // Import attributes are only supported when …
  2823,
  // Compiler reserves name 'exports' in top level scope of a module.
  2441,
  // Could not find a declaration file for module …: it is of any type.
  7016,
])
