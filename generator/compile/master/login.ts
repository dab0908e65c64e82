import type { Replica } from '../../model/replica.js'
import { defaultMethod } from '../../postgres/access.js'
import type { AccessMethod } from '../../postgres/access-schema.js'
import { demandsTls, refusesTls, showsCertificate } from '../login.js'

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
export function readLogin(model: Replica): Login {
  const tls = demandsTls(model) ? 'on' : refusesTls(model) ? 'off' : 'either'
  const isCert = tls === 'on' && showsCertificate(model) && model.run.passfile === undefined
  return { tls, method: isCert ? 'cert' : defaultMethod(model.postgresql.majors) }
}
