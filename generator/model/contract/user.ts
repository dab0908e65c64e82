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

const plain = z
  .strictObject({ type: z.enum(plainTypes).describe(typeDoc), ...common })
  .describe('A variable of a type that has no limits of its own')
const limited = z
  .strictObject({
    type: z.enum(['integer', 'seconds']).describe(typeDoc),
    min: limit.describe('The least, for integer and seconds'),
    max: limit.describe('The most, for integer and seconds'),
    ...common,
  })
  .describe('A variable that holds a whole number')
const choice = z
  .strictObject({
    type: z.literal('choice').describe(typeDoc),
    words: choiceWords.describe('The words to choose from, for choice'),
    ...common,
  })
  .describe('A variable that holds one of a few words')

/** A variable of the user's own: its type, and what is said of it. */
const userVariableSchema = z
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
  .describe('Variables of your own by name, each made by `variable`, for steps of your own')

export type UserVariable = z.infer<typeof userVariableSchema>
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
