import { z } from 'zod'
import { examples } from './examples.js'
import { isConfigUrl, isHostList, isPort, isUrl } from './hosts.js'

/** What an environment variable may hold: one rule, stated for TypeScript and for the shell. */
export interface ContractType<Value extends string = string> {
  /** The type's key in `types`. */
  readonly name: string
  /** The shell function that judges a value: `is_port "$value"`, then `args`. */
  readonly check: string
  /** The file that holds it, relative to templates/run_rep. */
  readonly file: string
  /** Further files whose functions the check calls. */
  readonly needs: readonly string[]
  /** The rule as the end of a sentence: "must be a TCP port, 1 to 65535". */
  readonly what: string
  readonly schema: z.ZodType<Value, Value>
  /** Literal arguments of the shell check after the value. */
  readonly args: readonly string[]
  readonly good: readonly string[]
  readonly bad: readonly string[]
}

export type IntegerLimits = z.infer<typeof integerLimits>

/** Nine digits at most, which every shell's arithmetic holds. */
export const integerLimits = z
  .strictObject({ min: z.int().min(0).max(999_999_999), max: z.int().min(0).max(999_999_999) })
  .refine(({ min, max }) => min <= max, { error: 'min must not exceed max' })

/** Words that need no quotes in a message, a conninfo value or a README. */
export const choiceWords = z
  .array(z.string().regex(/^\w[\w.-]*$/))
  .min(1)
  .refine((words) => new Set(words).size === words.length, { error: 'each word once' })

/** The words of libpq's require_auth (fe-connect.c). */
const authMethods = ['password', 'md5', 'gss', 'sspi', 'scram-sha-256', 'oauth', 'none']

// A character of one line, and what no path has, for patterns; JSON Schema counts characters where the contract counts
// bytes, so its limits are the wider ones.
const line = String.raw`[^\u0000-\u001f\u007f]`
const noParent = String.raw`(?!(?:.*/)?\.\.(?:/|$))`
const listOf = (mark: string) => {
  const method = `${mark}(?:${authMethods.join('|')})`
  return `${method}(?:,${method})*`
}

/** Every type of variable, by name. Those with limits are functions, which throw on limits that hold no value. */
export const types = {
  port: describeType({
    name: 'port',
    file: 'types/integer.sh',
    what: 'a TCP port, 1 to 65535',
    accepts: isPort,
    pattern: String.raw`^[1-9]\d{0,4}$`,
    ...examples.port,
  }),

  host_list: describeType({
    name: 'host_list',
    file: 'types/host_list.sh',
    needs: ['types/integer.sh'],
    what: 'one to 16 hosts, separated by commas: a name, IPv4 or [IPv6], each with an optional :port, or a bare IPv6',
    accepts: isHostList,
    pattern: String.raw`^[^\s,]+(,[^\s,]+){0,15}$`,
    ...examples.host_list,
  }),

  role: describeType({
    name: 'role',
    file: 'types/text.sh',
    what: 'a PostgreSQL role name: 1 to 63 bytes without control characters',
    accepts: (value) => value !== '' && byteLength(value) <= 63 && isLine(value),
    pattern: `^${line}{1,63}$`,
    ...examples.role,
  }),

  user_name: describeType({
    name: 'user_name',
    file: 'types/word.sh',
    what: 'a system user other than root: up to 256 bytes without : / and control characters, not a number, not starting with - or +, not starting or ending with a blank',
    accepts: isUserName,
    pattern: `^(?!root$)(?![-+ ])(?:(?![:/])${line}){1,256}$`,
    ...examples.user_name,
  }),

  // NAMEDATALEN; with other characters PostgreSQL would put something else into the name, or a list of names read them.
  standby_name: describeType({
    name: 'standby_name',
    file: 'types/word.sh',
    what: 'the name of a standby: up to 63 letters, digits, _ . and -, starting with a letter, a digit or _',
    accepts: (value) => /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/.test(value) && !value.endsWith('\n'),
    pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$',
    ...examples.standby_name,
  }),

  path: describeType({
    name: 'path',
    file: 'types/text.sh',
    what: 'a path of up to 1000 bytes that has no ".." and no control characters and does not start with -',
    accepts: isPath,
    pattern: `^(?!-)${noParent}${line}{1,1000}$`,
    ...examples.path,
  }),

  absolute_path: describeType({
    name: 'absolute_path',
    file: 'types/text.sh',
    what: 'an absolute path of up to 1000 bytes that has no ".." and no control characters',
    accepts: (value) => value.startsWith('/') && isPath(value),
    pattern: `^${noParent}/${line}{0,999}$`,
    ...examples.absolute_path,
  }),

  root_cert: describeType({
    name: 'root_cert',
    file: 'types/text.sh',
    what: 'an absolute path of up to 1000 bytes that has no ".." and no control characters, or the word system',
    accepts: (value) => value === 'system' || (value.startsWith('/') && isPath(value)),
    pattern: `^(?:system|${noParent}/${line}{0,999})$`,
    ...examples.root_cert,
  }),

  auth_methods: describeType({
    name: 'auth_methods',
    file: 'types/word.sh',
    what: `methods separated by commas, each once, either all or none of them with a leading !: ${authMethods.join(', ')}`,
    args: authMethods,
    accepts: isAuthMethods,
    pattern: `^(?:${listOf('')}|${listOf('!')})$`,
    ...examples.auth_methods,
  }),

  url: describeType({
    name: 'url',
    file: 'types/url.sh',
    needs: ['types/host_list.sh', 'types/integer.sh'],
    what: 'an http or https URL without user or fragment, of letters, digits and -._~:/?@&+,;=%',
    accepts: isUrl,
    pattern: String.raw`^https?://[\w.~:/?@&+,;=%\[\]-]+$`,
    ...examples.url,
  }),

  config_url: describeType({
    name: 'config_url',
    file: 'types/url.sh',
    needs: ['types/host_list.sh', 'types/integer.sh'],
    what: 'an http or https URL without user or fragment, of letters, digits and -._~:/?@&+,;=%, or file:///DIRECTORY without ".."',
    accepts: isConfigUrl,
    pattern: String.raw`^(?:https?://[\w.~:/?@&+,;=%\[\]-]+|file:///[\w.~/@+,=:-]*)$`,
    ...examples.config_url,
  }),

  ssl_mode: {
    ...describeChoice(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full']),
    name: 'ssl_mode',
  },

  flag: { ...describeChoice(['on', 'off']), name: 'flag' },

  text: describeType({
    name: 'text',
    file: 'types/text.sh',
    what: 'one line of up to 1024 bytes without control characters',
    accepts: (value) => byteLength(value) <= 1024 && isLine(value),
    pattern: `^${line}{0,1024}$`,
    ...examples.text,
  }),

  integer: (limits: IntegerLimits): ContractType =>
    describeInteger('integer', limits, ({ min, max }) => `a whole number from ${min} to ${max}`),

  seconds: (limits: IntegerLimits): ContractType =>
    describeInteger('seconds', limits, ({ min, max }) => `whole seconds, ${min} to ${max}`),

  choice: (words: readonly string[]): ContractType => describeChoice(words),
} as const

/** The shell files that these types need, each once, in the same order for the same set of types. */
export function listTypeFiles(used: Iterable<ContractType>): string[] {
  return [...new Set([...used].flatMap(({ file, needs }) => [file, ...needs]))].sort()
}

// As systemd's relaxed rule (user-util.c), less what tools take for an option or a number.
function isUserName(value: string): boolean {
  const isOdd = /^[-+ ]|[:/]| $|^\d*$|^\.\.?$/.test(value) || value === 'root'
  return !isOdd && isLine(value) && byteLength(value) <= 256
}

type Description = Pick<ContractType, 'name' | 'file' | 'what' | 'good' | 'bad'> &
  Partial<Pick<ContractType, 'check' | 'needs' | 'args'>> & {
    readonly accepts: (value: string) => boolean
    /** What each value that is accepted matches, for JSON Schema, which knows no more. */
    readonly pattern?: string
  }

function describeType({ accepts, pattern, ...description }: Description): ContractType {
  const schema = z
    .string()
    .refine(accepts, { error: `must be ${description.what}` })
    .meta({ description: description.what, ...(pattern !== undefined && { pattern }) })
  return { check: `is_${description.name}`, needs: [], args: [], schema, ...description }
}

function describeInteger(
  name: string,
  given: IntegerLimits,
  say: (limits: IntegerLimits) => string,
): ContractType {
  const limits = integerLimits.parse(given)
  const { min, max } = limits
  return describeType({
    name,
    check: 'is_integer',
    file: 'types/integer.sh',
    what: say(limits),
    args: [String(min), String(max)],
    accepts: (value) => /^(?:0|[1-9][0-9]{0,8})$/.test(value) && Number(value) >= min && Number(value) <= max,
    good: [String(min), String(max)],
    bad: [
      '',
      ` ${min}`,
      `${min}\n`,
      `0${max}`,
      `-${max}`,
      `+${max}`,
      '0x1F',
      '1e3',
      `${max}.0`,
      `${max + 1}`,
      String(min - 1),
    ],
  })
}

function describeChoice<const Word extends string>(given: readonly Word[]): ContractType<Word> {
  const words: readonly string[] = choiceWords.parse(given)
  const described = describeType({
    name: 'choice',
    file: 'types/word.sh',
    what: `one of ${words.join(', ')}`,
    args: words,
    accepts: (value) => words.includes(value),
    good: words,
    bad: [
      '',
      '*',
      '!',
      '(',
      '-n',
      `${words[0]} `,
      `${words[0]}\n`,
      ` ${words[0]}`,
      words.join(','),
      `${words.join('')}x`,
    ].filter((word) => !words.includes(word)),
  })
  const schema = z.enum(given, { error: `must be ${described.what}` }).describe(described.what)
  return { ...described, schema }
}

function isAuthMethods(value: string): boolean {
  const items = value.split(',')
  const names = items.map((item) => item.replace(/^!/, ''))
  const denied = items.filter((item) => item.startsWith('!')).length
  if (denied !== 0 && denied !== items.length) return false
  return new Set(items).size === items.length && names.every((name) => authMethods.includes(name))
}

function isPath(value: string): boolean {
  if (value === '' || value.startsWith('-') || value.split('/').includes('..')) return false
  return byteLength(value) <= 1000 && isLine(value)
}

/** No control character of ASCII, NUL included, and no half of a surrogate pair: it has no bytes of its own. */
function isLine(value: string): boolean {
  return ![...value].some((character) => character < ' ' || character === '\x7f' || /\p{Cs}/u.test(character))
}

/** The environment holds bytes, so limits count them. */
function byteLength(value: string): number {
  return Buffer.byteLength(value, 'utf8')
}
