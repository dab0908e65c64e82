import { readFileSync, writeFileSync } from 'node:fs'
import { execaSync } from 'execa'
import type {
  CataloguedSetting,
  CatalogueFile,
  ContextSpan,
  SettingContext,
  SettingKind,
} from '../../generator/postgres/catalogue.js'
import { whereHeld } from '../../generator/postgres/held.js'
import type { Session } from '../pair/harness/query.js'

const here = new URL('../../generator/postgres/', import.meta.url).pathname
const dataFile = `${here}catalogue.json`
const typesFile = `${here}known-settings.ts`

/** What a server of a major says of its settings. */
export interface ServerSettings {
  readonly major: number
  readonly version: string
  readonly rows: readonly SettingRow[]
}

interface SettingRow {
  readonly name: string
  readonly about: string
  readonly context: SettingContext
  /** In the unit of the setting; null where it has none. */
  readonly boot: string | null
  readonly kind: SettingKind
}

/** Words that no pg_settings shows, but some server takes for one that it shows (guc_tables.c, hidden entries). */
export const hiddenWords = [
  ...['true', 'false', 'yes', 'no', 'on', 'off', '1', '0'],
  ...['debug', 'info', 'fatal', 'panic', 'archive', 'hot_standby'],
]

/** Reads pg_settings, and asks by ALTER SYSTEM which hidden words each enum takes. */
export async function readSettings(session: Session, major: number): Promise<ServerSettings> {
  const { sql } = session
  const [said] = await sql('SHOW server_version')
  const found = await sql(`SELECT name, short_desc, vartype, coalesce(unit, '') AS unit, min_val, max_val,
    enumvals, context, boot_val FROM pg_settings WHERE name NOT LIKE '%.%' ORDER BY name COLLATE "C"`)
  const rows: SettingRow[] = []
  for (const row of found) {
    const { name } = row
    const isFixed = row.context === 'internal' || (await isNeverSet(session, String(name)))
    const also: string[] = []
    for (const word of row.vartype === 'enum' && !isFixed ? hiddenWords : []) {
      const isHidden = !(row.enumvals as string[]).includes(word)
      if (isHidden && (await takes(session, String(name), word))) also.push(word)
    }
    const kind = { ...kindOf(row, also), ...(isFixed ? { isFixed } : {}) }
    const context = row.context as SettingContext
    const boot = row.boot_val === null ? null : String(row.boot_val)
    rows.push({ name: String(name), about: String(row.short_desc), context, boot, kind })
  }
  return { major, version: String(said?.server_version).replace(/ .*/, ''), rows }
}

// Set in a file only, and not by ALTER SYSTEM (guc.h, GUC_DISALLOW_IN_AUTO_FILE).
const onlyInFiles = new Set(['allow_alter_system', 'config_file', 'data_directory'])

// What no file may hold, such as the isolation level of a transaction, ALTER SYSTEM does not even reset.
async function isNeverSet({ sql }: Session, name: string): Promise<boolean> {
  if (onlyInFiles.has(name)) return false
  try {
    await sql(`ALTER SYSTEM RESET ${name}`)
    return false
  } catch {
    return true
  }
}

/**
 * Whether ALTER SYSTEM takes a value: it judges as the reader of postgresql.conf does. Undefined for a setting that it
 * does not set at all.
 */
export async function takes({ sql }: Session, name: string, value: string): Promise<boolean | undefined> {
  try {
    await sql(`ALTER SYSTEM SET ${name} = '${value.replaceAll("'", "''")}'`)
    return true
  } catch (error) {
    const code = String(Reflect.get(Object(error), 'code'))
    // cant_change_runtime_param
    if (code === '55P02') return undefined
    // A check of one setting has a code of its own; that of a lost connection is no verdict.
    if (/^(22|42|0A)/.test(code)) return false
    throw error
  }
}

function kindOf(row: Readonly<Record<string, unknown>>, also: readonly string[]): SettingKind {
  const type = String(row.vartype)
  switch (type) {
    case 'bool':
    case 'string':
      return { type }
    case 'enum':
      return { type, words: row.enumvals as string[], ...(also.length > 0 ? { also } : {}) }
    case 'integer':
    case 'real':
      return { type, unit: String(row.unit), min: Number(row.min_val), max: Number(row.max_val) }
    default:
      throw new Error(`a setting of type ${type}`)
  }
}

/**
 * Words and names that depend on how a server was built, not on its major. The builds of majors that Debian no longer
 * has lack them; a catalogue by majors has them wherever the setting is.
 */
export const ofBuild: Readonly<Record<string, readonly string[]>> = {
  wal_compression: ['lz4', 'zstd'],
  default_toast_compression: ['lz4'],
}

// Debian's own, in none of the other builds, and in Debian's up to 17.
export const ofDebian = new Set(['extension_destdir'])

/** Merges what the servers say, oldest first, into spans of majors in which a setting was the same. */
export function mergeSettings(servers: readonly ServerSettings[]): CatalogueFile {
  const names = [...new Set(servers.flatMap(({ rows }) => rows.map(({ name }) => name)))].sort()
  return {
    servers: Object.fromEntries(servers.map(({ major, version }) => [major, version])),
    settings: names.map((name) => mergeSetting(name, servers)),
  }
}

interface Span {
  readonly since: number
  readonly until: number
  readonly kind: SettingKind
}

function mergeSetting(name: string, servers: readonly ServerSettings[]): CataloguedSetting {
  const spans: Span[] = []
  const contexts: { until: number; is: SettingContext }[] = []
  let about = ''
  for (const { major, rows } of servers) {
    const row = rows.find((one) => one.name === name)
    if (row === undefined) continue
    about = row.about
    const same = contexts.at(-1)?.is === row.context ? contexts.pop() : undefined
    contexts.push({ until: major, is: same?.is ?? row.context })
    const kind = completeWords(name, row.kind)
    const last = spans.at(-1)
    const isNext = last !== undefined && (last.until === major - 1 || ofDebian.has(name))
    if (isNext && isSame(last.kind, kind)) spans[spans.length - 1] = { ...last, until: major }
    else spans.push({ since: major, until: major, kind })
  }
  const [first, newest] = [servers[0]?.major, servers.at(-1)?.major]
  const kinds = spans.map(({ since, until, kind }) => ({
    ...(since === first ? {} : { since }),
    ...(until === newest ? {} : { until }),
    ...kind,
  }))
  return { name, about, contexts: contexts.map(openLast), kinds }
}

// The last one goes on in majors to come.
function openLast({ until, is }: Required<ContextSpan>, index: number, all: readonly unknown[]): ContextSpan {
  return index === all.length - 1 ? { is } : { until, is }
}

/** The words of an enum, with those that only some builds have. */
export function completeWords(name: string, kind: SettingKind): SettingKind {
  if (kind.type !== 'enum') return kind
  const lacking = (ofBuild[name] ?? []).filter((word) => !kind.words.includes(word))
  const at = kind.words.indexOf('pglz') + 1
  return { ...kind, words: [...kind.words.slice(0, at), ...lacking, ...kind.words.slice(at)] }
}

// What is fixed differs by its release, and nobody may set it.
function isSame(one: SettingKind, other: SettingKind): boolean {
  if (one.isFixed && other.isFixed) return one.type === other.type
  return JSON.stringify(one) === JSON.stringify(other)
}

export function printCatalogue({ servers, settings }: CatalogueFile): string {
  const lines = settings.map((setting) => `    ${JSON.stringify(setting)}`)
  return `{\n  "servers": ${JSON.stringify(servers)},\n  "settings": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** The declarations by which an editor completes `settings`, as they stand in known-settings.ts. */
export function printTypes({ settings }: CatalogueFile): string {
  const open = settings.filter(({ name, kinds }) => !kinds.at(-1)?.isFixed && whereHeld(name) === undefined)
  const members = open.map((setting) => {
    const { name, about, kinds } = setting
    return `  /** ${[about, ...describeKinds(kinds)].join(' ')} */\n  readonly ${name}?: ${typeOf(kinds)}\n`
  })
  const text = `// Printed from catalogue.json by "npm run settings"; do not edit it.

/** A word that a server knows by that name, or any other text, which is judged by the majors of the model. */
type Word<Known extends string> = Known | (string & Record<never, never>)
type Flag = boolean | Word<'on' | 'off'>
type Amount = number | string

/** Every setting that a postgresql.conf of ours may hold, of all majors in the catalogue. */
export interface KnownSettings {
${members.join('')}}
`
  const { stdout } = execaSync('node_modules/.bin/biome', ['format', '--stdin-file-path', typesFile], {
    input: text,
  })
  return `${stdout}\n`
}

function describeKinds(kinds: readonly SettingKind[]): string[] {
  const newest = kinds.at(-1)
  const [since, until] = [kinds[0]?.since, newest?.until]
  const span =
    since !== undefined && until !== undefined
      ? `PostgreSQL ${since} to ${until}.`
      : since !== undefined
        ? `Since PostgreSQL ${since}.`
        : until !== undefined
          ? `Until PostgreSQL ${until}.`
          : undefined
  const isNumber = newest?.type === 'integer' || newest?.type === 'real'
  const unit = isNumber && newest.unit !== '' ? ` (in ${newest.unit})` : ''
  const range = isNumber ? `${newest.min} to ${newest.max}${unit}.` : undefined
  return [range, span].filter((one) => one !== undefined)
}

function typeOf(kinds: readonly SettingKind[]): string {
  const parts = kinds.map((kind) => {
    switch (kind.type) {
      case 'string':
        return 'string'
      case 'bool':
        return 'Flag'
      case 'enum': {
        const words = kind.words.map((word) => `'${word}'`).join(' | ')
        return kind.words.includes('on') ? `boolean | Word<${words}>` : `Word<${words}>`
      }
      case 'integer':
      case 'real':
        return 'Amount'
      default:
        return kind satisfies never
    }
  })
  return [...new Set(parts)].join(' | ')
}

/** The two files as they are. */
export function readFiles(): { data: string; types: string } {
  return { data: readFileSync(dataFile, 'utf8'), types: readFileSync(typesFile, 'utf8') }
}

export function writeFiles(catalogue: CatalogueFile): void {
  writeFileSync(dataFile, printCatalogue(catalogue))
  writeFileSync(typesFile, printTypes(catalogue))
}
