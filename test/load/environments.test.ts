import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadModels } from '../../generator/load/load.js'
import { inProject, list, show } from './project.js'

const head = "import { defineReplica, defineReplicas, type Environment } from 'postgres-rep-marathon'\n"

/** Loads r.ts with the API of this package itself. */
function load<T>(
  files: Readonly<Record<string, string>>,
  envs: readonly string[],
  judge: (loaded: Awaited<ReturnType<typeof loadModels>>, dir: string) => T,
): Promise<T> {
  return inProject(files, async ({ dir }) => judge(await loadModels(join(dir, 'r.ts'), { envs }), dir))
}

const several = `${head}export default defineReplicas({
  staging: { task: { mem: 1024 } },
  production: { task: { mem: 2048 } },
})
`

test('models by environment come out of the process with their names and places', async () => {
  await load({ 'r.ts': several }, [], ({ diagnostics, models, names }, dir) => {
    expect(diagnostics).toEqual([])
    expect(names).toEqual(['staging', 'production'])
    expect(
      models.map(({ env, value, placeOf }) => [env, value, show(placeOf(['task', 'mem']), dir)]),
    ).toEqual([
      ['staging', { task: { mem: 1024 } }, 'r.ts:3:22'],
      ['production', { task: { mem: 2048 } }, 'r.ts:4:25'],
    ])
  })
  await load({ 'r.ts': several }, ['production'], ({ models, names }) => {
    expect([models.map(({ env }) => env), names]).toEqual([['production'], ['staging', 'production']])
  })
  await load({ 'r.ts': several }, ['other'], ({ diagnostics, models }, dir) => {
    expect([list(diagnostics, dir), models]).toEqual([['E_ENV_UNKNOWN r.ts:2:1'], []])
  })
})

test('a function is called for each environment; what it throws has its place, and whether it was told one', async () => {
  const text = `${head}export default async ({ env }: Environment) => {
  if (env === undefined) throw new Error('which?')
  return defineReplica({ publish: 'http://' + env })
}
`
  await load({ 'r.ts': text }, ['a', 'b'], ({ models, names }) => {
    expect(models.map(({ env, value }) => [env, value])).toEqual([
      ['a', { publish: 'http://a' }],
      ['b', { publish: 'http://b' }],
    ])
    expect(names).toEqual([])
  })
  await load({ 'r.ts': text }, [], ({ diagnostics }, dir) => {
    expect(list(diagnostics, dir)).toEqual(['E_CONFIG_THROWN r.ts:3:32'])
    expect(diagnostics[0]?.hint).toContain('--env')
  })
})

test('of models by environment, too, what only the type of a value refuses is judged further', async () => {
  const text = several.replace('1024', "'much'")
  await load({ 'r.ts': text }, [], ({ diagnostics, models }, dir) => {
    expect(list(diagnostics, dir)).toEqual(['E_TYPE r.ts:3:22'])
    expect(models.map(({ env }) => env)).toEqual(['staging', 'production'])
  })
})

test('a configuration is made of its imports, those that are missing, and the tsconfig.json with its paths', async () => {
  const files = { 'r.ts': `${head}import './a.js'\nimport '#b'\nimport './no'\nexport default {}\n` }
  const more = {
    'a.ts': 'export {}',
    'b.ts': 'export {}',
    'tsconfig.json': '{ "compilerOptions": { "paths": { "#b": ["./b.ts"] } } }',
  }
  await load({ ...files, ...more }, [], ({ dependencies }, dir) => {
    const names = dependencies.map((file) => file.replace(`${dir}/`, ''))
    expect(names).toEqual(expect.arrayContaining(['r.ts', 'a.ts', 'b.ts', 'no.ts', 'tsconfig.json']))
  })
})
