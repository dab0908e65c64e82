import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import { usualValue } from '../../model/contract/variables.js'
import { pathOfVariable, type Replica, taskEnv } from '../../model/replica.js'
import type { EnvValue } from '../../model/task.js'
import type { PrintedLine } from '../target.js'
import type { Systemd } from './schema.js'

/** The variable by which the script is told where the password lies. */
export const passwordVariable = 'POSTGRES_REPPASSWORD_FILE'

/** What the environment file says. What the unit says of a variable, such a file would overrule. */
export function listEnvironment({ instances }: Systemd, replica: Replica): Record<string, EnvValue> {
  return {
    EXIT_PAUSE: '0',
    ...(instances === 'ports' ? {} : { PORT0: String(portOf(replica)) }),
    ...withoutPause(taskEnv(replica), replica),
  }
}

// run.exitPause is for supervisors that start everything again; who names the variable itself means it.
function withoutPause(environment: Record<string, EnvValue>, { task }: Replica): Record<string, EnvValue> {
  const { EXIT_PAUSE: _, ...rest } = environment
  return task.env.EXIT_PAUSE === undefined ? rest : environment
}

/** What the unit gives the script besides, each value as it could be. */
export function listUnitEnvironment({ name, instances, password }: Systemd): Record<string, string> {
  return {
    UNIT_NAME: name,
    ...(instances === 'ports' ? { PORT0: usualValue('PORT0') } : {}),
    ...(password === undefined ? {} : { [passwordVariable]: `/run/credentials/${name}.service/password` }),
  }
}

/** systemd gives no ports: 0 is what the script takes when nobody gives it one. */
function portOf({ task }: Replica): number {
  return task.port === 0 ? Number(usualValue('PORT0')) : task.port
}

/** Where a line of the environment file comes from. */
export function traceVariable(name: string, replica: Replica): Omit<PrintedLine, 'text'> {
  const isOwn = Object.hasOwn(replica.task.env, name)
  const known: Readonly<Record<string, { from: ModelPath; why: string }>> = {
    PORT0: {
      from: pathTo`task.port`,
      why: 'systemd gives no ports; 0 is the one that the script takes by itself',
    },
    EXIT_PAUSE: {
      from: pathTo`run.exitPause`,
      why: 'no pause: what only a person can mend is not started again (RestartPreventExitStatus=)',
    },
  }
  const entry = isOwn ? undefined : known[name]
  if (entry !== undefined) return { from: [entry.from], why: entry.why }
  const from = pathOfVariable(replica, name)
  return from === undefined ? {} : { from: [from] }
}
