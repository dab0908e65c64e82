import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Folder, hasTrace, head, inFolder, type Outcome } from './cli.js'

// A JSON model is read without the TypeScript compiler, which costs a second each time.
const artefacts = [
  'dist/SHA256SUMS',
  'dist/conf/pg_hba.conf',
  'dist/conf/postgresql.conf',
  'dist/master.pg_hba.conf',
  'dist/master.sql',
  'dist/run_rep.map.json',
  'dist/run_rep.sh',
  'marathon.json',
]
const step = (body: string) => `# What it is for.\nstep_warm() {\n${body}\n}\n`
const withStep = JSON.stringify({
  steps: [{ name: 'warm', doc: 'warms the cache', file: './steps/warm.sh', before: 'serve' }],
})

/** The findings of a refused model; nothing but the given files lies in the folder afterwards. */
async function refuse(
  files: Readonly<Record<string, string | Uint8Array>>,
  args: readonly string[] = ['generate'],
): Promise<Outcome> {
  return inFolder(files, async ({ run, list }) => {
    const outcome = await run(args)
    expect(outcome.code, outcome.err).toBe(1)
    expect(hasTrace(outcome), outcome.err).toBe(false)
    expect(await list()).toEqual(Object.keys(files).sort())
    return outcome
  })
}

describe('what is written', () => {
  const line = 'Marathon app /postgres-replication, master postgres01, into dist/ and marathon.json\n'

  test('the embedded model, where it is asked for, with a line that says so', async () => {
    await inFolder({}, async ({ run, list, read }) => {
      const first = await run(['generate', '--embedded'])
      expect(first).toMatchObject({ code: 0, err: `the embedded model: ${line}` })
      expect(first.out).toContain('wrote')
      expect(await list()).toEqual(artefacts)
      expect(JSON.parse(await read('marathon.json'))).toMatchObject({ id: '/postgres-replication' })
      const second = await run(['generate', '--embedded', '--json'])
      expect(second).toEqual({ code: 0, out: '[]\n', err: `the embedded model: ${line}` })
      expect(await run(['generate', '--embedded', '--quiet'])).toEqual({ code: 0, out: '', err: '' })
    })
  })

  test('where there is no configuration, nothing, and what to do', async () => {
    const { err } = await refuse({ 'replica.config.yaml': '' })
    expect(err).toMatch(
      /^error E_CONFIG_NONE: there is no configuration .*; replica\.config\.yaml is not taken\n/,
    )
    expect(err).toContain('--embedded')
  })

  test('a resident app keeps its sizes: a change of them is a warning at its place', async () => {
    const model = (mem: number) => JSON.stringify({ task: { mem, volume: '100GiB' } })
    await inFolder({ 'replica.config.json': model(1024) }, async ({ run, write }) => {
      expect(await run(['generate'])).toMatchObject({ code: 0, err: `replica.config.json: ${line}` })
      await write('replica.config.json', model(2048))
      const { code, err } = await run(['generate'])
      expect(code).toBe(0)
      expect(err).toMatch(/^replica\.config\.json:1:10 warning W_APP_RESIDENT: /)
      // By now it is what was printed before.
      const again = { code: 0, err: `replica.config.json: ${line}`, out: 'nothing changed\n' }
      expect(await run(['generate'])).toEqual(again)
    })
  })

  test('a TypeScript model of an ES module project, also where the package is not installed, as under npx', async () => {
    const files = {
      'package.json': '{"type": "module"}',
      'replica.config.ts': `${head}export default defineReplica({
  env: {
    /** Where the metrics go. */
    METRICS_PORT: variable.port({ default: '9187' }),
  },
  steps: [{ name: 'warm', doc: 'warms the cache', file: './steps/warm.sh', before: 'serve' }],
})
`,
      'steps/warm.sh': step('  log INFO "$METRICS_PORT"'),
    }
    await inFolder(files, async ({ dir, run, read }) => {
      await rm(join(dir, 'node_modules'), { recursive: true })
      expect(await run(['generate', '-q'])).toMatchObject({ code: 0, err: '' })
      const script = await read('dist/run_rep.sh')
      expect(script).toContain('  METRICS_PORT=${METRICS_PORT:-9187}\n  is_port "$METRICS_PORT" || ')
      expect(script).toContain('  step_configure\n  step=warm\n  run_own_step step_warm\n  step=serve\n')
      const map = JSON.parse(await read('dist/run_rep.map.json'))
      expect(map.variables.METRICS_PORT).toMatchObject({ doc: 'Where the metrics go.', default: '9187' })
      expect(map.steps.warm).toMatchObject({ doc: 'warms the cache', source: 'steps/warm.sh' })
    })
  })

  test('a JSON model by name, the artefacts where the options say', async () => {
    const files = { 'models/a.json': '{"targets": {"marathon": {"id": "/db/json"}}}' }
    await inFolder(files, async ({ run, list, read }) => {
      const args = ['generate', 'models/a.json', '--out', 'agent/', '--app', 'apps/a.json']
      const err = 'models/a.json: Marathon app /db/json, master postgres01, into agent/ and apps/a.json\n'
      expect(await run(args)).toMatchObject({ code: 0, err })
      expect(await list()).toContain('agent/run_rep.sh')
      expect(JSON.parse(await read('apps/a.json'))).toMatchObject({ id: '/db/json' })
    })
  })
})

describe('what is wrong in the model', () => {
  test('a type error has its place and a frame', async () => {
    const text = `${head}export default defineReplica({ task: { cpus: 'many' } })\n`
    const { err } = await refuse({ 'replica.config.ts': text })
    expect(err).toContain('replica.config.ts:2:40 error E_TYPE')
    expect(err).toContain('> 2 | export default')
  })

  test.each([
    ['{\n  "task": { "cpu": 1 }\n}\n', '2:13 error E_MODEL_KEY'],
    ['{"task": {"stopGrace": 60}}', '1:11 error E_STOP_GRACE'],
    ['{"postgresql": {"settings": {\n"pg_stat_statements.max": null\n}}}', '2:1 error E_MODEL'],
  ])('%j', async (text, wanted) => {
    expect((await refuse({ 'replica.config.json': text })).err).toContain(`replica.config.json:${wanted}: `)
  })
})

describe('what is wrong in a step of the user', () => {
  test('the file is missing, told together with other findings', async () => {
    const { err } = await refuse({
      'replica.config.json': `{"task": {"stopGrace": 1},\n${withStep.slice(1)}`,
    })
    expect(err).toContain('E_STOP_GRACE')
    expect(err).toMatch(/replica\.config\.json:2:\d+ error E_STEP_FILE: .*there is no such file/)
  })

  test('the file is a directory, or no text', async () => {
    const directory = await refuse({ 'replica.config.json': withStep, 'steps/warm.sh/x': '' })
    expect(directory.err).toContain('it is not a regular file')
    const bytes = { 'replica.config.json': withStep, 'steps/warm.sh': Uint8Array.of(0x23, 0xff, 0x0a) }
    expect((await refuse(bytes)).err).toContain('it is not UTF-8 text')
  })

  test('a fault of its shell has its place, from another folder, too, and a frame', async () => {
    const deploy = { 'deploy/replica.config.json': withStep, 'deploy/steps/warm.sh': step('  ls $HOME') }
    const { err } = await refuse(deploy, ['generate', 'deploy/replica.config.json'])
    expect(err).toContain('deploy/steps/warm.sh:3:6 error E_SHELL_UNQUOTED')
    expect(err).toContain('> 3 |   ls $HOME')
  })
})

describe('where nothing can be written', () => {
  const refuseToWrite = async (args: readonly string[], prepare: (folder: Folder) => Promise<void>) =>
    inFolder({}, async (folder) => {
      await prepare(folder)
      const before = await folder.list()
      const outcome = await folder.run(['generate', '--embedded', ...args])
      expect(outcome.code).toBe(1)
      expect(hasTrace(outcome), outcome.err).toBe(false)
      expect(await folder.list()).toEqual(before)
      return outcome.err
    })

  test('--out is a file', async () => {
    const err = await refuseToWrite(['--out', 'dist'], ({ write }) => write('dist', 'mine'))
    expect(err).toMatch(/E_WRITE: cannot read dist\/.*: a file is in the place of a directory/)
  })

  test('--app cannot be made: dist, made for it, is gone again', async () => {
    expect(await refuseToWrite(['--app', '/proc/none/a.json'], async () => undefined)).toContain('E_WRITE')
  })
})
