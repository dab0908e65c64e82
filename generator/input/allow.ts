import type { AccessHostInput, AccessLocalInput, AccessReplicationInput } from './replica-input.js'

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
  local: (rule: Rule<AccessLocalInput>): AccessLocalInput => stamp(rule, { type: 'local' }),
  /** Over TCP, with TLS or without. */
  host: (rule: Rule<AccessHostInput>): AccessHostInput => stamp(rule, { type: 'host' }),
  /** Over TCP with TLS only. */
  hostssl: (rule: Rule<AccessHostInput>): AccessHostInput => stamp(rule, { type: 'hostssl' }),
  /** Over TCP without TLS only. */
  hostnossl: (rule: Rule<AccessHostInput>): AccessHostInput => stamp(rule, { type: 'hostnossl' }),
  /**
   * Replication from this replica, by those that stream from it or copy it (a cascade): as `master.role` unless `user`
   * names another role, and with TLS only where `master.tls` demands it of the master, too.
   */
  replication: (rule: Rule<AccessReplicationInput>): AccessReplicationInput =>
    stamp(rule, { type: 'replication' }),
} as const

/**
 * Access rules that turn clients away, whatever they know: as those of `allow`, with the method `reject` (PostgreSQL,
 * "The pg_hba.conf File"). The first rule that matches decides, so a denial stands before what allows more.
 */
export const deny = {
  /** Over a Unix socket. */
  local: (rule: Denial<AccessLocalInput>): AccessLocalInput =>
    stamp(rule, { type: 'local', method: 'reject' }),
  /** Over TCP, with TLS or without. */
  host: (rule: Denial<AccessHostInput>): AccessHostInput => stamp(rule, { type: 'host', method: 'reject' }),
  /** Over TCP with TLS. */
  hostssl: (rule: Denial<AccessHostInput>): AccessHostInput =>
    stamp(rule, { type: 'hostssl', method: 'reject' }),
  /** Over TCP without TLS. */
  hostnossl: (rule: Denial<AccessHostInput>): AccessHostInput =>
    stamp(rule, { type: 'hostnossl', method: 'reject' }),
} as const

type Rule<T> = Omit<T, 'type'>
type Denial<T> = Omit<T, 'type' | 'method' | 'options'>

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
