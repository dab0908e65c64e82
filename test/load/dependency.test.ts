import { cp, mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { head, stubTypes, writeTree } from './project.js'

const repository = join(import.meta.dirname, '..', '..')
let root = ''

/** The package as npm would lay it down: compiled code and declarations, its libraries beside it. */
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'dependency-')))
  await cp(join(repository, 'generator/load'), join(root, 'package/generator/load'), { recursive: true })
  await cp(
    join(repository, 'generator/compile/diagnostic.ts'),
    join(root, 'package/generator/compile/diagnostic.ts'),
  )
  await symlink(join(repository, 'node_modules'), join(root, 'package/node_modules'))
  await writeTree(join(root, 'package'), {
    'package.json': JSON.stringify({
      name: 'postgres-rep-marathon',
      type: 'module',
      exports: { '.': { types: './build/index.d.ts', default: './build/index.js' } },
    }),
    'generator/index.ts': `${stubTypes.slice(0, stubTypes.indexOf('export declare'))}
export { loadModel } from './load/load.js'
export const defineReplica = (model: Model): Model => ({ ...model })
export const allow = { host: (rule: Rule): Rule => ({ ...rule }), every: (from: string): Rule => ({ database: 'all', user: 'all', from }) }
export const variable = { port: (options: { default?: number; doc?: string } = {}): object => ({ ...options }) }
`,
    'tsconfig.json': JSON.stringify({
      extends: join(repository, 'tsconfig.json'),
      include: [],
      files: ['generator/index.ts'],
    }),
    'run.mjs': `import Module from 'node:module'
const api = await import('./build/index.js')
const loaded = await api.loadModel(process.argv[2], api)
const libraries = Object.keys(Module._cache).filter((file) => /ts-morph|typescript/.test(file)).length
const paths = process.argv.slice(3).map((path) => loaded.placeOf(path.split('.')) ?? null)
process.stdout.write(JSON.stringify({ value: loaded.value, diagnostics: loaded.diagnostics, paths, libraries }))
`,
  })
  await execa(
    join(repository, 'node_modules/.bin/tsc'),
    ['-p', '.', '--rootDir', 'generator', '--outDir', 'build'],
    {
      cwd: join(root, 'package'),
      stdin: 'ignore',
    },
  )
})

afterAll(async () => {
  await rm(root, { recursive: true, force: true })
})

const config = `${head}const base = { cpus: 2 }
export default defineReplica({
  app: { ...base, id: '/a' },
  access: [allow.host({ database: 'all', user: 'a', from: 'b' })],
})
`

async function run(cwd: string, file: string, ...paths: string[]) {
  const { stdout, stderr } = await execa('node', [join(root, 'package/run.mjs'), file, ...paths], {
    cwd,
    stdin: 'ignore',
  })
  return { ...JSON.parse(stdout), stderr }
}

describe('the compiled package', () => {
  it('reads a configuration of a project that depends on it', async () => {
    const project = join(root, 'project')
    await mkdir(join(project, 'node_modules'), { recursive: true })
    await symlink(join(root, 'package'), join(project, 'node_modules/postgres-rep-marathon'))
    await writeTree(project, { 'replica.config.ts': config })
    expect(await run(project, 'replica.config.ts', 'app.cpus', 'access.0.from')).toMatchObject({
      value: { app: { cpus: 2, id: '/a' }, access: [{ database: 'all', user: 'a', from: 'b' }] },
      diagnostics: [],
      paths: [
        { file: 'replica.config.ts', line: 2, column: 16 },
        { file: 'replica.config.ts', line: 5, column: 53 },
      ],
      stderr: '',
    })
  })

  it('reads one where it is not installed, as under npx, and of an ES module project', async () => {
    const project = join(root, 'elsewhere')
    await writeTree(project, { 'conf/replica.config.ts': config, 'package.json': '{"type":"module"}' })
    expect(await run(project, './conf/replica.config.ts', 'app')).toMatchObject({
      diagnostics: [],
      paths: [{ file: 'conf/replica.config.ts', line: 4, column: 3 }],
      stderr: '',
    })
  })

  it('checks it against its own types', async () => {
    const project = join(root, 'wrong')
    await writeTree(project, {
      'replica.config.ts': `${head}export default defineReplica({ app: { cpu: 1 } })`,
    })
    const { diagnostics, value } = await run(project, 'replica.config.ts')
    expect(value).toBeUndefined()
    expect(diagnostics).toMatchObject([
      { code: 'E_TYPE', place: { file: 'replica.config.ts', line: 2, column: 39 } },
    ])
  })

  it('loads TypeScript for a .ts configuration only', async () => {
    const project = join(root, 'json')
    await writeTree(project, { 'r.json': '{"app":{"cpus":2}}', 'r.ts': 'export default {}' })
    expect(await run(project, 'r.json', 'app.cpus')).toMatchObject({
      value: { app: { cpus: 2 } },
      paths: [{ file: 'r.json', line: 1, column: 9 }],
      libraries: 0,
    })
    expect((await run(project, 'r.ts')).libraries).toBeGreaterThan(0)
  })
})
