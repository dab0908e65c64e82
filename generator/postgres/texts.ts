/** What is wrong with the value of a setting that is text with a form of its own; undefined when nothing is. */
export function judgeText(name: string, value: string, major: number): string | undefined {
  const list = lists.find((one) => one.name === name.toLowerCase())
  if (list !== undefined) {
    const words = readList(value)
    if (words === undefined) return 'it is a list of words with commas between them'
    const wrong = words.find((word) => !list.word.test(word))
    if (wrong !== undefined) return `${wrong} is none of its words: ${list.shown}`
    return list.isClash?.(words) ? 'two of its words contradict each other' : undefined
  }
  switch (name.toLowerCase()) {
    // Before 18 on or off, which its type says.
    case 'log_connections':
      return major >= 18 ? judgeLogConnections(value) : undefined
    case 'synchronous_standby_names':
      return standbyNames.test(value)
        ? undefined
        : "it is names, as 'a, b', or 'ANY 1 (a, b)'; others stand in \"\""
    default:
      return undefined
  }
}

interface WordList {
  readonly name: string
  readonly word: RegExp
  readonly shown: string
  readonly isClash?: (words: readonly string[]) => boolean
}

const dateStyles = /^(iso|sql|german|postgres.*)$/
const dateOrders: readonly RegExp[] = [/^ymd$/, /^(dmy|euro.*)$/, /^(mdy|us|noneuro.*)$/]

const lists: readonly WordList[] = [
  {
    // variable.c, check_datestyle
    name: 'datestyle',
    word: /^(iso|sql|german|postgres.*|ymd|dmy|euro.*|mdy|us|noneuro.*|default)$/,
    shown: 'ISO, SQL, Postgres, German, DMY, MDY, YMD',
    isClash: (words) =>
      new Set(words.filter((word) => dateStyles.test(word)).map((word) => word.slice(0, 3))).size > 1 ||
      dateOrders.filter((order) => words.some((word) => order.test(word))).length > 1,
  },
  { name: 'createrole_self_grant', word: /^(set|inherit)$/, shown: 'set, inherit' },
  { name: 'debug_io_direct', word: /^(data|wal|wal_init)$/, shown: 'data, wal, wal_init' },
  {
    name: 'restrict_nonsystem_relation_kind',
    word: /^(view|foreign-table)$/,
    shown: 'view, foreign-table',
  },
  {
    name: 'wal_consistency_checking',
    word: /^(all|heap2?|btree|hash|gin|gist|sequence|spgist|brin|generic)$/,
    shown: 'all, heap, heap2, btree, hash, gin, gist, sequence, spgist, brin, generic',
  },
  {
    // slot.c: names of replication slots
    name: 'synchronized_standby_slots',
    word: /^[a-z0-9_]{1,63}$/,
    shown: 'names of slots, of a-z, 0-9 and _',
  },
]

const connectionWords = /^(receipt|authentication|authorization|setup_durations|all)$/

function judgeLogConnections(value: string): string | undefined {
  if (/^(on|off|true|false|yes|no|1|0)$/i.test(value)) return undefined
  const words = readList(value)
  if (words?.every((word) => connectionWords.test(word))) return undefined
  return 'it is on, off, all, or some of receipt, authentication, authorization, setup_durations'
}

// varlena.c, SplitIdentifierString: in lower case; what stands in quotes is as it is.
function readList(value: string): string[] | undefined {
  if (value.trim() === '') return []
  const words = value.split(',').map((word) => word.trim())
  if (!words.every((word) => /^("[^"]+"|[^\s"]+)$/.test(word))) return undefined
  return words.map((word) => (word.startsWith('"') ? word.slice(1, -1) : word).toLowerCase())
}

// syncrep_gram.y and syncrep_scanner.l: FIRST and ANY are no names.
const name =
  '(?:"(?:[^"]|"")+"|\\*|\\d+(?![\\w$])|(?!(?:any|first)(?![\\w$]))[a-z_\\u0080-\\uffff][\\w$\\u0080-\\uffff]*)'
const names = `${name}(?:\\s*,\\s*${name})*`
const standbyNames = new RegExp(
  `^\\s*(?:|${names}|(?:(?:any|first)\\s+)?0*[1-9]\\d*\\s*\\(\\s*${names}\\s*\\))\\s*$`,
  'i',
)
