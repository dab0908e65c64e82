import { posix } from 'node:path'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import type { MarathonApp } from './app.js'
import { listPortVariables } from './build.js'
import { judgeBackoff } from './limits.js'
import type { Marathon } from './schema.js'

/** Judges what Marathon is told against the rest of the model: what the printed app alone does not show. */
export function judgeSection(section: Marathon, replica: Replica, app: MarathonApp): Diagnostic[] {
  return [
    ...judgeBackoff(section.backoff),
    ...judgeEnv(replica, app),
    ...judgePortVariables(replica, app),
    ...judgeSharing(section, replica),
    ...judgeDisks(section, replica),
    ...judgeOutput(replica),
  ]
}

// A variable of the task that Marathon makes itself.
function judgeEnv({ task }: Replica, { portDefinitions }: MarathonApp): Diagnostic[] {
  const told = portDefinitions.map(({ name }) => `PORT_${name.toUpperCase()}`)
  return Object.keys(task.env)
    .filter((name) => told.includes(name) || /^(PORT\d*|PORTS|HOST|MESOS_\w+|MARATHON_\w+)$/.test(name))
    .map((name): Diagnostic => {
      const message = `${name} is Marathon's to set, and task.env would beat it: the task would be told a port or host that is not its own`
      const hint = 'take it out; task.port fixes a port'
      return { code: 'E_TASK_ENV', path: pathTo`task.env.${name}`, message, hint }
    })
}

// A variable of the user's own that looks like Marathon's, which would then never set it.
function judgePortVariables({ env }: Replica, app: MarathonApp): Diagnostic[] {
  const made = listPortVariables(app)
  return Object.keys(env)
    .filter((name) => /^PORT(S|[1-9]\d*)?$/.test(name) && !Object.hasOwn(made, name))
    .map((name): Diagnostic => {
      const message = `${name} is Marathon's, for a port that targets.marathon.morePorts does not declare`
      return {
        code: 'E_ENV_TAKEN',
        path: pathTo`env.${name}`,
        message,
        hint: 'give your variable another name',
      }
    })
}

// A directory of the host is one for all tasks there.
function judgeSharing({ constraints: given }: Marathon, { task, run }: Replica): Diagnostic[] {
  if (!posix.isAbsolute(run.dataDir) || task.instances < 2) return []
  const constraints = given ?? [['hostname', 'UNIQUE']]
  const isApart = constraints.some(
    ([field = '', operator, value]) =>
      /^@?hostname$/.test(field) && (operator === 'UNIQUE' || (operator === 'MAX_PER' && value === '1')),
  )
  // A port that is asked for by number is given to one task of an agent, so that the next one goes elsewhere.
  if (isApart || task.port > 0) return []
  const message = `two tasks on one host would both use ${run.dataDir}`
  const hint = "add the constraint ['hostname', 'UNIQUE'], or let run.dataDir be relative to the sandbox"
  return [{ code: 'E_APP_SHARED', path: pathTo`run.dataDir`, message, hint }]
}

function judgeDisks({ volume }: Marathon, { task }: Replica): Diagnostic[] {
  if (volume === undefined || task.volume !== undefined) return []
  const message = 'it says which disk a volume comes from, and the model has no volume'
  const hint = "set task.volume, as '100GiB', or take it out"
  return [{ code: 'E_APP_VOLUME', path: pathTo`targets.marathon.volume`, message, hint }]
}

function judgeOutput({ run }: Replica): Diagnostic[] {
  if (!/^(stdout|stderr)$/.test(posix.normalize(run.dataDir).replace(/\/+$/, ''))) return []
  const message = `${run.dataDir} is taken: Mesos writes what a task prints there, and run_rep.sh refuses what it did not make`
  const hint = "use a directory of its own, as 'pgdata'"
  return [{ code: 'E_RUN_DATA', path: pathTo`run.dataDir`, message, hint }]
}
