import { z } from 'zod'
import { parseNetwork } from './network.js'

// A longer identifier is cut by the server and so never equals what stands here (NAMEDATALEN is 64).
const isName = (text: string) => /^[^\p{Cc}\p{Cs}]+$/u.test(text) && Buffer.byteLength(text) <= 63
const nameError = 'a name has 1 to 63 bytes and no control characters'
// From 16 on a leading slash makes a regular expression, before it is a plain letter: one line, two meanings.
const noSlash = (text: string) => !text.startsWith('/')
const slashError = 'a name that starts with / means different things before and since PostgreSQL 16'

const literalName = z
  .strictObject({
    name: z
      .string()
      .refine(isName, nameError)
      .refine(noSlash, slashError)
      .describe('A name, also if it is a keyword'),
  })
  .describe('A name that is no keyword, whatever it is')

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

const accessMethods = [
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

const proof = {
  method: z
    .enum(accessMethods)
    .optional()
    .describe('How the client proves who it is; scram-sha-256 where every major of the model knows it'),
  options: z
    .record(z.string().regex(/^[a-z_]+$/), z.string().regex(/^[^\p{Cc}\p{Cs}]*$/u))
    .optional()
    .describe("Options of the method, as ldapserver for 'ldap'"),
}

const common = {
  database: names
    .default('all')
    .describe(
      'Database or databases: all, sameuser, samerole, replication, or a name; { name } is a name always',
    ),
  user: names.default('all').describe('Role or roles: all, +group, or a name; { name } is a name always'),
  ...proof,
}

const from = z
  .string()
  .refine((text) => parseNetwork(text) !== undefined, {
    error: 'expected 10.0.0.0/8, fd00::/8, an address, a host name, all, samenet or samehost',
  })
  .describe('Where the client comes from')

const local = z
  .strictObject({ type: z.literal('local').describe('Over a Unix socket'), ...common })
  .describe('Who may connect over a Unix socket')
const host = z
  .strictObject({
    type: z
      .enum(['host', 'hostssl', 'hostnossl'])
      .describe('Over TCP. hostssl: with TLS only; hostnossl: without TLS only'),
    ...common,
    from,
  })
  .describe('Who may connect over TCP, and from where')

const replication = z
  .strictObject({
    type: z.literal('replication').describe('Replication, with TLS where master.tls demands it'),
    from,
    user: names
      .optional()
      .describe('Role or roles that may replicate; by default master.role, as other replicas of this model'),
    ...proof,
  })
  .describe('Who may stream from the replica, or copy it, and from where')

/** What stands in `access`: a line of pg_hba.conf, or who may replicate, whose line follows from the master's login. */
const accessEntrySchema = z.discriminatedUnion('type', [local, host, replication])

export type AccessEntry = z.infer<typeof accessEntrySchema>

/** Lines of pg_hba.conf (PostgreSQL, "The pg_hba.conf File"). */
export const accessRulesSchema = z.array(z.discriminatedUnion('type', [local, host]))

export type AccessRule = z.infer<typeof accessRulesSchema>[number]
export type AccessName = z.infer<typeof name>
export type AccessMethod = (typeof accessMethods)[number]

// The client networks of a private address plan, IPv4 (RFC 1918) and IPv6 (RFC 4193). Not `samenet`: it
// means the networks of the agent that the task happens to run on, so access would change with the agent.
// Not `all`: an agent with a public address would offer its log-in to the whole world.
export const privateNetworks = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'] as const

/** Where replicas are, and copies of them, while nobody says it: on the same host, or in a private network. */
export const replicaNetworks = ['127.0.0.1/32', '::1/128', ...privateNetworks] as const

/** The model's own access rules; they come first in the file, where the first line that matches decides. */
export const accessSchema = z
  .array(accessEntrySchema)
  .default(privateNetworks.map((network) => hostRule('all', 'all', network)))
  .describe(
    'Who may connect to the replica: lines of its pg_hba.conf, in the order in which the server tries them; and who may replicate from it, which is nobody unless it is said here, or run.from is replica',
  )

/** The rules of a whole pg_hba.conf, in the order in which the server tries them. */
export interface AccessGroup {
  readonly title: string
  readonly rules: readonly AccessRule[]
}

/**
 * Adds to the model's rules those that every replica node has, for this agent itself, and the lines for replicas that
 * stream from this one, if there are any.
 */
export function completeAccess(
  rules: readonly AccessRule[],
  replicas: readonly AccessRule[] = [],
): AccessGroup[] {
  return [
    { title: 'Set in the model (access)', rules },
    { title: 'This agent', rules: [{ type: 'local', database: 'all', user: 'all' }, ...loopbackRules()] },
    { title: 'Replicas that stream from this one, and copies of it (master.role)', rules: replicas },
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
