import type { AccessMethod, AccessRule } from './access-schema.js'

/** An option of a rule that no server could load, or one that is missing; both keep it from starting. */
export interface OptionFault {
  /** The option; undefined where one is missing. */
  readonly name?: string
  readonly reason: string
}

/** What the options of a rule are judged with. */
export interface OptionContext {
  /** The method, also of a rule that names none. */
  readonly method: AccessMethod
  readonly majors: readonly number[]
  /** oauth_validator_libraries */
  readonly validators: readonly string[]
}

/** Judges the options of a rule, one by one and together, as parse_hba_line in hba.c does. */
export function listOptionFaults(rule: AccessRule, context: OptionContext): OptionFault[] {
  const options = rule.options ?? {}
  const found = Object.entries(options).flatMap(([name, value]): OptionFault[] => {
    const reason = refuseOption(rule, { name, value }, context)
    return reason === undefined ? [] : [{ name, reason }]
  })
  return found.length > 0 ? found : listTogether(options, context)
}

type Options = Readonly<Record<string, string>>

function refuseOption(
  rule: AccessRule,
  { name, value }: { readonly name: string; readonly value: string },
  { method, majors }: OptionContext,
): string | undefined {
  const limit = optionLimits.find((entry) => entry.names.includes(name))
  if (limit === undefined) return 'not an option of pg_hba.conf'
  const { methods, types, since = 0, until = Number.POSITIVE_INFINITY, words } = limit
  if (methods !== undefined && !methods.includes(method)) return `not an option of ${method}`
  if (types !== undefined && !types.includes(rule.type)) return `not for lines of type ${rule.type}`
  const old = majors.filter((major) => major < since)
  if (old.length > 0) return `exists since PostgreSQL ${since}, the model wants ${old.join(', ')}`
  const late = majors.filter((major) => major > until)
  if (late.length > 0) return `exists until PostgreSQL ${until}, the model wants ${late.join(', ')}`
  if (limit.isPorts && !value.split(',').every((port) => /^\s*[1-9]\d*\s*$/.test(port)))
    return 'it is the number of a port'
  const wrong = majors.find((major) => words?.(major, method).includes(value) === false)
  return wrong === undefined
    ? undefined
    : `in PostgreSQL ${wrong} it is ${words?.(wrong, method).join(' or ')}, not ${value || 'empty'}`
}

interface OptionLimit {
  readonly names: readonly string[]
  readonly methods?: readonly AccessMethod[]
  readonly types?: readonly AccessRule['type'][]
  readonly since?: number
  readonly until?: number
  readonly isPorts?: true
  readonly words?: (major: number, method: AccessMethod) => readonly string[]
}

// parse_hba_auth_opt in hba.c
const optionLimits: readonly OptionLimit[] = [
  { names: ['map'], methods: ['ident', 'peer', 'gss', 'cert', 'oauth'] },
  { names: ['clientcert'], types: ['hostssl'], words: listCertWords },
  { names: ['clientname'], types: ['hostssl'], since: 14, words: () => ['CN', 'DN'] },
  { names: ['pamservice'], methods: ['pam'] },
  { names: ['pam_use_hostname'], methods: ['pam'], since: 9.6 },
  {
    names: ['ldapserver', 'ldaptls', 'ldapprefix', 'ldapsuffix', 'ldapbasedn', 'ldapbinddn'],
    methods: ['ldap'],
  },
  { names: ['ldapbindpasswd', 'ldapsearchattribute', 'ldapurl'], methods: ['ldap'] },
  { names: ['ldapport'], methods: ['ldap'], isPorts: true },
  { names: ['ldapscheme', 'ldapsearchfilter'], methods: ['ldap'], since: 11 },
  { names: ['krb_realm', 'include_realm'], methods: ['gss'] },
  { names: ['radiusservers', 'radiussecrets', 'radiusidentifiers'], methods: ['radius'], since: 10 },
  { names: ['radiusports'], methods: ['radius'], since: 10, isPorts: true },
  {
    names: ['radiusserver', 'radiusport', 'radiussecret', 'radiusidentifier'],
    methods: ['radius'],
    until: 9.6,
  },
  { names: ['issuer', 'scope', 'validator', 'delegate_ident_mapping'], methods: ['oauth'], since: 18 },
]

// Before 12 every other word is taken for 0, so that no certificate would be asked for.
function listCertWords(major: number, method: AccessMethod): string[] {
  if (major >= 14) return method === 'cert' ? ['verify-full'] : ['verify-ca', 'verify-full']
  if (major < 12) return method === 'cert' ? ['1'] : ['1', '0']
  return method === 'cert'
    ? ['1', 'verify-ca', 'verify-full']
    : ['1', '0', 'no-verify', 'verify-ca', 'verify-full']
}

function listTogether(options: Options, { method, majors, validators }: OptionContext): OptionFault[] {
  switch (method) {
    case 'ldap':
      return listLdap(options, majors)
    case 'radius':
      return listRadius(options, majors)
    case 'oauth':
      return listOauth(options, validators)
    default:
      return []
  }
}

function listLdap(options: Options, majors: readonly number[]): OptionFault[] {
  const { ldapurl } = options
  const url = ldapurl === undefined ? undefined : /^ldaps?:\/\/([^/?]*)(?:\/([^?]*))?/i.exec(ldapurl)
  if (url === null) return [{ name: 'ldapurl', reason: 'it is ldap://host/base, or with ldaps' }]
  const has = (name: string) => (options[name] ?? '') !== ''
  const hasBase = has('ldapbasedn') || (url?.[2] ?? '') !== ''
  // OpenLDAP finds a server by DNS since 12.
  if (!has('ldapserver') && (url?.[1] ?? '') === '' && majors.some((major) => major < 12)) {
    return [missing('ldapserver')]
  }
  const prefix = ['ldapprefix', 'ldapsuffix'].find((name) => Object.hasOwn(options, name))
  if (prefix === undefined && !hasBase) return [missing('ldapbasedn, or ldapprefix or ldapsuffix,')]
  const search = ['ldapbasedn', 'ldapbinddn', 'ldapbindpasswd', 'ldapsearchattribute', 'ldapsearchfilter']
  const other = search.find((name) => Object.hasOwn(options, name)) ?? (hasBase ? 'ldapurl' : undefined)
  if (prefix !== undefined && other !== undefined) return [{ name: other, reason: `not beside ${prefix}` }]
  return has('ldapsearchattribute') && has('ldapsearchfilter')
    ? [{ name: 'ldapsearchfilter', reason: 'not beside ldapsearchattribute' }]
    : []
}

function listRadius(options: Options, majors: readonly number[]): OptionFault[] {
  if (majors.some((major) => major < 10)) return []
  const lacking = ['radiusservers', 'radiussecrets'].find((name) => (options[name] ?? '') === '')
  if (lacking !== undefined) return [missing(lacking)]
  const lengthOf = (name: string) => (options[name] ?? '').split(',').length
  const servers = lengthOf('radiusservers')
  const odd = ['radiussecrets', 'radiusports', 'radiusidentifiers'].find(
    (name) => (options[name] ?? '') !== '' && ![1, servers].includes(lengthOf(name)),
  )
  return odd === undefined
    ? []
    : [{ name: odd, reason: `it is one, or one for each of ${servers} radiusservers` }]
}

function listOauth(options: Options, validators: readonly string[]): OptionFault[] {
  const lacking = ['scope', 'issuer'].find((name) => !Object.hasOwn(options, name))
  if (lacking !== undefined) return [missing(lacking)]
  const { validator } = options
  if (validators.length === 0) {
    return [{ reason: 'PostgreSQL has no oauth_validator_libraries to judge tokens by' }]
  }
  if (validator === undefined && validators.length > 1) return [missing('validator')]
  if (validator !== undefined && !validators.includes(validator)) {
    return [{ name: 'validator', reason: `it is not among oauth_validator_libraries` }]
  }
  return Object.hasOwn(options, 'map') && options.delegate_ident_mapping === '1'
    ? [{ name: 'map', reason: 'not beside delegate_ident_mapping' }]
    : []
}

function missing(name: string): OptionFault {
  return { reason: `the option ${name} is missing` }
}
