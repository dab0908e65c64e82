import { similarTo } from '../similar.js'
import type { SettingKind } from './catalogue.js'

/** What is wrong with a value of a setting in a major, and what it should be; undefined when nothing is. */
export function judgeSettingValue(
  kind: SettingKind,
  value: string | number | boolean,
  major: number,
): { readonly message: string; readonly isRange: boolean } | undefined {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value).trim()
  const wrong = (message: string, isRange = false) => ({ message: `it is ${message}`, isRange })
  switch (kind.type) {
    case 'string':
      return undefined
    case 'bool':
      return readBool(text) === undefined ? wrong(showKind(kind)) : undefined
    case 'enum': {
      const words = [...kind.words, ...(kind.also ?? [])].map((word) => word.toLowerCase())
      if (words.includes(text.toLowerCase())) return undefined
      const like = similarTo(text.toLowerCase(), kind.words)
      return wrong(`${showKind(kind)}${like === undefined ? '' : `; did you mean ${like}?`}`, true)
    }
    case 'integer':
    case 'real':
      return judgeNumber(kind, { text, major }, wrong)
    default:
      return kind satisfies never
  }
}

/** What a setting holds, to be read by a person. */
export function showKind(kind: SettingKind): string {
  switch (kind.type) {
    case 'string':
      return 'text'
    case 'bool':
      return 'on or off'
    case 'enum':
      return `one of ${kind.words.filter(Boolean).join(', ')}`
    case 'integer':
    case 'real':
      return `${kind.min} to ${kind.max}${kind.unit === '' ? '' : ` (in ${kind.unit})`}`
    default:
      return kind satisfies never
  }
}

export type NumberKind = Extract<SettingKind, { type: 'integer' | 'real' }>

function judgeNumber(
  kind: NumberKind,
  { text, major }: { readonly text: string; readonly major: number },
  wrong: (message: string, isRange?: boolean) => { message: string; isRange: boolean },
) {
  const names = Object.keys(unitsOf(kind.unit)).filter((name) => (unitsSince[name] ?? 0) <= major)
  const parts = splitNumber(text)
  const number = parts && readNumber(kind.type, parts.digits, major)
  if (parts === undefined || number === undefined) {
    const with_ = names.length === 0 ? '' : `, with ${names.join(', ')} or without`
    return wrong(`${kind.type === 'integer' ? 'a whole number' : 'a number'}${with_}`)
  }
  if (parts.given !== undefined && !names.includes(parts.given)) {
    return wrong(names.length === 0 ? 'without a unit' : `in ${names.join(', ')}, in just these letters`)
  }
  const scaled = scale(kind, number, parts.given)
  if (scaled >= kind.min && scaled <= kind.max) return undefined
  return wrong(showKind(kind), true)
}

/** What a server of that major counts for a value that it takes for a number of that kind. */
export function countOf(
  kind: NumberKind,
  value: string | number | boolean,
  major: number,
): number | undefined {
  const parts = splitNumber(String(value).trim())
  const number = parts && readNumber(kind.type, parts.digits, major)
  return parts === undefined || number === undefined ? undefined : scale(kind, number, parts.given)
}

/** A size in MiB, as PostgreSQL reads the value of a setting that counts `unit`; undefined if it is none. */
export function readMebibytes(unit: string, value: string | number | boolean): number | undefined {
  const count = countOf({ type: 'integer', unit, min: 0, max: 0 }, value, Number.POSITIVE_INFINITY)
  if (count === undefined || Number.isNaN(count)) return undefined
  return (count * tableOf(unit).base) / bytes.MB
}

interface NumberParts {
  readonly digits: string
  readonly given: string | undefined
}

function splitNumber(text: string): NumberParts | undefined {
  const parts = /^([-+]?(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?))\s*([A-Za-z]+)?$/.exec(
    text,
  )
  return parts === null ? undefined : { digits: parts[1] ?? '', given: parts[2] }
}

// guc.c, parse_int: strtol() of any base, so that a leading zero means octal; since 12 also what strtod() reads.
function readNumber(type: NumberKind['type'], digits: string, major: number): number | undefined {
  const sign = digits.startsWith('-') ? -1 : 1
  const text = digits.replace(/^[-+]/, '')
  if (/^0[xX]/.test(text) || type === 'real' || /^(0|[1-9]\d*)$/.test(text)) return sign * Number(text)
  if (/^0[0-7]+$/.test(text)) return sign * Number.parseInt(text, 8)
  return major >= 12 && /[.eE]/.test(text) ? sign * Number(text) : undefined
}

// An integer that comes out with a fraction is rounded by rint(): a half to the even one.
function scale({ type, unit }: NumberKind, number: number, given: string | undefined): number {
  const factor = given === undefined ? 1 : (unitsOf(unit)[given] ?? Number.NaN)
  const scaled = number * factor
  if (type === 'real') return scaled
  const below = Math.floor(scaled)
  return scaled - below === 0.5 ? below + (below % 2 === 0 ? 0 : 1) : Math.round(scaled)
}

/** Units that came later than all others. */
const unitsSince: Readonly<Record<string, number>> = { B: 11, us: 12 }

// guc.c, memory_unit_conversion_table and time_unit_conversion_table; units are case-sensitive.
const bytes = { B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 }
const milliseconds = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** Each unit that may be written, in units of what a bare number counts. */
function unitsOf(unit: string): Readonly<Record<string, number>> {
  const { table, base } = tableOf(unit)
  return Object.fromEntries(Object.entries(table).map(([word, size]) => [word, size / base]))
}

// '8kB' is a page: 8 of kB.
function tableOf(unit: string): { table: Readonly<Record<string, number>>; base: number } {
  const [, count = '1', name = ''] = /^(\d*)(\w*)$/.exec(unit) ?? []
  const table: Readonly<Record<string, number>> =
    name in bytes ? bytes : name in milliseconds ? milliseconds : {}
  return { table, base: Number(count || 1) * (table[name] ?? 1) }
}

/** bool.c, parse_bool: any beginning of a word that is not also that of another. Undefined for anything else. */
export function readBool(text: string): boolean | undefined {
  if (/^(t|tr|tru|true|y|ye|yes|on|1)$/i.test(text)) return true
  return /^(f|fa|fal|fals|false|n|no|of|off|0)$/i.test(text) ? false : undefined
}
