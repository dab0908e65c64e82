import { docUrl, settingUrl } from '../postgres/pages.js'
import type { Files } from '../targets/target.js'
import type { ShowPart } from './explain-printed.js'
import { keySurroundings, printedElsewhere } from './key-notes.js'
import {
  aboutKey,
  defaultOfKey,
  exampleModel,
  findKeys,
  type ModelKey,
  majorsOfKey,
  pathOfKey,
  typeOfKey,
} from './keys.js'
import { list } from './list.js'
import { showSource } from './show-source.js'

/** What is needed to say where a key ends up. */
export interface KeyWorld {
  readonly showPart: ShowPart
  /** The files of a raw model, or undefined where it is refused. */
  readonly print: (value: object) => Files | undefined
  /** The targets of the user's model. */
  readonly targets: readonly string[]
  readonly newest: number
}

/** Explains the keys that a name means; undefined when there is none. */
export function explainKey(name: string, world: KeyWorld): string | undefined {
  const found = findKeys(name)
  // A word that ends many keys, as `name`, is listed; the first of few is told in full.
  if (found.length === 0) return undefined
  if (found.length > 3)
    return `${found.length} keys end in ${name}: ${found.map((key) => key.name).join(', ')}`
  return found.map((key) => explainOne(key, world)).join('\n\n')
}

function explainOne(key: ModelKey, world: KeyWorld): string {
  const usual = defaultOfKey(key)
  const other = printedElsewhere[key.name]
  const where = other === undefined ? whereOf(key, world) : [other]
  return list([
    [`key ${key.name}`, aboutKey(key)],
    ['takes', typeOfKey(key)],
    ['default', usual === undefined ? 'none' : showSource(usual)],
    ['majors', majorsOfKey(key)],
    ['in the model', world.showPart(pathOfKey(key))],
    ['example', showSource(exampleModel(key))],
    ...(where.length === 0
      ? [['printed', 'nowhere: the compiler alone reads it'] as const]
      : where.map((line, index): readonly [string, string] => [index === 0 ? 'printed' : '', line])),
    ['see', linkOf(key, world.newest)],
  ])
}

/** The lines of the printed files that the example of a key changes, with the file of each. */
export function whereOf(key: ModelKey, { print, targets }: Pick<KeyWorld, 'print' | 'targets'>): string[] {
  const [, own] = /^targets\.(\w+)/.exec(key.name) ?? []
  const names = own === undefined ? targets : [own]
  const needsMajor = names.includes('compose') || names.includes('kubernetes')
  const base = {
    targets: Object.fromEntries(names.map((name) => [name, {}])),
    ...(needsMajor && { postgresql: { majors: [16] } }),
  }
  const around = keySurroundings.filter(([prefix]) => key.name.startsWith(prefix)).map(([, model]) => model)
  const surroundings = [base, ...around].reduce(merge)
  const after = print(merge(surroundings, exampleModel(key)))
  const before = print(surroundings) ?? print(base)
  if (after === undefined || before === undefined) return []
  return Object.entries(after)
    .filter(([file]) => !/^(SHA256SUMS|run_rep\.map\.json)$/.test(file))
    .flatMap(([file, text]) => {
      const added = addedLines(before[file] ?? '', text).filter(
        (line) => line.trim() !== '' && !isDigest(line),
      )
      // A file that only came to be is named; of one that changed, the first lines.
      const shown = before[file] === undefined ? added.slice(0, 1) : added.slice(0, 2)
      const more = added.length - shown.length
      return shown.map((line, index) => {
        const rest = index === shown.length - 1 && more > 0 ? ` (and ${more} more lines)` : ''
        return `${file}: ${line.trim()}${rest}`
      })
    })
}

// A line that was there once, and is there twice, was added.
function addedLines(before: string, after: string): string[] {
  const counts = new Map<string, number>()
  for (const line of before.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1)
  return after.split('\n').filter((line) => {
    const left = counts.get(line) ?? 0
    counts.set(line, left - 1)
    return left <= 0
  })
}

// Digests follow from whatever else has changed.
function isDigest(line: string): boolean {
  return /[0-9a-f]{16}/.test(line)
}

function merge(a: object, b: object): object {
  const entries = Object.entries(b).map(([key, value]) => {
    const old: unknown = Reflect.get(a, key)
    if (isPlain(old) && isPlain(value)) return [key, merge(old, value)]
    // The item of an example is a part of the item around it.
    const [mine, other]: unknown[] = [
      Array.isArray(old) ? old[0] : undefined,
      Array.isArray(value) ? value[0] : undefined,
    ]
    return [key, isPlain(mine) && isPlain(other) ? [merge(mine, other)] : value]
  })
  return { ...a, ...Object.fromEntries(entries) }
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// The setting or program that a key becomes, else what the part of the model is about.
function linkOf({ name }: ModelKey, major: number): string {
  const found = links.find(([prefix]) => name === prefix || name.startsWith(`${prefix}.`))
  return found === undefined ? docUrl('high-availability.html', major) : found[1](major)
}

const page = (name: string) => (major: number) => docUrl(name, major)
const gucs = (name: string) => (major: number) => settingUrl(name, major)
const marathonPage = (name: string) => () => `https://mesosphere.github.io/marathon/docs/${name}.html`

/** The first prefix that fits decides. */
const links: readonly (readonly [prefix: string, link: (major: number) => string])[] = [
  ['master.tls', page('libpq-ssl.html')],
  ['master', page('libpq-connect.html#LIBPQ-PARAMKEYWORDS')],
  ['run.listen', gucs('listen_addresses')],
  ['run.slot', page('warm-standby.html#STREAMING-REPLICATION-SLOTS')],
  ['run.delay', gucs('recovery_min_apply_delay')],
  ['run.hotStandbyFeedback', gucs('hot_standby_feedback')],
  ['run.syncSlots', gucs('sync_replication_slots')],
  ['run.receiver.timeout', gucs('wal_receiver_timeout')],
  ['run.receiver.statusInterval', gucs('wal_receiver_status_interval')],
  ['run.receiver.retryInterval', gucs('wal_retrieve_retry_interval')],
  ['run.passfile', page('libpq-pgpass.html')],
  ['run.name', gucs('synchronous_standby_names')],
  ['run.onDiverged', page('app-pgrewind.html')],
  ['run.onCollation', page('collation.html')],
  ['run', page('warm-standby.html')],
  ['clone', page('app-pgbasebackup.html')],
  ['rewind', page('app-pgrewind.html')],
  ['restore', gucs('restore_command')],
  ['ready', page('hot-standby.html')],
  ['shutdown', page('server-shutdown.html')],
  ['postgresql.verifyClone', page('app-pgverifybackup.html')],
  ['postgresql.settings', page('runtime-config.html')],
  ['postgresql', page('warm-standby.html')],
  ['access', page('auth-pg-hba-conf.html')],
  ['env', () => 'https://pubs.opengroup.org/onlinepubs/9699919799/basedefs/V1_chap08.html'],
  ['steps', () => 'https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html'],
  ['targets.marathon.volume', marathonPage('persistent-volumes')],
  ['targets.marathon.constraints', marathonPage('constraints')],
  ['targets.marathon.backoff', marathonPage('backoff')],
  ['targets.marathon.upgrade', marathonPage('deployments')],
  ['targets.marathon.unreachable', marathonPage('unreachable')],
  ['targets.marathon.role', marathonPage('multirole')],
  ['targets.marathon', marathonPage('application-basics')],
  ['targets.systemd', () => 'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html'],
  ['targets.compose', () => 'https://docs.docker.com/reference/compose-file/services/'],
  ['targets.kubernetes', () => 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/'],
  ['task.mem', page('runtime-config-resource.html')],
  ['task.stopGrace', page('server-shutdown.html')],
]
