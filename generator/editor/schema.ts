import { z } from 'zod'
import { modelSchema } from '../compile/model.js'
import { catalogue, type SettingKind } from '../postgres/catalogue.js'
import { whereHeld } from '../postgres/held.js'

/** JSON Schema (draft 7, which every editor knows), as far as it is used here. */
export interface Schema {
  readonly title?: string
  readonly description?: string
  /** What a value must look like, where the description says what it is for. */
  readonly format_?: string
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly default?: unknown
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly unknown[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly propertyNames?: Schema
  readonly minimum?: number
  readonly maximum?: number
  readonly minItems?: number
  readonly pattern?: string
}

/** What a person may write, with `format_` where zod has a second description. */
export function readModelSchema(): Schema {
  const schema = z.toJSONSchema(modelSchema, {
    io: 'input',
    target: 'draft-7',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => {
      const [first, ...more] = listDescriptions(zodSchema)
      const format = more.find((one) => one !== first)
      if (format !== undefined) Object.assign(jsonSchema, { format_: format })
    },
  })
  return tidy(schema as Schema)
}

/** The descriptions of a schema and of those that it wraps, the outermost first. */
function listDescriptions(schema: z.core.$ZodType): string[] {
  const own = z.globalRegistry.get(schema)?.description
  const { innerType } = schema._zod.def as { readonly innerType?: z.core.$ZodType }
  return [
    ...(own === undefined ? [] : [own]),
    ...(innerType === undefined ? [] : listDescriptions(innerType)),
  ]
}

/** Less what says nothing: empty defaults of groups, the bounds of every integer, constants one by one. */
function tidy(schema: Schema): Schema {
  const { default: usual, minimum, maximum, ...rest } = schema
  const branches = (rest.anyOf ?? rest.oneOf)?.map(tidy)
  const constants = branches?.every((branch) => 'const' in branch)
    ? branches.map((branch) => branch.const)
    : undefined
  const isGroup = rest.properties !== undefined && JSON.stringify(usual) === '{}'
  const { anyOf: _, oneOf: __, ...plain } = rest
  return {
    ...(constants === undefined ? rest : { ...plain, enum: constants }),
    ...(constants === undefined && rest.anyOf && branches && { anyOf: branches }),
    ...(constants === undefined && rest.oneOf && branches && { oneOf: branches }),
    ...(rest.items && { items: tidy(rest.items) }),
    ...(rest.properties && { properties: mapValues(rest.properties, tidy) }),
    ...(typeof rest.additionalProperties === 'object' && {
      additionalProperties: tidy(rest.additionalProperties),
    }),
    ...(minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER && { maximum }),
    ...(usual !== undefined && !isGroup && { default: usual }),
  }
}

/** The JSON Schema of a configuration, for editors and for whoever judges it without us. */
export function printSchema(model = readModelSchema()): string {
  const { properties = {}, ...rest } = spell(model)
  const ownKey = { description: 'Where this schema is, for editors', type: 'string' }
  const schema = {
    ...rest,
    title: 'A PostgreSQL read replica (postgres-rep-marathon)',
    properties: { $schema: ownKey, ...addSettings(properties) },
  }
  return `${JSON.stringify(schema)}\n`
}

/** The schema with both descriptions in one. */
function spell({ format_, ...schema }: Schema): Schema {
  const { description, anyOf, oneOf, items, properties, additionalProperties: named } = schema
  const words = [description, format_].filter((text) => text !== undefined).map(sentence)
  return {
    ...schema,
    ...(words.length > 0 && { description: words.join(' ') }),
    ...(anyOf && { anyOf: anyOf.map(spell) }),
    ...(oneOf && { oneOf: oneOf.map(spell) }),
    ...(items && { items: spell(items) }),
    ...(properties && { properties: mapValues(properties, spell) }),
    ...(typeof named === 'object' && { additionalProperties: spell(named) }),
  }
}

/** Text as a sentence of its own. */
export function sentence(text: string): string {
  const isWord = /^[a-z]+\b(?![._(/-])/.test(text) && !/^(libpq|systemd|published)\b/.test(text)
  const first = isWord ? text.slice(0, 1).toUpperCase() + text.slice(1) : text
  return /[.!?:]$/.test(first) ? first : `${first}.`
}

/** The settings of PostgreSQL by name, so that an editor completes them; others may be there, too. */
function addSettings(properties: Readonly<Record<string, Schema>>): Readonly<Record<string, Schema>> {
  const { postgresql } = properties
  const { settings, ...others } = postgresql?.properties ?? {}
  if (postgresql === undefined || settings === undefined) throw new Error('a model has no settings')
  const open = [...catalogue.values()].filter(
    ({ name, kinds }) => !kinds.at(-1)?.isFixed && whereHeld(name) === undefined,
  )
  const known = open.map(({ name, about, kinds }) => [name, { description: about, ...describeKinds(kinds) }])
  return {
    ...properties,
    postgresql: {
      ...postgresql,
      properties: { ...others, settings: { ...settings, properties: Object.fromEntries(known) } },
    },
  }
}

// What a value may be depends on the major; here only what an editor may offer, and no list is closed.
function describeKinds(kinds: readonly SettingKind[]): Schema {
  const kind = kinds.at(-1)
  const any = { type: ['string', 'number', 'boolean'] }
  if (kind?.type === 'bool') return { anyOf: [{ enum: [true, false, 'on', 'off'] }, any] }
  return kind?.type === 'enum' ? { anyOf: [{ enum: kind.words }, any] } : any
}

function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  change: (value: T, key: string) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value, key)]))
}
