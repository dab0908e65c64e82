import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'
import { isSince, type MarathonVersion } from './versions.js'

/** Judges the port definitions of an app: names, numbers, and what agents offer (AppValidation.scala, PortsMatcher.scala). */
export function judgePorts(app: MarathonApp, oldest: MarathonVersion): Diagnostic[] {
  return [...judgeEach(app, oldest), ...judgeMixedPorts(app)]
}

function judgeEach(app: MarathonApp, oldest: MarathonVersion): Diagnostic[] {
  return app.portDefinitions.flatMap(({ name, port, protocol }, index, ports): Diagnostic[] => {
    const found: Diagnostic[] = []
    const at = portAt(index)
    const before = ports.slice(0, index)
    if (before.some((other) => other.name === name)) {
      const message = `Marathon refuses two ports with the name ${name}`
      found.push({ code: 'E_APP_PORT_NAME', path: at.name, message })
    }
    if (port !== 0 && before.some((other) => other.port === port)) {
      const message = `Marathon refuses the port ${port} twice`
      found.push({ code: 'E_APP_PORT', path: at.port, message })
    }
    if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)) {
      const message = `Marathon refuses the port name ${name}: lower case letters and digits only`
      found.push({ code: 'E_APP_PORT_NAME', path: at.name, message })
    } else if (!isSince(oldest, '1.5') && /^\d/.test(name)) {
      const message = `Marathon ${oldest} refuses the port name ${name}: it begins with a digit`
      found.push({ code: 'E_APP_PORT_NAME', path: at.name, message })
    } else if (name.includes('-')) {
      const message = `a shell cannot read PORT_${name.toUpperCase()}, the variable that Marathon makes of ${name}`
      found.push({
        code: 'E_APP_PORT_NAME',
        path: at.name,
        message,
        hint: 'use a name without a dash',
      })
    }
    // AppDefinition.json of 1.4 has tcp or udp.
    if (!isSince(oldest, '1.5') && protocol === 'udp,tcp') {
      const message = `a port for udp,tcp exists since Marathon 1.5, and targets.marathon.release is ${oldest}`
      const hint = 'raise targets.marathon.release, or declare two ports'
      found.push({
        code: 'E_APP_VERSION',
        path: pathTo`targets.marathon.morePorts.${index - 1}.protocol`,
        message,
        hint,
      })
    }
    if (port !== 0 && (port < 31_000 || port > 32_000)) {
      // ip_unprivileged_port_start; PostgreSQL does not run as root.
      const isLow =
        port < 1024 ? ', and below 1024 only root may listen on an agent as it is usually set up' : ''
      const message = `agents offer only the ports 31000 to 32000 unless told otherwise: ${port} may never be offered${isLow}`
      found.push({ code: 'W_APP_PORT', path: at.port, message })
    }
    return found
  })
}

// requirePorts is for all: a 0 becomes the service port that Marathon chose, from 10000 on, and then that is looked
// for in the offers of agents (PortsMatcher.scala), which have no such port.
function judgeMixedPorts({ portDefinitions: ports }: MarathonApp): Diagnostic[] {
  if (!ports.some(({ port }) => port > 0)) return []
  return ports.flatMap(({ port, name }, index): Diagnostic[] => {
    if (port > 0) return []
    const path = portAt(index).port
    const message = `the port ${name} has no number and others have: Marathon would look for the service port that it chose itself, which no agent offers`
    return [{ code: 'E_APP_PORT', path, message, hint: 'give all ports a number, or none' }]
  })
}

// The first one is PostgreSQL's.
function portAt(index: number): { readonly name: ModelPath; readonly port: ModelPath } {
  if (index === 0) return { name: pathTo`targets.marathon.portName`, port: pathTo`task.port` }
  const port = pathTo`targets.marathon.morePorts.${index - 1}`
  return { name: [...port, 'name'], port: [...port, 'port'] }
}
