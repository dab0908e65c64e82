import type { Origin, PlaceBook } from './places.js'

/** Values on their way from the process of a configuration to ours: plain data, for structured clone. */
export interface Packed {
  readonly nodes: readonly PackedNode[]
  readonly roots: readonly Cell[]
}

/** A primitive value as it is, or the number of a node. */
type Cell =
  | { readonly value: string | number | bigint | boolean | null | undefined }
  | { readonly node: number }

type PackedNode =
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'symbol'; readonly name: string }
  | (Members & { readonly kind: 'array'; readonly length: number })
  /** `name`: that of its class, where it has one; `isStrange`: what it holds are not its members, as with a Map. */
  | (Members & { readonly kind: 'object'; readonly name: string | undefined; readonly isStrange: boolean })

interface Members {
  readonly members: readonly (readonly [string, Cell])[]
  readonly origin: PackedOrigin | undefined
}

/** An origin whose entries are those that still hold the value which was written there. */
type PackedOrigin = Pick<Origin, 'at'> & { readonly entries: readonly (readonly [string, Written])[] }
type Written = Omit<Origin['entries'] extends Map<string, infer Entry> ? Entry : never, 'value'>

// A model has some hundred; whoever puts a whole library into it is told so before memory ends.
const most = 200_000

/** Packs values with all that they hold: members as they are now, each object once, with the places of `book`. */
export function pack(values: readonly unknown[], book: PlaceBook): Packed {
  const nodes: PackedNode[] = []
  const numbers = new Map<unknown, number>()

  const packValue = (value: unknown): Cell => {
    switch (typeof value) {
      case 'object':
        return value === null ? { value } : { node: numbers.get(value) ?? packObject(value) }
      case 'function':
        return { node: addNode(value, { kind: 'function', name: value.name }) }
      case 'symbol':
        return { node: addNode(value, { kind: 'symbol', name: value.description ?? '' }) }
      default:
        return { value: value as string | number | bigint | boolean | undefined }
    }
  }
  const addNode = (value: unknown, node: PackedNode): number => {
    if (nodes.length >= most) throw new RangeError(`the model has more than ${most} parts`)
    numbers.set(value, nodes.length)
    return nodes.push(node) - 1
  }
  const packObject = (value: object): number => {
    const members: [string, Cell][] = []
    const about = { members, origin: packOrigin(book.originOf(value), value) }
    const isStrange = Object.prototype.toString.call(value) !== '[object Object]'
    // Its number comes first: what it holds may hold it.
    const number = addNode(
      value,
      Array.isArray(value)
        ? { kind: 'array', length: value.length, ...about }
        : { kind: 'object', name: nameClass(value), isStrange, ...about },
    )
    // Inherited ones, too, as whoever reads them by name would find them.
    for (const key in value) {
      if (Object.hasOwn(value, key) || !(key in Object.prototype))
        members.push([key, packValue(Reflect.get(value, key))])
    }
    return number
  }
  return { roots: values.map(packValue), nodes }
}

function packOrigin(origin: Origin | undefined, object: object): PackedOrigin | undefined {
  if (origin === undefined) return undefined
  const entries = [...origin.entries].flatMap(([key, { value, ...written }]) => {
    const now = Object.getOwnPropertyDescriptor(object, key)
    return now !== undefined && Object.is(now.value, value) ? [[key, written] as const] : []
  })
  return { at: origin.at, entries }
}

function nameClass(value: object): string | undefined {
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return undefined
  const { constructor: made } = value
  if (made === Object) return undefined
  return typeof made === 'function' && made.name !== '' ? made.name : 'object of a class'
}

/** Values that have crossed, and the objects among them that hold something else than members. */
export interface Unpacked {
  readonly values: readonly unknown[]
  readonly strange: ReadonlySet<unknown>
}

/**
 * The packed values again, their places in `book`. What a model cannot hold is held by a stand-in of its kind and
 * name, so that whoever judges the value refuses it as it would have refused the thing itself.
 */
export function unpack({ nodes, roots }: Packed, book: PlaceBook): Unpacked {
  const values = nodes.map(createValue)
  const strange = new Set(values.filter((_, index) => isStrange(nodes[index])))
  const read = (cell: Cell) => ('node' in cell ? values[cell.node] : cell.value)
  for (const [index, node] of nodes.entries()) {
    if (node.kind === 'function' || node.kind === 'symbol') continue
    const value = values[index] as object
    for (const [key, cell] of node.members) define(value, key, read(cell))
    if (node.origin === undefined) continue
    const { at, entries } = node.origin
    const own = (key: string) => Object.getOwnPropertyDescriptor(value, key)?.value
    book.adopt(value, {
      at,
      entries: new Map(entries.map(([key, written]) => [key, { ...written, value: own(key) }])),
    })
  }
  return { values: roots.map(read), strange }
}

function isStrange(node: PackedNode | undefined): boolean {
  return node?.kind === 'object' && node.isStrange
}

function createValue(node: PackedNode): unknown {
  switch (node.kind) {
    case 'function':
      return Object.defineProperty(() => undefined, 'name', { value: node.name })
    case 'symbol':
      return Symbol(node.name)
    case 'array':
      return new Array(node.length)
    case 'object': {
      if (node.name === undefined) return {}
      const made = Object.defineProperty(() => undefined, 'name', { value: node.name })
      return Object.create(Object.defineProperty({}, 'constructor', { value: made }))
    }
  }
}

// Not by assignment, which would take __proto__ for the prototype.
function define(value: object, key: string, member: unknown): void {
  Object.defineProperty(value, key, { value: member, enumerable: true, configurable: true, writable: true })
}
