import { realpathSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ts as TypeScript } from 'ts-morph'
import type { Diagnostic, Place } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'
import { createPositions } from '../diagnostics/position.js'
import { type Emitted, evaluate } from './evaluate.js'
import { createFailure, type Loaded, type ModelFile } from './loaded.js'
import { createPlaceBook } from './places.js'
import { createStamper } from './stamp.js'
import { createApiPlaces } from './traced-api.js'

const PACKAGE = 'postgres-rep-marathon'

/**
 * Reads a model from TypeScript: type-checks it with all that it imports, and evaluates it only if there is no
 * error. The options are ours, so that the verdict does not depend on a tsconfig that happens to lie around.
 */
export async function loadTypeScript(file: ModelFile, api: object, types = findOwnTypes()): Promise<Loaded> {
  const { Project, ts } = await import('ts-morph')
  // Imports are resolved to real paths; so is the folder here, or one file could become two modules.
  const entry = join(realpathSync(dirname(file.absolute)), basename(file.absolute))
  const check = (nodeTypes: string | undefined) => {
    const compilerOptions = chooseOptions(ts, types, nodeTypes)
    const project = new Project({ compilerOptions, skipAddingFilesFromTsConfig: true })
    project.createSourceFile(entry, file.text, { overwrite: true })
    const program = project.getProgram().compilerObject
    const sources = findUserSources(program, types)
    return { compilerOptions, project, program, sources, faults: checkTypes(program, sources) }
  }
  // @types/node triples the time of the check, and most models say nothing of Node. So it is left out first,
  // where the text does not name it; what is in order without it is in order with it.
  const nodeTypes = findNodeTypes(entry)
  const isLikelyNode = /\bnode:|\bprocess\b|\b__dirname\b/.test(file.text)
  const first = check(isLikelyNode ? nodeTypes : undefined)
  const retries = first.faults.length > 0 && !isLikelyNode && nodeTypes !== undefined
  const { compilerOptions, project, program, sources, faults } = retries ? check(nodeTypes) : first
  const placeAt = createPlaceAt((path) =>
    path === entry ? file.shown : join(dirname(file.shown), relative(dirname(entry), path)),
  )

  if (faults.length > 0) return createFailure(describeFaults(ts, faults, placeAt))

  const book = createPlaceBook()
  const stamper = createStamper(ts, { placeAt, add: book.add })
  const emittable = new Map(
    sources
      .filter(({ fileName }) => extname(fileName) !== '.json')
      .map((source) => [source.fileName, source]),
  )
  const host = project.getModuleResolutionHost()
  const result = evaluate({
    entry,
    emit: (path) => emitFile(program, emittable.get(path), stamper),
    resolve: (specifier, from) => {
      const { resolvedModule } = ts.resolveModuleName(specifier, from, compilerOptions, host)
      const path = resolvedModule?.resolvedFileName
      return path !== undefined && emittable.has(path) ? path : undefined
    },
    given: new Map([[PACKAGE, createApiPlaces(api, book.keepPlace)]]),
    stamp: book.stamp,
  })
  if (result.kind === 'thrown') {
    const { at } = result
    const source = at && emittable.get(at.file)
    const place = source && placeAt(source, source.getPositionOfLineAndCharacter(at.line - 1, at.column - 1))
    const message = `${file.shown} failed while it was evaluated: ${result.message}`
    return createFailure([{ code: 'E_CONFIG_THROWN', message, ...(place && { place }) }])
  }

  const source = emittable.get(entry)
  const statement = source?.statements.find(ts.isExportAssignment)
  const exportPlace = source && placeAt(source, statement?.getStart(source) ?? 0)
  const fault = judgeExports(result.exports, file.shown)
  if (fault !== undefined) {
    return createFailure([{ ...fault, ...(exportPlace && { place: exportPlace }) }])
  }
  const value = Reflect.get(Object(result.exports), 'default')
  return {
    value,
    diagnostics: [],
    placeOf: (path: ModelPath) => book.placeOf(value, path) ?? (statement && exportPlace),
    docs: book.docsOf(Reflect.get(Object(value), 'env')),
  }
}

type PlaceAt = (source: TypeScript.SourceFile, offset: number) => Place

/** The declarations of our own API: the sources themselves when these run as TypeScript. */
function findOwnTypes(): string {
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.d.ts'
  return fileURLToPath(new URL(`../index${extension}`, import.meta.url))
}

/**
 * CommonJS, since it is run from memory by a `require` of ours; resolution as bundlers do it, so that a
 * relative import may have no extension, `.js` or `.ts`. @types/node is there only where the user has it.
 */
function chooseOptions(
  ts: typeof TypeScript,
  types: string,
  nodeTypes: string | undefined,
): TypeScript.CompilerOptions {
  return {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts'],
    module: ts.ModuleKind.CommonJS,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    moduleDetection: ts.ModuleDetectionKind.Force,
    esModuleInterop: true,
    resolveJsonModule: true,
    rewriteRelativeImportExtensions: true,
    skipLibCheck: true,
    removeComments: true,
    sourceMap: true,
    paths: { [PACKAGE]: [types] },
    types: nodeTypes === undefined ? [] : ['node'],
    ...(nodeTypes !== undefined && { typeRoots: [nodeTypes] }),
  }
}

function findNodeTypes(entry: string): string | undefined {
  try {
    return dirname(dirname(createRequire(entry).resolve('@types/node/package.json')))
  } catch {
    return undefined
  }
}

/** The files of the user's own: all of the program but declarations and the sources of our API. */
function findUserSources(program: TypeScript.Program, types: string): TypeScript.SourceFile[] {
  const own = `${dirname(types)}/`
  return program
    .getSourceFiles()
    .filter((source) => !source.isDeclarationFile && !source.fileName.startsWith(own))
}

function createPlaceAt(nameFile: (path: string) => string): PlaceAt {
  const positions = new Map<TypeScript.SourceFile, (offset: number) => Place>()
  return (source, offset) => {
    const known = positions.get(source) ?? createPositions(nameFile(source.fileName), source.text)
    positions.set(source, known)
    return known(offset)
  }
}

/** Type errors of a file that does not parse are noise: there its syntax errors are all. */
function checkTypes(
  program: TypeScript.Program,
  sources: readonly TypeScript.SourceFile[],
): TypeScript.Diagnostic[] {
  return sources.flatMap((source): TypeScript.Diagnostic[] => {
    const syntax = program.getSyntacticDiagnostics(source)
    return syntax.length > 0 ? [...syntax] : [...program.getSemanticDiagnostics(source)]
  })
}

/** What TypeScript's own words leave unsaid about a configuration, by TypeScript's number of the error. */
const hints: Readonly<Record<number, string>> = {
  1309: 'a configuration is evaluated at once: read what it needs with the synchronous functions of node:fs',
  1378: 'a configuration is evaluated at once: read what it needs with the synchronous functions of node:fs',
  1343: 'a configuration is run as CommonJS: use __dirname or __filename',
  1470: 'a configuration is run as CommonJS: use __dirname or __filename',
  2823: 'a configuration is run as CommonJS: leave out the "with { … }"',
  2580: 'install @types/node where the configuration lies',
  2591: 'install @types/node where the configuration lies',
}

function describeFaults(
  ts: typeof TypeScript,
  faults: readonly TypeScript.Diagnostic[],
  placeAt: PlaceAt,
): Diagnostic[] {
  return faults.map((fault) => {
    const { file, start = 0, code } = fault
    // The compiler numbers its syntax errors from 1000 to 1999.
    const kind = code < 2000 ? 'E_SYNTAX' : 'E_TYPE'
    const message = `${ts.flattenDiagnosticMessageText(fault.messageText, '\n')} (TS${code})`
    const hint = hints[code]
    return { code: kind, message, ...(file && { place: placeAt(file, start) }), ...(hint && { hint }) }
  })
}

function emitFile(
  program: TypeScript.Program,
  source: TypeScript.SourceFile | undefined,
  stamper: TypeScript.TransformerFactory<TypeScript.SourceFile>,
): Emitted {
  let code = ''
  let map = ''
  const write = (name: string, text: string) => {
    if (name.endsWith('.map')) map = text
    else code = text
  }
  program.emit(source, write, undefined, false, { before: [stamper] })
  // The map is handed on by itself; a reference to it would make Node look for a file.
  return { code: code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'), map }
}

function judgeExports(
  exports: unknown,
  shown: string,
): Pick<Diagnostic, 'code' | 'message' | 'hint'> | undefined {
  const hint = 'export the model itself: export default defineReplica({ … })'
  if (!('default' in Object(exports))) {
    return { code: 'E_CONFIG_NO_DEFAULT', message: `${shown} has no default export`, hint }
  }
  const value: unknown = Reflect.get(Object(exports), 'default')
  if (typeof value === 'object' && value !== null && typeof Reflect.get(value, 'then') === 'function') {
    // Nobody waits for it: its rejection must not end the process.
    Promise.resolve(value).catch(() => undefined)
    return { code: 'E_CONFIG_PROMISE', message: `the default export of ${shown} is a promise`, hint }
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined
  const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value
  return {
    code: 'E_CONFIG_NOT_OBJECT',
    message: `the default export of ${shown} is not an object but ${found}`,
    hint,
  }
}
