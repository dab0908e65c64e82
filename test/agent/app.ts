import { z } from 'zod'
import { isArchive } from './archive.js'

// The App of Marathon's docs/docs/rest-api/public/api/v2/types/app.raml (1.11), as far as an app without an image
// can use it, written anew: it must not share a mistake with what generates marathon.json. An unknown key is an
// error, though the server ignores it: here it is a misspelt one.
const whole = z.int().min(0)
const text = z.string().min(1)
const pairs = z.record(text, z.string())

const artifact = z.strictObject({
  uri: text.max(1024),
  extract: z.boolean().default(true),
  executable: z.boolean().default(false),
  cache: z.boolean().default(false),
  destPath: text.max(1024).optional(),
})

const port = z.strictObject({
  port: whole.max(65_535).default(0),
  protocol: z.enum(['tcp', 'udp', 'udp,tcp']).default('tcp'),
  name: text.optional(),
  labels: pairs.optional(),
})

const persistent = z.strictObject({
  type: z.enum(['root', 'path', 'mount']).default('root'),
  size: z.int().min(1),
  maxSize: z.int().min(1).optional(),
  constraints: z.array(z.array(z.string())).optional(),
})

const volume = z.strictObject({ containerPath: text, mode: z.literal('RW'), persistent })

const healthCheck = z.strictObject({
  protocol: z.enum(['COMMAND', 'MESOS_TCP']),
  command: z.strictObject({ value: text }).optional(),
  portIndex: whole.optional(),
  delaySeconds: whole.default(15),
  gracePeriodSeconds: whole.default(300),
  intervalSeconds: whole.default(60),
  timeoutSeconds: whole.default(20),
  maxConsecutiveFailures: whole.default(3),
})

const fraction = z.number().min(0).max(1)
const unreachable = z.strictObject({ inactiveAfterSeconds: whole, expungeAfterSeconds: whole })
const envValue = z.union([z.string(), z.strictObject({ secret: text })])

const schema = z.strictObject({
  id: text,
  cmd: z.string().min(2).optional(),
  args: z.array(z.string()).optional(),
  user: text.optional(),
  env: z.record(text, envValue).default({}),
  secrets: z.record(text, z.strictObject({ source: text })).default({}),
  labels: pairs.default({}),
  cpus: z.number().min(0.001).default(1),
  mem: z.number().default(128),
  disk: z.number().min(0).default(0),
  instances: whole.default(1),
  role: text.optional(),
  acceptedResourceRoles: z.array(text).optional(),
  dependencies: z.array(text).optional(),
  uris: z.array(text).optional(),
  fetch: z.array(artifact).optional(),
  ports: z.array(whole).optional(),
  portDefinitions: z.array(port).optional(),
  requirePorts: z.boolean().default(false),
  networks: z
    .array(z.strictObject({ mode: z.literal('host') }))
    .max(1)
    .optional(),
  constraints: z.array(z.array(z.string()).min(2).max(3)).default([]),
  container: z.strictObject({ type: z.literal('MESOS'), volumes: z.array(volume) }).optional(),
  residency: z
    .strictObject({ taskLostBehavior: z.string(), relaunchEscalationTimeoutSeconds: whole })
    .optional(),
  healthChecks: z.array(healthCheck).default([]),
  check: z.unknown().optional(),
  upgradeStrategy: z
    .strictObject({ minimumHealthCapacity: fraction, maximumOverCapacity: fraction })
    .optional(),
  unreachableStrategy: z.union([z.literal('disabled'), unreachable]).optional(),
  killSelection: z.enum(['YOUNGEST_FIRST', 'OLDEST_FIRST']).default('YOUNGEST_FIRST'),
  backoffSeconds: z.number().min(0).default(1),
  backoffFactor: z.number().min(1).default(1.15),
  maxLaunchDelaySeconds: z.number().min(0).optional(),
  taskKillGracePeriodSeconds: whole.optional(),
})

/** The releases that a file can be given to, with the keys that came with each (changelog.md; schemas of the tags). */
const releases = ['1.4', '1.5', '1.6', '1.7', '1.8', '1.9', '1.10', '1.11'] as const
const since: Readonly<Record<string, Release>> = { networks: '1.5', check: '1.8', role: '1.9' }

export type Release = (typeof releases)[number]
export type Artifact = z.infer<typeof artifact>
export type HealthCheck = z.infer<typeof healthCheck>
export type PersistentVolume = z.infer<typeof volume>

/** An app as Marathon keeps it: every default filled in, nothing deprecated left. */
export interface App extends Omit<z.infer<typeof schema>, 'uris' | 'ports'> {
  readonly cmd: string
  readonly fetch: Artifact[]
  readonly portDefinitions: z.infer<typeof port>[]
  readonly upgradeStrategy: { readonly minimumHealthCapacity: number; readonly maximumOverCapacity: number }
  readonly unreachableStrategy: 'disabled' | z.infer<typeof unreachable>
  readonly maxLaunchDelaySeconds: number
}

/** What `POST /v2/apps` answers 400 or 422 to. */
export class Rejected extends Error {}

/**
 * Takes the body of `POST /v2/apps` as that release of Marathon does: reads it, fills in what is missing
 * (AppNormalization.scala), and judges it by the rules that stand in code only (AppValidation.scala).
 */
export function loadApp(body: string, release: Release = '1.11'): App {
  const value: unknown = JSON.parse(body)
  if (typeof value === 'object' && value !== null && 'app' in value) {
    throw new Rejected('wrapped: POST takes the bare object, {"app": …} is what GET answers')
  }
  const parsed = schema.safeParse(dropNulls(value))
  if (!parsed.success) throw new Rejected(z.prettifyError(parsed.error))
  for (const key of Object.keys(parsed.data)) {
    const first = since[key]
    if (first !== undefined && releases.indexOf(release) < releases.indexOf(first))
      throw new Rejected(`Marathon ${release} does not know ${key}`)
  }
  const app = normalise(parsed.data, release)
  const faults = judge(app)
  if (faults.length > 0) throw new Rejected(faults.join('\n'))
  return app
}

/** True for an app with a persistent volume: its tasks are pinned to the agent that has it. */
export function isResident(app: App): boolean {
  return (app.container?.volumes.length ?? 0) > 0
}

// FieldVisitor.scala, validateOpt: null is absent. The dumps of old releases are full of it.
function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
}

function normalise(given: z.infer<typeof schema>, release: Release): App {
  const { uris, ports, cmd, args, ...rest } = given
  if ((cmd === undefined) === (args === undefined)) throw new Rejected('exactly one of cmd and args')
  if (cmd === undefined) throw new Rejected('args, which no shell reads, are not run here')
  if (uris !== undefined && given.fetch !== undefined) throw new Rejected('either uris or fetch')
  if (ports !== undefined && given.portDefinitions !== undefined)
    throw new Rejected('either ports or portDefinitions')
  const definitions = given.portDefinitions ?? ports?.map((number) => port.parse({ port: number }))
  const hasVolume = (given.container?.volumes.length ?? 0) > 0
  return {
    ...rest,
    cmd,
    fetch: given.fetch ?? (uris ?? []).map((uri) => artifact.parse({ uri, extract: isArchive(uri) })),
    portDefinitions: definitions ?? [port.parse({ name: 'default' })],
    healthChecks: given.healthChecks.map((check) =>
      check.protocol === 'COMMAND' ? check : { ...check, portIndex: check.portIndex ?? 0 },
    ),
    upgradeStrategy: given.upgradeStrategy ?? {
      minimumHealthCapacity: hasVolume ? 0.5 : 1,
      maximumOverCapacity: hasVolume ? 0 : 1,
    },
    unreachableStrategy:
      given.unreachableStrategy ??
      (hasVolume ? 'disabled' : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 }),
    maxLaunchDelaySeconds:
      given.maxLaunchDelaySeconds ?? (releases.indexOf(release) < releases.indexOf('1.8') ? 3600 : 300),
  }
}

// java.net.URI, of RFC 2396 with the square brackets of 2732; other letters than ASCII are let through.
const uriText = /^([\w;/?:@&=+$,[\].!~*'()#-]|%[0-9A-Fa-f]{2}|[^\p{ASCII}])+$/u

const segment = /^(([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])$/
const portName = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

function judge(app: App): string[] {
  const faults: string[] = []
  const report = (isFault: boolean, text: string) => {
    if (isFault) faults.push(text)
  }
  const segments = app.id.replace(/^\//, '').split('/')
  report(!segments.every((part) => segment.test(part)), `id: ${app.id}`)
  report(/^(restart|tasks|versions)$/.test(segments.at(-1) ?? ''), `id: ${app.id} ends in a reserved word`)

  const names = app.portDefinitions.flatMap(({ name }) => name ?? [])
  const numbers = app.portDefinitions.map((one) => one.port).filter((number) => number !== 0)
  report(!names.every((name) => portName.test(name)), 'portDefinitions: a name')
  report(new Set(names).size < names.length, 'portDefinitions: names must be unique')
  report(new Set(numbers).size < numbers.length, 'portDefinitions: ports must be unique')

  for (const { protocol, command, portIndex } of app.healthChecks) {
    report(
      (protocol === 'COMMAND') !== (command !== undefined),
      'healthChecks: COMMAND, and only it, has a command',
    )
    report(
      (portIndex ?? 0) >= Math.max(app.portDefinitions.length, 1),
      'healthChecks: portIndex is out of range',
    )
  }
  report(app.healthChecks.length > 1, 'healthChecks: Mesos runs only one')

  for (const { uri } of app.fetch) report(!uriText.test(uri), `fetch: ${uri} has invalid syntax`)

  for (const { secret } of Object.values(app.env).filter((value) => typeof value === 'object'))
    report(!Object.hasOwn(app.secrets, secret), `env: the secret ${secret} is not declared`)

  for (const [field, operator = '', value] of app.constraints) {
    const isGood = {
      UNIQUE: value === undefined,
      CLUSTER: true,
      GROUP_BY: value === undefined || /^\d+$/.test(value),
      MAX_PER: /^\d+$/.test(value ?? ''),
      LIKE: value !== undefined,
      UNLIKE: value !== undefined,
      IS: /^[a-zA-Z0-9_/.-]*$/.test(value ?? ' '),
    }[operator]
    report(field === '' || isGood !== true, `constraints: ${operator}`)
  }

  for (const { containerPath, persistent: disk } of app.container?.volumes ?? []) {
    report(/\/|^\.\.?$/.test(containerPath), 'volumes: containerPath is one plain name')
    report(
      disk.maxSize !== undefined && (disk.type !== 'mount' || disk.maxSize <= disk.size),
      'volumes: maxSize',
    )
    report(disk.constraints !== undefined && disk.type === 'root', 'volumes: constraints on a root disk')
  }
  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy
  if (isResident(app)) {
    report(maximumOverCapacity !== 0, 'upgradeStrategy: maximumOverCapacity must be 0 for persistent volumes')
    report(
      app.unreachableStrategy !== 'disabled',
      "unreachableStrategy must be 'disabled' for persistent volumes",
    )
    report((app.acceptedResourceRoles ?? ['*']).join() !== '*', 'acceptedResourceRoles must be ["*"]')
    report(app.role === '*', 'role must not be *')
  }
  if (app.labels.MARATHON_SINGLE_INSTANCE_APP === 'true')
    report(app.instances > 1 || minimumHealthCapacity + maximumOverCapacity > 0, 'a single instance app')
  if (app.unreachableStrategy !== 'disabled') {
    const { inactiveAfterSeconds, expungeAfterSeconds } = app.unreachableStrategy
    report(inactiveAfterSeconds > expungeAfterSeconds, 'unreachableStrategy: inactive before expunged')
  }
  return faults
}
