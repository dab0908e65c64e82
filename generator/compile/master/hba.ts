import { type Replica, rewindRole } from '../../model/replica.js'
import { type AccessGroup, type AccessRule, replicaNetworks } from '../../postgres/access-schema.js'
import { hbaLine, printHba } from '../hba.js'
import { type Login, readLogin } from './login.js'
import type { MasterNeeds } from './needs.js'

/** Prints the lines for pg_hba.conf of the master from `templates/master.pg_hba.conf.hbs`. */
export function printMasterHba(template: string, model: Replica, needs: MasterNeeds): string {
  return printHba(template, listMasterAccess(model, needs), readLogin(model).method)
}

/** One line that the master needs, for one network of agents. */
export interface AgentLine {
  readonly database: string
  readonly role: string
  readonly network: string
  /** The line itself, as it is printed. */
  readonly text: string
}

/** The same lines, one by one. */
export function listAgentLines(model: Replica, needs: MasterNeeds): AgentLine[] {
  const { method } = readLogin(model)
  return listVisits(model, needs).flatMap((visit) =>
    networksOf(model).map((network) => ({
      database: visit.database,
      role: visit.role,
      network,
      text: hbaLine(ruleFor(visit, network, model), method),
    })),
  )
}

function listMasterAccess(model: Replica, needs: MasterNeeds): AccessGroup[] {
  const login = readLogin(model)
  const where = model.master.agents === undefined ? '; from this host and all private networks' : ''
  return listVisits(model, needs).map((visit) => ({
    title: `${visit.purpose}: ${describe(login)}${where}`,
    rules: networksOf(model).map((network) => ruleFor(visit, network, model)),
  }))
}

/** As whom, and for what, an agent connects to which database. */
interface Visit extends Pick<AgentLine, 'database' | 'role'> {
  readonly purpose: string
}

function listVisits(model: Replica, { rewind }: MasterNeeds): readonly Visit[] {
  const { role, database } = model.master
  const purpose = 'Replicas, to be cloned and to stream'
  const replicas: Visit = { database: 'replication', role, purpose }
  if (!rewind) return [replicas]
  return [
    replicas,
    { database, role: rewindRole(model) ?? role, purpose: 'pg_rewind, which reads files by SQL' },
  ]
}

function describe({ tls, method }: Login): string {
  const how = tls === 'on' ? 'with TLS only' : 'with TLS or without'
  if (method !== 'cert') return `${how}, by a password`
  return `${how}, by a certificate whose common name (CN) is the role; by a password instead: scram-sha-256`
}

function networksOf({ master }: Replica): readonly string[] {
  return master.agents ?? replicaNetworks
}

// A role is a name here, and a database, whatever they look like.
function ruleFor({ database, role }: Visit, from: string, model: Replica): AccessRule {
  const type = readLogin(model).tls === 'on' ? 'hostssl' : 'host'
  const where = database === 'replication' ? database : { name: database }
  return { type, database: where, user: { name: role }, from }
}
