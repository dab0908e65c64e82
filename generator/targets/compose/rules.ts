import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import { chooseImage } from '../containers/image.js'
import { judgeContainer } from '../containers/rules.js'
import { listHostPaths } from './build.js'
import type { Compose } from './schema.js'

/** Judges what a model asks of Compose: all replicas are on one host, each a service with a volume of its own. */
export function judgeCompose(compose: Compose, replica: Replica): Diagnostic[] {
  const image = chooseImage(compose, replica)
  return [
    ...judgeContainer(compose, replica, { target: 'compose', image }),
    ...judgeInstances(replica),
    ...judgePorts(compose, replica),
    ...judgePreset(replica),
    ...judgeSecrets(replica),
    ...judgePaths(replica),
    ...judgePause(replica),
  ]
}

function judgeInstances({ task }: Replica): Diagnostic[] {
  if (task.instances > 0) return []
  const hint = 'say 1, and stop the project'
  return [
    { code: 'E_COMPOSE_INSTANCES', path: pathTo`task.instances`, message: 'no service would be left', hint },
  ]
}

function judgePorts({ ports }: Compose, { task }: Replica): Diagnostic[] {
  const report = (path: Diagnostic['path'] & object, message: string, hint: string): Diagnostic[] => [
    { code: 'E_COMPOSE_PORT', path, message, hint },
  ]
  if (ports === undefined) {
    if (task.port === 0 || task.instances <= 1) return []
    const message = `${task.instances} replicas on one host cannot all have its port ${task.port}`
    return report(
      pathTo`task.port`,
      message,
      'name a port of the host for each: targets.compose.ports: [5433, 5434]',
    )
  }
  const twice = ports.find((port, index) => ports.indexOf(port) !== index)
  if (twice !== undefined)
    return report(pathTo`targets.compose.ports`, `the port ${twice} is listed twice`, 'take another one')
  if (ports.length === task.instances) return []
  const message = `there are ${ports.length} ports for ${task.instances} replicas`
  return report(pathTo`targets.compose.ports`, message, 'name one for each of task.instances')
}

function judgePreset({ task }: Replica): Diagnostic[] {
  if (task.preset !== 'ephemeral') return []
  const message = 'an ephemeral replica starts without data, but a named volume outlives its container'
  const hint = "say 'persistent', or nothing; `docker compose down -v` removes the volume"
  return [{ code: 'E_COMPOSE_PRESET', path: pathTo`task.preset`, message, hint }]
}

function judgeSecrets({ task }: Replica): Diagnostic[] {
  return Object.entries(task.env).flatMap(([name, value]): Diagnostic[] => {
    if (typeof value === 'string') return []
    const message = `Compose gives secrets as files, so that nothing gives ${name} its value`
    const hint = 'take it out, or let a step of yours read a file below /run/secrets'
    return [{ code: 'E_COMPOSE_SECRET', path: pathTo`task.env.${name}`, message, hint }]
  })
}

// Compose's short syntax has the colon between source and target.
function judgePaths(replica: Replica): Diagnostic[] {
  return listHostPaths(replica).flatMap(({ path, at }): Diagnostic[] => {
    if (!path.includes(':')) return []
    const message = `${path} holds a colon, which ends a path in a volume of Compose`
    return [{ code: 'E_CONTAINER_DATA', path: at, message, hint: 'give it another name' }]
  })
}

// docs.docker.com, "Start containers automatically": 100 ms, doubled up to a minute, and forgotten after ten seconds.
// The pause is jittered by half of it.
function judgePause({ run }: Replica): Diagnostic[] {
  if (run.exitPause < 7 || run.exitPause >= 20) return []
  const message = `Docker counts a container that ran for ten seconds as started, so failing runs would follow each other every ${run.exitPause} s`
  const hint = "let run.exitPause be 0, and Docker's own pauses grow to a minute; or at least 20"
  return [{ code: 'W_COMPOSE_PAUSE', path: pathTo`run.exitPause`, message, hint }]
}
