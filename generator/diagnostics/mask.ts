/** What stands in the place of a secret. */
export const mark = '***'

/** Part of a text, from one offset up to another. */
type Range = readonly [from: number, to: number]

/**
 * Does the value of a variable or key of that name look like a secret? By its words: DB_PASSWORD, apiToken, SECRET_2.
 * What names a file or a place (POSTGRES_REPPASSWORD_FILE, PGSSLKEY) is none, nor are the keys by which a model refers
 * to a secret that is kept elsewhere.
 */
export function isSecretName(name: string): boolean {
  if (references.has(name) || /^[EW]_/.test(name)) return false
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter((word) => word !== '')
  if (words.length === 0 || /^(FILE|PATH|DIR|DIRECTORY|ENCRYPTION)$/.test(words.at(-1) ?? '')) return false
  return (
    words.some((word) => /PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL/.test(word)) ||
    words.some((word) =>
      /^(PASS|PW|AUTH|AUTHORIZATION|COOKIE|DOCKERCONFIGJSON|DOCKERCFG|.*KEYS?)$/.test(word),
    ) ||
    (/(^|_)PWD$/.test(name) && !/^(OLD)?PWD$/.test(name))
  )
}

// Names of the model and of libpq that hold a path, or the name of a secret in a store; and words that are no secret.
const references: ReadonlySet<string> = new Set([
  ...[
    'secret',
    'secrets',
    'key',
    'keys',
    'passwordKey',
    'PGSSLKEY',
    'PGPASSFILE',
    'requireAuth',
    'auth-host',
  ],
  ...[
    'KeyringMode',
    'ssl_key_file',
    'max_pred_locks_per_token',
    'labelKey',
    'topologyKey',
    'md5_password_warnings',
    'primaryKey',
    'imagePullSecrets',
  ],
])

const learned = new Set<string>()

/** Has each of these values masked wherever it stands from now on; what cannot be told from a usual word is not. */
export function learnSecrets(values: Iterable<string>): void {
  for (const value of values) {
    // A plain word or a small number stands elsewhere, too, and there it is no secret.
    if (value.trim().length < 5 || /^([A-Za-z]{1,10}|\d{1,6})$/.test(value)) continue
    learned.add(value)
    const escaped = JSON.stringify(value).slice(1, -1)
    learned.add(escaped)
    learned.add(escaped.replaceAll('\\"', '"').replaceAll("'", "\\'"))
    for (const line of value.split(/\r\n|\n|\r/)) if (line.trim().length >= 8) learned.add(line)
  }
}

/** The secrets of a raw model, or of an app: the values of keys that look like one, and of variables that are said to be. */
export function findSecretValues(value: unknown, name = ''): string[] {
  if (typeof value === 'string') return isSecretName(name) && !isReference(name, value) ? [value] : []
  if (Array.isArray(value)) return value.flatMap((item) => findSecretValues(item, name))
  if (typeof value !== 'object' || value === null) return []
  const members = Object.entries(value)
  const holds = Reflect.get(value, 'secret') === true || isSecretName(name)
  return members.flatMap(([key, member]) =>
    holds && typeof member === 'string' && /^(value|default)$/.test(key)
      ? [member]
      : findSecretValues(member, key),
  )
}

/** The text with a mark in the place of each secret; it has as many lines as before. */
export function maskSecrets(text: string): string {
  return replaceRanges(text, findSecrets(text)).text
}

/** The same, and where an offset of the text came to lie. */
export function maskWithOffsets(text: string): {
  readonly text: string
  readonly moved: (offset: number) => number
} {
  return replaceRanges(text, findSecrets(text))
}

/** A value as a message quotes it: in JSON, without a secret, and cut where it is long. */
export function showValue(value: unknown, path: readonly (string | number)[] = []): string {
  const isHidden = path.some((key) => isSecretName(String(key)))
  if (isHidden && (typeof value === 'string' || typeof value === 'number')) return mark
  const text = maskSecrets(stringify(value, isHidden))
  return text.length > 60 ? `${[...text].slice(0, 60).join('')}…` : text
}

function stringify(value: unknown, isHidden: boolean): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function' || typeof value === 'symbol') return `a ${typeof value}`
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value)
  try {
    return (
      JSON.stringify(value, (key, member: unknown) => {
        const isText = typeof member === 'string' || typeof member === 'number'
        return isText && (isHidden || (isSecretName(key) && !isReference(key, member))) ? mark : member
      }) ?? String(value)
    )
  } catch {
    return 'an object'
  }
}

// A path is no secret, where the key is one of the model's own that takes a path.
function isReference(name: string, value: unknown): boolean {
  return name === 'password' && /^(\.{0,2}\/|~\/)/.test(String(value))
}

function replaceRanges(
  text: string,
  ranges: readonly Range[],
): { readonly text: string; readonly moved: (offset: number) => number } {
  const pieces: { readonly from: number; readonly to: number; readonly put: string }[] = []
  for (const [from, to] of ranges) {
    const lines = text.slice(from, to).split(/(\r\n|\n|\r)/)
    pieces.push({
      from,
      to,
      put: lines.map((line, index) => (index % 2 === 1 || line === '' ? line : mark)).join(''),
    })
  }
  let masked = ''
  let at = 0
  for (const { from, to, put } of pieces) {
    masked += text.slice(at, from) + put
    at = to
  }
  masked += text.slice(at)
  const moved = (offset: number) => {
    let by = 0
    for (const { from, to, put } of pieces) {
      if (offset <= from) break
      if (offset < to) return from + by + Math.min(put.length, offset - from)
      by += put.length - (to - from)
    }
    return offset + by
  }
  return { text: masked, moved }
}

// In their order, those that touch or overlap as one.
function findSecrets(text: string): Range[] {
  const found = [...finders.flatMap((find) => find(text)), ...findLearned(text)]
    .filter(([from, to]) => from < to)
    .sort((a, b) => a[0] - b[0] || a[1] - b[1])
  const merged: [number, number][] = []
  for (const [from, to] of found) {
    const last = merged.at(-1)
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

function findLearned(text: string): Range[] {
  return [...learned].flatMap((value) => {
    const ranges: Range[] = []
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length))
      ranges.push([at, at + value.length])
    return ranges
  })
}

type Find = (text: string) => Range[]

/** The last group of each match, which is the secret. */
function byPattern(pattern: RegExp): Find {
  const flags = `${pattern.flags}d`
  return (text) =>
    [...text.matchAll(new RegExp(pattern, flags))].flatMap(({ indices }): Range[] => {
      const last = indices?.slice(1).findLast((pair) => pair !== undefined)
      return last === undefined ? [] : [last]
    })
}

const finders: readonly Find[] = [
  findNamed,
  findHeaders,
  findDescribed,
  // user:password@ of a URL, whatever the password holds but blanks and quotes; host:port is none.
  byPattern(/\b[a-z][a-z\d+.-]*:\/\/[^\s:/?#@"'`<>]*:(?!\d{1,5}(?:[/?#,]|$))([^\s"'`<>]+)@/gi),
  // The signature of a URL.
  byPattern(/[?&][^=&\s"']*(?:signature|sig)=([^&\s"']+)/gi),
  // https://TOKEN@host.
  byPattern(/\bhttps?:\/\/([^\s:/?#@"'`<>]+)@/gi),
  // curl -u user:password.
  byPattern(/(?:^|\s)(?:-u|--user|--proxy-user)[\s=]+["']?[^\s:"']+:([^\s"']+)/g),
  // A line of a password file: host:port:database:user:password.
  // An IPv6 network has as many colons, and is none.
  byPattern(
    /(?:^|[\s"'`])(?![\da-fA-F]{0,4}(?::[\da-fA-F]{0,4}){2,7}(?:\/\d{1,3})?(?:[\s"'`,;)\]|]|$))[^\s:"'`]+:(?:\d{1,5}|\*):[^\s:"'`]+:[^\s:"'`]+:([^\s"'`]+)/g,
  ),
  byPattern(/\bBearer\s+([\w.~+/-]{16,}=*)/g),
  // What is a secret by its form: tokens of GitHub, GitLab, AWS, Slack, Vault, npm, and JSON Web Tokens; verifiers of SCRAM.
  byPattern(
    /\b(gh[a-z]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|(?:AKIA|ASIA)[A-Z\d]{16}|xox[a-z]-[\w-]{10,}|hv[sbr]\.[\w-]{20,}|npm_\w{30,}|eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)/g,
  ),
  byPattern(/(SCRAM-SHA-256\$\d+:[\w+/=$:]+)/g),
  byPattern(/-----BEGIN [A-Z ]*PRIVATE KEY-----((?:(?!-----END)[\s\S])*)/g),
]

// NAME=value, NAME: value, "NAME": "value", --name value, whatever the quotes.
function findNamed(text: string): Range[] {
  const pattern = /([A-Za-z_.][\w.-]*)(\\*["'`]\]?)?(\s*(?:=>|=|:)\s*|\s+)/g
  const found: Range[] = []
  for (const match of text.matchAll(pattern)) {
    const [whole, name = '', quote = '', sign = ''] = match
    const own = name.replace(/^-+|^.*\.(?=[\w-]+$)/g, '')
    if (!isSecretName(own)) continue
    const at = match.index + whole.length
    const isOption = /^\s+$/.test(sign)
    if (isOption && !/(^|\s|["'`])--$/.test(text.slice(Math.max(0, match.index - 3), match.index))) continue
    const isColon = sign.trim() === ':'
    const isAtStart = isLineStart(text, match.index)
    const value = readValue(text, at, { isColon, isQuotedName: quote !== '', isAtStart })
    if (value !== undefined && isReference(own, text.slice(...value))) continue
    if (value !== undefined) found.push(value)
    found.push(...readOperands(text, value?.[1] ?? at))
  }
  return found
}

// 'a' + 'b', process.env.TOKEN ?? 'c': what else may be the value.
function readOperands(text: string, from: number): Range[] {
  const found: Range[] = []
  let at = from
  for (;;) {
    const [skipped] =
      /^["'`]?(?:[\w.[\]()]{0,80}[^\S\r\n]*)(?:\+|\?\?|\|\||&&|\?|:)\s*(?=[\w"'`(])/.exec(
        text.slice(at, at + 200),
      ) ?? []
    if (skipped === undefined) return found
    at += skipped.length
    const open = text[at]
    if (open === undefined || !/["'`]/.test(open)) continue
    const length = lengthOfQuoted(text.slice(at + 1), open)
    found.push([at + 1, at + 1 + length])
    at += 1 + length
  }
}

function isLineStart(text: string, index: number): boolean {
  const start = Math.max(text.lastIndexOf('\n', index - 1), text.lastIndexOf('\r', index - 1)) + 1
  return /^\s*(- )?(export )?(["'])?$/.test(text.slice(start, index))
}

interface Around {
  readonly isColon: boolean
  readonly isQuotedName: boolean
  readonly isAtStart: boolean
}

function readValue(
  text: string,
  at: number,
  { isColon, isQuotedName, isAtStart }: Around,
): Range | undefined {
  const rest = text.slice(at)
  const [open] = /^\\*["'`]/.exec(rest) ?? []
  if (open !== undefined) {
    const from = at + open.length
    const length = lengthOfQuoted(text.slice(from), open)
    const range: Range = [from, from + length]
    return !isColon && open === '"' && isExpansion(text.slice(...range)) ? undefined : range
  }
  if (isColon) {
    const [number] = /^-?\d[\d.eE+-]*(?=\s*[,}\]\n])/.exec(rest) ?? []
    if (number !== undefined && (isQuotedName || isAtStart)) return [at, at + number.length]
    // YAML, or a sentence that only begins with such a word: all of the line, where the line is nothing else.
    if (!isAtStart || isQuotedName || /^[[{|>]|^variable\b/.test(rest)) return undefined
    const [line = ''] = /^[^\r\n]*/.exec(rest) ?? []
    return [at, at + line.length]
  }
  // A line of an environment file: all that is left of it.
  const [word = ''] = (isAtStart ? /^[^\r\n]+/ : /^\S+/).exec(rest) ?? []
  if (isExpansion(word) || /^\$\(|^`/.test(word)) return undefined
  return [at, at + word.replace(/["'`,;)\]}]+$/, '').length]
}

// What a shell puts there is not in the text.
function isExpansion(text: string): boolean {
  return /^(\$[A-Za-z_]\w*|\$\{[A-Za-z_]\w*(:?[-+=?][^}]*)?\}|\$\(.*\))[;)\]}"']*$/s.test(text)
}

// Up to the same quote, or to the end of a line in which there is none, as where a text was cut.
function lengthOfQuoted(text: string, open: string): number {
  const quote = open.at(-1) ?? ''
  const slashes = open.length - 1
  for (const match of text.matchAll(
    quote === '`' ? /(\\*)`/g : new RegExp(`(\\\\*)${quote}|[\\r\\n]`, 'g'),
  )) {
    if (/^[\r\n]/.test(match[0])) return match.index
    const before = match[1]?.length ?? 0
    // 'a\'b' goes on; \"a\" within a text in quotes does not.
    if (slashes === 0 ? before % 2 === 0 : before <= slashes)
      return match.index + (slashes === 0 ? before : 0)
  }
  return text.length
}

// Authorization: Basic …, X-Auth-Token: …: up to the end of the quote or line.
function findHeaders(text: string): Range[] {
  return byPattern(
    /\b(?:proxy-)?(?:authorization|cookie|set-cookie|x-[\w-]*(?:token|key|auth|secret)[\w-]*)\\*["'`]?\s*[:=]\s*\\*["'`]?(?:basic|bearer|digest|token|negotiate)?\s*([^\s"'`\\,][^"'`\\\r\n]*)/gi,
  )(text)
}

// { secret: true, value: '…' }, API_TOKEN: variable.text({ default: '…' }), and name: API_TOKEN with value: … beside it.
function findDescribed(text: string): Range[] {
  const members = (from: number, part: string): Range[] =>
    [...part.matchAll(/\b(?:value|default)\\*["'`]?\s*:\s*/g)].flatMap((match) => {
      const at = from + match.index + match[0].length
      const value = readValue(text, at, { isColon: true, isQuotedName: true, isAtStart: false })
      return value === undefined ? [] : [value]
    })
  const blocks = [...text.matchAll(/\{[^{}]*\}?/g)].flatMap((match) => {
    const [, name = ''] =
      /([\w.-]+)["'`]?\s*:\s*(?:variable\.\w+\(\s*)?$/.exec(
        text.slice(Math.max(0, match.index - 200), match.index),
      ) ?? []
    const isSecret = /\bsecret\b["'`]?\s*:\s*true\b/.test(match[0]) || isSecretName(name)
    return isSecret ? members(match.index, match[0]) : []
  })
  const pairs = [
    ...text.matchAll(
      /\bname\\*["'`]?\s*:\s*\\*["'`]?([\w.-]+)\\*["'`]?\s*,?\s*\\*["'`]?value\\*["'`]?\s*:\s*/g,
    ),
  ].flatMap((match) => {
    if (!isSecretName(match[1] ?? '')) return []
    const at = match.index + match[0].length
    const value = readValue(text, at, { isColon: true, isQuotedName: false, isAtStart: true })
    return value === undefined ? [] : [value]
  })
  return [...blocks, ...pairs]
}
