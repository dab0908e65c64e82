import { catalogue, kindIn } from './catalogue.js'
import file from './defaults.json' with { type: 'json' }

/** The last major that has a value, and the value; the newest without a major. In the unit of the setting. */
type Spans = string | readonly (readonly [until: number, value: string] | readonly [value: string])[]

const defaults: ReadonlyMap<string, Spans> = new Map(Object.entries(file as unknown as Record<string, Spans>))

/**
 * What a server of that major has where no file says anything, as a file would say it; undefined where that depends on
 * how the server was built, or on its host.
 */
export function defaultIn(name: string, major: number): string | undefined {
  const key = name.toLowerCase()
  const spans = defaults.get(key)
  const known = catalogue.get(key)
  const kind = known && kindIn(known, major)
  if (spans === undefined || kind === undefined) return undefined
  const value = typeof spans === 'string' ? spans : findSpan(spans, major)
  if (value === undefined || (kind.type !== 'integer' && kind.type !== 'real')) return value
  return showAmount(value, kind.unit)
}

function findSpan(spans: Exclude<Spans, string>, major: number): string | undefined {
  const span = spans.find((one) => one.length === 1 || major <= one[0])
  return span?.length === 1 ? span[0] : span?.[1]
}

// The largest unit that leaves a whole number; what means "off" or "by another setting" has none.
function showAmount(value: string, unit: string): string {
  const number = Number(value)
  if (unit === '' || number <= 0 || !Number.isInteger(number)) return value
  const [, pages = '', base = ''] = /^(\d*)(\w+)$/.exec(unit) ?? []
  const units = ladders.find((ladder) => ladder.some(([name]) => name === base)) ?? []
  let amount = number * Number(pages || 1)
  let at = units.findIndex(([name]) => name === base)
  if (at < 0) return value
  for (let next = units[at + 1]; next !== undefined && amount % next[1] === 0; next = units[at + 1]) {
    amount /= next[1]
    at += 1
  }
  return `${amount}${units[at]?.[0] ?? ''}`
}

/** Each unit with how many of the one before it makes. */
const ladders: readonly (readonly (readonly [name: string, of: number])[])[] = [
  [
    ['B', 1],
    ['kB', 1024],
    ['MB', 1024],
    ['GB', 1024],
  ],
  [
    ['us', 1],
    ['ms', 1000],
    ['s', 1000],
    ['min', 60],
    ['h', 60],
    ['d', 24],
  ],
]
