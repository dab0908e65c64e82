import { pathTo } from '../diagnostics/path.js'
import { configurationOf, type Replica } from '../model/replica.js'
import { catalogue, newestKind, type SettingKind } from '../postgres/catalogue.js'
import { whereHeld } from '../postgres/held.js'
import { renamed, settingsBefore10, successors } from '../postgres/history.js'
import { settingUrl } from '../postgres/pages.js'
import { spanOf } from '../postgres/settings.js'
import { type DefaultSetting, keepDefaults } from '../postgres/settings-schema.js'
import { showKind } from '../postgres/values.js'
import { confValue } from './conf.js'
import type { ShowPart } from './explain-printed.js'
import { list } from './list.js'
import { showSource } from './show-source.js'

/** What is needed to say what becomes of a setting. */
export interface SettingWorld {
  readonly model: Replica
  /** Whether the model is only an example, of which nothing is said. */
  readonly isAny: boolean
  readonly showPart: ShowPart
  /** The newest major of the model, whose documentation is linked to. */
  readonly newest: number
}

/** What a setting of PostgreSQL is, whether the model has it, and what is printed of it; undefined for one that no major knows. */
export function explainSetting(
  name: string,
  { model, isAny, showPart, newest }: SettingWorld,
): string | undefined {
  const { settings } = model.postgresql
  const held = whereHeld(name)
  const key = name.toLowerCase()
  const known = catalogue.get(key)
  const own = Object.keys(settings).find((other) => other.toLowerCase() === key)
  const other = renamed.get(key)
  const usual = keepDefaults(settings, model.task.mem).find((one) => one.name === key)
  const isKnown = [held, known, own, other, settingsBefore10.get(key)].some((one) => one !== undefined)
  if (!isKnown) return undefined
  const { since, until } = spanOf(key)
  const source = own === undefined ? usual?.from : pathTo`postgresql.settings.${own}`
  const kind = newestKind(key)
  return list([
    [
      `setting ${known?.name ?? name}`,
      isAny ? '' : own === undefined ? notWritten(usual) : JSON.stringify(settings[own]),
    ],
    ['in the model', (source && showPart(source)) || undefined],
    ['printed', isAny ? undefined : usual && showPrinted(usual, model)],
    ['held', held],
    ['what it is', known?.about],
    ['takes', kind && showKind(kind)],
    ['since', since === undefined ? undefined : `PostgreSQL ${since}`],
    ['last in', until === undefined ? undefined : `PostgreSQL ${until}`],
    ['renamed to', other && `${other.to}${other.since === undefined ? '' : ` in PostgreSQL ${other.since}`}`],
    ['instead', successors.get(key)],
    [
      'example',
      kind && held === undefined
        ? `postgresql: { settings: ${showSource({ [known?.name ?? name]: exampleValue(kind) })} }`
        : undefined,
    ],
    ['see', settingUrl(key, newest)],
  ])
}

function exampleValue(kind: SettingKind): string | number | boolean {
  switch (kind.type) {
    case 'bool':
      return true
    case 'enum':
      return kind.words.at(-1) ?? ''
    case 'string':
      return ''
    default: {
      const value = Math.min(Math.max(kind.min, 100), kind.max)
      return kind.unit === 'kB' ? `${value}kB` : value
    }
  }
}

function notWritten(usual: DefaultSetting | undefined): string {
  return usual === undefined ? 'not in the model' : 'not written in the model, which prints a default'
}

function showPrinted({ value, why }: DefaultSetting, model: Replica): string {
  const where =
    configurationOf(model) === 'published'
      ? ''
      : " (in force only where the clone brings no postgresql.conf: run.configuration is 'master')"
  return `${confValue(value)}: ${why}${where}`
}
