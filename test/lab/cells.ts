import type { Cell } from './cell.js'

/** A cell of the matrix: its row in the table, and what it differs in. */
export interface NamedCell extends Omit<Cell, 'script'> {
  readonly group: 'major' | 'shell' | 'userland' | 'privilege' | 'downloader' | 'locale' | 'skew'
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

/** Every cell. What is not said is as on Debian: dash, GNU, setpriv, no downloader needed, no locale. */
export const cells: readonly NamedCell[] = [
  ...[10, 11, 12, 13, 14, 15, 16, 17, 18].map(
    (major): NamedCell => ({
      group: 'major',
      name: String(major),
      major,
      isFollowing: true,
      ...(major === 10 ? { isSlice: true } : {}),
    }),
  ),
  ...['dash', 'bash', 'busybox', 'ksh93', 'mksh', 'yash', 'posh', 'zsh'].map(
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
]
