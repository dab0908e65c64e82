import ts from 'typescript'
import { expect, test } from 'vitest'

const file = new URL('model-to-complete.ts', import.meta.url).pathname
const api = new URL('../../generator/index.ts', import.meta.url).pathname

/** What an editor offers where the text says `|`, with its documentation. */
function complete(marked: string): Map<string, () => string> {
  const position = marked.indexOf('|')
  const text = marked.replace('|', '')
  const host: ts.LanguageServiceHost = {
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const found = path === file ? text : ts.sys.readFile(path)
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found)
    },
    getCurrentDirectory: () => '/',
    getCompilationSettings: () => ({
      strict: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      resolveJsonModule: true,
      types: [],
      paths: { 'postgres-rep-marathon': [api] },
    }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  }
  const service = ts.createLanguageService(host)
  const entries = service.getCompletionsAtPosition(file, position, {})?.entries ?? []
  const documentation = (name: string) => {
    const details = service.getCompletionEntryDetails(
      ...[file, position, name, undefined, undefined, {}, undefined],
    )
    return ts.displayPartsToString(details?.documentation)
  }
  return new Map(entries.map(({ name }) => [name, () => documentation(name)]))
}

const model = (settings: string) => `import { defineReplica } from 'postgres-rep-marathon'
export default defineReplica({ postgresql: { settings: { ${settings} } } })`

test('an editor completes the settings of PostgreSQL, and says what they are', () => {
  const offered = complete(model('wal|'))
  expect([...offered.keys()]).toEqual(expect.arrayContaining(['shared_buffers', 'wal_level', 'io_method']))
  expect(offered.get('wal_keep_size')?.()).toBe(
    'Sets the size of WAL files held for standby servers. 0 to 2147483647 (in MB). Since PostgreSQL 13.',
  )
})

test('what the script holds, and what no file may set, is not offered', () => {
  const offered = complete(model('|'))
  expect(
    ['port', 'hot_standby', 'server_version', 'transaction_isolation'].filter((name) => offered.has(name)),
  ).toEqual([])
})

test('the words of a setting are offered', () => {
  expect([...complete(model("wal_level: '|'")).keys()]).toEqual(['minimal', 'replica', 'logical'])
})
