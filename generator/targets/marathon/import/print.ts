import { isObject } from './app-file.js'
import type { Draft } from './draft.js'

const width = 100

/** Prints a replica.config.ts: the parts in the order of the whole model, what fits into a line in one. */
export function printConfig(draft: Draft, model: object | undefined): string {
  const parts = Object.entries(orderLike(draft, model))
  return `import { defineReplica } from 'postgres-rep-marathon'

export default defineReplica(${parts.length === 0 ? '{}' : printMembers(parts, '')})
`
}

/** Prints a replica.config.json, in the same order. */
export function printJson(draft: Draft, model: object | undefined): string {
  return `${JSON.stringify(orderLike(draft, model), null, 2)}\n`
}

function orderLike(draft: Draft, model: unknown): Draft {
  const order = isObject(model) ? Object.keys(model) : []
  const entries = Object.entries(draft).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  return Object.fromEntries(
    entries.map(([key, value]) => [
      key,
      isObject(value) ? orderLike(value, isObject(model) ? model[key] : undefined) : value,
    ]),
  )
}

function printValue(value: unknown, indent: string, taken: number): string {
  const line = printLine(value)
  if (taken + line.length <= width) return line
  if (Array.isArray(value)) return printItems(value, indent)
  return isObject(value) ? printMembers(Object.entries(value), indent) : line
}

function printMembers(entries: readonly (readonly [string, unknown])[], indent: string): string {
  const inner = `${indent}  `
  const lines = entries.map(([key, value]) => {
    const start = `${inner}${printKey(key)}: `
    return `${start}${printValue(value, inner, start.length + 1)},\n`
  })
  return `{\n${lines.join('')}${indent}}`
}

function printItems(items: readonly unknown[], indent: string): string {
  const inner = `${indent}  `
  const lines = items.map((item) => `${inner}${printValue(item, inner, inner.length + 1)},\n`)
  return `[\n${lines.join('')}${indent}]`
}

function printLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printLine).join(', ')}]`
  if (!isObject(value)) return typeof value === 'string' ? quote(value) : String(JSON.stringify(value))
  const members = Object.entries(value).map(([key, member]) => `${printKey(key)}: ${printLine(member)}`)
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

// In a literal a plain __proto__ would not be a member.
function printKey(key: string): string {
  if (key === '__proto__') return "['__proto__']"
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key)
}

// A literal of TypeScript: JSON's escapes are its own, and the two separators that JSON leaves alone.
function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}
