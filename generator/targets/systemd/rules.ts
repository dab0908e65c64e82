import { posix } from 'node:path'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import { personalExits } from '../../model/exits.js'
import type { Replica } from '../../model/replica.js'
import { passwordVariable } from './environment.js'
import { isBelow, listHostFiles } from './files.js'
import type { Systemd } from './schema.js'
import type { Service } from './service.js'

/** Judges what a model asks of systemd: a unit is one replica, or one for each port, on the host where it is installed. */
export function judgeService(systemd: Systemd, replica: Replica, service: Service): Diagnostic[] {
  return [
    ...judgeName(systemd.name),
    ...judgeInstances(systemd, replica),
    ...judgeReplicaName(systemd, replica),
    ...judgePort(systemd, replica),
    ...judgeLife(replica),
    ...judgePaths(systemd, replica, service),
    ...judgePassword(systemd, service),
    ...judgePause(replica),
    ...judgeEnvironment(replica),
  ]
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

function judgeInstances({ instances, name }: Systemd, replica: Replica): Diagnostic[] {
  const { task, run } = replica
  if (instances === 'one') {
    if (task.instances <= 1) return []
    const message = `a unit is one replica, and task.instances is ${task.instances}`
    const hint = `say targets.systemd.instances: 'ports' and enable ${name}@5433, ${name}@5434 …, or install the unit on so many hosts and let its model be another than that of other targets`
    return [{ code: 'E_SYSTEMD_INSTANCES', path: pathTo`task.instances`, message, hint }]
  }
  const dataDir = posix.normalize(run.dataDir)
  if (!posix.isAbsolute(dataDir)) return []
  const message = `each instance would work in ${dataDir}, and only one of them can`
  const hint = `let run.dataDir be relative: each instance has a directory of its own, /var/lib/${name}/<port>`
  return [{ code: 'E_SYSTEMD_SHARED', path: pathTo`run.dataDir`, message, hint }]
}

// Where the model says that there are several, everybody is told.
function judgeReplicaName({ instances, name }: Systemd, { run, task }: Replica): Diagnostic[] {
  if (instances === 'one' || run.name === undefined || task.instances > 1) return []
  const message = `all instances on all hosts bear the name ${run.name}, and the master cannot tell them apart`
  const hint = `leave it out: their ports stand in their names. One alone gets another by systemctl edit ${name}@<port>, Environment=POSTGRES_REPNAME=`
  return [{ code: 'W_RUN_NAME', path: pathTo`run.name`, message, hint }]
}

function judgePort({ instances, name }: Systemd, { task }: Replica): Diagnostic[] {
  const path = pathTo`task.port`
  if (task.port === 0) return []
  if (instances === 'ports') {
    const message = `an instance has the port that it is named for, and task.port says ${task.port}`
    const hint = `take task.port out, and enable ${name}@${task.port}`
    return [{ code: 'E_SYSTEMD_PORT', path, message, hint }]
  }
  if (task.port >= 1024) return []
  const message = `the unit has no capability to listen on ${task.port}: those below 1024 are root's`
  return [{ code: 'E_SYSTEMD_PORT', path, message, hint: 'take a port from 1024 on' }]
}

function judgeLife({ task }: Replica): Diagnostic[] {
  if (task.preset !== 'ephemeral') return []
  const message = 'an ephemeral replica starts without data, but the state directory of a unit outlives it'
  return [
    { code: 'E_SYSTEMD_PRESET', path: pathTo`task.preset`, message, hint: "say 'persistent', or nothing" },
  ]
}

/** What PrivateTmp= and PrivateDevices= put in the place of the host's. */
const privatePlaces = ['/tmp', '/var/tmp', '/dev']

function judgePaths(systemd: Systemd, replica: Replica, { environment }: Service): Diagnostic[] {
  return listHostFiles(systemd, replica, environment)
    .filter(({ path }) => isBelow(path, privatePlaces))
    .map(({ path, from, isData }): Diagnostic => {
      const message = isData
        ? `${path} is private to the unit and is removed when it ends, with all that lies there`
        : `the unit cannot see ${path}: it has a /tmp, a /var/tmp and a /dev of its own`
      return { code: 'E_SYSTEMD_PATH', path: from, message, hint: 'let it lie elsewhere, as in /srv or /etc' }
    })
}

function judgePassword({ password }: Systemd, { environment }: Service): Diagnostic[] {
  if (password === undefined) return []
  const other = ['PGPASSFILE', passwordVariable].find((name) => environment[name] !== undefined)
  if (other === undefined) return []
  const message = `the unit gives the script ${passwordVariable}, and the model ${other}`
  const hint = 'keep one of the two'
  return [{ code: 'E_SYSTEMD_PASSWORD', path: pathTo`targets.systemd.password`, message, hint }]
}

// run.exitPause is for others, and not printed; this one is meant for whoever starts it.
function judgePause({ task }: Replica): Diagnostic[] {
  const pause = task.env.EXIT_PAUSE
  if (pause === undefined || pause === '0') return []
  const codes = personalExits.join(', ')
  const message = `systemd does not restart the unit after ${codes}: the pause only delays its failure`
  return [{ code: 'W_SYSTEMD_PAUSE', path: pathTo`task.env.EXIT_PAUSE`, message, hint: 'take it out' }]
}

// EnvironmentFile= takes text, one line each.
function judgeEnvironment({ task }: Replica): Diagnostic[] {
  return Object.entries(task.env).flatMap(([name, value]): Diagnostic[] => {
    const path = pathTo`task.env.${name}`
    if (typeof value !== 'string') {
      const message = `systemd has no secret store, so nothing gives ${name} its value`
      const hint =
        'take it out, and let the unit have it by a drop-in of the host (systemctl edit, EnvironmentFile=)'
      return [{ code: 'E_SYSTEMD_SECRET', path, message, hint }]
    }
    if (name === 'PORT0') {
      const message = 'PORT0 is what task.port says, and task.env would say another'
      return [{ code: 'E_TASK_ENV', path, message, hint: 'set task.port' }]
    }
    if (/^(UNIT_NAME|NOTIFY_SOCKET|INVOCATION_ID|CREDENTIALS_DIRECTORY)$/.test(name)) {
      const message = `${name} is for systemd to set, and task.env would beat it`
      return [{ code: 'E_TASK_ENV', path, message, hint: 'take it out' }]
    }
    if (!/[\p{Cc}\p{Cs}]/u.test(value)) return []
    const message = `${name} holds a control character, which a line of an environment file cannot`
    return [{ code: 'E_SYSTEMD_ENV', path, message }]
  })
}
