import { supportedMajors as majors } from '../../generator/postgres/versions.js'
import type { Cell } from './cell.js'
import { serverOf } from './host.js'

/** A cell of the matrix: its row in the table, and what it differs in. */
export interface NamedCell extends Omit<Cell, 'script'> {
  readonly group:
    | 'major'
    | 'durability'
    | 'standby'
    | 'archive'
    | 'rewind'
    | 'libpq'
    | 'published'
    | 'shell'
    | 'userland'
    | 'privilege'
    | 'downloader'
    | 'locale'
    | 'skew'
    | 'collation'
  readonly name: string
  /** Part of `npm test`. */
  readonly isSlice?: boolean
}

const usual = 15

/** All that turn root into another user, but the one. */
function onlyTool(name: string): string[] {
  return ['setpriv', 'gosu', 'su-exec', 'chpst', 'start-stop-daemon', 'chroot', 'busybox'].filter(
    (tool) => tool !== name,
  )
}

const bookworm = { root: 'bookworm' } as const

/** A host of a later release, with the server that the master has. */
function other(major: number): { readonly root: 'trixie'; readonly servers: readonly string[] } {
  return { root: 'trixie', servers: [major === usual ? '15.12.0-beta.15' : (serverOf(major) ?? '')] }
}

const collation = { group: 'collation', major: usual, locale: 'de_DE.UTF-8' } as const
const on16 = { major: 16, agent: { root: 'forky', servers: [serverOf(16) ?? ''] } } as const
const different =
  /ERROR serve: text sorts differently here: the database shop was created with version 2\.\d+, but this agent has 2\.\d+/

const libpq = { group: 'libpq' } as const
const rewound = {
  impossible: 'is cloned, without pg_rewind',
  interrupted: 'is rewound; and cloned, where that was interrupted',
  whole: 'is rewound',
} as const

/** Every cell. What is not said is as on Debian: dash, GNU, setpriv, no downloader needed, no locale. */
export const cells: readonly NamedCell[] = [
  ...majors
    .filter((major) => major >= 10)
    .map(
      (major): NamedCell => ({
        group: 'major',
        name: String(major),
        major,
        isFollowing: true,
        ...(major === 10 ? { isSlice: true } : {}),
      }),
    ),
  ...majors
    .filter((major) => major >= 13)
    .map(
      (major): NamedCell => ({
        group: 'durability',
        name: `${major} answers before its clone is on disk`,
        major,
        model: { run: { durability: 'behind' }, postgresql: { majors: [major] } },
        saysOnce: /INFO serve: the clone is on disk/,
      }),
    ),
  ...majors
    .filter((major) => major >= 10)
    .map(
      (major): NamedCell => ({
        group: 'standby',
        name: `${major} an hour behind its master, by a name of its own`,
        major,
        isDelayed: true,
        env: { POSTGRES_REPNAME: 'shop_1' },
        model: { run: { delay: 3600 }, ready: { lagMiB: 0, lagSeconds: 1 } },
        says: /INFO serve: starting PostgreSQL \d+ as shop_1 on port/,
      }),
    ),
  ...majors
    .filter((major) => major >= 17)
    .map(
      (major): NamedCell => ({
        group: 'standby',
        name: `${major} keeps a logical slot of its master`,
        major,
        keepsSlots: true,
        model: {
          run: { syncSlots: true, slot: 'permanent', hotStandbyFeedback: true },
          postgresql: { majors: [major] },
        },
      }),
    ),
  ...majors
    .filter((major) => major >= 13)
    .map(
      (major): NamedCell => ({
        group: 'standby',
        name: `${major} loses its slot, and no WAL that it needs`,
        major,
        losesSlot: true,
        model: { run: { slot: 'permanent' }, postgresql: { majors: [major] } },
      }),
    ),
  // The servers that Debian does not have come without pg_rewind, so one of them stands for all.
  ...([12, 13, 15, 17, 18] as const).map((major): NamedCell => {
    const rewinds = major === 12 ? 'impossible' : major === 13 || major === 18 ? 'interrupted' : 'whole'
    return {
      group: 'rewind',
      name: `${major} ${rewound[rewinds]}`,
      major,
      rewinds,
      model: { run: { onDiverged: 'rewind' }, postgresql: { majors: [major] } },
    }
  }),
  { ...libpq, name: '16, all of its words; direct TLS is refused, 77', major: 16, asksLibpq: 'older master' },
  { ...libpq, name: '17, all of its words', major: 17, asksLibpq: 'direct' },
  { ...libpq, name: '18, all of its words', major: 18, asksLibpq: 'direct' },
  {
    ...libpq,
    name: '17 beside a server of 15, require_auth: refused, 78',
    major: usual,
    agent: other(usual),
    asksLibpq: 'older server',
  },
  ...majors
    .filter((major) => major >= 10)
    .map(
      (major): NamedCell => ({
        group: 'archive',
        name: `${major} takes from it what its master has removed`,
        major,
        isArchived: true,
      }),
    ),
  ...majors
    .filter((major) => major >= 10)
    .map(
      (major): NamedCell => ({
        group: 'published',
        // The lab's agent of 13 has no psql that finds them.
        name: `${major} by published files, ${major === 13 ? '' : 'with tablespaces, '}asked for its status`,
        major,
        isPublished: true,
        hasTablespaces: major !== 13,
        model: {
          postgresql: { majors: [major], settings: { work_mem: '7MB', log_min_duration_statement: '1d' } },
          publish: 'http://web/x',
        },
      }),
    ),
  ...['dash', 'bash', 'busybox', 'mksh', 'yash'].map(
    (name): NamedCell => ({
      group: 'shell',
      name,
      major: usual,
      agent: { ...bookworm, shell: `/usr/bin/${name}` },
    }),
  ),
  { group: 'userland', name: 'BusyBox', major: usual, agent: { ...bookworm, busybox: true }, isSlice: true },
  ...['setpriv', 'gosu', 'start-stop-daemon', 'chroot', 'busybox'].map(
    (name): NamedCell => ({
      group: 'privilege',
      name: name === 'chroot' ? 'chroot --userspec' : name === 'busybox' ? 'busybox su' : name,
      major: usual,
      agent: { ...bookworm, without: onlyTool(name) },
    }),
  ),
  { group: 'privilege', name: 'not root', major: usual, user: 'postgres' },
  ...['curl', 'wget', 'busybox wget'].map(
    (name): NamedCell => ({
      group: 'downloader',
      name,
      major: usual,
      isServed: true,
      agent: {
        ...bookworm,
        busybox: name === 'busybox wget',
        without: ['curl', 'wget'].filter((tool) => name !== tool && name !== 'busybox wget'),
      },
    }),
  ),
  {
    group: 'downloader',
    name: 'none: the configuration came with the clone',
    major: usual,
    agent: { ...bookworm, without: ['curl', 'wget'] },
  },
  { group: 'locale', name: 'C.UTF-8', major: usual, env: { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' } },
  { group: 'locale', name: 'de_DE.ISO-8859-1', major: usual, env: { LANG: 'de_DE.ISO-8859-1' } },
  { group: 'locale', name: 'one that is not installed', major: usual, env: { LC_ALL: 'tr_TR.UTF-8' } },
  { group: 'locale', name: 'a foreign time zone', major: usual, env: { TZ: 'Asia/Kolkata' } },
  {
    group: 'skew',
    name: 'replica 15.12, master a later 15',
    major: usual,
    agent: { root: 'trixie', servers: ['15.12.0-beta.15'] },
  },
  {
    group: 'skew',
    name: 'the agent lacks the major: refused, 78',
    major: 14,
    agent: { ...bookworm, servers: [] },
    isRefused: [78, /ERROR choose_data: the server of PostgreSQL 14 is not installed here/],
  },
  {
    group: 'skew',
    name: '15 to 17 by pg_upgrade, as templates/operate/upgrades.md says',
    major: usual,
    upgradesTo: 17,
    model: { postgresql: { majors: [15] } },
    master: other(usual),
    agent: other(usual),
  },
  {
    group: 'skew',
    name: '18 by the rules of 17 (postgresql.newer = try)',
    major: 18,
    model: { postgresql: { majors: [17], newer: 'try' } },
    says: /WARN choose_data: PostgreSQL 18 is newer than .* treating it as 17/,
  },
  { ...collation, name: '15, the same release', agent: bookworm },
  { ...collation, name: '15, another glibc: refused, 78', agent: other(15), isRefused: [78, different] },
  { ...collation, name: '16, another glibc: refused, 78', ...on16, isRefused: [78, different] },
  {
    ...collation,
    name: '14, an index by a collation, another glibc: refused, 78',
    major: 14,
    agent: other(14),
    locale: 'C',
    collation: 'de_DE.utf8',
    isRefused: [78, /ERROR serve: .*the collation postgres\."de_DE\.utf8" was created with version 2\.36/],
  },
  {
    ...collation,
    name: '15, a locale that the agent lacks: refused, 78',
    agent: bookworm,
    isBare: true,
    isRefused: [78, /ERROR serve: the database shop cannot be used here: .*locale/],
  },
  {
    ...collation,
    name: '15, another glibc, run.onCollation = warn',
    agent: other(15),
    model: { run: { onCollation: 'warn' } },
    says: /WARN serve: .*text sorts differently here/,
  },
  {
    ...collation,
    name: '14, another glibc: a warning',
    major: 14,
    agent: other(14),
    says: /WARN serve: text in the database shop may sort differently here: .*2\.36.*2\.41/,
  },
  {
    ...collation,
    name: '12, another glibc: a warning that it cannot be known',
    major: 12,
    agent: other(12),
    says: /WARN serve: cannot tell whether text in the database shop sorts here as on the master/,
  },
]
