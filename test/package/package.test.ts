import { readFileSync } from 'node:fs'
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, normalize } from 'node:path'
import { execa } from 'execa'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isExternal, listLinks, readPages } from '../readme-pages.js'
import { install, pack, repository, run, type Tarball } from './install.js'
import type { Outcome } from './project/outside.js'

const values = ['allow', 'defineReplica', 'defineReplicas', 'deny', 'generate', 'variable']
const types = ['Diagnostic', 'Environment', 'GenerateOptions', 'Generated', 'Place', 'SettingsInput']
// Found at run time, where it is installed.
const leftOutside = ['sh-syntax']
const kinds = ['module', 'commonjs'] as const
// npm, tsc and two runs of a program, on a machine that has other things to do.
const patience = 240_000

let root = ''
let home = ''
let tarball: Tarball

/** Installs the package, and lays a project beside it twice: as an ES module and as CommonJS. */
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'package-')))
  home = join(root, 'home')
  await mkdir(home)
  tarball = await pack(root)
  await install(tarball, home)
  for (const kind of kinds) {
    await cp(join(repository, 'test/package/project'), join(home, kind), { recursive: true })
    await writeFile(join(home, kind, 'package.json'), JSON.stringify({ type: kind }))
    await mkdir(join(home, kind, 'steps/folder.sh'))
  }
  await writeFile(join(home, 'module/readme.mts'), await readExample())
}, patience)

afterAll(() => rm(root, { recursive: true, force: true }))

describe('the tarball', () => {
  test('has what the pages in it link to, so that they can be read where there is no repository', () => {
    const links = readPages()
      .filter(({ path }) => tarball.names.includes(path))
      .flatMap((page) => listLinks(page).map((target) => ({ page, target })))
      .filter(({ target }) => !isExternal(target) && !target.startsWith('#'))
      .map(({ page: { path }, target }) => [path, normalize(join(dirname(path), target.replace(/#.*/, '')))])
    expect(links.length).toBeGreaterThan(20)
    // A folder is shown by its README.
    const isThere = (path: string) =>
      [path, join(path, 'README.md')].some((one) => tarball.names.includes(one))
    expect(links.filter(([, path = '']) => !isThere(path))).toEqual([])
  })

  test('holds the program, its types, the demo, the words about it, and nothing else', () => {
    // Of the program those parts that are loaded only when they are needed may be files of their own.
    const isPart = (name: string) => /^build\/bin\/[\w-]+\.js$/.test(name)
    expect(tarball.names.filter(isPart)).toEqual(
      expect.arrayContaining(['build/bin/child.js', 'build/bin/cli.js', 'build/bin/index.js']),
    )
    expect(tarball.names.filter((name) => !isPart(name))).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'build/THIRD-PARTY-NOTICES.txt',
      'build/api.d.ts',
      'build/demo/demo.sh',
      'build/demo/install.sh',
      'build/demo/stage.sh',
      'build/demo/tell.sh',
      'build/index.d.ts',
      'build/postgres-rep-marathon.1',
      'build/replica.schema.json',
      'generator/README.md',
      'generator/model/README.md',
      'generator/report/run.svg',
      'generator/targets/README.md',
      'generator/targets/compose/README.md',
      'generator/targets/kubernetes/README.md',
      'generator/targets/marathon/README.md',
      'generator/targets/systemd/README.md',
      'package.json',
      'templates/operate/README.md',
      'templates/operate/master.md',
      'templates/operate/monitoring.md',
      'templates/operate/secrets.md',
      'templates/operate/tls.md',
      'templates/operate/troubleshooting.md',
      'templates/operate/upgrades.md',
      'templates/run_rep/README.md',
      'test/README.md',
      'test/agent/README.md',
      'test/bench/first-row.svg',
    ])
  })

  test('is small, and brings two packages along: the compiler of TypeScript, and the types of Node', async () => {
    expect(tarball.size).toBeLessThan(2_250_000)
    expect(tarball.names.length).toBeLessThan(60)
    const { dependencies } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
    // A configuration is run by Node, so that its types are there on a fresh install.
    expect(Object.keys(dependencies)).toEqual(['@types/node', 'ts-morph'])
  })

  test('names each package whose code it holds, with its licence', async () => {
    const notices = await readFile(
      join(home, 'node_modules/postgres-rep-marathon/build/THIRD-PARTY-NOTICES.txt'),
      'utf8',
    )
    const named = [...notices.matchAll(/^(\S+) \d+\.\d+\.\d+ \(.+\)$/gm)].map(([, name]) => name)
    const { devDependencies } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'))
    // What the sources import and the package does not install is in it.
    const imported = await listImported()
    expect(named).toEqual(imported.filter((name) => name in devDependencies && !leftOutside.includes(name)))
  })

  // Both tools read a tarball as resolvers do, each with rules that the other lacks.
  test('is in order for publint: what package.json names is there, and is what it says', async () => {
    const { stdout } = await inRepository('publint', 'run', tarball.file, '--strict')
    expect(stdout).toContain('All good!')
  })

  // CommonJS gets the ES module, on purpose: each Node that `engines` allows can require one, and does so below. Only
  // that rule is left out; --profile esm-only would hold CommonJS to none.
  test('is in order for attw: every kind of resolution finds types, and those of the code', async () => {
    // The JSON Schema is no module; what resolved as Node 10 did looks for files alone.
    const options = ['--ignore-rules', 'cjs-resolves-to-esm', '--exclude-entrypoints', 'replica.schema.json']
    const { stdout } = await inRepository('attw', tarball.file, ...options)
    expect(stdout).toContain('No problems found')
  })
})

describe('what the package exports', () => {
  test.each([
    ['import', "import('postgres-rep-marathon').then((api) => console.log(Object.keys(api).join()))"],
    ['require', "console.log(Object.keys(require('postgres-rep-marathon')).join())"],
  ])('comes by %s', async (_, program) => {
    const { stdout } = await run(home, ['node', '-e', program])
    expect(stdout.split(',').sort()).toEqual(values)
  })

  test('has a docstring each, and so has each member, in the declarations', () => {
    const file = join(home, 'node_modules/postgres-rep-marathon/build/index.d.ts')
    const program = ts.createProgram([file], { module: ts.ModuleKind.NodeNext, strict: true, types: [] })
    const checker = program.getTypeChecker()
    const source = program.getSourceFile(file)
    const module = source && checker.getSymbolAtLocation(source)
    const found = (module ? checker.getExportsOfModule(module) : []).map((symbol) => {
      const own = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
      const isValue = (own.flags & ts.SymbolFlags.Value) !== 0
      const type = isValue ? checker.getTypeOfSymbol(own) : checker.getDeclaredTypeOfSymbol(own)
      const all = [own, ...type.getProperties()]
      const silent = all.filter((item) => item.getDocumentationComment(checker).length === 0)
      return { name: own.name, silent: silent.map(({ name }) => name) }
    })
    const input = readFileSync(join(repository, 'generator/input/replica-input.ts'), 'utf8')
    const parts = [...input.matchAll(/^export interface (\w+)/gm)].map(([, name = '']) => name)
    const wanted = [...types, ...parts, ...values].sort().map((name) => ({ name, silent: [] }))
    expect(found.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(wanted)
  })
})

describe('a project that uses all of it', () => {
  const outcomes = new Map<string, Outcome>()
  let words = ''

  beforeAll(async () => {
    const both = ['module/*.ts', 'commonjs/*.ts']
    words = await compile('tsconfig.json', { module: 'nodenext', types: [] }, both)
    await run(join(home, 'module'), ['npx', '--offline', 'postgres-rep-marathon', 'generate'])
    const runOutside = async (kind: string) => {
      const { stdout } = await run(join(home, kind), ['node', 'outside.js'])
      outcomes.set(kind, JSON.parse(stdout))
    }
    await Promise.all(kinds.map(runOutside))
  }, patience)

  test('type-checks as Node resolves, ES modules and CommonJS', () => {
    expect(words).toBe('')
  })

  test('type-checks as bundlers resolve, and the program of generator/README.md does', async () => {
    const node = { types: ['node'], typeRoots: [join(repository, 'node_modules/@types')] }
    const bundler = { module: 'esnext', moduleResolution: 'bundler', noEmit: true, skipLibCheck: true }
    const files = ['module/*.ts', 'module/*.mts']
    expect(await compile('tsconfig.bundler.json', { ...bundler, ...node }, files)).toBe('')
  })

  test.each(kinds)('%s: generate() gives what the command line writes', async (kind) => {
    const { files, diagnostics } = outcomes.get(kind)?.whole ?? {}
    expect(diagnostics?.filter(({ code }) => code.startsWith('E_'))).toEqual([])
    expect(files).toEqual(await readArtefacts('dist', 'marathon.json'))
    expect(files?.['run_rep.sh']).toContain('\nstep_announce() {\n')
  })

  test.each(kinds)('%s: what is wrong with a model is a finding', (kind) => {
    expect(outcomes.get(kind)?.findings).toEqual({
      'another folder for steps': ['8 files'],
      'a rule that is broken': ['E_STOP_GRACE task.stopGrace'],
      'a key that no model has': ['E_MODEL_KEY apps'],
      'a step file that is missing': ['E_STEP_FILE steps.0.file'],
      'a step file that is a directory': ['E_STEP_FILE steps.0.file'],
      'a step that is refused': ['E_STEP_PROGRAM steps/bad.sh:3:8'],
      'a folder that is not there': ['E_STEP_FILE steps.0.file'],
    })
  })

  test.each(kinds)('%s: what is wrong with the program is thrown, in words', (kind) => {
    const takes = 'TypeError: generate takes a model, the object that defineReplica gives, and got'
    expect(outcomes.get(kind)?.refusals).toEqual([
      `${takes} undefined`,
      `${takes} the text "replica.config.ts"`,
      `${takes} an array`,
      `${takes} a promise: await it first`,
      'TypeError: generate takes its options as an object, and got the text "steps"',
      'TypeError: generate has no option "basedir", only baseDir',
      'TypeError: the option baseDir of generate is the path of a folder, and got a value of type number',
    ])
  })

  test('the program of generator/README.md writes the files', async () => {
    await writeFile(join(home, 'module/readme.mjs'), await readExample())
    const { stdout, stderr } = await run(join(home, 'module'), ['node', 'readme.mjs'])
    expect(stdout + stderr).toBe('')
    const { 'marathon.json': app, SHA256SUMS: sums } = await readArtefacts('out', 'out/marathon.json')
    expect(JSON.parse(app ?? '')).toMatchObject({ id: '/db/pg-replica', env: { POSTGRES_MASTER: 'pg1.db' } })
    expect(sums).toMatch(/^[0-9a-f]{64} {2}conf\/pg_hba\.conf\n/)
  })

  test('generate() loads no TypeScript', async () => {
    const program = `import Module from 'node:module'
import { generate } from 'postgres-rep-marathon'
const { files } = await generate({})
const loaded = Object.keys(Module._cache).filter((file) => /typescript|ts-morph/.test(file))
console.log(Object.keys(files).length, loaded.length)`
    const { stdout } = await run(home, ['node', '--input-type=module', '-e', program])
    expect(stdout).toBe('8 0')
  })
})

describe('the command line', () => {
  const command = (...args: readonly string[]) =>
    run(join(home, 'json'), ['npx', '--offline', 'postgres-rep-marathon', ...args])

  beforeAll(async () => {
    await mkdir(join(home, 'json'))
    await writeFile(join(home, 'json/replica.config.json'), '{ "master": { "hosts": ["pg1.db"] } }\n')
  })

  test('says what it can do', async () => {
    const { stdout } = await command('--help')
    expect(stdout).toMatch(/^Usage: postgres-rep-marathon /)
  })

  test('compiles a JSON configuration, and finds what was edited since', async () => {
    await command('generate')
    const app = await readFile(join(home, 'json/marathon.json'), 'utf8')
    expect(JSON.parse(app).env).toMatchObject({ POSTGRES_MASTER: 'pg1.db' })
    await command('check')
    await appendFile(join(home, 'json/dist/run_rep.sh'), '# edited\n')
    const { exitCode } = await command('check').catch((error) => error)
    expect(exitCode).toBe(3)
  })
})

/**
 * What tsc says of these files and, unless it is told to skip them, of all declarations that they need: those of zod
 * name URL, which is of the DOM, or of Node. JavaScript, and declarations of their own, come beside them.
 */
async function compile(name: string, options: object, include: readonly string[]): Promise<string> {
  const strict = { strict: true, target: 'es2022', lib: ['es2023', 'dom'], declaration: true }
  const config = join(home, name)
  await writeFile(config, JSON.stringify({ compilerOptions: { ...strict, ...options }, include }))
  const { stdout } = await inRepository('tsc', '-p', config).catch((error) => error)
  return stdout
}

/** The artefacts that lie in the ES module's folder. */
async function readArtefacts(dist: string, app: string): Promise<Record<string, string>> {
  const names = [
    'SHA256SUMS',
    'conf/pg_hba.conf',
    'conf/postgresql.conf',
    'master.pg_hba.conf',
    'master.sql',
    'run_rep.map.json',
    'run_rep.sh',
  ]
  const paths = [...names.map((name) => [name, join(dist, name)] as const), ['marathon.json', app] as const]
  const texts = paths.map(
    async ([name, path]) => [name, await readFile(join(home, 'module', path), 'utf8')] as const,
  )
  return Object.fromEntries(await Promise.all(texts))
}

/** The packages that the sources import values from, sorted. */
async function listImported(): Promise<string[]> {
  const folder = join(repository, 'generator')
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const imports = texts.flatMap((text) => [
    ...text.matchAll(/(?:^import (?!type)[^']*?from|\bimport\() ?'([^.'][^']*)'/gm),
  ])
  return [...new Set(imports.map(([, name = '']) => name))].sort()
}

/** The program of generator/README.md, "From a program". */
async function readExample(): Promise<string> {
  const readme = await readFile(join(repository, 'generator/README.md'), 'utf8')
  const [, program] = /^## From a program$[\s\S]*?^```js\n([\s\S]*?)^```$/m.exec(readme) ?? []
  if (program === undefined) throw new Error('generator/README.md has no program')
  return program
}

/** Runs a tool of ours. */
function inRepository(tool: string, ...args: string[]) {
  return execa(join(repository, 'node_modules/.bin', tool), args, { cwd: repository, stdin: 'ignore' })
}
