import { catalogue } from './catalogue.js'
import file from './pages.json' with { type: 'json' }

/** Which page of PostgreSQL's documentation has a setting: by the groups that `postgres --describe-config` tells. */
interface PagesFile {
  readonly newest: Readonly<Record<string, readonly string[]>>
  /** Where it stood up to that major. */
  readonly before: Readonly<Record<string, { readonly until: number; readonly page: string }>>
}

const { newest, before } = file as PagesFile

const pages = new Map(
  Object.entries(newest).flatMap(([page, names]) => names.map((name) => [name.toLowerCase(), page])),
)

/** The address of a page of PostgreSQL's documentation, of one major. */
export function docUrl(page: string, major: number): string {
  return `https://www.postgresql.org/docs/${major}/${page}`
}

/** The address at which the documentation of that major describes the setting, or the chapter that lists all of them. */
export function settingUrl(name: string, wanted: number): string {
  const setting = catalogue.get(name.toLowerCase())
  const known = setting?.name ?? name
  // A page of a major that does not have it yet, or any more, would not name it.
  const { since = 0 } = setting?.kinds[0] ?? {}
  const { until = wanted } = setting?.kinds.at(-1) ?? {}
  const major = Math.max(since, Math.min(until, wanted))
  const old = Object.hasOwn(before, known) ? before[known] : undefined
  const page = old !== undefined && major <= old.until ? old.page : pages.get(known.toLowerCase())
  if (page === undefined) return docUrl('runtime-config.html', major)
  return docUrl(`runtime-config-${page}.html#GUC-${known.toUpperCase().replaceAll('_', '-')}`, major)
}
