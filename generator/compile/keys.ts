import { z } from 'zod'
import type { ModelPath } from '../diagnostics/path.js'
import { types } from '../model/contract/types.js'
import { groupDocs, keyExamples } from './key-notes.js'
import { modelSchema } from './model.js'
import { alternativesOf, itemOf, kindOf, membersOf } from './schema-walk.js'

type Schema = z.core.$ZodType

/** One key of the model: `NAME` in its name stands for a name of the user's; items of a list need no number. */
export interface ModelKey {
  readonly name: string
  /** One for each kind of object that has the key. */
  readonly schemas: readonly Schema[]
}

/** Every key that a model may have, in the order of the schema. */
export function listModelKeys(): ModelKey[] {
  const found = new Map<string, Schema[]>()
  const visit = (schema: Schema, name: string): void => {
    for (const one of alternativesOf(schema)) {
      for (const [key, member] of Object.entries(membersOf(one)))
        add(member, name === '' ? key : `${name}.${key}`)
      const item = itemOf(one)
      if (item === undefined) continue
      if (kindOf(one) === 'record') add(item, `${name}.NAME`)
      else visit(item, name)
    }
  }
  const add = (schema: Schema, name: string): void => {
    found.set(name, [...(found.get(name) ?? []), schema])
    visit(schema, name)
  }
  visit(modelSchema, '')
  return [...found].map(([name, schemas]) => ({ name, schemas }))
}

let known: ReadonlyMap<string, ModelKey> | undefined

function keysByName(): ReadonlyMap<string, ModelKey> {
  known ??= new Map(listModelKeys().map((key) => [key.name, key]))
  return known
}

/** The names of all keys, for completion and for "did you mean". */
export function keyNames(): string[] {
  return [...keysByName().keys()]
}

/**
 * The keys that a name means: its path, also with numbers or [] for items and any name for NAME; `app.volume`, as the key
 * was called when Marathon was all there was; or only its last part, as `volume`.
 */
export function findKeys(name: string): ModelKey[] {
  const keys = keysByName()
  const parts = name
    .replace(/\[(\w*)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '' && !/^\d+$/.test(part))
  const exact = follow(parts)
  if (exact !== undefined) return [exact]
  if (parts[0] === 'app' && parts.length > 1) {
    const rest = parts.slice(1)
    const moved = [
      ['task', ...rest],
      ['targets', 'marathon', ...rest],
    ].flatMap((path) => follow(path) ?? [])
    if (moved.length > 0) return moved.slice(0, 1)
  }
  const end = `.${parts.join('.')}`
  return parts.length === 0 ? [] : [...keys.values()].filter((key) => key.name.endsWith(end))
}

function follow(parts: readonly string[]): ModelKey | undefined {
  const keys = keysByName()
  let name = ''
  for (const part of parts) {
    const next = name === '' ? part : `${name}.${part}`
    if (keys.has(next)) name = next
    else if (keys.has(`${name}.NAME`)) name = `${name}.NAME`
    else return undefined
  }
  return keys.get(name)
}

/** What a key is, in the words of the schema. */
export function aboutKey({ name, schemas }: ModelKey): string {
  const own = [...new Set(schemas.map(findDescription).filter((text) => text !== undefined))]
  if (groupDocs[name] !== undefined && own.length === 0) return groupDocs[name]
  if (own.length > 0) return own.join('; ')
  return name.endsWith('.NAME') ? 'One of them, by a name of yours' : ''
}

function findDescription(schema: Schema): string | undefined {
  const described = (schema as z.ZodType).description
  if (described !== undefined) return described
  const { innerType } = schema._zod.def as unknown as { readonly innerType?: Schema }
  return innerType === undefined ? undefined : findDescription(innerType)
}

/** What of the schema as JSON Schema is used here. */
interface Shape {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Shape[]
  readonly oneOf?: readonly Shape[]
  readonly items?: Shape
  readonly properties?: Readonly<Record<string, Shape>>
  readonly additionalProperties?: Shape | boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly default?: unknown
}

function shapeOf(schema: Schema): Shape {
  return z.toJSONSchema(schema as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  }) as Shape
}

/** What a key takes: "true or false", "a whole number, 1 to 65535", "text: a TCP port". */
export function typeOfKey({ schemas }: ModelKey): string {
  return [...new Set(schemas.flatMap((schema) => nameTypes(shapeOf(schema))))].join(', or ')
}

function nameTypes(shape: Shape): string[] {
  const branches = shape.anyOf ?? shape.oneOf
  const all = branches === undefined ? [shape] : branches
  const words = all.flatMap((one) => ('const' in one ? [show(one.const)] : (one.enum ?? []).map(show)))
  const others = all
    .filter((one) => !('const' in one) && one.enum === undefined)
    .flatMap((one) => ((one.anyOf ?? one.oneOf) ? nameTypes(one) : [nameType(one)]))
  return [...new Set([...(words.length === 0 ? [] : [`one of ${words.join(', ')}`]), ...others])]
}

function nameType({ type, ...shape }: Shape): string {
  const all = typeof type === 'string' ? [type] : (type ?? [])
  return all.length === 0 ? 'any value' : all.map((one) => nameOne(one, shape)).join(', or ')
}

function nameOne(
  type: string,
  { items, properties, additionalProperties: named, minimum, maximum }: Shape,
): string {
  switch (type) {
    case 'string':
      return 'text'
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'integer':
    case 'number': {
      const what = type === 'integer' ? 'a whole number' : 'a number'
      // What no number of seconds or MiB reaches is no limit for a reader.
      const most = maximum === undefined || maximum >= 2_147_483_647 ? undefined : maximum
      const least = minimum === undefined || minimum <= -2_147_483_648 ? undefined : minimum
      if (least === undefined && most === undefined) return what
      return most === undefined ? `${what} from ${least}` : `${what}, ${least ?? 0} to ${most}`
    }
    case 'array':
      return `a list of ${items === undefined ? 'values' : nameTypes(items).join(' or ')}`
    case 'object':
      if (typeof named === 'object' && properties === undefined)
        return `${nameTypes(named).join(' or ')}, by name`
      return `an object of ${Object.keys(properties ?? {}).join(', ')}`
    default:
      return 'any value'
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}

/** What a key is when a model does not say it; undefined where it is then nothing, or has to be said. */
export function defaultOfKey({ schemas }: ModelKey): unknown {
  return schemas.map((schema) => shapeOf(schema).default).find((value) => value !== undefined)
}

/** The majors for which a key means something, by what the schema says of it. */
export function majorsOfKey(key: ModelKey): string {
  const about = aboutKey(key)
  const [, since] = /\bsince (\d+)\b/.exec(about) ?? []
  if (since !== undefined) return `since ${since} where it says so, else all`
  return 'all'
}

/** A value that shows how a key is written: never its default. */
export function exampleOfKey(key: ModelKey): unknown {
  if (Object.hasOwn(keyExamples, key.name)) return keyExamples[key.name]
  const usual = defaultOfKey(key)
  for (const schema of key.schemas) {
    const value = candidatesFor(shapeOf(schema), usual).find(
      (candidate) => !isSame(candidate, usual) && (schema as z.ZodType).safeParse(candidate).success,
    )
    if (value !== undefined) return value
  }
  return usual
}

function candidatesFor(shape: Shape, usual: unknown): unknown[] {
  const branches = shape.anyOf ?? shape.oneOf ?? [shape]
  return branches.flatMap((one): unknown[] => {
    if ('const' in one) return [one.const]
    if (one.enum !== undefined) return [...one.enum].reverse()
    switch ([one.type].flat()[0]) {
      case 'boolean':
        return [true, false]
      case 'integer':
      case 'number': {
        const { minimum = 0, maximum = 100 } = one
        const double = typeof usual === 'number' && usual > 0 ? [usual * 2, usual / 2] : []
        return [...double, 30, 5, 2, 1, minimum + 1, minimum, maximum]
      }
      case 'string':
        return ['verify-full', ...Object.values(types).flatMap((type) => ('good' in type ? type.good : []))]
      case 'object':
        return Object.entries(one.properties ?? {}).flatMap(([name, member]) =>
          candidatesFor(member, member.default)
            .slice(0, 3)
            .map((value) => ({ [name]: value })),
        )
      default:
        return []
    }
  })
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** The model that says nothing but the example: items of lists and names of the user's are filled in. */
export function exampleModel(key: ModelKey): object {
  return placeKey(key, exampleOfKey(key))
}

/** The same with another value. */
export function placeKey({ name }: Pick<ModelKey, 'name'>, value: unknown): object {
  return place(name.split('.'), value, '') as object
}

// Which keys have an item of a list around them.
const lists = new Set([
  'access',
  'steps',
  'targets.marathon.fetch',
  'targets.marathon.morePorts',
  'targets.kubernetes.volumes',
])

function place(parts: readonly string[], value: unknown, above: string): unknown {
  const [first, ...rest] = parts
  if (first === undefined) return value
  const name = above === '' ? first : `${above}.${first}`
  const key = first === 'NAME' ? exampleName(above) : first
  const inner = place(rest, value, name)
  return { [key]: lists.has(name) && rest.length > 0 ? [inner] : inner }
}

/** What stands for NAME in an example. */
function exampleName(above: string): string {
  if (above === 'postgresql.settings') return 'work_mem'
  if (above === 'access.options') return 'ldapserver'
  if (above === 'env') return 'SHOP_CACHE'
  if (above === 'task.env') return 'TZ'
  if (above === 'task.secrets') return 'pin'
  return 'team'
}

/** The path of a key in a model, for its place in the user's file. */
export function pathOfKey({ name }: ModelKey): ModelPath {
  return name.split('.')
}
