import type { SettingKind } from './catalogue.js'

/** What is wrong with a value of a setting, and what it should be; undefined when nothing is. */
export function judgeSettingValue(
  kind: SettingKind,
  value: string | number | boolean,
): { readonly message: string; readonly isRange: boolean } | undefined {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value).trim()
  const wrong = (message: string, isRange = false) => ({ message, isRange })
  switch (kind.type) {
    case 'string':
      return undefined
    case 'bool':
      return isBool(text) ? undefined : wrong('it is on or off')
    case 'enum': {
      const words = kind.words.map((word) => word.toLowerCase())
      const also = hidden.filter(([shown]) => words.includes(shown)).flatMap(([, more]) => more)
      if ([...words, ...also].includes(text.toLowerCase())) return undefined
      return wrong(`it is one of ${kind.words.filter(Boolean).join(', ')}`, true)
    }
    case 'integer':
    case 'real':
      return judgeNumber(kind, text, wrong)
    default:
      return kind satisfies never
  }
}

type NumberKind = Extract<SettingKind, { type: 'integer' | 'real' }>

function judgeNumber(
  kind: NumberKind,
  text: string,
  wrong: (message: string, isRange?: boolean) => { message: string; isRange: boolean },
) {
  const { type, unit, min, max } = kind
  const names = Object.keys(unitsOf(unit))
  const parts = splitNumber(text)
  if (parts === undefined) {
    const with_ = names.length === 0 ? '' : `, with ${names.join(', ')} or without`
    return wrong(`it is ${type === 'integer' ? 'a whole number' : 'a number'}${with_}`)
  }
  const number = scale(kind, parts)
  if (number === undefined) {
    return wrong(
      names.length === 0 ? 'it has no unit' : `its units are ${names.join(', ')}, in just these letters`,
    )
  }
  if (number >= min && number <= max) return undefined
  return wrong(`it is ${min} to ${max}${unit === '' ? '' : ` (in ${unit})`}`, true)
}

/** A size in MiB, as PostgreSQL reads the value of a setting that counts `unit`; undefined if it is none. */
export function readMebibytes(unit: string, value: string | number | boolean): number | undefined {
  const parts = splitNumber(String(value).trim())
  const number = parts && scale({ type: 'integer', unit, min: 0, max: 0 }, parts)
  return number === undefined ? undefined : (number * tableOf(unit).base) / bytes.MB
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

// An integer that comes out with a fraction is rounded (guc.c, parse_int).
function scale({ type, unit }: NumberKind, { digits, given }: NumberParts): number | undefined {
  const factor = given === undefined ? 1 : unitsOf(unit)[given]
  if (factor === undefined) return undefined
  const scaled = Number(digits) * factor
  return type === 'integer' ? Math.round(scaled) : scaled
}

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

/** bool.c, parse_bool: any beginning of a word that is not also that of another. */
function isBool(text: string): boolean {
  return /^(t|tr|tru|true|f|fa|fal|fals|false|y|ye|yes|n|no|on|of|off|1|0)$/i.test(text)
}

// Words that pg_settings does not tell, but guc.c accepts where it has the first one.
const hidden: readonly (readonly [shown: string, more: readonly string[]])[] = [
  ['on', ['true', 'false', 'yes', 'no', '1', '0']],
  ['debug5', ['debug']],
  ['minimal', ['archive', 'hot_standby']],
]
