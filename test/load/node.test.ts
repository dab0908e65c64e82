import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inProject, list, show } from './project.js'

/** Nothing but the files: what a configuration may do on a fresh install, without @types/node or a tsconfig. */
type Case = readonly [string, Record<string, string>, unknown]

const cases: readonly Case[] = [
  [
    'the environment, the console and where it lies, as CommonJS and ES modules say it',
    {
      'r.ts': `console.log('said')
const here = [import.meta.dirname, __dirname, import.meta.filename, __filename]
export default {
  path: process.env.PATH !== undefined, none: process.env.NO_SUCH_VARIABLE ?? 'usual',
  same: new Set(here).size, url: import.meta.url.startsWith('file:///'), argv: process.argv.length > 1,
}`,
    },
    { path: true, none: 'usual', same: 2, url: true, argv: true },
  ],
  [
    "Node's modules, with and without node:, by import, import() and require",
    {
      'r.ts': `import { readFileSync } from 'node:fs'
import path from 'path'
const os = await import('node:os')
const { join } = require('node:path')
const text = readFileSync(new URL('a.txt', import.meta.url), 'utf8')
export default { text, base: path.basename(join('a', 'b')), eol: os.EOL, buffer: Buffer.from('a').length }`,
      'a.txt': 'text',
    },
    { text: 'text', base: 'b', eol: '\n', buffer: 1 },
  ],
  [
    'names that it declares itself',
    {
      'r.ts': `import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
const __filename = fileURLToPath(import.meta.url)
const __dirname = dirname(__filename)
const exports = { module: 1 }
export default { own: __filename.startsWith(__dirname), exports }`,
    },
    { own: true, exports: { module: 1 } },
  ],
  [
    'await at the top, in it and in what it imports, each file after those that it imports',
    {
      'r.ts': `import { order } from './a.ts'
import './b.mts'
order.push('r')
const later = await import('./later.ts')
export default { order, later: later.default }`,
      'a.ts': `export const order: string[] = await new Promise((resolve) => setTimeout(() => resolve(['a']), 10))`,
      'b.mts': `import { order } from './a.js'\norder.push('b')`,
      'later.ts': `import { order } from './a'\norder.push('later')\nexport default order.length`,
    },
    { order: ['a', 'b', 'r', 'later'], later: 4 },
  ],
  [
    'TypeScript as .ts, .mts and .cts, JavaScript as .js, .mjs and .cjs, JSON with and without its type',
    {
      'r.ts': `import a from './a.mts'
import b from './b.cts'
import c from './c.js'
import { d } from './d.mjs'
import e from './e.cjs'
import f from './f.json'
import g from './f.json' with { type: 'json' }
import { h } from './h.mjs'
export default { a, b, c, d, e: e.e, f: f.f, g, h }`,
      'a.mts': 'export default 1',
      'b.cts': 'export = { b: 2 }',
      'c.js': 'export default { c: 3 }',
      'd.mjs': 'export const d = process.pid > 0',
      'e.cjs': 'exports.e = 5',
      'f.json': '{ "f": 6 }',
      'h.mts': 'export const h = 8',
    },
    { a: 1, b: { b: 2 }, c: { c: 3 }, d: true, e: 5, f: 6, g: { f: 6 }, h: 8 },
  ],
  [
    'packages: ES modules, CommonJS, made from ES modules, for import alone, and without types',
    {
      'r.ts': `import esm from 'esm'
import cjs, { named } from 'cjs'
import made from 'made'
import untyped from 'untyped/deep.js'
export default { esm, cjs: cjs.all, named, made, untyped: untyped.x }`,
      'node_modules/esm/package.json': '{"type":"module","exports":{"import":"./i.js"}}',
      'node_modules/esm/i.js': 'export default 1',
      'node_modules/esm/i.d.ts': 'declare const one: number\nexport default one',
      'node_modules/cjs/package.json': '{"main":"i.js"}',
      'node_modules/cjs/i.js': 'module.exports = { all: 2, named: 3 }',
      'node_modules/cjs/index.d.ts':
        'declare const all: { all: number }\nexport default all\nexport declare const named: number',
      'node_modules/made/index.js':
        'Object.defineProperty(exports, "__esModule", { value: true }); exports.default = 4',
      'node_modules/made/index.d.ts': 'declare const four: number\nexport default four',
      'node_modules/untyped/deep.js': 'exports.x = 5',
    },
    { esm: 1, cjs: 2, named: 3, made: 4, untyped: 5 },
  ],
  [
    "paths of the project's tsconfig, which may extend another, and imports of its package.json",
    {
      'r.ts': `import { a } from '@lib/a'\nimport { b } from '#b'\nexport default { a, b }`,
      'tsconfig.json': '{ "extends": "./base/tsconfig.json", "files": ["r.ts"] } // for the editor',
      'base/tsconfig.json':
        '{ "compilerOptions": { "paths": { "@lib/*": ["../lib/*"] }, "noImplicitAny": false } }',
      'lib/a.ts': 'export const a = 1',
      'package.json': '{ "imports": { "#b": "./lib/b.ts" } }',
      'lib/b.ts': 'export const b = 2',
    },
    { a: 1, b: 2 },
  ],
  [
    'a file whose name it makes up, among those that it imports elsewhere',
    {
      'r.ts': `import './envs/staging.ts'
import './envs/production.ts'
const { default: env } = await import(\`./envs/\${['pro', 'duction'].join('')}.ts\`)
export default { env }`,
      'envs/staging.ts': 'export default 1',
      'envs/production.ts': 'export default 2',
    },
    { env: 2 },
  ],
]

describe('what a configuration may do on a fresh install', () => {
  it.each(cases)('%s', async (_, files, value) => {
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load('r.ts')
      expect([...list(loaded.diagnostics, dir), ...loaded.diagnostics.map(({ message }) => message)]).toEqual(
        [],
      )
      expect(loaded.value).toEqual(value)
    })
  })

  const kinds: readonly (readonly [string, string, string])[] = [
    ['r.ts', 'commonjs', 'export default { a: __dirname.length > 0 }'],
    ['r.ts', 'module', 'export default { a: __dirname.length > 0 }'],
    ['r.mts', 'commonjs', 'export default { a: import.meta.dirname.length > 0 }'],
    ['r.cts', 'module', 'export = { a: __dirname.length > 0 }'],
    ['r.cts', 'commonjs', 'import path = require("node:path")\nmodule.exports = { a: path.sep === "/" }'],
    ['r.ts', 'commonjs', 'export default async () => ({ a: await Promise.resolve(true) })'],
  ]
  it.each(kinds)('%s in a project of type %s: %s', async (name, type, text) => {
    await inProject({ [name]: text, 'package.json': JSON.stringify({ type }) }, async ({ load, dir }) => {
      const loaded = await load(name)
      expect(list(loaded.diagnostics, dir)).toEqual([])
      expect(loaded.value).toEqual({ a: true })
    })
  })

  it('has places in JavaScript as well, and for a function those of the environment', async () => {
    const files = {
      'r.ts': `import { base } from './base.js'
export default ({ env }: { env?: string }) => ({
  ...base,
  env,
})`,
      'base.js': 'export const base = {\n  cpus: 1,\n}',
    }
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load('r.ts', { env: 'production' })
      expect(loaded.value).toEqual({ cpus: 1, env: 'production' })
      expect([['cpus'], ['env']].map((path) => show(loaded.placeOf(path), dir))).toEqual([
        'base.js:2:3',
        'r.ts:4:3',
      ])
    })
  })

  it('is told what it imports in vain, at the name', async () => {
    await inProject(
      { 'r.ts': `import a from './none.ts'\nimport b from 'none'\nexport default { a, b }` },
      async (project) => {
        const { diagnostics } = await project.load('r.ts')
        expect(list(diagnostics, project.dir)).toEqual(['E_TYPE r.ts:1:15', 'E_TYPE r.ts:2:15'])
        await mkdir(join(project.dir, 'node_modules/none'), { recursive: true })
        await writeFile(
          join(project.dir, 'node_modules/none/index.d.ts'),
          'declare const a: 1\nexport default a',
        )
        await writeFile(join(project.dir, 'none.ts'), 'export default 1')
        expect(list((await project.load('r.ts')).diagnostics, project.dir)).toEqual([
          'E_CONFIG_THROWN r.ts:2:15',
        ])
      },
    )
  })
})
