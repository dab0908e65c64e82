/** Words of a connection string that not every libpq knows, or not with every value. */
export interface LibpqWord {
  readonly keyword: string
  /** The values that are meant; `*` stands for anything. */
  readonly value: string
  /** The first major whose libpq knows it. */
  readonly since: number
  /** Whether a libpq that goes without it would be less safe than was asked for; else it would only be less patient. */
  readonly protects: boolean
}

/** The first that matches counts. What stands in none of these lines every libpq since 10 knows (PQconndefaults). */
export const libpqWords: readonly LibpqWord[] = [
  { keyword: 'channel_binding', value: 'require', since: 13, protects: true },
  { keyword: 'channel_binding', value: '*', since: 13, protects: false },
  { keyword: 'gssencmode', value: 'require', since: 12, protects: true },
  { keyword: 'gssencmode', value: '*', since: 12, protects: false },
  { keyword: 'require_auth', value: '*oauth*', since: 18, protects: true },
  { keyword: 'require_auth', value: '*', since: 16, protects: true },
  { keyword: 'ssl_min_protocol_version', value: '*', since: 13, protects: true },
  { keyword: 'sslnegotiation', value: 'direct', since: 17, protects: true },
  { keyword: 'sslnegotiation', value: '*', since: 17, protects: false },
  { keyword: 'sslrootcert', value: 'system', since: 16, protects: true },
  { keyword: 'tcp_user_timeout', value: '*', since: 12, protects: false },
]

/** The variables of libpq that set them. Keepalives and tcp_user_timeout have none. */
export const libpqKeywords: Readonly<Record<string, string>> = {
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLMINPROTOCOLVERSION: 'ssl_min_protocol_version',
  PGSSLNEGOTIATION: 'sslnegotiation',
  PGGSSENCMODE: 'gssencmode',
  PGCHANNELBINDING: 'channel_binding',
  PGREQUIREAUTH: 'require_auth',
}

/** The line that is about a word; undefined for one that every libpq knows. */
export function findLibpqWord(keyword: string, value: string): LibpqWord | undefined {
  return libpqWords.find((word) => word.keyword === keyword && matches(value, word.value))
}

// As `case` of the shell does.
function matches(value: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.\\^$+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(value)
}
