import { describe, expect, test } from 'vitest'
import { type Folder, hasTrace, head, inFolder, type Outcome } from './cli.js'

const artefacts = [
  'dist/SHA256SUMS',
  'dist/pg_hba.conf',
  'dist/postgresql.conf',
  'dist/run_rep.map.json',
  'dist/run_rep.sh',
  'marathon.json',
]
const step = (body: string) => `# What it is for.\nstep_warm() {\n${body}\n}\n`
const withStep = `${head}export default defineReplica({
  steps: [{ name: 'warm', doc: 'warms the cache', file: './steps/warm.sh', before: 'serve' }],
})
`

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
  test('the embedded model, where there is no configuration', async () => {
    await inFolder({}, async ({ run, list, read }) => {
      const first = await run(['generate'])
      expect(first).toMatchObject({ code: 0, err: '' })
      expect(first.out).toContain('wrote')
      expect(await list()).toEqual(artefacts)
      expect(JSON.parse(await read('marathon.json'))).toMatchObject({ id: '/postgres-replication' })
      expect(await run(['generate'])).toEqual({ code: 0, out: 'nothing changed\n', err: '' })
    })
  })

  test('a resident app keeps its sizes: a change of them is a warning at its place', async () => {
    const model = (mem: number) =>
      `${head}export default defineReplica({ app: { mem: ${mem}, volume: '100GiB' } })\n`
    await inFolder({ 'replica.config.ts': model(1024) }, async ({ run, write }) => {
      expect(await run(['generate'])).toMatchObject({ code: 0, err: '' })
      await write('replica.config.ts', model(2048))
      const { code, err } = await run(['generate'])
      expect(code).toBe(0)
      expect(err).toMatch(
        /^replica\.config\.ts:\d+:\d+ warning W_APP_RESIDENT: mem of \/postgres-replication changed/,
      )
      // By now it is what was printed before.
      expect(await run(['generate'])).toMatchObject({ code: 0, err: '', out: 'nothing changed\n' })
    })
  })

  test('a TypeScript model, found by its usual name', async () => {
    const text = `${head}export default defineReplica({ app: { id: '/db/ts' } })\n`
    await inFolder({ 'replica.config.ts': text }, async ({ run, list, read }) => {
      expect(await run(['generate'])).toMatchObject({ code: 0, err: '' })
      expect(await list()).toEqual([...artefacts, 'replica.config.ts'])
      expect(JSON.parse(await read('marathon.json'))).toMatchObject({ id: '/db/ts' })
    })
  })

  test('a JSON model by name, the artefacts where the options say', async () => {
    const files = { 'models/a.json': '{"app": {"id": "/db/json"}}' }
    await inFolder(files, async ({ run, list, read }) => {
      const args = ['generate', 'models/a.json', '--out', 'agent/', '--app', 'apps/a.json']
      expect(await run(args)).toMatchObject({ code: 0, err: '' })
      expect(await list()).toContain('agent/run_rep.sh')
      expect(JSON.parse(await read('apps/a.json'))).toMatchObject({ id: '/db/json' })
    })
  })

  test('a step and a variable of the user, with the comment above it', async () => {
    const config = `${head}export default defineReplica({
  env: {
    /** Where the metrics go. */
    METRICS_PORT: variable.port({ default: '9187' }),
  },
  steps: [{ name: 'warm', doc: 'warms the cache', file: './steps/warm.sh', before: 'serve' }],
})
`
    const files = {
      'deploy/replica.config.ts': config,
      'deploy/steps/warm.sh': step('  log INFO "$METRICS_PORT"'),
    }
    await inFolder(files, async ({ run, read }) => {
      const outcome = await run(['generate', 'deploy/replica.config.ts'])
      expect(outcome).toMatchObject({ code: 0, err: '' })
      const script = await read('dist/run_rep.sh')
      expect(script).toContain('  METRICS_PORT=${METRICS_PORT:-9187}\n  is_port "$METRICS_PORT" || ')
      expect(script).toContain('\n# @step warm\n# What it is for.\nstep_warm() {\n')
      expect(script).toContain(
        '  step_compare_collations\n  step=warm\n  run_own_step step_warm\n  step=serve\n',
      )
      const map = JSON.parse(await read('dist/run_rep.map.json'))
      expect(map.variables.METRICS_PORT).toMatchObject({ doc: 'Where the metrics go.', default: '9187' })
      expect(map.steps.warm).toMatchObject({ doc: 'warms the cache', source: 'steps/warm.sh' })
      expect(map.steps.warm.reads).toContain('METRICS_PORT')
    })
  })
})

describe('what is wrong in the model', () => {
  test('a type error has its place and a frame', async () => {
    const text = `${head}export default defineReplica({ app: { cpus: 'many' } })\n`
    const { err } = await refuse({ 'replica.config.ts': text })
    expect(err).toContain('replica.config.ts:2:39 error E_TYPE')
    expect(err).toContain('> 2 | export default')
  })

  test('what only the schema sees has the place of the literal', async () => {
    const text = `${head}export default defineReplica({\n  app: {\n    cpus: 0,\n  },\n})\n`
    expect((await refuse({ 'replica.config.ts': text })).err).toContain(
      'replica.config.ts:4:5 error E_MODEL:',
    )
  })

  test('an unknown key of a JSON model', async () => {
    const { err } = await refuse({ 'replica.config.json': '{\n  "app": { "cpu": 1 }\n}\n' })
    expect(err).toContain('replica.config.json:2:12 error E_MODEL_KEY: there is no cpu in app')
  })

  test('a setting that a targeted major has no more', async () => {
    const text = `${head}export default defineReplica({
  postgresql: {
    majors: [15],
    settings: {
      work_mem: '4MB',
      stats_temp_directory: '/run/x',
    },
  },
})
`
    expect((await refuse({ 'replica.config.ts': text })).err).toContain(
      'replica.config.ts:7:7 error E_SETTING_GONE',
    )
  })

  test('a kill grace that the shutdown does not fit into', async () => {
    const { err } = await refuse({ 'replica.config.json': '{"app": {"killGrace": 60}}' })
    expect(err).toContain('replica.config.json:1:10 error E_KILL_GRACE')
  })

  test('too many hosts in sum: the place is that of the hosts', async () => {
    const hosts = Array.from({ length: 17 }, (_, index) => `h${index}`)
    const { err } = await refuse({ 'replica.config.json': JSON.stringify({ master: { hosts } }) })
    expect(err).toContain('replica.config.json:1:12 error E_ENV_VALUE: POSTGRES_MASTER')
  })
})

describe('what is wrong in a step of the user', () => {
  // A JSON model is read without the TypeScript compiler, which costs a second each time.
  const json = JSON.stringify({
    steps: [{ name: 'warm', doc: 'warms the cache', file: './steps/warm.sh', before: 'serve' }],
  })
  const files = (text: string) => ({ 'replica.config.json': json, 'steps/warm.sh': text })

  test('the file is missing, told together with other findings', async () => {
    const text = withStep.replace('steps:', 'app: { killGrace: 1 },\n  steps:')
    const { err } = await refuse({ 'replica.config.ts': text })
    expect(err).toContain('E_KILL_GRACE')
    expect(err).toMatch(/replica\.config\.ts:4:\d+ error E_STEP_FILE: .*there is no such file/)
  })

  test('the file is a directory, or no text', async () => {
    const directory = await refuse({ 'replica.config.json': json, 'steps/warm.sh/x': '' })
    expect(directory.err).toContain('it is not a regular file')
    const bytes = { 'replica.config.json': json, 'steps/warm.sh': Uint8Array.of(0x23, 0xff, 0x0a) }
    expect((await refuse(bytes)).err).toContain('it is not UTF-8 text')
  })

  test.each([
    ['an unquoted expansion', step('  ls $HOME'), 'steps/warm.sh:3:6 error E_SHELL_UNQUOTED'],
    ['eval', `\n\n${step('  eval "$HOME"')}`, 'steps/warm.sh:5:3 error E_SHELL_EVAL'],
    ['a failure that does not exist', step('  fail NOPE "x"'), 'steps/warm.sh:3:8 error E_SHELL_FAIL_ID'],
    ['a fault of the syntax', 'step_warm() {\n  if x; fi\n}\n', 'steps/warm.sh:2:11 error E_SHELL_SYNTAX'],
    ['a quote that is not closed', `${step('  :')}x="\n`, 'steps/warm.sh:5:3 error E_SHELL_SYNTAX'],
    ['Windows line ends', step('  :').replaceAll('\n', '\r\n'), 'steps/warm.sh:1:18 error E_STEP_FILE'],
    ['no step function', 'step_wram() {\n  :\n}\n', 'replica.config.json:1:50 error E_STEP_FUNCTION'],
    [
      'a function of the script',
      `${step('  :')}log() {\n  :\n}\n`,
      'steps/warm.sh:5:1 error E_STEP_FUNCTION: log',
    ],
    [
      'the main function',
      `${step('  :')}main() {\n  :\n}\n`,
      'steps/warm.sh:5:1 error E_STEP_FUNCTION: main',
    ],
    ['a command outside of functions', `${step('  :')}set +e\n`, 'steps/warm.sh:5:1 error E_STEP_TOP_LEVEL'],
    ['a command in a constant', `a=1\nb=$(date)\n${step('  :')}`, 'steps/warm.sh:2:1 error E_STEP_TOP_LEVEL'],
  ])('%s', async (_title, text, wanted) => {
    expect((await refuse(files(text))).err).toContain(wanted)
  })

  test('the place is found from another folder, too', async () => {
    const deploy = { 'deploy/replica.config.ts': withStep, 'deploy/steps/warm.sh': step('  ls $HOME') }
    const { err } = await refuse(deploy, ['generate', 'deploy/replica.config.ts'])
    expect(err).toContain('deploy/steps/warm.sh:3:6 error E_SHELL_UNQUOTED')
    expect(err).toContain('> 3 |   ls $HOME')
  })

  test('a step named as a function that exists', async () => {
    const text = withStep.replaceAll("'warm'", "'clone'")
    const { err } = await refuse({ 'replica.config.ts': text, 'steps/warm.sh': step('  :') })
    expect(err).toMatch(/replica\.config\.ts:3:13 error E_MODEL: a built-in step has this name/)
  })
})

describe('where nothing can be written', () => {
  const refuseToWrite = async (args: readonly string[], prepare: (folder: Folder) => Promise<void>) =>
    inFolder({}, async (folder) => {
      await prepare(folder)
      const before = await folder.list()
      const outcome = await folder.run(['generate', ...args])
      expect(outcome.code).toBe(1)
      expect(hasTrace(outcome), outcome.err).toBe(false)
      expect(await folder.list()).toEqual(before)
      return outcome.err
    })

  test('--out is a file', async () => {
    const err = await refuseToWrite(['--out', 'dist'], ({ write }) => write('dist', 'mine'))
    expect(err).toMatch(/E_WRITE: cannot read dist\/.*: a file is in the place of a directory/)
  })

  test('--out cannot be made', async () => {
    const err = await refuseToWrite(['--out', '/proc/none/x'], async () => undefined)
    expect(err).toMatch(/E_WRITE: cannot write \/proc\/none\/x\/.*: there is no such directory/)
  })

  test('--app is a directory: dist is not written either', async () => {
    const err = await refuseToWrite(['--app', 'apps'], ({ write }) => write('apps/x', ''))
    expect(err).toMatch(/E_WRITE: cannot read apps: .*not a regular file/)
  })

  test('--app cannot be made: dist, made for it, is gone again', async () => {
    expect(await refuseToWrite(['--app', '/proc/none/a.json'], async () => undefined)).toContain('E_WRITE')
  })
})
