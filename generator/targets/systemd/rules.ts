import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'

/** Judges what a model asks of systemd: one unit is one replica, on the host where it is installed. */
export function judgeService(replica: Replica): Diagnostic[] {
  return [...judgeInstances(replica), ...judgeLife(replica), ...judgeEnvironment(replica)]
}

function judgeInstances({ task }: Replica): Diagnostic[] {
  if (task.instances <= 1) return []
  const message = `a unit is one replica, and task.instances is ${task.instances}`
  const hint = 'install the unit on so many hosts, and leave task.instances out'
  return [{ code: 'E_SYSTEMD_INSTANCES', path: pathTo`task.instances`, message, hint }]
}

function judgeLife({ task }: Replica): Diagnostic[] {
  if (task.preset !== 'ephemeral') return []
  const message = 'an ephemeral replica begins with nothing, and the state directory of a unit outlives it'
  return [
    { code: 'E_SYSTEMD_PRESET', path: pathTo`task.preset`, message, hint: "say 'persistent', or nothing" },
  ]
}

// EnvironmentFile= takes text, one line each.
function judgeEnvironment({ task }: Replica): Diagnostic[] {
  return Object.entries(task.env).flatMap(([name, value]): Diagnostic[] => {
    const path = pathTo`task.env.${name}`
    if (typeof value !== 'string') {
      const message = `systemd knows no secret store, so that nothing gives ${name} its value`
      const hint = 'write it into a file that only the service can read, and name the file'
      return [{ code: 'E_SYSTEMD_SECRET', path, message, hint }]
    }
    if (!/[\p{Cc}\p{Cs}]/u.test(value)) return []
    const message = `${name} holds a control character, which a line of an environment file cannot`
    return [{ code: 'E_SYSTEMD_ENV', path, message }]
  })
}
