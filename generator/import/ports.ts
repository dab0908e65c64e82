import { isObject } from './app-file.js'
import type { Taking } from './draft.js'

/** Takes portDefinitions, or the ports that they replaced in 1.1: the first one is PostgreSQL's. */
export function takePorts(value: unknown, { app, set, reform }: Taking): void {
  const isOld = value === app.ports
  if (isOld && app.portDefinitions !== undefined && app.portDefinitions !== null) return
  const given = Array.isArray(value) ? value : []
  if (isOld && given.length > 0) reform('ports is deprecated since 1.1: it is portDefinitions now')
  const [first, ...more] = given.map((port: unknown) => (isObject(port) ? port : { port }))
  // Without requirePorts a number is only a name for load balancers; the host's port is another one.
  const fixed = (port: unknown) => (app.requirePorts === true ? (port ?? 0) : 0)
  if (first === undefined) return
  if (first.name !== undefined) set('app.portName', first.name)
  if (first.labels !== undefined) set('app.portLabels', first.labels)
  set('app.hostPort', fixed(first.port))
  if (more.length === 0) return
  const named = more.map(({ port, name = 'other', ...rest }, index) => ({
    ...rest,
    name: name === 'other' ? `port${index + 1}` : name,
    port: fixed(port),
  }))
  set('app.morePorts', named)
}
