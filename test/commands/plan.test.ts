import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plan } from '../../generator/commands/plan.js'
import { inFolder } from './cli.js'

const files = {
  'a/replica.config.json': '{"targets": {"marathon": {"id": "/a"}}}',
  'a/other.json': '{}',
  'b/replica.config.json': '{"targets": {"marathon": {"id": "/b"}}}',
  'c/replica.config.json': '{"tsk": {}}',
  'd/replica.config.json': '{"targets": {"systemd": {"name": "d"}}}',
}

test('several configurations: each beside itself, all or none, and never two into one file', async () => {
  await inFolder(files, async ({ dir }) => {
    const at = (...names: string[]) => names.map((name) => join(dir, name))
    const both = await plan(at('a/replica.config.json', 'b/replica.config.json'), {})
    expect(both).toMatchObject({
      models: [
        { where: { out: join(dir, 'a/dist'), app: join(dir, 'a/marathon.json') } },
        { where: { out: join(dir, 'b/dist'), app: join(dir, 'b/marathon.json') } },
      ],
      dependencies: at('a/replica.config.json', 'b/replica.config.json'),
    })
    expect(await plan(at('a/replica.config.json', 'c/replica.config.json'), {})).toMatchObject({
      kind: 'refused',
      code: 1,
      diagnostics: [{ code: 'E_MODEL_KEY', place: { file: join(dir, 'c/replica.config.json') } }],
    })
    expect(await plan(at('a/replica.config.json', 'a/other.json'), {})).toMatchObject({
      kind: 'refused',
      code: 2,
      diagnostics: [{ code: 'E_OUT_TWICE' }],
    })
    expect(await plan(at('d/replica.config.json'), { app: '-' })).toMatchObject({
      kind: 'refused',
      code: 2,
      diagnostics: [{ code: 'E_OUT_NONE' }],
    })
  })
})

test('an environment that a JSON model and the embedded one do not have', async () => {
  await inFolder(files, async ({ dir }) => {
    const fault = { kind: 'refused', code: 1, diagnostics: [{ code: 'E_ENV_UNKNOWN' }] }
    expect(await plan([join(dir, 'a/other.json')], { env: ['production'] })).toMatchObject(fault)
    expect(await plan([], { embedded: true, env: ['production'] })).toMatchObject(fault)
  })
})
