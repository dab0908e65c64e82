import { z } from 'zod'
import { type ContractType, choiceWords, integerLimits, types } from './types.js'
import { ambientVariables, builtinVariables, type ContractVariable } from './variables.js'

const name = z
  .string()
  .regex(
    /^[A-Z_][A-Z0-9_]*$/,
    'a variable for the environment has upper case letters, digits and _ (POSIX, 8.1)',
  )
const limit = z.int().min(0).max(999_999_999)

const common = {
  default: z.string().optional().describe('What the script takes when the variable is absent'),
  required: z.boolean().default(false).describe('Whether a run without it is refused'),
  secret: z.boolean().default(false).describe('A secret is never shown in a message'),
  doc: z.string().optional().describe('One sentence; a doc comment in replica.config.ts serves as well'),
  value: z.string().optional().describe('What the supervisor gives it'),
}

const plainTypes = [
  'port',
  'host_list',
  'role',
  'user_name',
  'path',
  'absolute_path',
  'url',
  'ssl_mode',
  'flag',
  'text',
] as const

const typeDoc = 'What it may hold'

const plain = z.strictObject({ type: z.enum(plainTypes).describe(typeDoc), ...common })
const limited = z.strictObject({
  type: z.enum(['integer', 'seconds']).describe(typeDoc),
  min: limit.describe('The least, for integer and seconds'),
  max: limit.describe('The most, for integer and seconds'),
  ...common,
})
const choice = z.strictObject({
  type: z.literal('choice').describe(typeDoc),
  words: choiceWords.describe('The words to choose from, for choice'),
  ...common,
})

/** A variable of the user's own: its type, and what is said of it. */
export const userVariableSchema = z
  .discriminatedUnion('type', [plain, limited, choice])
  .superRefine((variable, context) => {
    const report = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    // zod goes on after a word or a limit that it refused; a type cannot be made of it.
    if (variable.type === 'choice' && !choiceWords.safeParse(variable.words).success) return
    if ('min' in variable && variable.min > variable.max) {
      report('min', `min (${variable.min}) must not exceed max (${variable.max})`)
      return
    }
    if ('min' in variable && !integerLimits.safeParse({ min: variable.min, max: variable.max }).success)
      return
    const { schema } = typeOf(variable)
    for (const key of ['default', 'value'] as const) {
      const verdict = schema.safeParse(variable[key] ?? '')
      if (variable[key] === undefined || verdict.success) continue
      report(key, verdict.error.issues[0]?.message ?? 'malformed')
    }
    if (variable.required && variable.default !== undefined) {
      report('default', 'a required variable has no default')
    }
  })

export const userVariablesSchema = z
  .record(name, userVariableSchema)
  .describe('Variables of your own, for steps of your own')

export type UserVariable = z.infer<typeof userVariableSchema>
type Input = z.input<typeof userVariableSchema>
type PlainInput = Omit<z.input<typeof plain>, 'type'>
type LimitedInput = Omit<z.input<typeof limited>, 'type'>
type ChoiceInput = Omit<z.input<typeof choice>, 'type'>

/**
 * Builds the variables of `env` in a model, by the type of what they may hold: `variable.port({ default: '8080' })`. The
 * name of one is upper case letters, digits and _ (POSIX.1-2017, XBD 8.1). Every value is text, as in the environment.
 *
 * What may be said of each: `default`, which the script takes when the variable is absent; `required`, so that a run
 * without it is refused; `secret`, so that no message shows it; `value`, which the supervisor gives it; `doc`, one sentence.
 * They throw nothing: what the type does not allow is found when the model is compiled.
 */
export const variable = {
  /** A TCP port: 1 to 65535. */
  port: (about: PlainInput = {}): Input => ({ type: 'port', ...about }),
  /** One to 16 hosts, separated by commas: a name, IPv4 or [IPv6], each with an optional :port, or a bare IPv6. */
  host_list: (about: PlainInput = {}): Input => ({ type: 'host_list', ...about }),
  /** The name of a PostgreSQL role: 1 to 63 bytes (NAMEDATALEN less one) without control characters. */
  role: (about: PlainInput = {}): Input => ({ type: 'role', ...about }),
  /** A system user other than root: up to 32 of a-z 0-9 _ -, first a letter or _, and perhaps a $ at the end. */
  user_name: (about: PlainInput = {}): Input => ({ type: 'user_name', ...about }),
  /** A path of up to 1000 bytes that has no '..' and no control characters and does not start with -. */
  path: (about: PlainInput = {}): Input => ({ type: 'path', ...about }),
  /** A path that starts with /. */
  absolute_path: (about: PlainInput = {}): Input => ({ type: 'absolute_path', ...about }),
  /** An http or https URL without user or fragment, of letters, digits and -._~:/?@&+,;=%. */
  url: (about: PlainInput = {}): Input => ({ type: 'url', ...about }),
  /** disable, allow, prefer, require, verify-ca or verify-full (libpq, "SSL Support"). */
  ssl_mode: (about: PlainInput = {}): Input => ({ type: 'ssl_mode', ...about }),
  /** on or off. */
  flag: (about: PlainInput = {}): Input => ({ type: 'flag', ...about }),
  /** One line of up to 1024 bytes without control characters. */
  text: (about: PlainInput = {}): Input => ({ type: 'text', ...about }),
  /** A whole number from `min` to `max`: nine decimal digits at most, no sign. */
  integer: (about: LimitedInput): Input => ({ type: 'integer', ...about }),
  /** Whole seconds from `min` to `max`, as an integer. */
  seconds: (about: LimitedInput): Input => ({ type: 'seconds', ...about }),
  /** One of `words`, each of letters, digits, _ . and -. */
  choice: (about: ChoiceInput): Input => ({ type: 'choice', ...about }),
} as const

/**
 * The contract of a model: the script's own variables, then the user's in the order of their names. `docs` are the
 * comments above these, by name.
 */
export function listContract(
  env: Readonly<Record<string, UserVariable>>,
  docs: Readonly<Record<string, string>> = {},
): ContractVariable[] {
  const own = Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...builtinVariables, ...own.map(([name, given]) => toContractVariable(name, given, docs[name]))]
}

function toContractVariable(name: string, given: UserVariable, doc?: string): ContractVariable {
  return {
    name,
    type: typeOf(given),
    required: given.required,
    ...(given.default === undefined ? {} : { default: given.default }),
    setBy: 'operator',
    secret: given.secret,
    doc: given.doc ?? doc ?? '',
  }
}

/**
 * Why a variable of the user's own cannot have this name, or undefined: the script has it, the shell or the
 * system gives it a meaning, or libpq would let it lead the replica to another server.
 */
export function whyTaken(name: string): string | undefined {
  if (builtinVariables.some((variable) => variable.name === name)) return 'a variable of the script itself'
  if (ambientVariables.includes(name)) return 'read by the script, with the meaning that it has everywhere'
  if (shellNames.test(name)) return 'a variable that shells or the system loader give a meaning'
  if (/^PG/.test(name) && !libpqNames.test(name)) {
    return 'not among the variables of libpq that may reach it: it could lead the replica to another server'
  }
  return undefined
}

// POSIX XBD 8.3 and XCU 2.5.3, what bash and zsh hold read-only, and the loader's.
const shellNames =
  /^(_+|ENV|FCEDIT|HIST\w*|IFS|LANG|LANGUAGE|LC_\w+|LINENO|MAIL\w*|NLSPATH|OLDPWD|OPTARG|OPTERR|OPTIND|PPID|PS[1-4]|PWD|RANDOM|SECONDS|SHELL|SHELLOPTS|BASH\w*|E?[UG]ID|USERNAME|GROUPS|DIRSTACK|FUNCNAME|POSIXLY_CORRECT|CDPATH|LD_\w+|GCONV_PATH)$/

// They say how to reach the server that the contract names, and never which one (libpq, "Environment Variables").
const libpqNames =
  /^PG(GSSDELEGATION|GSSLIB|KRBSRVNAME|REQUIREPEER|SSLCERTMODE|SSLCOMPRESSION|SSLCRLDIR|SSLMAXPROTOCOLVERSION|SSLSNI)$/

function typeOf(given: UserVariable): ContractType {
  switch (given.type) {
    case 'integer':
    case 'seconds':
      return types[given.type]({ min: given.min, max: given.max })
    case 'choice':
      return types.choice(given.words)
    default:
      return types[given.type]
  }
}
