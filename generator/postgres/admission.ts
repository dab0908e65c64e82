import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import { type AccessGroup, type AccessName, type AccessRule, listNames } from './access-schema.js'
import { parseNetwork } from './network.js'

/** Who has to get in by the printed pg_hba.conf, and where the server listens. */
export interface Visitors {
  /** The role that replicates. */
  readonly role: string
  /** The role that `ready` asks for seconds of lag, if any. */
  readonly readyRole: string | undefined
  /** run.listen */
  readonly listen: readonly string[]
  /** Replicas of this model talk TLS to a server that has it. */
  readonly mayUseTls: boolean
}

/**
 * Judges the printed pg_hba.conf, whose first matching line decides (hba.c, check_hba): whoever this model itself
 * makes connect must get in, and a line for clients that no address of the server can take is a mistake.
 */
export function judgeAdmission(groups: readonly AccessGroup[], visitors: Visitors): Diagnostic[] {
  const rules = groups.flatMap((group) => group.rules)
  const own = groups[0]?.rules ?? []
  return [
    ...judgeReadyRole(rules, visitors),
    ...judgeOwnQuestion(rules, visitors),
    ...judgeReplicas(rules, visitors),
    ...judgeListen(own, visitors.listen),
  ]
}

// psql with the password file, over 127.0.0.1, in the database postgres (ready.sh, check_seconds).
function judgeReadyRole(rules: readonly AccessRule[], { readyRole }: Visitors): Diagnostic[] {
  if (readyRole === undefined) return []
  const rule = firstOf(rules, { database: 'postgres', user: readyRole, isFrom: isFromLoopback })
  if (rule === undefined || !isShut(rule)) return []
  const message = `ready.role ${readyRole} must log in from 127.0.0.1, and pg_hba.conf turns it away (${rule.method})`
  return [
    {
      code: 'E_ACCESS_READY',
      path: pathTo`ready.role`,
      message,
      hint: admit('postgres', readyRole, '127.0.0.1/32'),
    },
  ]
}

// Where it may not ask, `ready` reads the title of the walreceiver, which not every agent shows.
function judgeOwnQuestion(rules: readonly AccessRule[], { role }: Visitors): Diagnostic[] {
  const rule = firstOf(rules, { database: 'replication', user: role, isFrom: isFromLoopback })
  if (rule === undefined || !isShut(rule)) return []
  const message = `\`ready\` asks the replica over 127.0.0.1 as ${role}, and pg_hba.conf turns it away (${rule.method})`
  return [
    {
      code: 'W_ACCESS_REPLICATION',
      path: pathTo`access`,
      message,
      hint: admit('replication', role, '127.0.0.1/32'),
    },
  ]
}

// A server with this file is a source for further replicas, or the master of this very model. To let nobody
// replicate is a decision; to let another role do so looks like a mistake.
function judgeReplicas(rules: readonly AccessRule[], { role, mayUseTls }: Visitors): Diagnostic[] {
  const isOpen = (rule: AccessRule) =>
    rule.type !== 'local' && rule.method !== 'reject' && isFromAfar(rule) !== false
  const sources = rules.filter((rule) => isOpen(rule) && listNames(rule.database).includes('replication'))
  const open = sources.filter((rule) => hasUser(rule.user, role) !== false)
  const report = (message: string): Diagnostic[] => [
    {
      code: 'W_ACCESS_REPLICATION',
      path: pathTo`access`,
      message,
      hint: admit('replication', role, '10.0.0.0/8'),
    },
  ]
  if (sources.length > 0 && open.length === 0) {
    return report(`others may replicate from this server, but ${role} (master.role) may not`)
  }
  if (mayUseTls || open.length === 0 || open.some((rule) => rule.type !== 'hostssl')) return []
  return report(`${role} (master.role) may replicate with TLS only, and master.tls is 'disable'`)
}

function judgeListen(rules: readonly AccessRule[], listen: readonly string[]): Diagnostic[] {
  return rules.flatMap((rule, index): Diagnostic[] => {
    if (rule.type === 'local' || rule.method === 'reject') return []
    const network = parseNetwork(rule.from)
    if (network?.kind !== 'range' || listen.some((address) => canTake(address, network))) return []
    const message = `no client from ${rule.from} can reach a server that listens on ${listen.join(', ')} only`
    const hint = 'add an address to run.listen, or take the rule out'
    return [{ code: 'W_ACCESS_LISTEN', path: pathTo`access.${index}.from`, message, hint }]
  })
}

interface Visit {
  readonly database: string
  readonly user: string
  readonly isFrom: (rule: Exclude<AccessRule, { type: 'local' }>) => boolean | undefined
}

// Undefined where it cannot be told which line decides: a group of roles, a host's name.
function firstOf(rules: readonly AccessRule[], visit: Visit): AccessRule | undefined {
  const rule = rules.find((one) => isMatch(one, visit) !== false)
  return rule !== undefined && isMatch(rule, visit) === true ? rule : undefined
}

// True and false only where it is sure.
function isMatch(rule: AccessRule, { database, user, isFrom }: Visit): boolean | undefined {
  if (rule.type === 'local') return false
  // A server whose model has no certificates has no TLS: of hostssl and hostnossl the agent decides.
  const isSure = rule.type === 'host' ? true : undefined
  const parts = [isFrom(rule), hasDatabase(rule.database, database), hasUser(rule.user, user), isSure]
  if (parts.includes(false)) return false
  return parts.includes(undefined) ? undefined : true
}

type Names = AccessName | readonly AccessName[]

// `replication` is no database, so that `all` does not mean it.
function hasDatabase(names: Names, wanted: string): boolean | undefined {
  if (wanted === 'replication') return listNames(names).includes('replication')
  return hasName(names, wanted, /^same/)
}

function hasUser(names: Names, wanted: string): boolean | undefined {
  return hasName(names, wanted, /^\+/)
}

function hasName(names: Names, wanted: string, unsure: RegExp): boolean | undefined {
  const found = listNames(names).map((name): boolean | undefined => {
    if (typeof name !== 'string') return name.name === wanted
    if (name === 'all' || name === wanted) return true
    return unsure.test(name) ? undefined : false
  })
  if (found.includes(true)) return true
  return found.includes(undefined) ? undefined : false
}

function isFromLoopback({ from }: { readonly from: string }): boolean | undefined {
  if (from === 'all' || from === 'samehost' || from === 'samenet') return true
  const network = parseNetwork(from)
  return network?.kind === 'range' ? network.holdsLoopback : undefined
}

function isFromAfar({ from }: { readonly from: string }): boolean | undefined {
  if (from === 'samehost') return false
  const network = parseNetwork(from)
  return network?.kind === 'range' ? !network.isLoopback : true
}

// A password is all that psql has there.
function isShut({ method }: AccessRule): boolean {
  return method !== undefined && ['reject', 'cert', 'gss', 'ident', 'peer', 'oauth'].includes(method)
}

type Range = Extract<NonNullable<ReturnType<typeof parseNetwork>>, { kind: 'range' }>

// Names of hosts are for the agent to resolve.
function canTake(address: string, { family, isLoopback }: Range): boolean {
  if (address === '*') return true
  if (address === '0.0.0.0') return family === 4
  if (address === '::') return family === 6
  if (address === 'localhost') return isLoopback
  const own = parseNetwork(address)
  if (own?.kind !== 'range') return true
  if (own.family !== family) return false
  return isLoopback || !own.isLoopback
}

function admit(database: string, user: string, from: string): string {
  return `put first: allow.host({ database: '${database}', user: { name: ${JSON.stringify(user)} }, from: '${from}' })`
}
