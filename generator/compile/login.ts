import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { hostsOf, pathOfVariable, type Replica, taskEnv, usualReplica } from '../model/replica.js'
import { findLibpqWord, libpqKeywords } from '../postgres/libpq.js'

/** Judges how replicas log in on their master: what libpq refuses or ignores, by major, and who could listen. */
export function judgeLogin(model: Replica): Diagnostic[] {
  const login = readLogin(model)
  const contradictions = rules.flatMap(({ variable, find, hint }): Diagnostic[] => {
    const message = find(login)
    const path = pathOfVariable(model, variable) ?? []
    return message === undefined ? [] : [{ code: 'E_MASTER_TLS', path, message, hint }]
  })
  return [...judgeMajors(model), ...contradictions, ...judgeStranger(model, login)]
}

/** The words by which libpq logs in, wherever the model writes them; what the agent sets nobody knows here. */
interface Login {
  readonly mode: string
  readonly root: string | undefined
  readonly crl: string | undefined
  readonly negotiation: string | undefined
  readonly gss: string | undefined
  readonly binding: string | undefined
  /** Whether the master may ask for a proof by that method. */
  readonly mayAsk: (method: string) => boolean
}

function readLogin(model: Replica): Login {
  const word = readWords(model)
  const root = word('PGSSLROOTCERT')
  const methods = word('PGREQUIREAUTH')?.split(',')
  return {
    // What libpq takes by itself.
    mode: word('PGSSLMODE') ?? (root === 'system' ? 'verify-full' : 'prefer'),
    root,
    crl: word('PGSSLCRL'),
    negotiation: word('PGSSLNEGOTIATION'),
    gss: word('PGGSSENCMODE'),
    binding: word('PGCHANNELBINDING'),
    mayAsk: (method) =>
      methods === undefined ||
      (methods[0]?.startsWith('!') ? !methods.includes(`!${method}`) : methods.includes(method)),
  }
}

function readWords(model: Replica): (variable: string) => string | undefined {
  const env = taskEnv(model)
  return (variable) => {
    const value = Object.hasOwn(env, variable) ? env[variable] : undefined
    return typeof value === 'string' && value !== '' ? value : undefined
  }
}

// The walreceiver's libpq is that of the server, and so of the master's major, whatever psql the agent has.
function judgeMajors(model: Replica): Diagnostic[] {
  const word = readWords(model)
  return Object.entries(libpqKeywords).flatMap(([variable, keyword]): Diagnostic[] => {
    const value = word(variable)
    const known = value === undefined ? undefined : findLibpqWord(keyword, value)
    const old = [...new Set(model.postgresql.majors)].filter((major) => major < (known?.since ?? 0))
    if (!known?.protects || old.length === 0) return []
    const path = pathOfVariable(model, variable) ?? []
    const message = `${keyword}=${value} is supported by libpq since PostgreSQL ${known.since}, but a server of ${old.join(', ')} streams with its own, older libpq`
    const hint = 'take these majors out of postgresql.majors, or do without that protection'
    return [{ code: 'E_MASTER_LIBPQ', path, message, hint }]
  })
}

/**
 * Whether agents take no connection with their master but one with TLS: by its mode, or since a login that is bound to TLS
 * needs one. Beside GSSAPI there is none.
 */
export function demandsTls(model: Replica): boolean {
  const { mode, gss, binding } = readLogin(model)
  if (gss === 'require') return false
  return !isOptional(mode) || (mode === 'prefer' && binding === 'require')
}

/** Whether they never speak TLS. */
export function refusesTls(model: Replica): boolean {
  return readLogin(model).mode === 'disable'
}

/** Whether they show a certificate of their own. */
export function showsCertificate(model: Replica): boolean {
  return readWords(model)('PGSSLCERT') !== undefined
}

interface Rule {
  /** The variable at whose part of the model the finding is. */
  readonly variable: string
  readonly find: (login: Login) => string | undefined
  readonly hint: string
}

// What libpq refuses each time (connectOptions2 in fe-connect.c, check_expected_areq in fe-auth.c), and what it would pass
// over (initialize_SSL in fe-secure-openssl.c).
const rules: readonly Rule[] = [
  {
    variable: 'PGSSLROOTCERT',
    find: ({ root, mode }) =>
      root === 'system' && mode !== 'verify-full'
        ? `libpq takes the certificates of the system with verify-full only, and the mode is ${mode}: anybody can get such a certificate for a name of their own`
        : undefined,
    hint: "use 'verify-full'",
  },
  {
    variable: 'PGSSLNEGOTIATION',
    find: ({ negotiation, mode }) =>
      negotiation === 'direct' && isOptional(mode)
        ? `libpq begins with TLS only where it is demanded, and the mode is ${mode}`
        : undefined,
    hint: "use 'verify-full', or at the least 'require'",
  },
  {
    variable: 'PGCHANNELBINDING',
    find: ({ binding, mode, gss, mayAsk }) => {
      if (binding !== 'require') return undefined
      if (mode === 'disable' || mode === 'allow') {
        return `a login is bound to TLS, and with the mode ${mode} there is none`
      }
      if (gss === 'require')
        return 'a login is bound to TLS, and master.gssEncMode lets in nothing but GSSAPI'
      return mayAsk('scram-sha-256')
        ? undefined
        : 'only scram-sha-256 binds a login, and master.requireAuth leaves it out'
    },
    hint: 'take one of the two out',
  },
  {
    variable: 'PGSSLCRL',
    find: ({ crl, mode, root }) => {
      if (crl === undefined) return undefined
      if (root === 'system') return 'beside the certificates of the system libpq does not look at it'
      return mode.startsWith('verify-') || (mode === 'require' && root !== undefined)
        ? undefined
        : `with the mode ${mode} no certificate is verified, so that none counts as revoked`
    },
    hint: "use 'verify-full' and rootCert, or take it out",
  },
]

function isOptional(mode: string): boolean {
  return ['disable', 'allow', 'prefer'].includes(mode)
}

// The embedded model is an example, whose master is nobody's: what is said of a master is said of one that a model names.
function judgeStranger(model: Replica, login: Login): Diagnostic[] {
  const hosts = hostsOf(model.master)
  const isExample = hosts.join(',') === hostsOf(usualReplica.master).join(',')
  // SCRAM's channel binding and GSSAPI prove both ends to each other before a byte of the data flows.
  const isProved = login.mode === 'verify-full' || login.binding === 'require' || login.gss === 'require'
  if (isExample || isProved || hosts.every(isLoopback)) return []
  const password = login.mayAsk('password') ? ', and ask for the password in clear' : ''
  const message = `${sayWho(login)} and read all data${password}`
  const hint = `say tls: { mode: 'verify-full', rootCert: '/…' }, or let the password prove the master: channelBinding: 'require' (since 13)`
  return [{ code: 'W_MASTER_TLS', path: tlsPath(model), message, hint }]
}

function sayWho({ mode, root }: Login): string {
  if (isOptional(mode)) {
    return `with the mode ${mode} an attacker between agent and master can pose as the master`
  }
  return mode === 'verify-ca' || root !== undefined
    ? `with the mode ${mode} an attacker between agent and master who has any certificate of that authority can pose as the master`
    : `with the mode ${mode} no certificate is verified: an attacker between agent and master can pose as the master`
}

function tlsPath(model: Replica): ModelPath {
  return pathOfVariable(model, 'PGSSLMODE') ?? pathTo`master.tls`
}

function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([^:]*):\d+$/, '$1')
  return name === '::1' || name === 'localhost' || /^127\.\d+\.\d+\.\d+$/.test(name)
}
