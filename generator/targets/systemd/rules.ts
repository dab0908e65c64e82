import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import type { Systemd } from './schema.js'

/** Judges what a model asks of systemd: one unit is one replica, on the host where it is installed. */
export function judgeService({ name }: Systemd, replica: Replica): Diagnostic[] {
  return [...judgeName(name), ...judgeInstances(replica), ...judgeLife(replica), ...judgeEnvironment(replica)]
}

// Debian's own unit, and its state directory.
function judgeName(name: string): Diagnostic[] {
  const isTaken = /^postgresql(@.*)?$/.test(name)
  if (!isTaken && !name.endsWith('.service')) return []
  const message = isTaken
    ? `${name} is the unit of the system's own PostgreSQL, and /var/lib/${name} its directory`
    : `the unit would be ${name}.service`
  const hint = 'give it a name of its own, without the ending'
  return [{ code: 'E_SYSTEMD_NAME', path: pathTo`targets.systemd.name`, message, hint }]
}

function judgeInstances({ task }: Replica): Diagnostic[] {
  if (task.instances <= 1) return []
  const message = `a unit is one replica, and task.instances is ${task.instances}`
  const hint = 'install the unit on so many hosts, and let its model be another than that of other targets'
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
      const hint =
        'take it out, and let the unit have it by a drop-in of the host (systemctl edit, EnvironmentFile=)'
      return [{ code: 'E_SYSTEMD_SECRET', path, message, hint }]
    }
    if (name === 'PORT0') {
      const message = 'PORT0 is what task.port says, and task.env would say another'
      return [{ code: 'E_TASK_ENV', path, message, hint: 'set task.port' }]
    }
    if (!/[\p{Cc}\p{Cs}]/u.test(value)) return []
    const message = `${name} holds a control character, which a line of an environment file cannot`
    return [{ code: 'E_SYSTEMD_ENV', path, message }]
  })
}
