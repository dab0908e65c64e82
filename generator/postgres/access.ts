import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { listOptionFaults } from './access-options.js'
import { judgeOrder } from './access-order.js'
import type { AccessMethod, AccessRule } from './access-schema.js'
import { parseNetwork } from './network.js'

/** What the access rules are judged with: the settings of the model, of its majors. */
export interface AccessContext {
  readonly majors: readonly number[]
  /** `ssl` is on. */
  readonly hasSsl: boolean
  /** There is an ssl_ca_file, by which certificates of clients can be judged. */
  readonly hasCa: boolean
  /** oauth_validator_libraries */
  readonly validators: readonly string[]
}

/**
 * Judges the access rules of a model. A line that the server cannot load keeps it from starting
 * (hba.c, parse_hba_line); one that it loads may still mean less, or more, than it seems to.
 */
export function judgeAccess(rules: readonly AccessRule[], context: AccessContext): Diagnostic[] {
  return [
    ...rules.flatMap((rule, index) => {
      const path = pathTo`access.${index}`
      return [
        ...judgeMethod(rule, path, context),
        ...judgeOptions(rule, path, context),
        ...judgeReach(rule, path, context),
      ]
    }),
    ...judgeOrder(rules),
  ]
}

/** The method of a rule that names none: scram-sha-256, unless a major of the model is older than it. */
export function defaultMethod(majors: readonly number[]): AccessMethod {
  return majors.some((major) => major < 10) ? 'md5' : 'scram-sha-256'
}

function judgeMethod(rule: AccessRule, path: ModelPath, { majors }: AccessContext): Diagnostic[] {
  const { method } = rule
  if (method === undefined) return []
  const report = (message: string): Diagnostic[] => [
    { code: 'E_ACCESS_METHOD', path: pathTo`${path}.method`, message },
  ]
  const limit = methodLimits[method]
  if (limit?.types !== undefined && !limit.types.includes(rule.type)) {
    return report(
      `${method} works only in lines of type ${limit.types.join(', ')}; the server refuses the file`,
    )
  }
  const since = limit?.since
  const old = since === undefined ? [] : majors.filter((major) => major < since)
  if (since === undefined || old.length === 0) return []
  return report(`${method} exists since PostgreSQL ${since}; a server of ${old.join(', ')} refuses the file`)
}

function judgeOptions(
  rule: AccessRule,
  path: ModelPath,
  { majors, validators }: AccessContext,
): Diagnostic[] {
  const method = rule.method ?? defaultMethod(majors)
  return listOptionFaults(rule, { method, majors, validators }).map(({ name, reason }): Diagnostic => {
    const what = name === undefined ? method : `option ${name}`
    const at = name === undefined ? pathTo`method` : pathTo`options.${name}`
    const message = `${what}: ${reason}; the server refuses the file`
    return { code: 'E_ACCESS_OPTION', path: [...path, ...at], message }
  })
}

function judgeReach(rule: AccessRule, path: ModelPath, context: AccessContext): Diagnostic[] {
  const found: Diagnostic[] = []
  const warn = (code: `W_${string}`, at: ModelPath, message: string, hint?: string) =>
    found.push({ code, path: [...path, ...at], message, ...(hint === undefined ? {} : { hint }) })
  if (rule.options?.map !== undefined) {
    const message = `nobody is in the map ${rule.options.map}, unless you publish a pg_ident.conf beside pg_hba.conf, or it comes along with the clone: none is printed`
    warn('W_ACCESS_MAP', pathTo`options.map`, message)
  }
  if (rule.type === 'local') {
    warn(
      'W_ACCESS_LOCAL',
      pathTo`type`,
      'no client ever matches a local line: the one socket is a door for run_rep.sh alone',
    )
    return found
  }
  const network = parseNetwork(rule.from)
  if (network?.kind === 'range' && network.hasHostBits) {
    warn('W_ACCESS_NETWORK', pathTo`from`, `${rule.from} has bits behind its mask, which PostgreSQL ignores`)
  }
  const isNear = (network?.kind === 'range' && network.isLoopback) || rule.from === 'samehost'
  if (rule.method === 'trust' && !isNear) {
    const message = `trust lets everybody from ${rule.from} in as any role of this rule, with no password`
    warn('W_ACCESS_TRUST', pathTo`method`, message, 'use scram-sha-256')
  }
  if (rule.method === 'password' && rule.type !== 'hostssl' && !isNear) {
    const message = 'password sends the password in clear text over the network'
    warn('W_ACCESS_CLEAR', pathTo`method`, message, 'use scram-sha-256 or allow.hostssl')
  }
  if (rule.type !== 'hostssl') return found
  if (!context.hasSsl) {
    const hint = 'set postgresql.settings.ssl and its certificate files'
    warn('W_ACCESS_SSL', pathTo`type`, 'no client ever matches a hostssl line while ssl is off', hint)
  } else if (!context.hasCa && wantsCertificate(rule)) {
    const at = rule.method === 'cert' ? pathTo`method` : pathTo`options.clientcert`
    const message =
      'no certificate of a client can be verified without ssl_ca_file, so nobody gets in by this line'
    warn('W_ACCESS_CERT', at, message, 'set postgresql.settings.ssl_ca_file')
  }
  return found
}

function wantsCertificate({ method, options }: AccessRule): boolean {
  const { clientcert = '0' } = options ?? {}
  return method === 'cert' || !['0', 'no-verify'].includes(clientcert)
}

interface Limit {
  readonly types?: readonly AccessRule['type'][]
  readonly since?: number
}

const methodLimits: Partial<Record<AccessMethod, Limit>> = {
  'scram-sha-256': { since: 10 },
  peer: { types: ['local'] },
  cert: { types: ['hostssl'] },
  gss: { types: ['host', 'hostssl', 'hostnossl'] },
  oauth: { since: 18 },
}
