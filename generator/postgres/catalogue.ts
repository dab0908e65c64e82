import file from './catalogue.json' with { type: 'json' }

/**
 * What a setting may hold in the majors from `since` to `until`, both included; no bound means that it was so in the
 * oldest (or newest) major of the catalogue. `unit` is what a bare number counts: kB, 8kB (pages), MB, B, ms, s or
 * min; `min` and `max` count that, too. `also` are words that a server takes but does not show.
 */
export type SettingKind = {
  readonly since?: number
  readonly until?: number
  /** No file may hold it: it tells how a server was built, or belongs to one transaction. */
  readonly isFixed?: true
} & (
  | { readonly type: 'bool' | 'string' }
  | { readonly type: 'enum'; readonly words: readonly string[]; readonly also?: readonly string[] }
  | { readonly type: 'integer' | 'real'; readonly unit: string; readonly min: number; readonly max: number }
)

/**
 * When a server takes a new value of its file (pg_settings.context). postmaster: at a restart; sighup, superuser and
 * user: at a reload; backend and superuser-backend: at a reload, in sessions that begin after it; internal: never.
 */
export type SettingContext =
  | 'internal'
  | 'postmaster'
  | 'sighup'
  | 'superuser-backend'
  | 'backend'
  | 'superuser'
  | 'user'

/** A context, up to that major where a newer one has another. */
export interface ContextSpan {
  readonly until?: number
  readonly is: SettingContext
}

export interface CataloguedSetting {
  /** As PostgreSQL spells it; it ignores case. */
  readonly name: string
  /** PostgreSQL's own sentence, of the newest major that has it. */
  readonly about: string
  /** Oldest first. */
  readonly contexts: readonly ContextSpan[]
  /** Oldest first. */
  readonly kinds: readonly SettingKind[]
}

export interface CatalogueFile {
  /** The release that each major was read from. */
  readonly servers: Readonly<Record<string, string>>
  readonly settings: readonly CataloguedSetting[]
}

/** What pg_settings of each server says, merged; `npm run settings` reads it anew. */
const read = file as unknown as CatalogueFile

/** The majors that the catalogue was read from, oldest first. */
export const cataloguedMajors: readonly number[] = Object.keys(read.servers).map(Number)

/** Every setting by its name in lower case. */
export const catalogue: ReadonlyMap<string, CataloguedSetting> = new Map(
  read.settings.map((setting) => [setting.name.toLowerCase(), setting]),
)

/** What the setting is in that major; undefined where it is not. */
export function kindIn({ kinds }: CataloguedSetting, major: number): SettingKind | undefined {
  return kinds.find(({ since = 0, until = Number.POSITIVE_INFINITY }) => since <= major && major <= until)
}

/** When a server of that major takes a new value of the setting; undefined for one that the catalogue does not know. */
export function contextIn(name: string, major: number): SettingContext | undefined {
  return catalogue
    .get(name.toLowerCase())
    ?.contexts.find(({ until = Number.POSITIVE_INFINITY }) => major <= until)?.is
}

/** What the setting is in the newest major that has it. */
export function newestKind(name: string): SettingKind | undefined {
  return catalogue.get(name.toLowerCase())?.kinds.at(-1)
}
