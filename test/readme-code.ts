import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { execa } from 'execa'
import ts from 'typescript'
import { parseAllDocuments } from 'yaml'
import { tryModel } from '../generator/compile/compile.js'
import { isError } from '../generator/diagnostics/diagnostic.js'
import { isByEnvironment } from '../generator/input/environments.js'
import { produce } from '../generator/produce.js'
import type { Fence } from './readme-pages.js'

const api = fileURLToPath(new URL('../build/index.js', import.meta.url))
const types = fileURLToPath(new URL('../build/index.d.ts', import.meta.url))
const step = 'step_announce() {\n  log INFO "metrics on port $METRICS_PORT"\n}\n'

/** What is wrong with an example, by its language; a language that nobody checks is wrong, too. Of `ts`: judgeModels. */
const judges: Readonly<Record<string, (code: string, dir: string) => Promise<string[]>>> = {
  ts: async () => [],
  js: (code, dir) => judgeProgram(code, dir, 'program.mjs', ['node', '--check']),
  json: async (code) => {
    JSON.parse(code)
    return []
  },
  sh: (code, dir) => judgeProgram(code, dir, 'commands.sh', ['sh', '-n']),
  yaml: async (code) => parseAllDocuments(code).flatMap(({ errors }) => errors.map(({ message }) => message)),
  // Words of a log or a file, SQL for a person, drawings: GitHub shows them, and nothing here can run them.
  ...Object.fromEntries(['text', 'sql', 'mermaid'].map((language) => [language, async () => []])),
}

/** What is wrong with an example, which may be tried in a directory of its own. */
export async function judgeFence({ language, code }: Fence, dir: string): Promise<string[]> {
  const judge = judges[language]
  return judge === undefined ? [`nobody checks examples in "${language}"`] : await judge(code, dir)
}

/** The configurations that an example stands for: itself, or, of a part of one, one for each of its members. */
export function listModels(code: string): string[] {
  if (code.includes('export default')) return [code]
  const members = code.split(/^(?=\w+:)/m).filter((text) => /^\w+:/.test(text))
  if (members.length === 0) throw new Error(`this is neither a configuration nor a member of one: ${code}`)
  const head = `import { allow, defineReplica } from 'postgres-rep-marathon'\n\nexport default defineReplica({\n`
  return members.map((member) => `${head}${member}})\n`)
}

/** What is wrong with each configuration: by TypeScript, all of them at once, and as `generate` says. */
export async function judgeModels(texts: readonly string[], dir: string): Promise<string[][]> {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'announce.sh'), step)
  const files = texts.map((text, index) => {
    const file = join(dir, `${index}.config.ts`)
    writeFileSync(file, text)
    return file
  })
  const options: ts.CompilerOptions = {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: [],
    paths: { 'postgres-rep-marathon': [types] },
  }
  const program = ts.createProgram(files, options)
  const judged: string[][] = []
  for (const [index, file] of files.entries()) {
    const source = program.getSourceFile(file)
    const found = ts.getPreEmitDiagnostics(program, source)
    const words = found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
    judged.push(words.length > 0 ? words : await compile(texts[index] ?? '', join(dir, `${index}.mjs`), dir))
  }
  return judged
}

// Doc comments on `env` are known to the command line only.
async function compile(text: string, file: string, dir: string): Promise<string[]> {
  const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.ESNext } })
  writeFileSync(file, outputText.replace("'postgres-rep-marathon'", `'${pathToFileURL(api)}'`))
  const { default: exported }: { default: unknown } = await import(pathToFileURL(file).href)
  const value: unknown = typeof exported === 'function' ? exported({ env: undefined }) : exported
  const docs = Object.fromEntries(
    [...text.matchAll(/\/\*\* (.+) \*\/\s+(\w+):/g)].map(([, doc = '', name = '']) => [name, doc]),
  )
  // The script of all others is that of a model which the compiler's own tests have.
  const hasSteps = text.includes('steps:')
  const found: string[] = []
  for (const model of isByEnvironment(value) ? Object.values(Object(value)) : [value]) {
    const { diagnostics } = hasSteps ? await produce(model, { baseDir: dir, docs }) : tryModel(model)
    found.push(...diagnostics.filter(isError).map(({ code, message }) => `${code}: ${message}`))
  }
  return found
}

async function judgeProgram(code: string, dir: string, name: string, command: string[]): Promise<string[]> {
  mkdirSync(dir, { recursive: true })
  const file = join(dir, name)
  writeFileSync(file, code)
  const [tool = '', ...args] = command
  const { failed, stderr } = await execa(tool, [...args, file], { reject: false, stdin: 'ignore' })
  return failed ? [stderr] : []
}
