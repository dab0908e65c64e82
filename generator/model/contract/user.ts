import { z } from 'zod'
import { type ContractType, choiceWords, types } from './types.js'
import type { ContractVariable } from './variables.js'

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
  value: z.string().optional().describe('What "env" of marathon.json gives it'),
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

const plain = z.strictObject({ type: z.enum(plainTypes), ...common })
const limited = z.strictObject({ type: z.enum(['integer', 'seconds']), min: limit, max: limit, ...common })
const choice = z.strictObject({ type: z.literal('choice'), words: choiceWords, ...common })

/** A variable of the user's own: its type, and what is said of it. */
export const userVariableSchema = z
  .discriminatedUnion('type', [plain, limited, choice])
  .superRefine((variable, context) => {
    const { schema } = typeOf(variable)
    for (const key of ['default', 'value'] as const) {
      const verdict = schema.safeParse(variable[key] ?? '')
      if (variable[key] === undefined || verdict.success) continue
      context.addIssue({
        code: 'custom',
        path: [key],
        message: verdict.error.issues[0]?.message ?? 'malformed',
      })
    }
    if (variable.required && variable.default !== undefined) {
      context.addIssue({ code: 'custom', path: ['default'], message: 'a required variable has no default' })
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

/** Builds the variables of `env` in a model: `variable.port({ default: '8080', doc: '…' })`. */
export const variable = {
  port: (about: PlainInput = {}): Input => ({ type: 'port', ...about }),
  host_list: (about: PlainInput = {}): Input => ({ type: 'host_list', ...about }),
  role: (about: PlainInput = {}): Input => ({ type: 'role', ...about }),
  user_name: (about: PlainInput = {}): Input => ({ type: 'user_name', ...about }),
  path: (about: PlainInput = {}): Input => ({ type: 'path', ...about }),
  absolute_path: (about: PlainInput = {}): Input => ({ type: 'absolute_path', ...about }),
  url: (about: PlainInput = {}): Input => ({ type: 'url', ...about }),
  ssl_mode: (about: PlainInput = {}): Input => ({ type: 'ssl_mode', ...about }),
  flag: (about: PlainInput = {}): Input => ({ type: 'flag', ...about }),
  text: (about: PlainInput = {}): Input => ({ type: 'text', ...about }),
  integer: (about: LimitedInput): Input => ({ type: 'integer', ...about }),
  seconds: (about: LimitedInput): Input => ({ type: 'seconds', ...about }),
  choice: (about: ChoiceInput): Input => ({ type: 'choice', ...about }),
} as const

/** A user's variable as one of the contract; `doc` is the comment above it, where there is one. */
export function toContractVariable(name: string, given: UserVariable, doc?: string): ContractVariable {
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

function typeOf(given: UserVariable): ContractType {
  switch (given.type) {
    case 'integer':
    case 'seconds':
      return types[given.type]({ min: Math.min(given.min, given.max), max: Math.max(given.min, given.max) })
    case 'choice':
      return types.choice(given.words)
    default:
      return types[given.type]
  }
}
