import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasTrace, inFolder, repository } from './cli.js'

describe('usage', () => {
  test.each([
    ['an unknown command', ['explode']],
    ['an option without its value', ['generate', '--out']],
    ['two models and one directory', ['generate', 'a.ts', 'b.ts', '--out', 'x']],
    ['two ways to say which model', ['generate', 'a.ts', '--embedded']],
    ['no command', []],
    ['an empty --out, which would mean /', ['generate', '--out', '']],
    ['an app in the place of an artefact', ['generate', '--app', './dist//run_rep.sh']],
  ])('%s: exit 2, words, no stack trace', async (_title, args) => {
    await inFolder({ 'replica.config.json': '{}' }, async ({ run, list }) => {
      const outcome = await run(args)
      expect(outcome.code, outcome.err).toBe(2)
      expect(outcome.out).toBe('')
      expect(outcome.err).not.toBe('')
      expect(hasTrace(outcome), outcome.err).toBe(false)
      expect(await list()).toEqual(['replica.config.json'])
    })
  })

  test('--help leads on, and --version is that of the package', async () => {
    await inFolder({}, async ({ run }) => {
      expect(await run(['--help'])).toMatchObject({
        code: 0,
        out: expect.stringContaining('Exit codes: 0 done'),
      })
      const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'))
      expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    })
  })
})

describe('--json', () => {
  test('findings, on standard output alone', async () => {
    await inFolder({ 'replica.config.json': '{"task": {"cpus": 0}}' }, async ({ run }) => {
      const { code, out, err } = await run(['generate', '--json'])
      expect(code).toBe(1)
      expect(err).toBe('')
      expect(JSON.parse(out)).toMatchObject([
        {
          severity: 'error',
          code: 'E_MODEL',
          path: ['task', 'cpus'],
          place: { file: 'replica.config.json', line: 1 },
        },
      ])
    })
  })

  test('a disk that refuses', async () => {
    await inFolder({ dist: 'a file' }, async ({ run }) => {
      const { code, out, err } = await run(['generate', '--embedded', '--json'])
      expect(code).toBe(1)
      expect(err).toBe('')
      expect(JSON.parse(out)).toMatchObject([{ code: 'E_WRITE' }])
    })
  })
})

test('each text is printed by one file, which masks what is secret', () => {
  const folder = join(repository, 'generator')
  const found = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    // editor/print.ts is a script of the build, and no command.
    .filter((name) => name.endsWith('.ts') && !['commands/print.ts', 'editor/print.ts'].includes(name))
    .filter((name) =>
      /\bprocess\.std(out|err)\.write\(|\bconsole\.\w+\(/.test(readFileSync(join(folder, name), 'utf8')),
    )
  expect(found).toEqual([])
})
