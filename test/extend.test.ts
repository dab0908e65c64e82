import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { generate } from '../generator/generate.js'

/** What somebody writes to extend the compiler, by file: a new one, or a change of one that is there. */
type Extension = Readonly<Record<string, string | readonly [before: string, after: string]>>

// Each is done as generator/README.md, "Contributing", says; more files than it says make it untrue.
const extensions = {
  variable: {
    'generator/model/contract/variables.ts': [
      "  optional('PGSSLKEY'",
      "  withDefault('WARM_LEVEL', types.integer({ min: 0, max: 9 }), '3', 'How much is read first.'),\n  optional('PGSSLKEY'",
    ],
    'templates/run_rep/steps/serve.sh': [
      'step_serve() {\n',
      'step_serve() {\n  log INFO "warm: $WARM_LEVEL"\n',
    ],
  },
  step: {
    'generator/model/builtin-steps.ts': [
      "  step(\n    'serve',",
      "  step('rest', 'steps/rest.sh', 'a pause before the server starts'),\n  step(\n    'serve',",
    ],
    'templates/run_rep/steps/rest.sh': '# @step rest\n# A pause.\nstep_rest() {\n  pause 1\n}\n',
  },
  target: {
    'generator/targets/all.ts': [
      "import { systemd } from './systemd/systemd.js'\n\n",
      "import { systemd } from './systemd/systemd.js'\nimport { cron } from './cron/cron.js'\n\n",
    ],
    'generator/targets/cron/cron.ts': `import { z } from 'zod'
import { taskEnv } from '../../model/replica.js'
import type { Target } from '../target.js'

const schema = z.strictObject({ every: z.string().default('@reboot') })

export const cron: Target<typeof schema> = {
  schema,
  isPublished: true,
  codes: { W_CRON_OFTEN: 'cron starts what may still run' },
  compile: ({ every }, replica) => ({
    document: { every },
    diagnostics:
      every === '@hourly'
        ? [{ code: 'W_CRON_OFTEN', path: ['targets', 'cron', 'every'], message: 'that is often' }]
        : [],
    given: {
      env: taskEnv(replica),
      user: replica.run.user,
      stopGrace: replica.task.stopGrace,
      asksHealth: false,
      keepsData: true,
      space: undefined,
    },
    print: () => ({ 'replica.cron': \`\${every} \${replica.run.user} sh run_rep.sh\\n\` }),
  }),
}
`,
  },
  major: {
    'generator/postgres/versions.ts': ['16, 17, 18] as const', '16, 17, 18, 19] as const'],
    'test/lab/servers.txt': ['10.23.0', '19.0.0 sha512-of-the-archive\n10.23.0'],
  },
} satisfies Readonly<Record<string, Extension>>

// The list of targets is read in one place.
const listOfTargets: Extension = {
  'generator/targets/all.ts': ['compose, kubernetes }', 'compose, kubernetes, cron }'],
}

const home = mkdtempSync(join(tmpdir(), 'extend-'))
let compile: typeof generate

// All at once, so that the compiler of TypeScript runs once.
beforeAll(async () => {
  for (const part of ['generator', 'templates', 'tsconfig.json', 'package.json', 'test/lab/servers.txt']) {
    cpSync(part, join(home, part), { recursive: true })
  }
  symlinkSync(join(process.cwd(), 'node_modules'), join(home, 'node_modules'))
  for (const extension of [...Object.values(extensions), listOfTargets]) write(extension)
  await execa(join(home, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.json'], { cwd: home })
  const built: unknown = await import(pathToFileURL(join(home, 'build/index.js')).href)
  compile = (built as { generate: typeof generate }).generate
}, 600_000)

afterAll(() => rmSync(home, { recursive: true, force: true }))

function write(extension: Extension): void {
  for (const [name, change] of Object.entries(extension)) {
    const path = join(home, name)
    mkdirSync(dirname(path), { recursive: true })
    if (typeof change === 'string') {
      writeFileSync(path, change)
      continue
    }
    const [before, after] = change
    const text = readFileSync(path, 'utf8')
    expect(text, name).toContain(before)
    writeFileSync(path, text.replace(before, after))
  }
}

async function filesOf(model: object): Promise<Readonly<Record<string, string>>> {
  const { files, diagnostics } = await compile(model)
  expect(diagnostics.filter(({ code }) => code.startsWith('E_'))).toEqual([])
  return files
}

describe('who extends the compiler', () => {
  test('touches two files for a variable of the contract', async () => {
    expect(Object.keys(extensions.variable)).toHaveLength(2)
    const files = await filesOf({})
    expect(files['run_rep.sh']).toContain('is_integer "$WARM_LEVEL" 0 9 || malformed WARM_LEVEL')
    expect(JSON.parse(files['run_rep.map.json'] ?? '').variables.WARM_LEVEL).toMatchObject({ default: '3' })
  })

  test('touches two files for a step', async () => {
    expect(Object.keys(extensions.step)).toHaveLength(2)
    const files = await filesOf({})
    expect(files['run_rep.sh']).toMatch(/\n {2}step=rest\n {2}step_rest\n {2}step=serve\n/)
    expect(files['run_rep.sh']).toMatch(/^# +\d+ {2}rest +a pause before the server starts$/m)
  })

  test('touches one folder and one list for a target', async () => {
    const [list, ...folder] = Object.keys(extensions.target)
    expect(list).toBe('generator/targets/all.ts')
    expect(new Set(folder.map((name) => dirname(name))).size).toBe(1)
    expect(Object.keys(listOfTargets)).toEqual([list])
    const { diagnostics } = await compile({ targets: { cron: { every: '@hourly' } } } as object)
    expect(diagnostics).toMatchObject([{ code: 'W_CRON_OFTEN', path: ['targets', 'cron', 'every'] }])
    const files = await filesOf({ targets: { cron: { every: '@daily' } } })
    expect(files['replica.cron']).toBe('@daily postgres sh run_rep.sh\n')
    expect(files.SHA256SUMS).toContain('replica.cron')
    expect(files['marathon.json']).toBeUndefined()
  })

  test('touches two files for a major of PostgreSQL', async () => {
    expect(Object.keys(extensions.major)).toHaveLength(2)
    const files = await filesOf({ postgresql: { majors: [18, 19] } })
    expect(files['run_rep.sh']).toContain("'for PostgreSQL 18 19'")
    expect(files['run_rep.sh']).toMatch(/^ {4}18 \| 19\) ;;$/m)
  })
})
