import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const file = fileURLToPath(new URL('replica.config.ts', import.meta.url))
/** The types as a user gets them. */
const types = fileURLToPath(new URL('../../build/index.d.ts', import.meta.url))

/** What an editor says of a configuration: at each `|` of its text, and of the whole. */
export interface Editor {
  /** What it offers, each with its documentation. */
  readonly completions: readonly ReadonlyMap<string, () => string>[]
  /** What it shows of the word there: its type, and its documentation. */
  readonly hovers: readonly { readonly type: string; readonly doc: string }[]
  /** What it underlines, by line: the words and TypeScript's number. */
  readonly errors: readonly string[]
}

let text = ''
let version = 0
const host: ts.LanguageServiceHost = {
  getScriptFileNames: () => [file],
  getScriptVersion: (path) => (path === file ? String(version) : '1'),
  getScriptSnapshot: (path) => {
    const found = path === file ? text : ts.sys.readFile(path)
    return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
  },
  getCurrentDirectory: () => '/',
  // No tsconfig asks for Node's declarations.
  getCompilationSettings: () => ({
    strict: true,
    exactOptionalPropertyTypes: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    types: [],
    paths: { 'postgres-rep-marathon': [types] },
  }),
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  fileExists: ts.sys.fileExists,
  readFile: ts.sys.readFile,
  directoryExists: ts.sys.directoryExists,
  getDirectories: ts.sys.getDirectories,
}
// One for all tests: the declarations are read once.
const service = ts.createLanguageService(host)

/** Opens a configuration in an editor. */
export function open(marked: string): Editor {
  const head = "import { allow, defineReplica, variable } from 'postgres-rep-marathon'\n"
  const parts = `${head}${marked}`.split('|')
  text = parts.join('')
  version += 1
  const positions = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('').length)
  const completions = positions.map((position) => {
    const entries = service.getCompletionsAtPosition(file, position, {})?.entries ?? []
    const documentation = (name: string) => {
      const details = service.getCompletionEntryDetails(
        ...[file, position, name, undefined, undefined, {}, undefined],
      )
      return ts.displayPartsToString(details?.documentation)
    }
    return new Map(entries.map(({ name }) => [name, () => documentation(name)]))
  })
  const hovers = positions.map((position) => {
    const info = service.getQuickInfoAtPosition(file, position)
    const tags = (info?.tags ?? []).map((tag) => `@${tag.name} ${ts.displayPartsToString(tag.text)}`)
    const doc = [ts.displayPartsToString(info?.documentation), ...tags].join('\n')
    return { type: ts.displayPartsToString(info?.displayParts), doc }
  })
  const errors = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)].map(
    ({ start = 0, length = 0, code }) => {
      const line = text.slice(0, start).split('\n').length - 1
      return `${line} ${text.slice(start, start + length)} TS${code}`
    },
  )
  return { completions, hovers, errors }
}
