import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { hostsOf, type Replica, usualReplica, writesAccess } from '../model/replica.js'
import {
  type AccessEntry,
  type AccessGroup,
  type AccessRule,
  completeAccess,
  listNames,
  replicaNetworks,
} from '../postgres/access-schema.js'
import { demandsTls } from './login.js'

/** The printed pg_hba.conf, before it is text. */
export function listAccess(model: Replica): AccessGroup[] {
  return completeAccess(settleAccess(model), impliedReplication(model)?.rules ?? [])
}

/** The lines that `access` comes to, in its order: what lets replication in follows master.role and master.tls. */
export function settleAccess(model: Replica): AccessRule[] {
  return model.access.map((entry) => (entry.type === 'replication' ? replicationRule(entry, model) : entry))
}

/** Lines for replication that no entry of `access` is for, and the part of the model that wants them. */
export interface ImpliedReplication {
  readonly path: ModelPath
  readonly rules: readonly AccessRule[]
}

/**
 * Nobody replicates from a replica unless it is wanted: by `access`, or by run.from, since there replicas of this model
 * stream from each other. The example of 2015, which names no master and no access rules, keeps its lines.
 */
export function impliedReplication(model: Replica): ImpliedReplication | undefined {
  const { access, run, master } = model
  if (access.some(isReplication)) return undefined
  const implied = (path: ModelPath, networks: readonly string[]) => ({
    path,
    rules: networks.map((from) => replicationRule({ type: 'replication', from }, model)),
  })
  if (run.from === 'replica') return implied(pathTo`run.from`, master.agents ?? replicaNetworks)
  const isExample = hostsOf(master).join(',') === hostsOf(usualReplica.master).join(',')
  return isExample && !writesAccess(model) ? implied(pathTo`access`, replicaNetworks) : undefined
}

function isReplication(entry: AccessEntry): boolean {
  return entry.type === 'replication' || listNames(entry.database).includes('replication')
}

function replicationRule(
  { user, ...rest }: Extract<AccessEntry, { type: 'replication' }>,
  model: Replica,
): AccessRule {
  const type = demandsTls(model) ? 'hostssl' : 'host'
  return { ...rest, type, database: 'replication', user: user ?? { name: model.master.role } }
}
