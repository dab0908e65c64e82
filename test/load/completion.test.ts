import ts from 'typescript'
import { expect, test } from 'vitest'

const file = new URL('model-to-complete.ts', import.meta.url).pathname
const api = new URL('../../generator/index.ts', import.meta.url).pathname

/** What an editor offers at each | of a text, with its documentation. */
function complete(marked: string): Map<string, () => string>[] {
  const parts = marked.split('|')
  const text = parts.join('')
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
  return parts.slice(0, -1).map((_, index) => {
    const position = parts.slice(0, index + 1).join('').length
    const entries = service.getCompletionsAtPosition(file, position, {})?.entries ?? []
    const documentation = (name: string) => {
      const details = service.getCompletionEntryDetails(
        ...[file, position, name, undefined, undefined, {}, undefined],
      )
      return ts.displayPartsToString(details?.documentation)
    }
    return new Map(entries.map(({ name }) => [name, () => documentation(name)]))
  })
}

test('an editor completes the settings of PostgreSQL and their words, and says what they are', () => {
  const [all, some, words] = complete(`import { defineReplica } from 'postgres-rep-marathon'
defineReplica({ postgresql: { settings: { | } } })
defineReplica({ postgresql: { settings: { wal| } } })
export default defineReplica({ postgresql: { settings: { wal_level: '|' } } })`)
  expect([...(some?.keys() ?? [])]).toEqual(
    expect.arrayContaining(['shared_buffers', 'wal_level', 'io_method']),
  )
  expect(some?.get('wal_keep_size')?.()).toBe(
    'Sets the size of WAL files held for standby servers. 0 to 2147483647 (in MB). Since PostgreSQL 13.',
  )
  expect([...(words?.keys() ?? [])].sort()).toEqual(['logical', 'minimal', 'replica'])
  // Not what the script holds, and what no file may set.
  expect(all?.has('work_mem')).toBe(true)
  for (const name of ['port', 'hot_standby', 'server_version', 'transaction_isolation'])
    expect(all?.has(name)).toBe(false)
})
