import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { codes } from '../../generator/compile/explain.js'
import { builtinVariables, exampleValues } from '../../generator/model/contract/variables.js'
import { hasTrace, inFolder, repository } from './cli.js'

const shipped = readFileSync(join(repository, 'dist/run_rep.sh'), 'utf8').split('\n')
const lineOf = (text: string) => shipped.indexOf(text) + 1

describe('explain', () => {
  test('a setting of the model, and a step of its own', async () => {
    const files = {
      'warm.sh': 'step_warm() {\n  log INFO "warm"\n}\n',
      'replica.config.json': JSON.stringify({
        postgresql: { settings: { work_mem: '8MB' } },
        steps: [{ name: 'warm', doc: 'warms it', file: './warm.sh', before: 'serve' }],
      }),
    }
    await inFolder(files, async ({ run }) => {
      expect((await run(['explain', 'work_mem'])).out).toBe(
        'setting work_mem: "8MB"\n  in the model  postgresql.settings.work_mem (replica.config.json:1:28)\n' +
          '  what it is    Sets the maximum memory to be used for query workspaces.\n' +
          '  takes         64 to 2147483647 (in kB)\n' +
          "  example       postgresql: { settings: { work_mem: '100kB' } }\n" +
          '  see           https://www.postgresql.org/docs/18/runtime-config-resource.html#GUC-WORK-MEM\n',
      )
      expect((await run(['explain', 'warm'])).out).toMatch(
        /^step warm: warms it\n.*\n {2}from +warm\.sh, lines 1 to 3\n {2}in the model +steps\.0 \(replica\.config\.json:1:\d+\)$/m,
      )
    })
  })

  test('a variable of the task: an example that somebody might give, the steps that read it, and the page', async () => {
    await inFolder({}, async ({ run }) => {
      expect((await run(['explain', '--embedded', 'POSTGRES_REPPASSWORD_FILE'])).out).toMatch(
        /\n {2}read by +the steps contract, preflight, [a-z_, ]+\n {2}example +POSTGRES_REPPASSWORD_FILE=\/etc\/pg-replica\.password\n {2}see +\S+libpq-pgpass\.html\n$/,
      )
    })
  })

  test.each(
    builtinVariables.filter(({ secret }) => !secret).map((variable) => [variable.name, variable] as const),
  )('the example of %s is one that it takes, and not its default', (name, variable) => {
    const example = exampleValues[name]
    expect(variable.type.schema.safeParse(example)).toMatchObject({ success: true })
    expect(example).not.toBe(variable.default)
  })

  test('whose line that is', async () => {
    const line = lineOf('require_standby() {')
    const table = lineOf('stall_limit=300')
    await inFolder({}, async ({ run }) => {
      const { code, out, err } = await run(['explain', '--line', String(line)])
      expect(code).toBe(0)
      expect(err).toBe('there is no configuration in this directory: explaining the embedded example\n')
      expect(out).toMatch(/from +templates\/run_rep\/lib\/start\.sh:\d+\n/)
      expect((await run(['explain', '--embedded', '--line', String(table)])).out).toMatch(
        /from +templates\/run_rep\/constants\.sh\.hbs:16\n/,
      )
      expect(out).toMatch(/function +require_standby\n {2}reached by +inspect_master, serve\n$/)
    })
  })

  test.each<[string[], RegExp]>([
    [['clne'], /^nothing is known of "clne"; did you mean clone\?\n$/],
    [['--line', '999999'], /^run_rep\.sh has the lines 1 to \d+, and no line "999999"\n$/],
    [['clone', '--line', '3'], /give either a name or --line/],
  ])('%j: exit 2 with words', async (args, words) => {
    await inFolder({}, async ({ run }) => {
      const outcome = await run(['explain', '--embedded', ...args])
      expect(outcome.code).toBe(2)
      expect(outcome.out).toBe('')
      expect(outcome.err).toMatch(words)
      expect(hasTrace(outcome)).toBe(false)
    })
  })

  test('of a model that is refused it tells what holds for every model', async () => {
    await inFolder({ 'replica.config.json': '{"task": {"cpus": "x"}}' }, async ({ run }) => {
      const { code, out, err } = await run(['explain', 'clone'])
      expect({ code, err }).toEqual({
        code: 0,
        err: 'the model is refused (E_MODEL): this is what holds for every model\n',
      })
      expect(out).toMatch(/^step clone: /)
      expect(out).not.toContain('in the model')
      // A name that only the model may know: why it could not be read.
      expect((await run(['explain', 'shop_warm'])).err).toMatch(/error E_MODEL/)
      // What its finding means is told all the same.
      expect(await run(['explain', 'E_MODEL'])).toMatchObject({
        code: 0,
        out: expect.stringMatching(/^E_MODEL: /),
      })
    })
  })
})

test('every code of a finding is explained, and no other', () => {
  const folder = join(repository, 'generator')
  const used = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ts$/.test(name) && !/\/code(s|-\w+)\.ts$/.test(name))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').match(/(?<=['"])[EW]_[A-Z_]+(?=['"])/g) ?? [])
  // unbash's own kind of error is no finding of ours.
  expect(Object.keys(codes).sort()).toEqual([...new Set(used)].sort())
})

describe('--github', () => {
  test('each finding is an annotation at its line', async () => {
    const model = '{\n  "task": { "cpus": 0, "user": "" }\n}\n'
    await inFolder({ 'replica.config.json': model }, async ({ run }) => {
      const { code, out, err } = await run(['generate', '--github'])
      expect({ code, err }).toEqual({ code: 1, err: '' })
      expect(out.split('\n').filter(Boolean).length).toBeGreaterThan(0)
      for (const line of out.split('\n').filter(Boolean)) {
        expect(line).toMatch(/^::error file=replica\.config\.json,line=2,col=\d+,title=E_[A-Z_]+::[^\n]+$/)
      }
    })
  })

  test('not together with --json', async () => {
    await inFolder({}, async ({ run }) => {
      expect((await run(['check', '--github', '--json'])).code).toBe(2)
    })
  })
})
