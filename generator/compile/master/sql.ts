import { type Replica, rewindRole } from '../../model/replica.js'
import { renderTemplate } from '../../template.js'
import { isHere, listDemands } from './demands.js'
import { type AgentLine, listAgentLines } from './hba.js'
import { type Login, readLogin } from './login.js'
import type { MasterNeeds } from './needs.js'
import { listRights } from './rewind.js'
import { sqlName, sqlText } from './text.js'

/**
 * Prints master.sql from `templates/master.sql.hbs`: the role and its rights, and one question for all that does not
 * fit. It is for psql 10 and later, and runs on each major from 10.
 */
export function printMasterSql(template: string, model: Replica, needs: MasterNeeds): string {
  const role = sqlText(model.master.role)
  const roleName = sqlName(model.master.role)
  const rewinder = rewindRole(model) ?? model.master.role
  const rights = listRights(needs).map((name) => ({ function: name, roleName: sqlName(rewinder) }))
  const demands = listDemands(model, needs).map((demand) => ({
    ...demand,
    setting: sqlText(demand.setting),
    needs: sqlText(demand.needs),
    why: sqlText(demand.why),
  }))
  const agents = listAskedLines(model, needs).map(({ database, network, text }) => ({
    database: sqlText(database),
    network: network === undefined ? 'NULL' : sqlText(network),
    wanted: sqlText(text),
  }))
  const { tls, method } = readLogin(model)
  return renderTemplate(template, {
    role,
    roleName,
    hasPassword: method !== 'cert',
    hasRights: rights.length > 0,
    rights,
    rewinder: sqlText(rewinder),
    isOtherRole: rewinder !== model.master.role,
    isOtherDatabase: model.master.database !== 'postgres',
    database: sqlName(model.master.database),
    demands: withCommas(demands),
    agents: withCommas(agents),
    types: listOf(accepting[tls]),
    refusing: listOf(refusing[tls]),
  })
}

// Types of lines that a connection of an agent may match, and those by which it may be turned away for good.
const accepting = {
  on: ['host', 'hostssl', 'hostnogssenc'],
  off: ['host', 'hostnossl', 'hostnogssenc'],
  either: ['host', 'hostssl', 'hostnossl', 'hostnogssenc'],
} as const satisfies Record<Login['tls'], readonly string[]>

const refusing = { ...accepting, either: ['host', 'hostnogssenc'] } as const

interface AskedLine extends Pick<AgentLine, 'database' | 'text'> {
  readonly network: string | undefined
}

// The usual networks are a guess: any line for another host will do.
function listAskedLines(model: Replica, needs: MasterNeeds): AskedLine[] {
  // What is said of lines is said of the role that replicates.
  const lines = listAgentLines(model, needs).filter(({ role }) => role === model.master.role)
  if (model.master.agents !== undefined) return lines
  const isLoopback = ({ network }: AgentLine) => network === '127.0.0.1/32'
  if (isHere(model)) return lines.filter(isLoopback)
  return lines
    .filter(({ network }) => network === '10.0.0.0/8')
    .map(({ database, text }) => ({ database, text, network: undefined }))
}

function withCommas<T extends object>(rows: readonly T[]): (T & { comma: string })[] {
  return rows.map((row, index) => ({ ...row, comma: index === rows.length - 1 ? '' : ',' }))
}

function listOf(words: readonly string[]): string {
  return `ARRAY[${words.map(sqlText).join(', ')}]`
}
