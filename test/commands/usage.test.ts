import { describe, expect, test } from 'vitest'
import { hasTrace, inFolder } from './cli.js'

describe('usage', () => {
  test.each([
    ['an unknown command', ['explode']],
    ['an option without its value', ['generate', '--out']],
    ['two models', ['generate', 'a.ts', 'b.ts']],
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

  test.each([[['--help']], [['generate', '--help']]])('%j has examples', async (args) => {
    await inFolder({}, async ({ run }) => {
      const { code, out } = await run(args)
      expect(code).toBe(0)
      expect(out).toContain('Examples:\n  postgres-rep-marathon generate')
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
      const { code, out, err } = await run(['generate', '--json'])
      expect(code).toBe(1)
      expect(err).toBe('')
      expect(JSON.parse(out)).toMatchObject([{ code: 'E_WRITE' }])
    })
  })
})
