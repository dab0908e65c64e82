import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'

/** Judges what Marathon asks of a resident app, one that has a persistent volume (ResourceRole.scala, AppDefinition.scala). */
export function judgeResident(app: MarathonApp): Diagnostic[] {
  if (app.container === undefined) return []
  const found: Diagnostic[] = []
  const { acceptedResourceRoles: roles = ['*'], role } = app
  if (roles.length !== 1 || roles[0] !== '*') {
    const message = 'Marathon wants acceptedResourceRoles to be ["*"] for an app with a persistent volume'
    found.push({
      code: 'E_APP_ROLE',
      path: pathTo`targets.marathon.acceptedResourceRoles`,
      message,
      hint: 'leave it out',
    })
  }
  if (role === '*') {
    const message = 'an app with a persistent volume reserves resources, which the role * cannot'
    found.push({
      code: 'E_APP_ROLE',
      path: pathTo`targets.marathon.role`,
      message,
      hint: "name a role, or leave Marathon's",
    })
  }
  return found
}

/**
 * Compares an app with the text of one that was printed before, and may run: if one of them is resident, Marathon refuses
 * an update of sizes, volumes and host ports (AppDefinition.scala, 664 to 714), since they are reserved.
 */
export function judgeResize(text: string, app: MarathonApp): Diagnostic[] {
  const before = parse(text)
  if (!isObject(before) || before.id !== app.id || !('cpus' in before)) return []
  if (!isObject(before.container) && app.container === undefined) return []
  return reserved
    .filter(({ pick }) => JSON.stringify(pick(before)) !== JSON.stringify(pick(app)))
    .map(({ path, what }): Diagnostic => {
      const message = `${what} of ${app.id} changed: if it runs already, Marathon refuses the update, since it has reserved what it was given first`
      const hint = 'give the app another id, or delete it first, which deletes its data'
      return { code: 'W_APP_RESIDENT', path, message, hint }
    })
}

type Pick = (app: object) => unknown

const member =
  (name: string): Pick =>
  (app) =>
    Reflect.get(app, name)

const reserved: readonly { readonly path: ModelPath; readonly what: string; readonly pick: Pick }[] = [
  { path: pathTo`task.cpus`, what: 'cpus', pick: member('cpus') },
  { path: pathTo`task.mem`, what: 'mem', pick: member('mem') },
  { path: pathTo`task.disk`, what: 'disk', pick: member('disk') },
  { path: pathTo`task.volume`, what: 'the volume', pick: member('container') },
  { path: pathTo`task.port`, what: 'a host port', pick: listHostPorts },
]

// Whatever lies there and is no app says nothing.
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function listHostPorts(app: object): unknown {
  const ports: unknown = Reflect.get(app, 'portDefinitions')
  const numbers = Array.isArray(ports)
    ? ports.map((port: unknown) => (isObject(port) ? port.port : port))
    : ports
  return [numbers, Reflect.get(app, 'requirePorts')]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
