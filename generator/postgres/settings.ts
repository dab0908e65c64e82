import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { similarTo } from '../similar.js'
import { type CataloguedSetting, catalogue, cataloguedMajors, kindIn, type SettingKind } from './catalogue.js'
import { whereHeld } from './held.js'
import { renamed, type SettingSpan, settingsBefore10, successors, valuesBefore10 } from './history.js'
import type { Settings } from './settings-schema.js'
import { judgeText } from './texts.js'
import { countOf, judgeSettingValue } from './values.js'

/**
 * Judges the settings of a model against the majors that its postgresql.conf may reach: one line that a server does
 * not know, or whose value it does not take, keeps it from starting.
 */
export function judgeSettings(settings: Settings, majors: readonly number[]): Diagnostic[] {
  const seen = new Map<string, string>()
  return Object.entries(settings).flatMap(([name, value]) => {
    const key = name.toLowerCase()
    const twin = seen.get(key)
    seen.set(key, name)
    const found = judgeSetting({ name, value, path: pathTo`postgresql.settings.${name}` }, majors)
    return twin === undefined ? found : [reportTwin(name, twin), ...found]
  })
}

interface Setting {
  readonly name: string
  readonly value: Settings[string]
  readonly path: ModelPath
}

function judgeSetting(setting: Setting, majors: readonly number[]): Diagnostic[] {
  const { name, path } = setting
  const key = name.toLowerCase()
  const held = whereHeld(key)
  if (held !== undefined) {
    return [{ code: 'E_SETTING_HELD', path, message: `${name} is not set here: ${held}` }]
  }
  // The new name is judged where the old one is only another word for it.
  const other = renamed.get(key)
  const isOther = (major: number) => other !== undefined && major >= (other.since ?? 0)
  const byName = majors.filter((major) => !isOther(major))
  const known = catalogue.get(key)
  const span = settingsBefore10.get(key)
  if (known === undefined && span === undefined && other === undefined) return judgeUnknown(setting)
  const target = other && catalogue.get(other.to)
  return [
    ...judgeExistence(setting, byName, known),
    ...judgeValue(setting, byName, known),
    ...(target && byName.length < majors.length
      ? [...reportRenamed(setting, target.name), ...judgeValue(setting, majors.filter(isOther), target)]
      : []),
    ...judgeHost(setting),
  ]
}

function reportTwin(name: string, twin: string): Diagnostic {
  const message = `${name} and ${twin} are one setting to PostgreSQL, which ignores case; keep one of them`
  return { code: 'E_SETTING_TWICE', path: pathTo`postgresql.settings.${name}`, message }
}

function reportRenamed({ name, path }: Setting, to: string): Diagnostic[] {
  const since = renamed.get(name.toLowerCase())?.since
  const when = since === undefined ? 'long ago' : `in PostgreSQL ${since}`
  const message = `${name} was renamed to ${to} ${when}; servers still take the old name`
  return [{ code: 'W_SETTING_RENAMED', path, message, hint: `write ${to}` }]
}

// A name with a dot belongs to an extension.
function judgeUnknown({ name, path }: Setting): Diagnostic[] {
  if (name.includes('.')) return []
  const like = similarTo(name.toLowerCase(), catalogue.keys())
  const message = `PostgreSQL has no setting ${name}, and would not start`
  const hint = like === undefined ? "an extension's setting has a dot in its name" : `did you mean ${like}?`
  return [{ code: 'E_SETTING_UNKNOWN', path, message, hint }]
}

function judgeExistence(
  { name, path }: Setting,
  majors: readonly number[],
  known: CataloguedSetting | undefined,
): Diagnostic[] {
  const { since, until } = spanOf(name.toLowerCase(), known)
  const instead = successors.get(name.toLowerCase())
  const hint = instead === undefined ? {} : { hint: `use ${instead} there` }
  const found: Diagnostic[] = []
  if (until !== undefined && majors.some((major) => major > until)) {
    const message = `${name} is gone since PostgreSQL ${nextMajor(until)}; ${refuse(majors, (m) => m > until)}`
    found.push({ code: 'E_SETTING_GONE', path, message, ...hint })
  }
  if (since !== undefined && majors.some((major) => major < since)) {
    const message = `${name} exists only since PostgreSQL ${since}; ${refuse(majors, (m) => m < since)}`
    found.push({ code: 'E_SETTING_FUTURE', path, message, ...hint })
  }
  return found
}

/** When a setting existed, of all that is known of it. */
export function spanOf(key: string, known = catalogue.get(key)): SettingSpan {
  const before = settingsBefore10.get(key)
  const since = known?.kinds[0]?.since ?? before?.since
  const until = known === undefined ? before?.until : known.kinds.at(-1)?.until
  return { ...(since !== undefined && { since }), ...(until !== undefined && { until }) }
}

function judgeValue(
  setting: Setting,
  majors: readonly number[],
  known: CataloguedSetting | undefined,
): Diagnostic[] {
  const { name, value, path } = setting
  const old = judgeValueBefore10(setting, majors)
  if (known === undefined || old.length > 0) return old
  const faults = majors.flatMap((major) => {
    const kind = kindIn(known, Math.max(major, cataloguedMajors[0] ?? 0))
    const fault = kind && faultOf(known, kind, value, major)
    // Types were the same before the catalogue begins; of ranges and words nothing is known.
    return fault && (major >= 10 || !fault.isRange) ? [{ major, fault, kind }] : []
  })
  const newest = faults.at(-1)
  if (newest === undefined) return []
  if (newest.kind?.isFixed) {
    const message = `${name} cannot be set in a file: it only tells something, or belongs to one transaction`
    return [{ code: 'E_SETTING_FIXED', path, message, hint: 'take it out' }]
  }
  const takers = cataloguedMajors.filter((major) => {
    const kind = kindIn(known, major)
    return kind !== undefined && faultOf(known, kind, value, major) === undefined
  })
  const who = takers.length === 0 ? 'a server' : `a server of ${faults.map(({ major }) => major).join(', ')}`
  const taken = takers.length === 0 ? '' : `, while PostgreSQL ${showTakers(takers)}`
  const message = `${name} = ${String(value)}: ${who} would refuse this value${taken}`
  return [{ code: 'E_SETTING_VALUE', path, message, hint: newest.fault.message }]
}

function faultOf({ name }: CataloguedSetting, kind: SettingKind, value: Settings[string], major: number) {
  if (kind.isFixed) return { message: 'take it out', isRange: false }
  const fault = judgeSettingValue(kind, value, major)
  if (kind.type === 'string') {
    const message = judgeText(name, showText(value), major)
    return message === undefined ? undefined : { message, isRange: true }
  }
  if (fault !== undefined || !('unit' in kind)) return fault
  const gap = gaps.find(({ names }) => names.includes(name))
  const count = countOf(kind, value, major)
  if (gap === undefined || count === undefined || !gap.isRefused(count)) return undefined
  return { message: gap.message, isRange: true }
}

function showText(value: Settings[string]): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value)
}

interface Gap {
  readonly names: readonly string[]
  readonly isRefused: (count: number) => boolean
  readonly message: string
}

/** Numbers within the range of a setting that its own check refuses, of which pg_settings says nothing. */
const gaps: readonly Gap[] = [
  {
    // slru.c, check_slru_buffers
    names: [
      ...['commit_timestamp_buffers', 'multixact_member_buffers', 'multixact_offset_buffers'],
      ...['notify_buffers', 'serializable_buffers', 'subtransaction_buffers', 'transaction_buffers'],
    ],
    isRefused: (count) => count % 16 !== 0,
    message: 'it is a multiple of 16',
  },
  {
    // vacuum.c, check_vacuum_buffer_usage_limit
    names: ['vacuum_buffer_usage_limit'],
    isRefused: (count) => count !== 0 && count < 128,
    message: 'it is 0, or 128 or more (in kB)',
  },
  {
    // method_io.c, check_io_max_concurrency
    names: ['io_max_concurrency'],
    isRefused: (count) => count === 0,
    message: 'it is -1 or 1 to 1024',
  },
]

function judgeValueBefore10({ name, value, path }: Setting, majors: readonly number[]): Diagnostic[] {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value).toLowerCase()
  return valuesBefore10
    .filter((entry) => entry.name === name.toLowerCase() && entry.values.includes(text))
    .flatMap(({ since = 0, instead }): Diagnostic[] => {
      const isBefore = (major: number) => major < since
      if (!majors.some(isBefore)) return []
      const message = `${name} = ${text}: ${refuse(majors, isBefore)} this value`
      return [{ code: 'E_SETTING_VALUE', path, message, hint: `use '${instead}' there` }]
    })
}

// The 2015 file demanded the en_US locale and the snakeoil certificate of whichever host it came to.
function judgeHost({ name, value, path }: Setting): Diagnostic[] {
  if (!/^lc_(messages|monetary|numeric|time)$/i.test(name)) return []
  if (['C', 'POSIX', 'C.UTF-8'].includes(String(value))) return []
  const isMessages = name.toLowerCase() === 'lc_messages'
  if (value === '' && !isMessages) return []
  if (value === '') {
    // pg_locale.c, check_locale_messages: empty is only the default.
    const message = `${name} = '': a server would refuse this value`
    return [{ code: 'E_SETTING_VALUE', path, message, hint: "use 'C', or take it out" }]
  }
  const message = `${name} = ${value}: the server starts only where this locale is installed`
  const hint = "install it on every agent, or use 'C'"
  return [{ code: 'W_SETTING_LOCALE', path, message, hint }]
}

function refuse(majors: readonly number[], isRefusing: (major: number) => boolean): string {
  return `a server of ${majors.filter(isRefusing).join(', ')} would refuse`
}

function showTakers(majors: readonly number[]): string {
  const [first, last] = [majors[0], majors.at(-1)]
  if (first === last) return `${first} takes it`
  if (last === cataloguedMajors.at(-1)) return `${first} and later take it`
  return `${first} to ${last} take it`
}

function nextMajor(last: number): string {
  if (last >= 10) return String(last + 1)
  return last === 9.6 ? '10' : (last + 0.1).toFixed(1)
}
