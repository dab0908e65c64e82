import { type Replica, readTls } from '../../model/replica.js'
import { defaultMethod } from '../../postgres/access.js'
import type { AccessMethod } from '../../postgres/access-schema.js'

/** How agents log in to the master: over which connections, and by what they prove who they are. */
export interface Login {
  /** `on`: with TLS only; `off`: without only; `either`: as the master has it (libpq's prefer and allow). */
  readonly tls: 'on' | 'off' | 'either'
  readonly method: AccessMethod
}

/**
 * Reads off a model how its agents log in. A certificate is the log-in where one is presented for certain and the model
 * names no password file; only `hostssl` lines take the method.
 */
export function readLogin({ master, run, postgresql }: Replica): Login {
  const { mode = 'prefer', cert } = readTls(master) ?? {}
  const tls = mode === 'disable' ? 'off' : mode === 'prefer' || mode === 'allow' ? 'either' : 'on'
  const isCert = tls === 'on' && cert !== undefined && run.passfile === undefined
  return { tls, method: isCert ? 'cert' : defaultMethod(postgresql.majors) }
}
