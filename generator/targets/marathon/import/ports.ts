import { pathTo } from '../../../diagnostics/path.js'
import { isObject } from './app-file.js'
import type { Taking } from './draft.js'
import { loseOthers, loseUnlike } from './others.js'

const portKeys = ['port', 'name', 'protocol', 'labels']

/** Takes portDefinitions, or the ports that they replaced in 1.1: the first one is PostgreSQL's. */
export function takePorts(value: unknown, taking: Taking): void {
  const { app, set, reform, change, lose } = taking
  if (loseUnlike(value, 'a list', taking)) return
  const isOld = value === app.ports
  if (isOld && app.portDefinitions !== undefined && app.portDefinitions !== null) {
    // An answer of an older Marathon has both, which say the same.
    const told = (Array.isArray(app.portDefinitions) ? app.portDefinitions : []).map((port: unknown) =>
      isObject(port) ? port.port : port,
    )
    if (Array.isArray(value) && value.some((port: unknown) => !told.includes(port)))
      lose('beside portDefinitions Marathon does not look at ports', 'they are left out')
    return
  }
  const given = Array.isArray(value) ? value : []
  if (isOld && given.length > 0) reform('ports is deprecated since 1.1: it is portDefinitions now')
  const [first, ...more] = given.map((port: unknown) => (isObject(port) ? port : { port }))
  // Without requirePorts a number is only a name for load balancers; the host's port is another one.
  const fixed = (port: unknown) => (app.requirePorts === true ? (port ?? 0) : 0)
  if (first === undefined) {
    const isOther = isOld ? false : Array.isArray(app.ports) && app.ports.length > 0
    if (!isOther) change('the app has no port', 'the model has one, for PostgreSQL')
    return
  }
  for (const port of [first, ...more]) loseOthers(port, portKeys, taking, 'portDefinitions[].')
  const names = [first, ...more].flatMap(({ port }) => (app.requirePorts !== true && port ? [port] : []))
  if (names.length > 0 && !isOld)
    change(
      `without requirePorts the port ${names.join(', ')} is none of the host, but the service port of a load balancer`,
      'the model has 0; portLabels tell a load balancer what it needs',
    )
  if (first.protocol !== undefined && first.protocol !== 'tcp')
    change(`PostgreSQL takes connections by TCP, and not by ${String(first.protocol)}`, 'the model says tcp')
  if (first.name !== undefined) set(pathTo`targets.marathon.portName`, first.name)
  if (first.labels !== undefined) set(pathTo`targets.marathon.portLabels`, first.labels)
  set(pathTo`task.port`, fixed(first.port))
  if (more.length === 0) return
  const named = more.map(({ port, name = 'other', protocol, labels }, index) => ({
    ...(protocol !== undefined && { protocol }),
    ...(labels !== undefined && { labels }),
    name: name === 'other' ? `port${index + 1}` : name,
    port: fixed(port),
  }))
  set(pathTo`targets.marathon.morePorts`, named)
}
