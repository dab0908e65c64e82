import { describe, expect, it } from 'vitest'
import { head, inProject, list, show } from './project.js'

/** Each case: the model's text, then path -> expected place. */
type Case = readonly [string, Record<string, string>, Record<string, string>]

const cases: readonly Case[] = [
  [
    'nested objects and lists: the key, or the item',
    {
      'r.ts': `${head}export default defineReplica({\n  app: { id: '/a', 'cpus': 1 },\n  master: { hosts: ['a', 'b'] },\n})`,
    },
    {
      '': 'r.ts:2:30',
      app: 'r.ts:3:3',
      'app.id': 'r.ts:3:10',
      'app.cpus': 'r.ts:3:20',
      'master.hosts.1': 'r.ts:4:26',
    },
  ],
  [
    'an unknown key: the key itself; a missing key: the object around it',
    { 'r.ts': `export default {\n  app: {\n    cpu: 1 },\n  list: [{ a: 1 }],\n}` },
    {
      'app.cpu': 'r.ts:3:5',
      'app.cpus': 'r.ts:2:8',
      nothing: 'r.ts:1:16',
      'nothing.below.it': 'r.ts:1:16',
      'list.0.b': 'r.ts:4:10',
      'list.5': 'r.ts:4:9',
    },
  ],
  [
    'spreads: where the key was written, and the last one wins',
    {
      'r.ts': `const base: { id?: string; cpus?: number } = { id: '/a', cpus: 1 }\nexport default {\n  app: { killGrace: 1, ...base, cpus: 2 },\n  other: { cpus: 3, ...base },\n}`,
    },
    {
      'app.id': 'r.ts:1:48',
      'app.cpus': 'r.ts:3:33',
      'app.killGrace': 'r.ts:3:10',
      'other.cpus': 'r.ts:1:58',
      'app.x': 'r.ts:3:8',
    },
  ],
  [
    'spreads of lists',
    {
      'r.ts': `const inside = ['a', 'b']\nexport default {\n  hosts: [...inside, 'c', ...inside.map((x) => x + x)],\n}`,
    },
    { 'hosts.1': 'r.ts:1:22', 'hosts.2': 'r.ts:3:22', 'hosts.3': 'r.ts:3:27', 'hosts.4': 'r.ts:3:27' },
  ],
  [
    'a spread of what no literal wrote: the spread',
    { 'r.ts': `export default {\n  app: { x: 1, ...JSON.parse('{"id":1}') },\n}` },
    { 'app.id': 'r.ts:2:16', 'app.x': 'r.ts:2:10' },
  ],
  [
    'functions that return literals',
    {
      'r.ts': `function app(cpus: number) {\n  return {\n    id: '/a',\n    cpus,\n  }\n}\nexport default {\n  app: app(3),\n}`,
    },
    { app: 'r.ts:8:3', 'app.id': 'r.ts:3:5', 'app.cpus': 'r.ts:4:5', 'app.x': 'r.ts:2:10' },
  ],
  [
    'a list made by map: the literal in it, else the property around it',
    {
      'r.ts': `export default {\n  access: ['a', 'b'].map((user) => ({\n    user,\n  })),\n  names: ['a'].map((a) => a + a),\n}`,
    },
    { access: 'r.ts:2:3', 'access.1': 'r.ts:2:37', 'access.1.user': 'r.ts:3:5', 'names.0': 'r.ts:5:3' },
  ],
  [
    'JSON.parse: the property around it',
    { 'r.ts': `export default {\n  master: { port: 1 },\n  app: JSON.parse('{"id":{"x":[1]}}'),\n}` },
    { app: 'r.ts:3:3', 'app.id': 'r.ts:3:3', 'app.id.x.0': 'r.ts:3:3' },
  ],
  [
    'a whole model that no literal wrote: its export',
    { 'r.ts': `const a = 1\nexport default JSON.parse('{"app":{"id":1}}')` },
    { '': 'r.ts:2:1', 'app.id': 'r.ts:2:1' },
  ],
  [
    'what API functions return: the literal that they were given, frozen copies too',
    {
      'r.ts': `${head}export default defineReplica({\n  access: [\n    allow.host({ database: 'all',\n      user: 'a', from: 'b' }),\n    allow.every('10/8'),\n  ],\n  env: { P: variable.port({ default: 1 }) },\n})`,
    },
    {
      'access.0': 'r.ts:4:5',
      'access.0.from': 'r.ts:5:18',
      'access.0.kind': 'r.ts:4:16',
      'access.1': 'r.ts:6:5',
      'access.1.from': 'r.ts:6:5',
      'env.P.default': 'r.ts:8:29',
    },
  ],
  [
    'imported files',
    {
      'r.ts': `import { app } from './lib/app'\nimport data from './data.json'\nexport default {\n  app,\n  data,\n}`,
      'lib/app.ts': `export const app = {\n\tid: '/a',\n}`,
      'data.json': '{"a":1}',
    },
    { app: 'r.ts:4:3', 'app.id': 'lib/app.ts:2:2', 'data.a': 'r.ts:5:3' },
  ],
  [
    'computed keys',
    {
      'r.ts': `const names = ['a', 'b'] as const\nexport default {\n  [names[0]]: 1, [names[1]]: 2,\n  ['c']: 3, 0x10: 4,\n}`,
    },
    { a: 'r.ts:3:3', b: 'r.ts:3:18', c: 'r.ts:4:3', '16': 'r.ts:4:13' },
  ],
  [
    'a value that was assigned or moved later: not the place of another value',
    {
      'r.ts': `const app: Record<string, number> = { cpus: 1 }\napp.cpus = 2\napp.mem = 3\nexport default {\n  app, hosts: ['b', 'a'].sort(),\n  rules: [{ a: 2 }, { a: 1 }].reverse(),\n}`,
    },
    {
      'app.cpus': 'r.ts:1:37',
      'app.mem': 'r.ts:1:37',
      'hosts.0': 'r.ts:5:15',
      'rules.0.a': 'r.ts:6:23',
      'rules.0': 'r.ts:6:21',
    },
  ],
  [
    'Windows line ends and a byte order mark',
    { 'r.ts': `\uFEFFexport default {\r\n  app: { id: 1 },\r\n}\r\n` },
    { '': 'r.ts:1:16', 'app.id': 'r.ts:2:10' },
  ],
  [
    'satisfies, as const and parentheses',
    {
      'r.ts': `export default ({\n  app: ({ id: 'x' } as const),\n  list: [1, 2] satisfies number[],\n}) satisfies object`,
    },
    { '': 'r.ts:1:17', 'app.id': 'r.ts:2:11', 'list.1': 'r.ts:3:13' },
  ],
  [
    'a getter, which is run once',
    { 'r.ts': `let runs = 0\nexport default {\n  get app(): object { return { ['run' + ++runs]: 1 } },\n}` },
    { app: 'r.ts:3:7', 'app.run1': 'r.ts:3:32', 'app.run2': 'r.ts:3:30' },
  ],
]

describe('places of a TypeScript model', () => {
  it.each(cases)('%s', async (_, files, expected) => {
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load('r.ts')
      expect(list(loaded.diagnostics, dir)).toEqual([])
      const found = Object.keys(expected).map((path) => [path, show(loaded.placeOf(readPath(path)), dir)])
      expect(Object.fromEntries(found)).toEqual(expected)
    })
  })
})

describe('doc comments on members of env', () => {
  it('become documentation, wherever the member was written', async () => {
    const files = {
      'r.ts': `${head}import { shared } from './shared'
export default defineReplica({
  /** Not a variable. */
  app: { /** Nor this. */ id: '/a' },
  env: {
    ...shared,
    /**
     * The port of the metrics
     * page, see {@link https://x/y}.
     *
     * @default 9187
     */
    METRICS_PORT: variable.port({ /** no */ default: 9187 }),
    // An ordinary comment.
    PLAIN: variable.port(),
    /** */
    EMPTY: variable.port(),
    /** First. */
    /** Second. */
    TWICE: variable.port(),
    /** Computed. */
    ['A' + 'B']: variable.port(),
  },
})`,
      'shared.ts': `import { variable } from 'postgres-rep-marathon'\nexport const shared = {\n  /** Shared by all. */\n  SHARED: variable.port(),\n}`,
    }
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load('r.ts')
      expect(list(loaded.diagnostics, dir)).toEqual([])
      expect(loaded.docs).toEqual({
        SHARED: 'Shared by all.',
        METRICS_PORT: 'The port of the metrics page, see {@link https://x/y}.',
        TWICE: 'Second.',
        AB: 'Computed.',
      })
    })
  })

  it('are none without env', async () => {
    await inProject({ 'r.ts': 'export default { /** a */ app: 1 }' }, async ({ load }) => {
      expect((await load('r.ts')).docs).toEqual({})
    })
  })
})

function readPath(path: string): (string | number)[] {
  return path === '' ? [] : path.split('.').map((key) => (/^\d$/.test(key) ? Number(key) : key))
}
