import { realpathSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ts as TypeScript } from 'ts-morph'
import type { Diagnostic, Place } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'
import { createPositions } from '../diagnostics/position.js'
import { type Checked, checkConfiguration } from './check.js'
import { unpack } from './crossing.js'
import { listDependencies } from './dependencies.js'
import { type Evaluator, limitVariable, readLimit, startEvaluator } from './evaluate.js'
import { createFailures, type LoadedModels, type ModelFile } from './loaded.js'
import { createPlaceBook } from './places.js'
import type { Emitted, Evaluation, Program, SourcePoint } from './program.js'
import { createStamper } from './stamp.js'
import { findStrange } from './strange.js'

const PACKAGE = 'postgres-rep-marathon'

/** What `import … from 'postgres-rep-marathon'` gives to a configuration: by default this package itself. */
export interface Api {
  /** The file of the module; undefined: our own. And of its declarations. */
  readonly module: string | undefined
  readonly types: string
}

export interface TypeScriptOptions {
  readonly api?: Api | undefined
  /** The environments whose models are wanted; by default all that there are. */
  readonly envs?: readonly string[] | undefined
  /** Seconds that it may run; by default as the environment says. */
  readonly limit?: number | undefined
}

/**
 * Reads models from TypeScript: type-checks the file with all that it imports, and runs it only if there is no error but
 * in what the model says, in a process of its own, which is started first: it is ready when the check is done.
 */
export async function loadTypeScript(
  file: ModelFile,
  options: TypeScriptOptions = {},
): Promise<LoadedModels> {
  const { api = ownApi(), envs = [], limit = readLimit() } = options
  if (limit === undefined) {
    const message = `${limitVariable} is ${JSON.stringify(process.env[limitVariable])}, and must be whole seconds`
    const hint = 'say 1 to 999999, or leave it out for 30'
    return createFailures([{ code: 'E_CONFIG_TIMEOUT', message, hint }], [file.absolute])
  }
  const evaluator = startEvaluator()
  try {
    return await loadBy(evaluator, file, { api, envs, limit })
  } finally {
    evaluator.stop()
  }
}

async function loadBy(
  evaluator: Evaluator,
  file: ModelFile,
  { api, envs, limit }: { readonly api: Api; readonly envs: readonly string[]; readonly limit: number },
): Promise<LoadedModels> {
  const { Project, ts } = await import('ts-morph')
  // Imports are resolved to real paths; so is the folder here, or one file could become two modules.
  const entry = join(realpathSync(dirname(file.absolute)), basename(file.absolute))
  const checked = checkConfiguration(
    { Project, ts },
    { file: entry, text: file.text, types: api.types, specifier: PACKAGE },
  )
  const placeAt = createPlaceAt((path) =>
    path === entry ? file.shown : join(dirname(file.shown), relative(dirname(entry), path)),
  )
  const { sources, tsconfig } = checked
  const dependencies = [
    ...listDependencies(ts, [file.absolute, ...sources.map(({ fileName }) => fileName)]),
    ...(tsconfig === undefined ? [] : [tsconfig]),
  ]
  const refuse = (found: readonly Diagnostic[]) => createFailures(found, dependencies)
  const refused = describeFaults(ts, checked.faults, placeAt)
  if (!checked.faults.every((fault) => isOfModel(ts, fault))) return refuse(refused)

  const book = createPlaceBook()
  const program: Program = {
    entry,
    shown: file.shown,
    envs,
    argv: process.argv,
    given: { specifier: PACKAGE, module: api.module },
    ...emitAll(ts, checked, placeAt),
  }
  const evaluation = await evaluator.run(program, limit)
  if (evaluation.kind !== 'models') {
    // A model of which only a value or a key is refused is judged further, so that all findings come at once.
    if (refused.length > 0) return refuse(refused)
    const place = findPlace(ts, evaluation, { checked, entry, placeAt })
    const said = describeFailure(evaluation, program, limit)
    return refuse([{ ...said, ...(place && { place }) }])
  }
  const { values, strange } = unpack(evaluation.packed, book)
  const exportPlace = findExport(ts, checked, { entry, placeAt })
  const models = values.map((value, index) => ({
    env: evaluation.envs[index],
    value,
    placeOf: (path: ModelPath) => book.placeOf(value, path) ?? exportPlace,
    docs: book.docsOf(Reflect.get(Object(value), 'env')),
  }))
  const faults = models.flatMap(({ value, placeOf }) =>
    findStrange(value, strange).map((fault) => {
      const place = placeOf(fault.path ?? [])
      return { ...fault, ...(place && { place }) }
    }),
  )
  if (faults.length > 0) return refuse([...refused, ...faults])
  return { diagnostics: refused, models, names: evaluation.names, dependencies }
}

type PlaceAt = (source: TypeScript.SourceFile, offset: number) => Place

/** Our own API, and its declarations: the sources themselves when these run as TypeScript. */
function ownApi(): Api {
  const types = import.meta.url.endsWith('.ts') ? '../api.ts' : '../api.d.ts'
  return { module: undefined, types: fileURLToPath(new URL(types, import.meta.url)) }
}

function createPlaceAt(nameFile: (path: string) => string): PlaceAt {
  const positions = new Map<TypeScript.SourceFile, (offset: number) => Place>()
  return (source, offset) => {
    const known = positions.get(source) ?? createPositions(nameFile(source.fileName), source.text)
    positions.set(source, known)
    return known(offset)
  }
}

/** All that the program is made of, and which of it each file means by what it imports. */
function emitAll(
  ts: typeof TypeScript,
  { program, compilerOptions, host, sources }: Checked,
  placeAt: PlaceAt,
): Pick<Program, 'emitted' | 'json' | 'links' | 'literals'> {
  const literals: Program['literals'][number][] = []
  const add = (literal: Program['literals'][number]) => literals.push(literal) - 1
  const stamper = createStamper(ts, { placeAt, add })
  const texts = sources.filter(({ fileName }) => extname(fileName) === '.json')
  const modules = sources.filter((source) => !texts.includes(source) && isModule(ts, source))
  const own = new Set([...texts, ...modules].map(({ fileName }) => fileName))
  const link = ({ fileName, text }: TypeScript.SourceFile) =>
    ts.preProcessFile(text).importedFiles.flatMap(({ fileName: specifier }): [string, string][] => {
      const { resolvedModule } = ts.resolveModuleName(specifier, fileName, compilerOptions, host)
      const path = resolvedModule?.resolvedFileName
      return path !== undefined && own.has(path) ? [[specifier, path]] : []
    })
  return {
    emitted: new Map(modules.map((source) => [source.fileName, emitFile(ts, { program, source, stamper })])),
    json: new Map(texts.map(({ fileName, text }) => [fileName, text])),
    links: new Map(modules.map((source) => [source.fileName, new Map(link(source))])),
    literals,
  }
}

/** TypeScript, and JavaScript that is an ES module; the rest of JavaScript is Node's. */
function isModule(ts: typeof TypeScript, source: TypeScript.SourceFile): boolean {
  if (/\.[cm]?ts$/.test(source.fileName)) return true
  return source.statements.some(
    (node) =>
      ts.isImportDeclaration(node) ||
      ts.isExportDeclaration(node) ||
      ts.isExportAssignment(node) ||
      (ts.canHaveModifiers(node) &&
        ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)),
  )
}

interface Emission {
  readonly program: TypeScript.Program
  readonly source: TypeScript.SourceFile
  readonly stamper: TypeScript.TransformerFactory<TypeScript.SourceFile>
}

function emitFile(ts: typeof TypeScript, { program, source, stamper }: Emission): Emitted {
  let code = ''
  let map = ''
  const write = (name: string, text: string) => {
    if (name.endsWith('.map')) map = text
    else code = text
  }
  program.emit(source, write, undefined, false, { before: [createExportDefaulter(ts), stamper] })
  // The map is handed on by itself; a reference to it would make Node look for a file.
  return { code: code.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '\n'), map }
}

/** `export =`, which CommonJS has in place of a default. */
function createExportDefaulter(ts: typeof TypeScript): TypeScript.TransformerFactory<TypeScript.SourceFile> {
  return ({ factory }) =>
    (source) => {
      const statements = source.statements.map((node) =>
        ts.isExportAssignment(node) && node.isExportEquals
          ? ts.setTextRange(factory.createExportDefault(node.expression), node)
          : node,
      )
      return factory.updateSourceFile(source, statements)
    }
}

interface Around {
  readonly checked: Checked
  readonly entry: string
  readonly placeAt: PlaceAt
}

/** Where the configuration exports its model. */
function findExport(
  ts: typeof TypeScript,
  { sources }: Checked,
  { entry, placeAt }: Omit<Around, 'checked'>,
) {
  const source = sources.find(({ fileName }) => fileName === entry)
  const statement = source?.statements.find(ts.isExportAssignment)
  return source && placeAt(source, statement?.getStart(source) ?? 0)
}

type Failed = Exclude<Evaluation, { readonly kind: 'models' }>

function findPlace(ts: typeof TypeScript, failed: Failed, around: Around): Place | undefined {
  const { checked, placeAt } = around
  if (failed.kind === 'fault') return findExport(ts, checked, around)
  const find = (file: string | undefined) => checked.sources.find(({ fileName }) => fileName === file)
  if (failed.kind === 'stuck' || failed.kind === 'late') {
    const source = find(failed.file)
    // Of several that it may wait at, none is named.
    const [only, ...more] = source === undefined ? [] : listAwaits(ts, source)
    return source && placeAt(source, only !== undefined && more.length === 0 ? only.getStart(source) : 0)
  }
  const at = 'at' in failed ? failed.at : undefined
  const source = find(at?.file)
  return at && source && placeAt(source, findOffset(ts, source, at))
}

/** Each `await` at the top of a file. */
function listAwaits(ts: typeof TypeScript, source: TypeScript.SourceFile): TypeScript.Node[] {
  const visit = (node: TypeScript.Node): TypeScript.Node[] => {
    if (ts.isFunctionLike(node)) return []
    const below: TypeScript.Node[] = []
    ts.forEachChild(node, (child) => void below.push(...visit(child)))
    return ts.isAwaitExpression(node) ? [node, ...below] : below
  }
  return visit(source)
}

function findOffset(ts: typeof TypeScript, source: TypeScript.SourceFile, at: SourcePoint): number {
  if ('specifier' in at) {
    const imports = ts.preProcessFile(source.text).importedFiles
    return imports.find(({ fileName }) => fileName === at.specifier)?.pos ?? 0
  }
  return source.getPositionOfLineAndCharacter(at.line - 1, at.column - 1)
}

/** What TypeScript's own words leave unsaid about a configuration, by TypeScript's number of the error. */
const hints: Readonly<Record<number, string>> = {
  2307: 'see the name, and whether the package is installed where the configuration lies',
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
    const text = ts.flattenDiagnosticMessageText(fault.messageText, '\n')
    const message = `${text} (TS${code})`
    const hint = hints[code] ?? (isWidened(text) ? widenedHint : undefined)
    return { code: kind, message, ...(file && { place: placeAt(file, start) }), ...(hint && { hint }) }
  })
}

// `const base = { majors: [15] }` has the type number[] there, whatever stands in it.
function isWidened(message: string): boolean {
  return /\n\s*Type '(string|number|boolean)(\[\])?' is not assignable to type [^\n]*$/.test(message)
}

const widenedHint =
  "the value stands in an object elsewhere, whose type does not keep it: write `satisfies ReplicaInput` behind that object (import { type ReplicaInput } from 'postgres-rep-marathon'), or `as const`"

// A value or a key that the type of the model refuses, in the call that states it: the code around it is in order.
function isOfModel(ts: typeof TypeScript, { file, start, code }: TypeScript.Diagnostic): boolean {
  if (file === undefined || start === undefined || !ofValues.has(code)) return false
  const isWithin = (node: TypeScript.Node): boolean => {
    if (start < node.getStart(file) || start >= node.end) return false
    const isCall = ts.isCallExpression(node) && /^defineReplicas?$/.test(node.expression.getText(file))
    return isCall || ts.forEachChild(node, (child) => isWithin(child) || undefined) === true
  }
  return isWithin(file)
}

/** TypeScript's errors on what is assigned: of another type, an unknown key (and whether another is meant), a missing one. */
const ofValues: ReadonlySet<number> = new Set([2322, 2345, 2353, 2561, 2739, 2740, 2741, 2769, 2820])

/** Why a configuration that is in order gave no model. */
function describeFailure(failed: Failed, { shown, envs }: Program, limit: number): Diagnostic {
  switch (failed.kind) {
    case 'fault':
      return failed.fault
    case 'thrown': {
      const message = `${shown} failed while it was evaluated: ${failed.message}`
      const hint = 'it was called without an environment; --env names one'
      const isUntold = failed.isFunction && envs.length === 0
      return { code: 'E_CONFIG_THROWN', message, ...(isUntold && { hint }) }
    }
    case 'exit':
      return {
        code: 'E_CONFIG_EXIT',
        message: `${shown} ended its process (process.exit, code ${failed.code}) before it returned a model`,
        hint: 'throw an Error if there can be no model; do not call process.exit',
      }
    case 'gone':
      return {
        code: 'E_CONFIG_EXIT',
        message: `the process that evaluates ${shown} ended ${failed.how} before it returned a model`,
        hint: 'see what it wrote above; a configuration must not end its own process, nor take all memory',
      }
    case 'stuck':
      return {
        code: 'E_CONFIG_HANGS',
        message: `${shown} waits for a promise that is never settled`,
        hint: 'check each await, at the top of the file and in functions: every promise must be resolved or rejected',
      }
    case 'late':
      return {
        code: 'E_CONFIG_HANGS',
        message: `${shown} was still being evaluated after ${limit} s`,
        hint: `look for an endless loop, or for something that never answers; ${limitVariable}=SECONDS in the environment allows more`,
      }
  }
}
