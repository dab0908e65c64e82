import type { Diagnostic } from '../compile/diagnostic.js'
import type { AccessMethod, AccessRule } from '../model/access.js'
import { parseNetwork } from './network.js'

/** What the access rules are judged with. */
export interface AccessContext {
  readonly majors: readonly number[]
  /** `ssl` is on in the settings of the model. */
  readonly hasSsl: boolean
}

/**
 * Judges the access rules of a model. A line that the server cannot load keeps it from starting
 * (hba.c, parse_hba_line); one that it loads may still mean less, or more, than it seems to.
 */
export function judgeAccess(rules: readonly AccessRule[], context: AccessContext): Diagnostic[] {
  return rules.flatMap((rule, index) => {
    const path = `access.${index}`
    return [
      ...judgeMethod(rule, path, context),
      ...judgeOptions(rule, path, context),
      ...judgeReach(rule, path, context),
    ]
  })
}

/** The method of a rule that names none: scram-sha-256, unless a major of the model is older than it. */
export function defaultMethod(majors: readonly number[]): AccessMethod {
  return majors.some((major) => major < 10) ? 'md5' : 'scram-sha-256'
}

function judgeMethod(rule: AccessRule, path: string, { majors }: AccessContext): Diagnostic[] {
  const { method } = rule
  if (method === undefined) return []
  const report = (message: string): Diagnostic[] => [
    { code: 'E_ACCESS_METHOD', path: `${path}.method`, message },
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

function judgeOptions(rule: AccessRule, path: string, { majors }: AccessContext): Diagnostic[] {
  return Object.keys(rule.options ?? {}).flatMap((name): Diagnostic[] => {
    const reason = refuseOption(rule, name, majors)
    if (reason === undefined) return []
    const message = `option ${name}: ${reason}; the server refuses the file`
    return [{ code: 'E_ACCESS_OPTION', path: `${path}.options.${name}`, message }]
  })
}

function refuseOption(rule: AccessRule, name: string, majors: readonly number[]): string | undefined {
  const limit = optionLimits.find((entry) => entry.name.test(name))
  if (limit === undefined) return 'not an option of pg_hba.conf'
  const method = rule.method ?? defaultMethod(majors)
  if (limit.methods !== undefined && !limit.methods.includes(method)) return `not an option of ${method}`
  if (limit.types !== undefined && !limit.types.includes(rule.type))
    return `not for lines of type ${rule.type}`
  const since = limit.since ?? 0
  const old = majors.filter((major) => major < since)
  return old.length === 0 ? undefined : `exists since PostgreSQL ${since}, the model wants ${old.join(', ')}`
}

function judgeReach(rule: AccessRule, path: string, { hasSsl }: AccessContext): Diagnostic[] {
  if (rule.type === 'local') return []
  const found: Diagnostic[] = []
  const network = parseNetwork(rule.from)
  if (network?.kind === 'range' && network.hasHostBits) {
    const message = `${rule.from} has bits behind its mask, which PostgreSQL ignores`
    found.push({ code: 'W_ACCESS_NETWORK', path: `${path}.from`, message })
  }
  const isNear = (network?.kind === 'range' && network.isLoopback) || rule.from === 'samehost'
  if (rule.method === 'trust' && !isNear) {
    const message = `trust lets everybody from ${rule.from} in as any role of this rule, with no password`
    found.push({ code: 'W_ACCESS_TRUST', path: `${path}.method`, message, hint: 'use scram-sha-256' })
  }
  if (rule.method === 'password' && rule.type !== 'hostssl' && !isNear) {
    const message = 'password sends the password in clear text over the network'
    found.push({
      code: 'W_ACCESS_CLEAR',
      path: `${path}.method`,
      message,
      hint: 'use scram-sha-256 or allow.hostssl',
    })
  }
  if (rule.type === 'hostssl' && !hasSsl) {
    const message = 'no client ever matches a hostssl line while ssl is off'
    const hint = 'set postgresql.settings.ssl and its certificate files'
    found.push({ code: 'W_ACCESS_SSL', path: `${path}.type`, message, hint })
  }
  return found
}

interface Limit {
  readonly types?: readonly AccessRule['type'][]
  readonly methods?: readonly AccessMethod[]
  readonly since?: number
}

const methodLimits: Partial<Record<AccessMethod, Limit>> = {
  'scram-sha-256': { since: 10 },
  peer: { types: ['local'] },
  cert: { types: ['hostssl'] },
  gss: { types: ['host', 'hostssl', 'hostnossl'] },
  oauth: { since: 18 },
}

// parse_hba_auth_opt in hba.c
const optionLimits: readonly (Limit & { readonly name: RegExp })[] = [
  { name: /^map$/, methods: ['ident', 'peer', 'gss', 'cert', 'oauth'] },
  { name: /^clientcert$/, types: ['hostssl'] },
  { name: /^clientname$/, types: ['hostssl'], since: 14 },
  { name: /^pamservice$/, methods: ['pam'] },
  { name: /^pam_use_hostname$/, methods: ['pam'], since: 9.6 },
  { name: /^ldap[a-z]+$/, methods: ['ldap'] },
  { name: /^(krb_realm|include_realm)$/, methods: ['gss'] },
  { name: /^radius(servers|ports|secrets|identifiers)$/, methods: ['radius'], since: 10 },
  { name: /^radius(server|port|secret|identifier)$/, methods: ['radius'] },
  { name: /^(issuer|scope|validator|delegate_ident_mapping)$/, methods: ['oauth'], since: 18 },
]
