import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { head, inProject, list } from './project.js'

describe('type errors', () => {
  const cases: readonly [string, Record<string, string>, string[]][] = [
    [
      'a wrong type',
      { 'r.ts': `${head}export default defineReplica({\n  app: { cpus: 'two' },\n})` },
      ['E_TYPE r.ts:3:10'],
    ],
    [
      'a missing key in an API call',
      {
        'r.ts': `${head}export default defineReplica({\n  access: [allow.host({ user: 'a', from: 'b' })],\n})`,
      },
      ['E_TYPE r.ts:3:23'],
    ],
    [
      'in an imported file and in the configuration: both',
      {
        'r.ts': `${head}import { a } from './lib/a'\nexport default defineReplica({ app: a, x: 1 })`,
        'lib/a.ts': 'export const a = { id: "/a" }\nexport const b: number = "b"',
      },
      ['E_TYPE lib/a.ts:2:14', 'E_TYPE r.ts:3:40'],
    ],
    ['implicit any', { 'r.ts': 'const f = (a) => a\nexport default { f }' }, ['E_TYPE r.ts:1:12']],
    ['syntax', { 'r.ts': 'export default {\n  a: 1\n  b: 2,\n}' }, ['E_SYNTAX r.ts:3:3']],
    [
      'wrong JSON in an imported file',
      { 'r.ts': 'import a from "./a.json"\nexport default { ...a }', 'a.json': '{"a": }' },
      ['E_SYNTAX a.json:1:6', 'E_SYNTAX a.json:1:7'],
    ],
  ]
  // Of these only a value of the model is refused: it is judged further, so that all findings come at once.
  const judged = new Set(['a wrong type', 'a missing key in an API call'])
  it.each(cases)('%s', async (title, files, expected) => {
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load('r.ts')
      expect(list(loaded.diagnostics, dir).sort()).toEqual(expected)
      expect(loaded.value !== undefined).toBe(judged.has(title))
    })
  })

  it('evaluate nothing', async () => {
    const config = `import { writeFileSync } from 'node:fs'\nwriteFileSync(import.meta.dirname + '/ran', '')\nexport default {}\n`
    await inProject({ 'bad.ts': `${config}const a: number = 'a'`, 'good.ts': config }, async (project) => {
      await project.load('bad.ts')
      expect(existsSync(join(project.dir, 'ran'))).toBe(false)
      await project.load('good.ts')
      expect(existsSync(join(project.dir, 'ran'))).toBe(true)
    })
  })

  it('do not come from a tsconfig that lies around', async () => {
    const files = {
      'tsconfig.json': '{"compilerOptions":{"noUnusedLocals":true,"strict":false}}',
      'r.ts': 'const f = (a) => 1\nexport default {}',
    }
    await inProject(files, async ({ load, dir }) => {
      expect(list((await load('r.ts')).diagnostics, dir)).toEqual(['E_TYPE r.ts:1:12'])
    })
  })
})

describe('what a configuration may use', () => {
  const cases: readonly [string, Record<string, string>, unknown][] = [
    [
      'files by .ts, by .js and without extension',
      {
        'r.ts':
          'import { a } from "./a.ts"\nimport { b } from "./b.js"\nimport { c } from "./c"\nexport default { a, b, c }',
        'a.ts': 'export const a = 1',
        'b.ts': 'export const b = 2',
        'c/index.ts': 'export * from "./c"',
        'c/c.ts': 'export const c = 3',
      },
      { a: 1, b: 2, c: 3 },
    ],
    [
      'JSON',
      {
        'r.ts': 'import a from "./a.json"\nexport default { size: a.size.toFixed(1) }',
        'a.json': '{"size": 4}',
      },
      { size: '4.0' },
    ],
    [
      'CommonJS with types',
      {
        'r.ts': 'import { a } from "./a.cjs"\nexport default { a }',
        'a.cjs': 'exports.a = __filename.slice(-5)',
        'a.d.cts': 'export declare const a: string',
      },
      { a: 'a.cjs' },
    ],
    [
      'an ES module of its node_modules',
      {
        'r.ts': 'import { a } from "dep"\nexport default { a }',
        'node_modules/dep/package.json':
          '{"name":"dep","type":"module","exports":{"types":"./i.d.ts","default":"./i.js"}}',
        'node_modules/dep/i.js': 'export const a = 7',
        'node_modules/dep/i.d.ts': 'export declare const a: number',
      },
      { a: 7 },
    ],
    [
      'types only, which are not loaded',
      {
        'r.ts': 'import { A } from "./a"\nconst a: A = 1\nexport default { a }',
        'a.ts': 'export type A = number\nthrow new Error("loaded")',
      },
      { a: 1 },
    ],
    [
      'files that import each other',
      {
        'r.ts': 'import { a } from "./a"\nexport const base = 1\nexport default { a: a() }',
        'a.ts': 'import { base } from "./r"\nexport const a = () => base + 1',
      },
      { a: 2 },
    ],
    [
      'a model defined elsewhere',
      { 'r.ts': 'export { default } from "./a"', 'a.ts': 'export default { a: 1 }' },
      { a: 1 },
    ],
    [
      'enums, classes, destructuring and generators',
      {
        'r.ts': `enum Size { small = 1, big }
class Box { items: number[] = []; add(...more: number[]): this { this.items = [...this.items, ...more]; return this } }
let a = 1
let b = 2
;[a, b] = [b, a]
const o = { x: 0, y: [0, 0] }
;({ a, b: [o.x = 5] = [9] } = { a: 7, b: [8] as [number] })
for ([o.y[0]] of [[3], [4]]) b = 6
function* count() { yield 1; yield 2 }
const log: string[] = []
const t = <T>(name: string, value: T): T => { log.push(name); return value }
const m = { a: t('a', 1), ...t<{ a?: number; b: number }>('spread', { a: 2, b: 2 }), [t('key', 'k')]: t('value', 3), get late(): string { return 'l' }, ...(null as object | null) }
export default { size: Size.big, items: new Box().add(1, 2).items, a, b, o, n: [0, ...count(), ...new Set([3]), ...'xy'], log, m }`,
      },
      {
        size: 2,
        items: [1, 2],
        a: 7,
        b: 6,
        o: { x: 8, y: [4, 0] },
        n: [0, 1, 2, 3, 'x', 'y'],
        log: ['a', 'spread', 'key', 'value'],
        m: { a: 2, b: 2, k: 3, late: 'l' },
      },
    ],
  ]
  it.each(cases)('%s', async (_, files, value) => {
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load('r.ts')
      expect(list(loaded.diagnostics, dir)).toEqual([])
      expect(loaded.value).toEqual(value)
    })
  })

  it('keeps prototypes, getters, holes and own __proto__ as JavaScript has them', async () => {
    const text = `const base = { x: 1 }
const child = { __proto__: base, ...{ y: 2 } }
const key = '__proto__'
const own = { [key]: 3, ...{ z: 4 } }
const seen = { n: 0, get n2() { return ++this.n } }
export default { child, own, seen, holes: [, 1], list: [...[5, , 6]] }`
    await inProject({ 'r.ts': text }, async ({ load }) => {
      const { value, diagnostics } = await load('r.ts')
      expect(diagnostics).toEqual([])
      const model = value as Record<'child' | 'own' | 'seen', object> & Record<'holes' | 'list', unknown[]>
      // What is inherited is read as if it were its own.
      expect(model.child).toEqual({ x: 1, y: 2 })
      expect(Object.entries(model.own)).toEqual([
        ['__proto__', 3],
        ['z', 4],
      ])
      expect(model.seen).toMatchObject({ n: 0 })
      expect(0 in model.holes).toBe(false)
      expect(model.list).toEqual([5, undefined, 6])
    })
  })

  it('the declarations of Node that the user has, where there are some', async () => {
    const files = {
      'r.ts': 'import { sep } from "node:path"\nexport default { sep: sep.ours }',
      'node_modules/@types/node/package.json': '{"name":"@types/node","types":"index.d.ts"}',
      'node_modules/@types/node/index.d.ts':
        'declare module "node:path" { export const sep: string & { ours?: string } }',
    }
    await inProject(files, async ({ load, dir }) => {
      expect(list((await load('r.ts')).diagnostics, dir)).toEqual([])
    })
  })
})
