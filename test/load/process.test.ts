import { readdirSync } from 'node:fs'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { inProject, list } from './project.js'

const cli = new URL('../../build/bin/cli.js', import.meta.url).pathname

describe('a configuration that gives no model', () => {
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'ends its process',
      'const a = 1\nif (a === 1) process.exit(0)\nexport default {}',
      'E_CONFIG_EXIT r.ts:2:22',
      /process\.exit, code 0/,
    ],
    [
      'ends it in a function, where nothing may stop it',
      'const done = () => process.exit(3)\ntry { done() } catch {}\nexport default {}',
      'E_CONFIG_EXIT r.ts:1:28',
      /code 3/,
    ],
    [
      'ends it from outside',
      'process.kill(process.pid, "SIGKILL")\nfor (;;);\nexport default {}',
      'E_CONFIG_EXIT',
      /SIGKILL/,
    ],
    [
      'ends it behind our back',
      'import "node:fs"\nReflect.get(process, "reallyExit")(7)\nexport default {}',
      'E_CONFIG_EXIT',
      /code 7/,
    ],
    [
      'waits for what never comes',
      'await new Promise(() => {})\nexport default {}',
      'E_CONFIG_HANGS r.ts:1:1',
      /promise/,
    ],
    [
      'is a promise that never comes',
      'export default new Promise(() => {})',
      'E_CONFIG_HANGS r.ts:1:1',
      /promise/,
    ],
    [
      'never ends, in a function of another file',
      'import { spin } from "./spin.ts"\nspin()\nexport default {}',
      'E_CONFIG_HANGS r.ts:1:1',
      /after 1 s/,
    ],
    [
      'waits with a timer',
      'import "node:timers"\nawait new Promise((resolve) => setTimeout(resolve, 1e8))\nexport default {}',
      'E_CONFIG_HANGS r.ts:2:1',
      /after 1 s/,
    ],
    [
      'waits for a program',
      'import { execFileSync } from "node:child_process"\nexecFileSync("sleep", ["1000"])\nexport default {}',
      'E_CONFIG_HANGS r.ts:1:1',
      /after 1 s/,
    ],
    [
      'leaves a rejection to nobody',
      'import "node:fs"\nconst fail = async () => {\n  throw new Error("no")\n}\nvoid fail()\nexport default {}',
      'E_CONFIG_THROWN r.ts:3:9',
      /Error: no/,
    ],
    [
      'throws later',
      'import "node:timers"\nsetTimeout(() => {\n  throw new Error("late")\n}, 1)\nawait new Promise((resolve) => setTimeout(resolve, 1e8))\nexport default {}',
      'E_CONFIG_THROWN r.ts:3:9',
      /late/,
    ],
    ['throws what is no error', 'throw undefined\nexport default {}', 'E_CONFIG_THROWN', /undefined/],
  ]
  it.each(cases)('%s', async (name, text, expected, words) => {
    const files = {
      'r.ts': text,
      'spin.ts': 'export function spin(): void {\n  while (Date.now() > 0) Math.random()\n}',
    }
    await inProject(files, async ({ load, dir }) => {
      const limit = /never ends|waits with|waits for a/.test(name) ? 1 : 60
      const { diagnostics, value } = await load('r.ts', { limit })
      expect(list(diagnostics, dir)).toEqual([expected])
      expect(diagnostics[0]?.message).toMatch(words)
      expect(value).toBeUndefined()
    })
  })

  it('is given so many seconds as REPLICA_CONFIG_TIMEOUT says, which are a whole number', async () => {
    const name = 'REPLICA_CONFIG_TIMEOUT'
    await inProject({ 'r.ts': 'for (;;);\nexport default {}' }, async ({ load, dir }) => {
      for (const [value, expected] of [
        ['1', 'E_CONFIG_HANGS r.ts:1:1'],
        ['soon', 'E_CONFIG_TIMEOUT'],
      ]) {
        process.env[name] = value
        expect(list((await load('r.ts')).diagnostics, dir)).toEqual([expected])
      }
      delete process.env[name]
    })
  })

  it('may wait, for so long as it is allowed', async () => {
    const text =
      'import "node:timers"\nawait new Promise((resolve) => setTimeout(resolve, 1500))\nexport default { a: 1 }'
    await inProject({ 'r.ts': text }, async ({ load }) => {
      expect((await load('r.ts', { limit: 60 })).value).toEqual({ a: 1 })
    })
  })
})

describe('what a model cannot hold', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a Map', 'export default { master: new Map() }', 'E_MODEL r.ts:1:18'],
    ['a Date in a list', 'export default {\n  access: [\n    new Date(),\n  ],\n}', 'E_MODEL r.ts:3:5'],
    [
      'more than a model is',
      'export default { a: Array.from({ length: 300_000 }, () => ({})) }',
      'E_CONFIG_THROWN',
    ],
  ]
  it.each(cases)('%s', async (_, text, expected) => {
    await inProject({ 'r.ts': text }, async ({ load, dir }) => {
      expect(list((await load('r.ts')).diagnostics, dir)).toEqual([expected])
    })
  })

  it('is there as what it is, for whoever judges it', async () => {
    const text = `class Box { size = 1 }
const loop: { self?: object } = {}
loop.self = loop
export default { loop, box: new Box(), make() {}, word: Symbol('w'), none: undefined, big: 1n, nan: NaN, zero: -0 }`
    await inProject({ 'r.ts': text }, async ({ load }) => {
      const { value, diagnostics } = await load('r.ts')
      expect(diagnostics).toEqual([])
      const model = value as Record<string, unknown> & { loop: { self: object }; box: object }
      expect(model.loop.self).toBe(model.loop)
      expect(model.box.constructor.name).toBe('Box')
      expect({ ...model.box }).toEqual({ size: 1 })
      expect(['make', 'word', 'none', 'big'].map((key) => typeof model[key])).toEqual([
        'function',
        'symbol',
        'undefined',
        'bigint',
      ])
      expect([model.nan, model.zero]).toEqual([Number.NaN, -0])
    })
  })
})

describe('the command line', () => {
  it('keeps standard output for itself, and ends when the model is there', async () => {
    const text = `import { execFileSync } from 'node:child_process'
import { writeSync } from 'node:fs'
console.log('by console')
process.stdout.write('by stream\\n')
writeSync(1, 'by descriptor\\n')
execFileSync('echo', ['by child'], { stdio: 'inherit' })
console.log('x'.repeat(1_000_000))
process.exitCode = 9
process.on('exit', () => process.exit(8))
setInterval(() => {}, 1000)
process.chdir('/')
export default {}`
    await inProject({ 'replica.config.ts': text }, async ({ dir }) => {
      const options = { cwd: dir, input: 'nothing', reject: false } as const
      const { stdout, stderr, exitCode } = await execa(process.execPath, [cli, 'generate', '--json'], options)
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toEqual(expect.any(Array))
      for (const way of ['console', 'stream', 'descriptor', 'child']) expect(stderr).toContain(`by ${way}\n`)
      expect(stderr).toContain('x'.repeat(1_000_000))
      expect(readdirSync(dir)).toEqual(expect.arrayContaining(['dist', 'replica.config.ts']))
    })
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends at %s, with what the configuration has started',
    async (signal) => {
      const text = `import { spawnSync } from 'node:child_process'
spawnSync('sh', ['-c', 'echo "pid $$"; exec sleep 1000'], { stdio: 'inherit' })
export default {}`
      await inProject({ 'replica.config.ts': text }, async ({ dir }) => {
        const command = execa(process.execPath, [cli, 'generate'], {
          cwd: dir,
          reject: false,
          stdin: 'ignore',
        })
        const pid = await new Promise<number>((resolve) => {
          let said = ''
          command.stderr.on('data', (chunk) => {
            said += chunk
            const [, found] = /pid (\d+)\n/.exec(said) ?? []
            if (found !== undefined) resolve(Number(found))
          })
        })
        command.kill(signal)
        expect((await command).signal).toBe(signal)
        await waitUntilGone(pid)
      })
    },
  )
})

/** Waits until no process has that number, or only its remains have; the test's own limit ends it. */
async function waitUntilGone(pid: number): Promise<void> {
  for (;;) {
    const { stdout } = await execa('ps', ['-o', 'stat=', '-p', String(pid)], { reject: false })
    if (stdout === '' || stdout.startsWith('Z')) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
