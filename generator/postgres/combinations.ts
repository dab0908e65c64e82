import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import { type Effective, nameWritten, readEffective } from './effective.js'
import { type IdleSettings, idleSettings } from './idle-settings.js'
import { type RefusedSettings, refusedSettings } from './refused-settings.js'
import type { Settings } from './settings-schema.js'

/**
 * Judges the settings of a model against each other, and against what run_rep.sh holds: with some of them a server
 * does not start or answers nothing, others do nothing. `judgeSettings` judges each alone.
 */
export function judgeCombinations(settings: Settings, majors: readonly number[]): Diagnostic[] {
  return [
    ...refusedSettings.flatMap((rule) => judgeRefused(rule, settings, majors)),
    ...idleSettings.flatMap((rule) => judgeIdle(rule, settings, majors)),
  ]
}

function judgeRefused(rule: RefusedSettings, settings: Settings, majors: readonly number[]): Diagnostic[] {
  const broken = listMajors(rule, settings, majors)
    .filter(rule.isBroken)
    .filter(({ major }) => rule.names(major).some((name) => nameWritten(settings, name)))
  const newest = broken.at(-1)
  if (newest === undefined) return []
  const names = rule.names(newest.major)
  const written = names.map((name) => nameWritten(settings, name)).find((name) => name !== undefined)
  const shown = names
    .filter((name) => newest.value(name) !== '')
    .map((name) => showSetting(nameWritten(settings, name) ?? name, newest.value(name)))
  const who = `PostgreSQL ${broken.map(({ major }) => major).join(', ')}`
  const message = `${shown.join(', ')}: ${rule.reason(who)}`
  return [
    {
      code: 'E_SETTING_CONFLICT',
      path: pathTo`postgresql.settings.${written ?? []}`,
      message,
      hint: rule.hint,
    },
  ]
}

function judgeIdle(rule: IdleSettings, settings: Settings, majors: readonly number[]): Diagnostic[] {
  return rule.names.flatMap((name): Diagnostic[] => {
    const written = nameWritten(settings, name)
    if (written === undefined) return []
    const broken = listMajors(rule, settings, majors).filter((values) => rule.isBroken(values, name))
    const newest = broken.at(-1)
    if (newest === undefined) return []
    const where =
      broken.length === majors.length ? '' : ` in PostgreSQL ${broken.map(({ major }) => major).join(', ')}`
    const message = `${showSetting(written, newest.value(name))} has no effect${where}: ${rule.reason}`
    return [
      { code: 'W_SETTING_IDLE', path: pathTo`postgresql.settings.${written}`, message, hint: rule.hint },
    ]
  })
}

function listMajors(
  { since = 0 }: { readonly since?: number },
  settings: Settings,
  majors: readonly number[],
): Effective[] {
  return majors.filter((major) => since <= major).map((major) => readEffective(settings, major))
}

function showSetting(name: string, value: Settings[string]): string {
  return `${name} = ${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`
}
