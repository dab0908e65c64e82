import { execFileSync } from 'node:child_process'
import { chmod, symlink } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadModel } from '../../generator/load/load.js'
import { head, inProject, list } from './project.js'

describe('a file that is no configuration', () => {
  const cases: readonly [string, Record<string, string | Uint8Array>, string, string][] = [
    ['is missing', {}, 'replica.config.ts', 'E_CONFIG_MISSING'],
    ['is a directory', { 'conf.ts/x': '' }, 'conf.ts', 'E_CONFIG_DIRECTORY'],
    [
      'has another extension',
      { 'replica.config.js': 'export default {}' },
      'replica.config.js',
      'E_CONFIG_EXTENSION',
    ],
    [
      'holds declarations only',
      { 'replica.d.ts': 'export default {}' },
      'replica.d.ts',
      'E_CONFIG_EXTENSION',
    ],
    ['is an empty .ts', { 'replica.config.ts': '' }, 'replica.config.ts', 'E_CONFIG_EMPTY'],
    ['is an empty .json', { 'r.json': ' \n' }, 'r.json', 'E_CONFIG_EMPTY'],
    ['is not UTF-8', { 'r.ts': Uint8Array.of(0x2f, 0x2f, 0xff) }, 'r.ts', 'E_CONFIG_UNREADABLE'],
  ]
  it.each(cases)('%s', async (_, files, file, code) => {
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load(file)
      expect(list(loaded.diagnostics, dir)).toEqual([code])
      expect(loaded.diagnostics[0]?.message).toContain(file)
      expect(loaded.value).toBeUndefined()
      expect(loaded.placeOf(['app'])).toBeUndefined()
    })
  })

  it('is a pipe: it is refused, not waited for', async () => {
    await inProject({}, async ({ load, dir }) => {
      execFileSync('mkfifo', [join(dir, 'pipe.ts')])
      expect(list((await load('pipe.ts')).diagnostics, dir)).toEqual(['E_CONFIG_UNREADABLE'])
    })
  })

  it('is a symbolic link to itself', async () => {
    await inProject({}, async ({ load, dir }) => {
      await symlink('loop.ts', join(dir, 'loop.ts'))
      expect(list((await load('loop.ts')).diagnostics, dir)).toEqual(['E_CONFIG_UNREADABLE'])
    })
  })

  it('may not be read', async () => {
    await inProject({ 'r.json': '{}' }, async ({ load, dir }) => {
      await chmod(join(dir, 'r.json'), 0)
      const isRoot = process.geteuid?.() === 0
      // Root may read all: be nobody for the moment of the test.
      await chmod(join(dir, '..'), 0o755)
      await chmod(dir, 0o755)
      if (isRoot) process.seteuid?.(65534)
      try {
        expect(list((await load('r.json')).diagnostics, dir)).toEqual(['E_CONFIG_UNREADABLE'])
      } finally {
        if (isRoot) process.seteuid?.(0)
      }
    })
  })
})

describe('the default export', () => {
  it('is the model', async () => {
    await inProject(
      { 'r.ts': `${head}export default defineReplica({ app: { cpus: 2 } })` },
      async ({ load }) => {
        const loaded = await load('r.ts')
        expect(loaded.diagnostics).toEqual([])
        expect(loaded.value).toEqual({ app: { cpus: 2 } })
      },
    )
  })

  const faults: readonly [string, string, string][] = [
    ['is missing', 'export const replica = {}', 'E_CONFIG_NO_DEFAULT r.ts:1:1'],
    ['is a number', 'const a = 1\nexport default a', 'E_CONFIG_NOT_OBJECT r.ts:2:1'],
    ['is null', 'export default null', 'E_CONFIG_NOT_OBJECT r.ts:1:1'],
    ['is an array', 'export default [{}]', 'E_CONFIG_NOT_OBJECT r.ts:1:1'],
    [
      'is a promise that fails',
      'export default Promise.reject(new Error("no"))',
      'E_CONFIG_THROWN r.ts:1:31',
    ],
    ['is a promise of a number', 'export default Promise.resolve(1)', 'E_CONFIG_NOT_OBJECT r.ts:1:1'],
    ['is a function that gives none', 'export default () => undefined', 'E_CONFIG_NOT_OBJECT r.ts:1:1'],
  ]
  it.each(faults)('%s', async (_, text, expected) => {
    await inProject({ 'r.ts': text }, async ({ load, dir }) => {
      const loaded = await load('r.ts')
      expect(list(loaded.diagnostics, dir)).toEqual([expected])
      expect(loaded.value).toBeUndefined()
    })
  })
})

describe('an exception while evaluating', () => {
  const cases: readonly [string, Record<string, string>, string, string][] = [
    [
      'in the configuration, after lines that emit nothing',
      {
        'r.ts':
          'interface A {\n  a: string\n}\nconst a: A = { a: "x" }\nif (a.a === "x") throw new RangeError("too far")\nexport default a',
      },
      'E_CONFIG_THROWN r.ts:5:24',
      'RangeError: too far',
    ],
    [
      'in a file that it imports',
      {
        'r.ts': 'import { a } from "./lib/a"\nexport default a()',
        'lib/a.ts': 'export function a(): object {\n  throw new Error("deep")\n}',
      },
      'E_CONFIG_THROWN lib/a.ts:2:9',
      'Error: deep',
    ],
    [
      'in an API function, shown where the configuration calls it',
      {
        'r.ts': `${head}export default defineReplica({\n  access: [\n    allow.every('10.0.0.0'),\n  ],\n})`,
      },
      'E_CONFIG_THROWN r.ts:4:11',
      'TypeError: 10.0.0.0 is no network',
    ],
    [
      'in a spread of what is no list',
      { 'r.ts': 'const a: any = 5\nexport default {\n  a: [...a],\n}' },
      'E_CONFIG_THROWN r.ts:3:6',
      'TypeError',
    ],
    [
      'that is no Error',
      { 'r.ts': 'throw { reason: "because" }\nexport default {}' },
      'E_CONFIG_THROWN',
      'because',
    ],
    [
      'for a module that has types but no code',
      {
        'r.ts': 'import { a } from "./a.js"\nexport default { a }',
        'a.d.ts': 'export declare const a: number',
      },
      'E_CONFIG_THROWN r.ts:1:19',
      'a.js',
    ],
  ]
  it.each(cases)('%s', async (_, files, expected, words) => {
    await inProject(files, async ({ load, dir }) => {
      const loaded = await load('r.ts')
      expect(list(loaded.diagnostics, dir)).toEqual([expected])
      expect(loaded.diagnostics[0]?.message).toContain(words)
      expect(loaded.diagnostics[0]?.message).not.toMatch(/\n\s+at /)
    })
  })
})

describe('names in places', () => {
  it('are as the configuration was named, also for what it imports', async () => {
    const files = {
      'r.ts': 'import a from "./lib/a"\nexport default { ...a }',
      'lib/a.ts': 'export default {\n  app: 1,\n}',
    }
    await inProject(files, async ({ dir }) => {
      const short = relative(process.cwd(), join(dir, 'r.ts'))
      const loaded = await loadModel(short)
      expect(loaded.placeOf([])?.file).toBe(short)
      expect(loaded.placeOf(['app'])).toEqual({ file: short.replace('r.ts', 'lib/a.ts'), line: 2, column: 3 })
    })
  })

  it('are not disturbed by a folder that is a symbolic link', async () => {
    const files = {
      'real/r.ts':
        'import { base } from "./base"\nexport const runs = [1]\nexport default { ...base(), runs }',
      'real/base.ts':
        'import { runs } from "./r"\nexport function base(): object {\n  return { app: runs.push(2) }\n}',
    }
    await inProject(files, async ({ load, dir }) => {
      await symlink('real', join(dir, 'link'))
      const loaded = await load('link/r.ts')
      expect(list(loaded.diagnostics, dir)).toEqual([])
      expect(loaded.placeOf(['app'])).toEqual({ file: join(dir, 'link/base.ts'), line: 3, column: 12 })
      expect(loaded.value).toEqual({ app: 2, runs: [1, 2] })
    })
  })
})
