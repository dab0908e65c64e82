import type { Diagnostic } from '../compile/diagnostic.js'
import type { Settings } from '../model/settings.js'
import { similarTo } from '../similar.js'
import { catalogue, catalogueMajor, fixedSettings } from './catalogue.js'
import { whereHeld } from './held.js'
import { type SettingSpan, settingHistory, valueHistory } from './history.js'
import { judgeSettingValue } from './values.js'

/**
 * Judges the settings of a model against the majors that its postgresql.conf may reach: one line that a
 * server does not know keeps it from starting. `history` is the table of names to judge by.
 */
export function judgeSettings(
  settings: Settings,
  majors: readonly number[],
  history: readonly SettingSpan[] = settingHistory,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const seen = new Map<string, string>()
  for (const [name, value] of Object.entries(settings)) {
    const key = name.toLowerCase()
    const path = `postgresql.settings.${name}`
    const twin = seen.get(key)
    seen.set(key, name)
    if (twin !== undefined) found.push(reportTwin(path, name, twin))
    const held = whereHeld(key)
    if (held !== undefined) {
      found.push({ code: 'E_SETTING_HELD', path, message: `${name} is not set here: ${held}` })
      continue
    }
    const ofHistory = judgeValue(name, value, majors)
    found.push(
      ...judgeName(name, majors, history),
      ...judgeKnown(name, history),
      ...(ofHistory.length > 0 ? ofHistory : judgeKind(name, value, majors)),
      ...judgeHost(name, value),
    )
  }
  return found
}

function reportTwin(path: string, name: string, twin: string): Diagnostic {
  const message = `${name} and ${twin} are one setting to PostgreSQL, which ignores case; keep one of them`
  return { code: 'E_SETTING_TWICE', path, message }
}

function judgeName(name: string, majors: readonly number[], history: readonly SettingSpan[]): Diagnostic[] {
  const span = history.find((entry) => entry.name === name.toLowerCase())
  if (span === undefined) return []
  const path = `postgresql.settings.${name}`
  const instead = span.instead === undefined ? {} : { hint: `use ${span.instead} there` }
  const found: Diagnostic[] = []
  const { last, since } = span
  if (last !== undefined && majors.some((major) => major > last)) {
    const message = `${name} is gone since PostgreSQL ${nextMajor(last)}; ${refuse(majors, (m) => m > last)}`
    found.push({ code: 'E_SETTING_GONE', path, message, ...instead })
  }
  if (since !== undefined && majors.some((major) => major < since)) {
    const message = `${name} exists only since PostgreSQL ${since}; ${refuse(majors, (m) => m < since)}`
    found.push({ code: 'E_SETTING_FUTURE', path, message, ...instead })
  }
  return found
}

// The table of history has every name that came or went, the catalogue those of one major: what neither has is
// misspelt. A name with a dot belongs to an extension.
function judgeKnown(name: string, history: readonly SettingSpan[]): Diagnostic[] {
  const key = name.toLowerCase()
  const path = `postgresql.settings.${name}`
  if (fixedSettings.has(key)) {
    const message = `${name} cannot be set: it tells how the server was built or its cluster made`
    return [{ code: 'E_SETTING_FIXED', path, message, hint: 'take it out' }]
  }
  if (key.includes('.') || catalogue.has(key) || history.some((span) => span.name === key)) return []
  const like = similarTo(key, catalogue.keys())
  const message = `PostgreSQL has no setting ${name}, and would not start`
  const hint = like === undefined ? "an extension's setting has a dot in its name" : `did you mean ${like}?`
  return [{ code: 'E_SETTING_UNKNOWN', path, message, hint }]
}

// Types are the same in all majors; ranges and words are those of the catalogue's.
function judgeKind(name: string, value: Settings[string], majors: readonly number[]): Diagnostic[] {
  const kind = catalogue.get(name.toLowerCase())
  const fault = kind && judgeSettingValue(kind, value)
  if (!fault || (fault.isRange && !majors.includes(catalogueMajor))) return []
  const message = `${name} = ${String(value)}: a server would refuse this value`
  return [{ code: 'E_SETTING_VALUE', path: `postgresql.settings.${name}`, message, hint: fault.message }]
}

function judgeValue(name: string, value: Settings[string], majors: readonly number[]): Diagnostic[] {
  const text = typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value).toLowerCase()
  const path = `postgresql.settings.${name}`
  return valueHistory
    .filter((entry) => entry.name === name.toLowerCase() && entry.values.includes(text))
    .flatMap((entry): Diagnostic[] => {
      const isOutside = (major: number) =>
        major < (entry.since ?? 0) || major > (entry.last ?? Number.POSITIVE_INFINITY)
      if (!majors.some(isOutside)) return []
      const message = `${name} = ${text}: ${refuse(majors, isOutside)} this value`
      return [{ code: 'E_SETTING_VALUE', path, message, hint: `use '${entry.instead}' there` }]
    })
}

// The 2015 file demanded the en_US locale and the snakeoil certificate of whichever host it came to.
function judgeHost(name: string, value: Settings[string]): Diagnostic[] {
  if (!/^lc_(messages|monetary|numeric|time)$/i.test(name)) return []
  if (['', 'C', 'POSIX', 'C.UTF-8'].includes(String(value))) return []
  const message = `${name} = ${value}: the server starts only where this locale is installed`
  const hint = "install it on every agent, or use 'C'"
  return [{ code: 'W_SETTING_LOCALE', path: `postgresql.settings.${name}`, message, hint }]
}

function refuse(majors: readonly number[], isRefusing: (major: number) => boolean): string {
  return `a server of ${majors.filter(isRefusing).join(', ')} would refuse`
}

function nextMajor(last: number): string {
  if (last >= 10) return String(last + 1)
  return last === 9.6 ? '10' : (last + 0.1).toFixed(1)
}
