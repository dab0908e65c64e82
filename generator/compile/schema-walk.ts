import type { z } from 'zod'
import type { ModelPath } from '../diagnostics/path.js'
import { modelSchema } from './model.js'

type Schema = z.core.$ZodType

/** What a schema is, below defaults and the like: one for each alternative. */
export function alternativesOf(schema: Schema): Schema[] {
  const def = schema._zod.def as unknown as Def
  if (def.innerType !== undefined) return alternativesOf(def.innerType)
  if (def.type === 'pipe' && def.in !== undefined) return alternativesOf(def.in)
  if (def.type === 'union') return (def.options ?? []).flatMap(alternativesOf)
  return [schema]
}

/** The kind of a schema, as zod names it: object, array, record, string, int … */
export function kindOf(schema: Schema): string {
  return (schema._zod.def as unknown as Def).type
}

/** The schemas of the members of an object by their names; none where it is no object. */
export function membersOf(schema: Schema): Readonly<Record<string, Schema>> {
  return (schema._zod.def as unknown as Def).shape ?? {}
}

/** What a list holds, or an object of names. */
export function itemOf(schema: Schema): Schema | undefined {
  const { element, valueType } = schema._zod.def as unknown as Def
  return element ?? valueType
}

/** The schemas that a part of a model may have: one for each kind of object around it that has the key. */
function schemasAt(path: ModelPath): Schema[] {
  return path.reduce<Schema[]>(
    (schemas, key) => schemas.flatMap((schema) => below(schema, key)),
    [modelSchema],
  )
}

/** The keys that may stand at a part of a model; none where it is no object of fixed keys. */
export function keysAt(path: ModelPath): string[] {
  const all = schemasAt(path)
    .flatMap(alternativesOf)
    .flatMap((schema) => Object.keys(membersOf(schema)))
  return [...new Set(all)]
}

interface Def {
  readonly type: string
  readonly innerType?: Schema
  readonly in?: Schema
  readonly options?: readonly Schema[]
  readonly shape?: Readonly<Record<string, Schema>>
  readonly element?: Schema
  readonly valueType?: Schema
}

function below(schema: Schema, key: string | number): Schema[] {
  return alternativesOf(schema).flatMap((one) => {
    const members = membersOf(one)
    if (Object.hasOwn(members, key)) return [members[key] as Schema]
    const item = itemOf(one)
    return item === undefined ? [] : [item]
  })
}
