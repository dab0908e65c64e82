import { z } from 'zod'
import { parseNetwork } from './network.js'

// A longer identifier is cut by the server and so never equals what stands here (NAMEDATALEN is 64).
const isName = (text: string) => /^[^\p{Cc}\p{Cs}]+$/u.test(text) && Buffer.byteLength(text) <= 63
const nameError = 'a name has 1 to 63 bytes and no control characters'
// From 16 on a leading slash makes a regular expression, before it is a plain letter: one line, two meanings.
const noSlash = (text: string) => !text.startsWith('/')
const slashError = 'a name that starts with / means different things before and since PostgreSQL 16'

const literalName = z.strictObject({
  name: z.string().refine(isName, nameError).refine(noSlash, slashError),
})

const name = z.union([
  z
    .string()
    .refine((text) => isName(text.replace(/^\+/, '')), nameError)
    .refine(noSlash, slashError)
    .refine(
      (text) => !text.startsWith('@'),
      'a leading @ would read a file on the agent; meant literally: { name }',
    ),
  literalName,
])

const names = z.union([name, z.array(name).min(1)])

export const accessMethods = [
  'scram-sha-256',
  'md5',
  'password',
  'trust',
  'reject',
  'peer',
  'ident',
  'gss',
  'ldap',
  'radius',
  'cert',
  'pam',
  'oauth',
] as const

const common = {
  database: names
    .default('all')
    .describe(
      'Database or databases: all, sameuser, samerole, replication, or a name; { name } is a name always',
    ),
  user: names.default('all').describe('Role or roles: all, +group, or a name; { name } is a name always'),
  method: z
    .enum(accessMethods)
    .optional()
    .describe('How the client proves who it is; scram-sha-256 where every major of the model knows it'),
  options: z
    .record(z.string().regex(/^[a-z_]+$/), z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u))
    .optional()
    .describe("Options of the method, as ldapserver for 'ldap'"),
}

const from = z
  .string()
  .refine((text) => parseNetwork(text) !== undefined, {
    error: 'expected 10.0.0.0/8, fd00::/8, an address, a host name, all, samenet or samehost',
  })
  .describe('Where the client comes from')

const local = z.strictObject({ type: z.literal('local'), ...common })
const host = z.strictObject({ type: z.enum(['host', 'hostssl', 'hostnossl']), ...common, from })

/** One line of pg_hba.conf (PostgreSQL, "The pg_hba.conf File"). */
export const accessRuleSchema = z.discriminatedUnion('type', [local, host])

export type AccessRule = z.infer<typeof accessRuleSchema>
export type AccessName = z.infer<typeof name>
export type AccessMethod = (typeof accessMethods)[number]

/** What a model may write in `access`: a rule as `allow` and `deny` return it. */
export type AccessInput = z.input<typeof accessRuleSchema>
type LocalInput = z.input<typeof local>
type HostInput = z.input<typeof host>
type Unless<T, K extends string> = Omit<T, K | 'type'>

// The client networks of a private address plan, IPv4 (RFC 1918) and IPv6 (RFC 4193). Not `samenet`: it
// means the networks of the agent that the task happens to run on, so access would change with the agent.
// Not `all`: an agent with a public address would offer its log-in to the whole world.
export const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] as const

/** Where replicas are, and copies of them, while nobody says it: on the same host, or in a private network. */
export const replicaNetworks = ['127.0.0.1/32', '::1/128', ...privateNetworks] as const

/** The model's own access rules; they come first in the file, where the first line that matches decides. */
export const accessSchema = z
  .array(accessRuleSchema)
  .default(privateNetworks.map((network) => hostRule('all', 'all', network)))
  .describe('Lines of pg_hba.conf for the clients of the replica')

/**
 * Access rules that let clients in: for `access` of a model, in the order in which the server tries them (PostgreSQL,
 * "The pg_hba.conf File"). What may be said of each: `database` and `user` (both 'all' by default; several as a list;
 * `{ name }` where a keyword is meant as a name), `method` (scram-sha-256 by default) with its `options`, and but for
 * `local` also `from`: '10.0.0.0/8', 'fd00::/8', an address, a host name, 'all', 'samenet' or 'samehost'.
 *
 * The literal that was given comes back with its `type` added, so that its place is kept; one that is used twice, or is
 * frozen, is copied. They throw nothing: a wrong value is found when the model is compiled.
 */
export const allow = {
  /** Over a Unix socket. */
  local: (rule: Unless<LocalInput, never>): LocalInput => stamp(rule, { type: 'local' }),
  /** Over TCP, with TLS or without. */
  host: (rule: Unless<HostInput, never>): HostInput => stamp(rule, { type: 'host' }),
  /** Over TCP with TLS only. */
  hostssl: (rule: Unless<HostInput, never>): HostInput => stamp(rule, { type: 'hostssl' }),
  /** Over TCP without TLS only. */
  hostnossl: (rule: Unless<HostInput, never>): HostInput => stamp(rule, { type: 'hostnossl' }),
} as const

/**
 * Access rules that turn clients away, whatever they know: as those of `allow`, with the method `reject` (PostgreSQL,
 * "The pg_hba.conf File"). The first rule that matches decides, so a denial stands before what allows more.
 */
export const deny = {
  /** Over a Unix socket. */
  local: (rule: Unless<LocalInput, 'method' | 'options'>): LocalInput =>
    stamp(rule, { type: 'local', method: 'reject' }),
  /** Over TCP, with TLS or without. */
  host: (rule: Unless<HostInput, 'method' | 'options'>): HostInput =>
    stamp(rule, { type: 'host', method: 'reject' }),
  /** Over TCP with TLS. */
  hostssl: (rule: Unless<HostInput, 'method' | 'options'>): HostInput =>
    stamp(rule, { type: 'hostssl', method: 'reject' }),
  /** Over TCP without TLS. */
  hostnossl: (rule: Unless<HostInput, 'method' | 'options'>): HostInput =>
    stamp(rule, { type: 'hostnossl', method: 'reject' }),
} as const

/** The rules of a whole pg_hba.conf, in the order in which the server tries them. */
export interface AccessGroup {
  readonly title: string
  readonly rules: readonly AccessRule[]
}

/**
 * Adds to the model's rules those that every replica node has: this agent itself, and `role` for replicas
 * that stream from this one. A model with a replication rule of its own gets no network one from here.
 */
export function completeAccess(rules: readonly AccessRule[], role: string): AccessGroup[] {
  const isOwn = rules.some((rule) => listNames(rule.database).includes('replication'))
  const networks = isOwn ? ['127.0.0.1/32', '::1/128'] : replicaNetworks
  return [
    { title: 'Clients (access in the model)', rules },
    { title: 'This agent', rules: [{ type: 'local', database: 'all', user: 'all' }, ...loopbackRules()] },
    {
      title: 'Replicas that stream from this one, and copies of it (POSTGRES_REPUSER)',
      rules: networks.map((network) => hostRule('replication', { name: role }, network)),
    },
  ]
}

/** The names of a database or user column as a list. */
export function listNames(names: AccessName | readonly AccessName[]): readonly AccessName[] {
  return isList(names) ? names : [names]
}

function isList(names: AccessName | readonly AccessName[]): names is readonly AccessName[] {
  return Array.isArray(names)
}

function loopbackRules(): AccessRule[] {
  return [hostRule('all', 'all', '127.0.0.1/32'), hostRule('all', 'all', '::1/128')]
}

function hostRule(database: AccessName, user: AccessName, from: string): AccessRule {
  return { type: 'host', database, user, from }
}

// A literal that is used twice, or is frozen, is copied: its second use must not change its first, nor must
// the `reject` of a denial stay in what is allowed later.
function stamp<T extends object, const S extends object>(rule: T, fixed: S): T & S {
  if (!('type' in rule) && Object.isExtensible(rule)) return remember(Object.assign(rule, fixed), fixed)
  const { method, ...rest } = rule as T & { method?: unknown }
  const kept = method === undefined || denied.has(rule) ? rest : { method, ...rest }
  return remember({ ...(kept as T), ...fixed }, fixed)
}

const denied = new WeakSet<object>()

function remember<T extends object>(rule: T, fixed: object): T {
  if ('method' in fixed) denied.add(rule)
  return rule
}
