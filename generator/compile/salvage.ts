import type { ModelPath } from '../diagnostics/path.js'
import { exampleOfKey, findKeys } from './keys.js'
import { meantKey } from './parse-model.js'

/** A raw model without what the schema refuses, and where each part of it stands in the model as it was written. */
export interface Salvage {
  readonly value: unknown
  readonly written: (path: ModelPath) => ModelPath
}

/** Takes parts out of a raw model; items of a list move up, and are found again by `written`. */
export function withoutParts(value: unknown, paths: readonly ModelPath[]): Salvage {
  const kept = new Map<string, readonly number[]>()
  const isRefused = (path: ModelPath) => paths.some((one) => isSame(one, path))
  const copy = (part: unknown, path: ModelPath): unknown => {
    if (Array.isArray(part)) {
      const indexes = part.flatMap((_item, index) => (isRefused([...path, index]) ? [] : [index]))
      kept.set(JSON.stringify(path), indexes)
      return indexes.map((index) => copy(part[index], [...path, index]))
    }
    if (typeof part !== 'object' || part === null) return part
    const members = Object.entries(part).filter(([key]) => !isRefused([...path, key]))
    return Object.fromEntries(members.map(([key, member]) => [key, copy(member, [...path, key])]))
  }
  const written = (path: ModelPath) => {
    const before: (string | number)[] = []
    for (const key of path) {
      const indexes = kept.get(JSON.stringify(before))
      before.push(typeof key === 'number' ? (indexes?.[key] ?? key) : key)
    }
    return before
  }
  return { value: copy(value, []), written }
}

/** The same model with the example of each such key in its place; a key that no model has gives its value to the one meant. */
export function withExamples(value: unknown, paths: readonly ModelPath[]): unknown {
  return paths.reduce((whole, path) => {
    const [key, more] = findKeys(path.filter((part) => typeof part !== 'number').join('.'))
    if (key !== undefined && more === undefined) return put(whole, path, exampleOfKey(key))
    const around = path.slice(0, -1)
    const meant = meantKey(around, String(path.at(-1)))
    const less = withoutParts(whole, [path]).value
    return meant === undefined ? less : put(less, [...around, meant], readAt(value, path))
  }, value)
}

/** The deepest part on the way to `path` that was written: what is missing is taken out with what lies around it. */
export function deepestWritten(value: unknown, path: ModelPath): ModelPath {
  const found: (string | number)[] = []
  let around = value
  for (const key of path) {
    if (typeof around !== 'object' || around === null || !Object.hasOwn(around, key)) break
    found.push(key)
    around = Reflect.get(around, key)
  }
  return found
}

/** Is one of the two a part of the other? */
export function areNested(a: ModelPath, b: ModelPath): boolean {
  const length = Math.min(a.length, b.length)
  return isSame(a.slice(0, length), b.slice(0, length))
}

function readAt(value: unknown, path: ModelPath): unknown {
  return path.reduce<unknown>((around, key) => Object(around)[key], value)
}

function put(value: unknown, [first, ...rest]: ModelPath, part: unknown): unknown {
  if (first === undefined) return part
  if (Array.isArray(value))
    return value.map((item, index) => (index === first ? put(item, rest, part) : item))
  const members = typeof value === 'object' && value !== null ? value : {}
  return { ...members, [first]: put(Reflect.get(members, first), rest, part) }
}

function isSame(a: ModelPath, b: ModelPath): boolean {
  return a.length === b.length && a.every((key, index) => String(key) === String(b[index]))
}
