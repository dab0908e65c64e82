import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { modelSchema } from '../../generator/compile/model.js'
import { printDeclarations } from '../../generator/editor/declarations.js'
import { printSchema, readModelSchema, type Schema } from '../../generator/editor/schema.js'
import { loadModel } from '../../generator/load/load.js'
import { types } from '../../generator/model/contract/types.js'
import { models } from '../targets/containers/models.js'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const model = readModelSchema()
const schema: Schema = JSON.parse(printSchema(model))
const validate = new Ajv({ allowUnionTypes: true, strictRequired: false }).compile(schema)

test('what is committed and what was built is what the schemas say: npm run input', () => {
  const read = (name: string) => readFileSync(path(name), 'utf8')
  expect(read('../../generator/input/replica-input.ts')).toBe(printDeclarations(model))
  expect(read('../../build/replica.schema.json')).toBe(printSchema(model))
})

test('every key has a description, and no type is unknown', () => {
  const silent: string[] = []
  const visit = (part: Schema, at: string): void => {
    for (const [key, member] of Object.entries(part.properties ?? {})) {
      if (member.description === undefined) silent.push(`${at}.${key}`)
      visit(member, `${at}.${key}`)
    }
    for (const branch of [...(part.anyOf ?? []), ...(part.oneOf ?? [])]) visit(branch, at)
    if (part.items) visit(part.items, `${at}[]`)
    if (typeof part.additionalProperties === 'object') visit(part.additionalProperties, `${at}.NAME`)
  }
  visit(schema, '')
  expect(silent).toEqual([])
  expect(printDeclarations(model)).not.toMatch(/: (unknown|any)\b/)
})

const good: readonly (readonly [string, unknown])[] = [
  ['an empty one', {}],
  [
    'one that names the schema',
    { $schema: './node_modules/postgres-rep-marathon/build/replica.schema.json' },
  ],
  ['the golden one', JSON.parse(readFileSync(path('../golden/json/replica.config.json'), 'utf8'))],
  ...Object.entries(models),
]

test.each(good)('takes %s', (_, value) => {
  validate(value)
  expect(validate.errors).toBeNull()
})

test('takes the golden one that is TypeScript', async () => {
  const { value, diagnostics } = await loadModel(path('../golden/rich/replica.config.ts'))
  expect(diagnostics).toEqual([])
  validate(value)
  expect(validate.errors).toBeNull()
})

/** Each is refused by zod, and where JSON Schema can say why, by that as well. */
const wrong: readonly (readonly [string, unknown])[] = [
  ['a key that no model has', { masters: {} }],
  ['a key that no part has', { master: { host: 'a' } }],
  ['a word that is none', { master: { tls: 'verify-fulll' } }],
  ['TLS without its mode', { master: { tls: { rootCert: '/a' } } }],
  ['a port that is too high', { master: { port: 65_536 } }],
  ['a port in quotes', { master: { port: '5432' } }],
  ['an empty list', { master: { hosts: [] } }],
  ['hosts with blanks', { master: { hosts: 'a b' } }],
  ['an old major', { postgresql: { majors: [9.3] } }],
  ['a setting that is a list', { postgresql: { settings: { work_mem: [] } } }],
  ['a setting with a bad name', { postgresql: { settings: { 'work mem': 1 } } }],
  ['a step at no point', { steps: [{ name: 'a', doc: 'a', file: 'a.sh' }] }],
  [
    'a step at two points',
    { steps: [{ name: 'a', doc: 'a', file: 'a.sh', before: 'clone', after: 'clone' }] },
  ],
  ['a step before the contract', { steps: [{ name: 'a', doc: 'a', file: 'a.sh', before: 'contract' }] }],
  ['a step after serve', { steps: [{ name: 'a', doc: 'a', file: 'a.sh', after: 'serve' }] }],
  ['a rule without its networks', { access: [{ type: 'host' }] }],
  ['a socket with a network', { access: [{ type: 'local', from: 'all' }] }],
  ['an archive of two kinds', { restore: { from: 'http', path: '/a' } }],
  ['a relative archive', { restore: { from: 'directory', path: 'a' } }],
  ['a variable in lower case', { env: { a: { type: 'port' } } }],
  ['a number without limits', { env: { A: { type: 'integer' } } }],
  ['a size without its unit', { task: { volume: '100GB' } }],
  [
    'a volume of two sources',
    { targets: { kubernetes: { volumes: [{ path: '/a', claim: 'a', secret: 'b' }] } } },
  ],
  ['a URL of another kind', { publish: 'ftp://a' }],
  ['a target that is none', { targets: { nomad: {} } }],
]

test.each(wrong)('refuses %s, as zod does', (_, value) => {
  expect(modelSchema.safeParse(value).success).toBe(false)
  expect(validate(value)).toBe(false)
})

test('takes whatever a type of the contract takes, and refuses most of what it refuses', () => {
  const all = Object.values(types).filter((type) => typeof type !== 'function')
  const spare = all.map((type) => {
    const json = new Ajv().compile(type.schema.toJSONSchema({ target: 'draft-7' }))
    expect([type.name, type.good.filter((value) => !json(value))]).toEqual([type.name, []])
    return type.bad.filter((value) => json(value)).length / type.bad.length
  })
  expect(Math.max(...spare)).toBeLessThan(1)
})

test('completes the settings of PostgreSQL, and takes those of extensions', () => {
  const settings = schema.properties?.postgresql?.properties?.settings
  expect(settings?.properties?.wal_level?.anyOf?.[0]?.enum).toEqual(['minimal', 'replica', 'logical'])
  expect(settings?.properties?.shared_buffers?.description).toContain('shared memory buffers')
  expect(settings?.properties?.port).toBeUndefined()
  expect(validate({ postgresql: { settings: { 'pg_stat_statements.max': 1, ssl: 'on' } } })).toBe(true)
})
