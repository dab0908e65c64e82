import { expect, test } from 'vitest'
import { parseModel } from '../../generator/compile/parse-model.js'
import { configurationOf } from '../../generator/model/replica.js'
import { privateNetworks } from '../../generator/postgres/access-schema.js'

const usual = privateNetworks.map((from) => ({ type: 'host', database: 'all', user: 'all', from }))

test.each<[string, object, string]>([
  ['the embedded model', {}, 'master'],
  ['settings', { postgresql: { settings: { work_mem: '8MB' } } }, 'published'],
  ['no settings', { postgresql: { settings: {} } }, 'master'],
  ['access rules', { access: [{ type: 'host', from: '10.0.0.0/8' }] }, 'published'],
  ['no access rules at all', { access: [] }, 'published'],
  ['those that a model has anyway', { access: usual }, 'published'],
  [
    'settings for nobody',
    { run: { configUrl: null }, postgresql: { settings: { work_mem: '8MB' } } },
    'master',
  ],
  ['access rules for nobody', { run: { configUrl: null }, access: usual }, 'master'],
  [
    'settings whose place the task is told',
    {
      run: { configUrl: null },
      task: { env: { CONFIG_URL: 'http://c/x' } },
      postgresql: { settings: { work_mem: '8MB' } },
    },
    'published',
  ],
  ['a word', { run: { configuration: 'published' } }, 'published'],
  [
    'a word beside settings',
    { run: { configuration: 'master' }, postgresql: { settings: { work_mem: '8MB' } } },
    'master',
  ],
])('whose configuration runs follows from %s', (_title, model, wanted) => {
  const parsed = parseModel(model)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics))
  expect(configurationOf(parsed.model)).toBe(wanted)
})
