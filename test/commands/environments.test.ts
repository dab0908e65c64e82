import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { build, buildAll } from '../../generator/commands/build.js'
import { mergeFindings } from '../../generator/commands/merge-findings.js'
import { inFolder } from './cli.js'

const short = ({
  code,
  place,
  message,
}: {
  code: string
  place?: { line: number; column: number }
  message: string
}) => `${place?.line}:${place?.column} ${code} ${/\(in .*\)$/.exec(message)?.[0] ?? ''}`.trim()

describe('models by environment', () => {
  const text = `import { defineReplicas, type ReplicaInput } from 'postgres-rep-marathon'
const base = { task: { cpus: 0 } } satisfies ReplicaInput
export default defineReplicas({
  staging: { ...base, task: { ...base.task, mem: 0 } },
  production: base,
})
`
  test('each finding has its place, whoever shares the line, and says where it is not found everywhere', async () => {
    await inFolder({ 'replica.config.ts': text }, async ({ dir }) => {
      const config = join(dir, 'replica.config.ts')
      const all = await buildAll([config], [])
      expect(all.map(({ env }) => env)).toEqual(['staging', 'production'])
      const found = mergeFindings(all.map((built) => [built, built.diagnostics]))
      expect(found.map(short)).toEqual(['2:24 E_MODEL', '4:45 E_MODEL (in staging)'])
      const [one] = (await build(config)).diagnostics
      expect(one).toMatchObject({
        code: 'E_ENV_MISSING',
        message: expect.stringContaining('choose from staging and production'),
      })
    })
  })

  test('what is wrong in one of them has its type error at its own line', async () => {
    const wrong = text.replace('cpus: 0', 'cpus: 1').replace('mem: 0', "mem: 'much'")
    await inFolder({ 'replica.config.ts': wrong }, async ({ dir }) => {
      const [built] = await buildAll([join(dir, 'replica.config.ts')], ['staging'])
      expect(built?.diagnostics.map(short)).toEqual(['4:45 E_TYPE'])
    })
  })
})

test('a function of the environment: findings have their places, and what it throws has', async () => {
  const text = `import { defineReplica, type Environment } from 'postgres-rep-marathon'
const sizes: Record<string, { mem: number }> = { staging: { mem: 0 }, production: { mem: 4096 } }
export default ({ env = '' }: Environment) => {
  const { mem } = sizes[env] as { mem: number }
  return defineReplica({ task: { mem } })
}
`
  await inFolder({ 'replica.config.ts': text }, async ({ dir }) => {
    const config = join(dir, 'replica.config.ts')
    const [staging, production] = await buildAll([config], ['staging', 'production'])
    expect(staging?.diagnostics.map(short)).toEqual(['5:34 E_MODEL'])
    expect(production).toMatchObject({ env: 'production', values: { model: { task: { mem: 4096 } } } })
    const [none] = await buildAll([config], [])
    expect(none?.diagnostics).toMatchObject([
      {
        code: 'E_CONFIG_THROWN',
        place: { line: 4 },
        hint: 'it was called without an environment; --env names one',
      },
    ])
  })
})

test('of several models diff and report take all, and explain tells what holds for each', async () => {
  const text = (work_mem: string) => `import { defineReplicas } from 'postgres-rep-marathon'
export default defineReplicas({
  staging: { postgresql: { majors: [15], settings: { work_mem: '4MB' } } },
  production: { postgresql: { majors: [15], settings: { work_mem: '${work_mem}' } } },
})
`
  await inFolder({ 'replica.config.ts': text('8MB') }, async ({ run, read, write }) => {
    expect((await run(['generate', '-q'])).code).toBe(0)
    await write('replica.config.ts', text('16MB'))
    const { code, out } = await run(['diff'])
    expect(code).toBe(3)
    expect(out).toMatch(
      /^staging: nothing differs\n[\s\S]*^production: 1 setting[\s\S]*work_mem: 8MB -> 16MB/m,
    )
    expect(out).toContain('generate, and publish what it wrote into dist/production\n')
    // What was published of all lies in one directory, with one for each.
    expect((await run(['diff', '--against', 'dist'])).out).toBe(out)
    expect(await run(['report'])).toMatchObject({ code: 0 })
    expect(await read('report.production.html')).toContain('(production)</title>')
    const explained = await run(['explain', 'targets.kubernetes.volumes'])
    expect(explained).toMatchObject({ code: 0, err: expect.stringContaining('--env NAME') })
    expect(explained.out).toMatch(/^key targets\.kubernetes\.volumes/)
    expect(explained.out).not.toContain('in the model')
  })
})

test('each command that takes one model takes that of --env', async () => {
  const text = `import { defineReplicas } from 'postgres-rep-marathon'
export default defineReplicas({
  staging: { postgresql: { majors: [15], settings: { work_mem: '4MB' } } },
  production: { postgresql: { majors: [15], settings: { work_mem: '8MB' } } },
})
`
  await inFolder({ 'replica.config.ts': text }, async ({ run, read }) => {
    expect((await run(['generate', '-q', '--env', 'staging'])).code).toBe(0)
    expect(await read('dist/staging/conf/postgresql.conf')).toMatch(/^work_mem = '4MB'$/m)
    const differs = await run(['diff', '--env', 'production', '--against-env', 'staging'])
    expect(differs.code).toBe(3)
    expect(differs.out).toMatch(/work_mem: 4MB -> 8MB/)
    const explained = await run(['explain', 'work_mem', '--env', 'production'])
    expect(explained.out).toMatch(/8MB/)
    const drawn = await run(['graph', '--env', 'production'])
    expect(drawn.out).toMatch(/^flowchart/)
    for (const args of [['prove'], ['report', '--out', '-'], ['serve', '--port', '0']])
      expect(await run([...args, '--env', 'prodution'])).toMatchObject({
        code: 1,
        err: expect.stringContaining('did you mean production?'),
      })
    expect(await run(['graph', 'replica.config.ts', '--embedded'])).toMatchObject({ code: 2 })
  })
})

test('a shared part without a type of its own: the hint says what to write there', async () => {
  const text = `import { defineReplicas } from 'postgres-rep-marathon'
const base = { postgresql: { majors: [15] } }
export default defineReplicas({ staging: base, production: { ...base } })
`
  await inFolder({ 'replica.config.ts': text }, async ({ dir }) => {
    const [built] = await buildAll([join(dir, 'replica.config.ts')], ['staging'])
    const hints = built?.diagnostics.filter(({ code }) => code === 'E_TYPE').map(({ hint }) => hint)
    expect(hints).toEqual([
      expect.stringContaining('satisfies ReplicaInput'),
      expect.stringContaining('satisfies ReplicaInput'),
    ])
  })
})
