import { z } from 'zod'

// The App of Marathon's docs/docs/rest-api/public/api/v2/types/app.raml (1.11), as far as an app without an image
// can use it, written anew: it must not share a mistake with what generates marathon.json. An unknown key is an
// error, though the server ignores it: here it is a misspelt one. So is a missing one whose default has changed from
// one release to another, or is wrong for a database.
const whole = z.int().min(0)
const text = z.string().min(1)
const pairs = z.record(text, z.string())

// java.net.URI, of RFC 2396 with the square brackets of 2732; other letters than ASCII are let through.
const uri = z.string().regex(/^([\w;/?:@&=+$,[\].!~*'()#-]|%[0-9A-Fa-f]{2}|[^\p{ASCII}])+$/u)

const artifact = z.strictObject({
  uri: uri.max(1024),
  extract: z.boolean(),
  executable: z.boolean(),
  cache: z.boolean(),
  destPath: text.max(1024).optional(),
})

const port = z.strictObject({
  port: whole.max(65_535),
  protocol: z.enum(['tcp', 'udp', 'udp,tcp']),
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/),
  labels: pairs.optional(),
})

const volume = z.strictObject({
  // One plain name.
  containerPath: text.regex(/^(?!\.\.?$)[^/]+$/),
  mode: z.literal('RW'),
  persistent: z.strictObject({
    type: z.enum(['root', 'path', 'mount']),
    size: z.int().min(1),
    maxSize: z.int().min(1).optional(),
    constraints: z.array(z.array(z.string())).optional(),
  }),
})

const healthCheck = z.strictObject({
  protocol: z.literal('COMMAND'),
  command: z.strictObject({ value: text }),
  delaySeconds: whole,
  gracePeriodSeconds: whole,
  intervalSeconds: whole,
  timeoutSeconds: whole,
  maxConsecutiveFailures: whole,
})

// Since 1.8; before, it is a key that the server does not know.
const check = z.strictObject({
  exec: z.strictObject({ command: z.strictObject({ shell: text }) }),
  intervalSeconds: whole,
  timeoutSeconds: whole,
  delaySeconds: whole,
})

const fraction = z.number().min(0).max(1)
const unreachable = z.strictObject({ inactiveAfterSeconds: whole, expungeAfterSeconds: whole })

const schema = z.strictObject({
  id: text,
  cmd: z.string().min(2),
  user: text,
  env: z.record(text, z.union([z.string(), z.strictObject({ secret: text })])),
  secrets: z.record(text, z.strictObject({ source: text })).default({}),
  labels: pairs.default({}),
  cpus: z.number().min(0.001),
  mem: z.number(),
  disk: z.number().min(0),
  instances: whole,
  role: text.optional(),
  acceptedResourceRoles: z.array(text).default(['*']),
  dependencies: z.array(text).default([]),
  fetch: z.array(artifact),
  portDefinitions: z.array(port).min(1),
  requirePorts: z.boolean(),
  networks: z
    .array(z.strictObject({ mode: z.literal('host') }))
    .length(1)
    .optional(),
  constraints: z.array(z.array(z.string()).min(2).max(3)).default([]),
  container: z.strictObject({ type: z.literal('MESOS'), volumes: z.array(volume).length(1) }).optional(),
  // Mesos runs only one.
  healthChecks: z.array(healthCheck).length(1),
  check: check.optional(),
  upgradeStrategy: z.strictObject({ minimumHealthCapacity: fraction, maximumOverCapacity: fraction }),
  unreachableStrategy: z
    .union([z.literal('disabled'), unreachable])
    .default({ inactiveAfterSeconds: 0, expungeAfterSeconds: 0 }),
  killSelection: z.enum(['YOUNGEST_FIRST', 'OLDEST_FIRST']),
  backoffSeconds: z.number().min(0),
  backoffFactor: z.number().min(1),
  maxLaunchDelaySeconds: z.number().min(0),
  taskKillGracePeriodSeconds: whole,
})

export type App = z.infer<typeof schema>
export type HealthCheck = z.infer<typeof healthCheck>

/** What `POST /v2/apps` answers 400 or 422 to. */
export class Rejected extends Error {}

/** Takes the body of `POST /v2/apps`: by the schema, and by the rules that stand in code only (AppValidation.scala). */
export function loadApp(body: string): App {
  const { data: app, error } = schema.safeParse(JSON.parse(body))
  if (app === undefined) throw new Rejected(z.prettifyError(error))
  const faults = judge(app)
  if (faults.length > 0) throw new Rejected(faults.join('\n'))
  return app
}

/** The name of the only persistent volume: tasks of such an app are pinned to the agent that has it. */
export function volumeOf(app: App): z.infer<typeof volume> | undefined {
  return app.container?.volumes[0]
}

const segment = /^(([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])$/

function judge(app: App): string[] {
  const faults: string[] = []
  const report = (isFault: boolean, words: string) => {
    if (isFault) faults.push(words)
  }
  const { portDefinitions: ports, env, secrets, unreachableStrategy: lost } = app
  const segments = app.id.replace(/^\//, '').split('/')
  report(!segments.every((part) => segment.test(part)), `id: ${app.id}`)
  report(/^(restart|tasks|versions)$/.test(segments.at(-1) ?? ''), `id: ${app.id} ends in a reserved word`)

  report(hasTwice(ports.map(({ name }) => name)), 'portDefinitions: names must be unique')
  report(hasTwice(ports.map((one) => one.port).filter(Boolean)), 'portDefinitions: ports must be unique')

  for (const value of Object.values(env))
    report(typeof value === 'object' && !Object.hasOwn(secrets, value.secret), 'env: an undeclared secret')

  for (const [field, operator = '', value] of app.constraints)
    report(field === '' || !isConstraint(operator, value), `constraints: ${operator}`)

  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy
  const disk = volumeOf(app)?.persistent
  if (disk !== undefined) {
    const isTooSmall = disk.maxSize !== undefined && (disk.type !== 'mount' || disk.maxSize <= disk.size)
    report(isTooSmall, 'volumes: maxSize')
    report(disk.constraints !== undefined && disk.type === 'root', 'volumes: constraints on a root disk')
    report(maximumOverCapacity !== 0, 'maximumOverCapacity must be 0 for persistent volumes')
    report(lost !== 'disabled', "unreachableStrategy must be 'disabled' for persistent volumes")
    report(app.acceptedResourceRoles.join() !== '*', 'acceptedResourceRoles must be ["*"]')
    report(app.role === '*', 'role must not be *')
  }
  if (app.labels.MARATHON_SINGLE_INSTANCE_APP === 'true')
    report(app.instances > 1 || minimumHealthCapacity + maximumOverCapacity > 0, 'a single instance app')
  if (lost !== 'disabled')
    report(lost.inactiveAfterSeconds > lost.expungeAfterSeconds, 'unreachable: inactive before expunged')
  return faults
}

function isConstraint(operator: string, value: string | undefined): boolean {
  switch (operator) {
    case 'UNIQUE':
      return value === undefined
    case 'CLUSTER':
      return true
    case 'GROUP_BY':
      return value === undefined || /^\d+$/.test(value)
    case 'MAX_PER':
      return /^\d+$/.test(value ?? '')
    case 'LIKE':
    case 'UNLIKE':
      return value !== undefined
    case 'IS':
      return /^[a-zA-Z0-9_/.-]*$/.test(value ?? ' ')
    default:
      return false
  }
}

function hasTwice(values: readonly unknown[]): boolean {
  return new Set(values).size < values.length
}
