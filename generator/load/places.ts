import type { Place } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'

/** Where one property or item was written, and the doc comment above it. */
export interface Written {
  readonly place: Place
  readonly doc?: string | undefined
}

/**
 * One piece of a literal, in source order. A computed key and a spread are pieces of their own, so that
 * the keys which they bring are known when the program runs.
 */
export type Part =
  | { readonly kind: 'keys'; readonly keys: ReadonlyMap<string, Written> }
  | { readonly kind: 'items'; readonly items: readonly Written[] }
  | { readonly kind: 'computed'; readonly written: Written }
  | { readonly kind: 'spread'; readonly written: Written }

/** An object or array literal of the user's program: its own place and its parts. */
export interface Literal {
  readonly kind: 'object' | 'array'
  readonly at: Place
  readonly parts: readonly Part[]
}

/** What is remembered of one object: each key's place, and the value that was written there. */
interface Entry extends Written {
  readonly value: unknown
  /** A spread of something that no literal wrote: a place around the value, not of it. */
  readonly isAround?: boolean
}

/** Where an object was written. */
export interface Origin {
  readonly at: Place
  readonly entries: Map<string, Entry>
}

export interface PlaceBook {
  /** Registers a literal of the program and gives the number by which `stamp` knows it. */
  readonly add: (literal: Literal) => number
  /** Joins the evaluated parts of literal `id` into the value that the literal means, and keeps its places. */
  readonly stamp: (id: number, parts: readonly unknown[]) => object
  /** Gives `to`, which was made from the values of `from`, their places, key by key; not if it has its own. */
  readonly keepPlace: (from: readonly unknown[], to: unknown) => void
  /** The place of a path below `root`: exact where a literal wrote it, else the nearest written around it. */
  readonly placeOf: (root: unknown, path: ModelPath) => Place | undefined
  /** The doc comments on the members of an object, by member. */
  readonly docsOf: (value: unknown) => Record<string, string>
  /** What is known of an object, and how another book takes it over. */
  readonly originOf: (value: unknown) => Origin | undefined
  readonly adopt: (value: object, origin: Origin) => void
}

/**
 * Remembers where objects were written, by identity, so that no key or value of the model changes.
 * A remembered key counts only while it still holds the value that was written there: after an assignment
 * or a sort the answer is the object around it, not a guess. `known` are the literals that have numbers already.
 */
export function createPlaceBook(known: readonly Literal[] = []): PlaceBook {
  const literals = [...known]
  const origins = new WeakMap<object, Origin>()
  const originOf = (value: unknown) => (isObject(value) ? origins.get(value) : undefined)

  const stamp = (id: number, values: readonly unknown[]): object => {
    const literal = literals[id]
    if (literal === undefined) throw new Error(`no literal ${id}`)
    const pieces = literal.kind === 'array' ? values.map(listItems) : values
    const value = literal.kind === 'array' ? joinItems(literal, pieces) : joinKeys(literal, pieces)
    const entries = new Map<string, Entry>()
    let length = 0
    for (const [index, part] of literal.parts.entries()) {
      for (const [key, written] of listWritten(part, pieces[index], originOf(values[index]))) {
        const name = literal.kind === 'array' ? String(length++) : key
        entries.set(name, { ...written, value: ownValue(value, name) })
      }
    }
    origins.set(value, { at: literal.at, entries })
    return value
  }

  const keepPlace = (from: readonly unknown[], to: unknown): void => {
    const [first, ...rest] = from.flatMap((value) => originOf(value) ?? [])
    if (first === undefined || !isObject(to) || origins.has(to)) return
    const entries = new Map<string, Entry>()
    for (const origin of [first, ...rest]) {
      for (const [key, entry] of origin.entries) {
        const value = ownValue(to, key)
        if (Object.is(entry.value, value) || !entries.has(key)) entries.set(key, { ...entry, value })
      }
    }
    origins.set(to, { at: first.at, entries })
  }

  const placeOf = (root: unknown, path: ModelPath): Place | undefined => {
    let value = root
    let place = originOf(root)?.at
    for (const key of path) {
      const origin = originOf(value)
      const entry = origin?.entries.get(String(key))
      const child = ownValue(value, String(key))
      const written = entry !== undefined && Object.is(entry.value, child) ? entry : undefined
      const own = written?.isAround === true || written === undefined ? originOf(child)?.at : undefined
      place = own ?? written?.place ?? origin?.at ?? place
      value = child
    }
    return place
  }

  const docsOf = (value: unknown): Record<string, string> => {
    const docs: [string, string][] = []
    for (const [key, { doc }] of originOf(value)?.entries ?? []) if (doc !== undefined) docs.push([key, doc])
    return Object.fromEntries(docs)
  }

  const add = (literal: Literal) => literals.push(literal) - 1
  const adopt = (value: object, origin: Origin) => void origins.set(value, origin)
  return { add, stamp, keepPlace, placeOf, docsOf, originOf, adopt }
}

/** What a part brought: the keys of a spread keep the places of the literal that they come from. */
function listWritten(
  part: Part,
  piece: unknown,
  origin: Origin | undefined,
): Iterable<[string, Omit<Entry, 'value'>]> {
  switch (part.kind) {
    case 'keys':
      return part.keys
    case 'items':
      return part.items.map((written, index) => [String(index), written])
    case 'computed':
      return Object.keys(Object(piece)).map((key) => [key, part.written])
    case 'spread':
      return listKeys(piece).map((key) => {
        const entry = origin?.entries.get(key)
        const isWritten = entry !== undefined && Object.is(entry.value, ownValue(piece, key))
        return [key, isWritten ? entry : { ...part.written, isAround: true }]
      })
  }
}

/** The keys that a spread copies; an array's holes count as items. */
function listKeys(piece: unknown): string[] {
  return Array.isArray(piece) ? Array.from(piece, (_, index) => String(index)) : Object.keys(Object(piece))
}

/** The items of an array, holes included, or of another iterable, which may allow one pass only. */
function listItems(piece: unknown): unknown[] {
  return Array.isArray(piece) ? piece : [...(piece as Iterable<unknown>)]
}

function joinItems(literal: Literal, pieces: readonly unknown[]): unknown[] {
  const [first] = pieces
  if (literal.parts.length === 1 && literal.parts[0]?.kind === 'items' && Array.isArray(first)) return first
  const joined: unknown[] = []
  for (const items of pieces) for (const item of items as unknown[]) joined.push(item)
  return joined
}

/** Object spread as ECMAScript defines it (CopyDataProperties); written accessors stay accessors. */
function joinKeys(literal: Literal, values: readonly unknown[]): object {
  const [first] = values
  if (literal.parts.length === 1 && literal.parts[0]?.kind === 'keys' && isObject(first)) return first
  const joined = {}
  for (const [index, piece] of values.entries()) {
    const source = literal.parts[index]?.kind === 'spread' ? { ...Object(piece) } : Object(piece)
    Object.defineProperties(joined, Object.getOwnPropertyDescriptors(source))
  }
  return joined
}

/** An own property without running a getter. */
function ownValue(value: unknown, key: string): unknown {
  return isObject(value) ? Object.getOwnPropertyDescriptor(value, key)?.value : undefined
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}
