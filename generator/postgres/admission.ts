import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import { type AccessGroup, type AccessName, type AccessRule, listNames } from './access-schema.js'
import { parseNetwork } from './network.js'

/** Who has to get in by the printed pg_hba.conf, and where the server listens. */
export interface Visitors {
  /** The role that replicates. */
  readonly role: string
  /** run.listen */
  readonly listen: readonly string[]
  /** Whether replicas of this model come with TLS: maybe where their server has it. */
  readonly tls: 'always' | 'maybe' | 'never'
  /** They stream from each other, and the printed file rules. */
  readonly isCascade: boolean
}

/**
 * Judges the printed pg_hba.conf, whose first matching line decides (hba.c, check_hba): replicas of
 * this very model must get in where anybody may replicate, and a line for clients that no address of the server can take
 * is a mistake. The script itself comes by a socket of its own.
 */
export function judgeAdmission(groups: readonly AccessGroup[], visitors: Visitors): Diagnostic[] {
  const rules = groups.flatMap((group) => group.rules)
  const own = groups[0]?.rules ?? []
  return [
    ...judgeReplicas(rules, visitors),
    ...judgePlain(own, visitors),
    ...judgeListen(own, visitors.listen),
  ]
}

// A server with this file is a source for further replicas, or the master of this very model. To let nobody
// replicate is a decision; to let another role do so looks like a mistake.
function judgeReplicas(rules: readonly AccessRule[], { role, tls, isCascade }: Visitors): Diagnostic[] {
  const sources = rules.filter(isSource)
  const open = sources.filter((rule) => hasUser(rule.user, role) !== false)
  const report = (message: string): Diagnostic[] => [
    {
      code: 'W_ACCESS_REPLICATION',
      path: pathTo`access`,
      message,
      hint: "put first: allow.replication({ from: '10.0.0.0/8' })",
    },
  ]
  if (sources.length > 0 && open.length === 0) {
    return report(`others may replicate from this server, but ${role} (master.role) may not`)
  }
  if (isCascade && open.length === 0) {
    return report("run.from is 'replica', and by these rules no replica may stream from another one")
  }
  if (tls !== 'never' || open.length === 0 || open.some((rule) => rule.type !== 'hostssl')) return []
  return report(`${role} (master.role) may replicate with TLS only, and master.tls is 'disable'`)
}

// What is copied is all of the data.
function judgePlain(rules: readonly AccessRule[], { tls }: Visitors): Diagnostic[] {
  if (tls !== 'always') return []
  return rules.flatMap((rule, index): Diagnostic[] => {
    if (!isSource(rule) || rule.type === 'hostssl') return []
    const message =
      'this line lets whoever replicates in without TLS, and master.tls demands it of the master itself'
    const hint = 'use allow.replication, which follows master.tls'
    return [{ code: 'W_ACCESS_REPLICATION', path: pathTo`access.${index}`, message, hint }]
  })
}

// A line by which others may replicate from this server.
function isSource(rule: AccessRule): boolean {
  if (rule.type === 'local' || rule.method === 'reject' || isFromAfar(rule) === false) return false
  return listNames(rule.database).includes('replication')
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

type Names = AccessName | readonly AccessName[]

// Undefined where it cannot be told: a group of roles.
function hasUser(names: Names, wanted: string): boolean | undefined {
  const found = listNames(names).map((name): boolean | undefined => {
    if (typeof name !== 'string') return name.name === wanted
    if (name === 'all' || name === wanted) return true
    return name.startsWith('+') ? undefined : false
  })
  if (found.includes(true)) return true
  return found.includes(undefined) ? undefined : false
}

function isFromAfar({ from }: { readonly from: string }): boolean | undefined {
  if (from === 'samehost') return false
  const network = parseNetwork(from)
  return network?.kind === 'range' ? !network.isLoopback : true
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
