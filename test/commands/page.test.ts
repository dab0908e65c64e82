import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { hasTrace, inFolder, repository } from './cli.js'

const config = { 'replica.config.json': '{"master": {"hosts": "pg9.db"}}' }

test('report writes one page, and says so', async () => {
  await inFolder(config, async ({ run, read, list }) => {
    const { code, out } = await run(['report'])
    expect([code, out]).toEqual([0, 'wrote report.html\n'])
    expect(await read('report.html')).toContain('<h1>Replica of pg9.db</h1>')
    expect(await list()).toEqual(['replica.config.json', 'report.html'])
  })
})

test('graph prints a flowchart, and the image of the embedded model is the one that is shown', async () => {
  await inFolder({}, async ({ run, list }) => {
    expect((await run(['graph', '--embedded'])).out).toMatch(
      /^flowchart TB\n {2}begin\(\["sh run_rep\.sh"\]\)\n/,
    )
    const { out } = await run(['graph', '--embedded', '--format', 'svg'])
    expect(out).toBe(readFileSync(`${repository}/generator/report/run.svg`, 'utf8'))
    expect(await list()).toEqual([])
  })
})

test('what is wrong is said, and nothing is written', async () => {
  await inFolder({ ...config, 'bad.json': '{"task": {"cpus": 0}}' }, async ({ run, list }) => {
    const wrong: [args: string[], code: number, words: RegExp][] = [
      [['graph', '--format', 'png'], 2, /'png' is invalid.*mermaid, svg/],
      [['report', '--out', 'replica.config.json'], 2, /is a file of the model itself/],
      [['report', 'bad.json'], 1, /E_MODEL/],
    ]
    for (const [args, code, words] of wrong) {
      const outcome = await run(args)
      expect([outcome.code, outcome.out]).toEqual([code, ''])
      expect(outcome.err).toMatch(words)
      expect(hasTrace(outcome)).toBe(false)
    }
    expect(await list()).toEqual(['bad.json', 'replica.config.json'])
  })
})
