import { z } from 'zod'
import { marathonVersions } from '../marathon/versions.js'

/** Int32, as the schema of Marathon says (app.raml, healthCheck.raml). */
export const maxInteger = 2_147_483_647

const whole = z.int().max(maxInteger)

const seconds = whole.min(0)

const size = z
  .union([
    z.int().min(1),
    z.string().regex(/^[1-9]\d*(MiB|GiB|TiB)$/, "expected MiB as a number, or '100GiB'"),
  ])
  .describe("Size in MiB, or with a unit: '100GiB'")

const constraint = z.array(z.string()).min(2).max(3)

const labels = z.record(z.string().min(1), z.string())

const artifact = z.strictObject({
  uri: z.string().min(1).max(1024),
  extract: z.boolean().default(false),
  executable: z.boolean().default(false),
  cache: z.boolean().default(false),
  destPath: z.string().min(1).max(1024).optional(),
})

const health = z
  .strictObject({
    delay: seconds.default(15).describe('Seconds before the first check'),
    gracePeriod: seconds
      .default(86_400)
      .describe('Failures do not count for so long, or until the first success: a clone may take hours'),
    interval: whole.min(1).default(30).describe('Seconds from the end of one check to the next'),
    timeout: whole
      .min(1)
      .optional()
      .describe(
        'A check that takes longer has failed; default 10, or the interval where that is less. 0 would wait for ever',
      ),
    maxFailures: whole
      .min(1)
      .default(5)
      .describe('Failures in a row that end the task; a COMMAND check with 0 would end it at the first'),
  })
  .prefault({})
  .describe('The health check, `run_rep.sh health`')

const backoff = z
  .strictObject({
    seconds: seconds.default(30).describe('The first pause after a failed task'),
    factor: z.number().min(1).default(2).describe('What each further pause is multiplied by'),
    max: seconds
      .default(3600)
      .describe('The longest pause: every failed task may have copied the whole master'),
  })
  .prefault({})
  .describe('How fast Marathon starts a failed task again')

const volume = z
  .union([
    size,
    z.strictObject({
      size,
      type: z.enum(['root', 'path', 'mount']).default('root'),
      maxSize: size.optional().describe('Only for type mount'),
      constraints: z
        .array(constraint)
        .min(1)
        .optional()
        .describe("Only ['path', 'LIKE' or 'UNLIKE', pattern]"),
    }),
  ])
  .optional()
  .describe('A persistent volume for run.dataDir; without it every task clones anew into its sandbox')

const check = z
  .union([
    z.literal(true),
    z.strictObject({
      interval: whole.min(1).default(60).describe('Seconds from the end of one check to the next'),
      timeout: whole
        .min(15)
        .default(20)
        .describe('Seconds for one check; `ready` may watch for some of them whether replay moves'),
      delay: seconds.default(15).describe('Seconds before the first check'),
    }),
  ])
  .optional()
  .describe("Marathon's own check since 1.8, `run_rep.sh ready`: its result is shown, and never ends a task")

const port = z.strictObject({
  name: z
    .string()
    .min(1)
    .describe(
      'Its variables are PORT_<NAME>, and PORT1, PORT2 … in their order: declare in env which one your step reads',
    ),
  port: z.int().min(0).max(65_535).default(0).describe('0 lets Marathon choose'),
  protocol: z.enum(['tcp', 'udp', 'udp,tcp']).default('tcp'),
  labels: labels.default({}),
})

/** The Marathon app (docs/rest-api in the sources of Marathon 1.11), as far as a replica needs it. */
export const appSchema = z
  .strictObject({
    marathon: z
      .enum(marathonVersions)
      .default('1.5')
      .describe('The oldest Marathon that has to take the file; all later ones do, too'),
    preset: z
      .enum(['ephemeral', 'persistent'])
      .optional()
      .describe(
        'What a restart finds. ephemeral: an empty sandbox on any agent, so it clones; persistent: its volume, so it goes on from there. By default what app.volume says',
      ),
    id: z.string().min(1).default('/postgres-replication').describe('Path of the app'),
    instances: whole.min(0).default(1).describe('How many replicas'),
    cpus: z.number().min(0.001).default(0.5).describe('Shares of CPUs'),
    mem: z.number().min(1).default(512).describe('Memory limit in MiB; a task above it is killed'),
    disk: z
      .number()
      .min(0)
      .optional()
      .describe('Disk in MiB for the sandbox; default 10240 where it holds the clone, 256 beside a volume'),
    user: z.string().min(1).optional().describe('Unix user of the task; default run.user'),
    killGrace: whole
      .min(0)
      .default(120)
      .describe('Seconds from SIGTERM to SIGKILL; shutdown must fit into them'),
    health,
    check,
    backoff,
    constraints: z
      .array(constraint)
      .optional()
      .describe("Where tasks may run; default ['hostname', 'UNIQUE'] for more than one instance"),
    fetch: z
      .array(z.union([z.string().min(1).max(1024), artifact]))
      .default([])
      .describe('Further files for the sandbox, as a CA certificate'),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of a variable'),
        z.union([z.string(), z.strictObject({ secret: z.string().min(1) })]),
      )
      .default({})
      .describe('Further environment variables: text, numbers in quotes, or a name of app.secrets'),
    secrets: z
      .record(z.string().min(1), z.strictObject({ source: z.string().min(1) }))
      .default({})
      .describe('Secrets by a name of this app, each with its place in the secret store'),
    labels: labels.default({}).describe('Labels of the app'),
    portName: z.string().min(1).default('postgres').describe("Name of PostgreSQL's port"),
    portLabels: labels.default({}).describe('Labels of that port, for service discovery (VIP_0)'),
    hostPort: z.int().min(0).max(65_535).default(0).describe('A fixed port; 0 lets Marathon choose'),
    morePorts: z.array(port).default([]).describe('Further ports, for programs of your own steps'),
    role: z.string().min(1).optional().describe("Mesos's role of the app, since 1.9"),
    acceptedResourceRoles: z
      .array(z.string().min(1))
      .min(1)
      .optional()
      .describe('Whose resources it takes: "*", or those of its role'),
    dependencies: z.array(z.string().min(1)).default([]).describe('Apps that must run before this one'),
    killSelection: z
      .enum(['YOUNGEST_FIRST', 'OLDEST_FIRST'])
      .default('YOUNGEST_FIRST')
      .describe('Which replica goes when there are to be fewer'),
    volume,
    upgrade: z
      .strictObject({
        minimumHealthCapacity: z.number().min(0).max(1),
        maximumOverCapacity: z.number().min(0).max(1),
      })
      .optional()
      .describe('How a deployment replaces tasks; default by instances, volume, constraints and port'),
    unreachable: z
      .union([z.literal('disabled'), z.strictObject({ inactiveAfter: seconds, expungeAfter: seconds })])
      .optional()
      .describe("When a task on a lost agent is replaced; 'disabled' with a volume"),
  })
  .prefault({})
  .describe('The Marathon app')

export type App = z.infer<typeof appSchema>
export type AppVolume = NonNullable<App['volume']>

/** After how many seconds a health check has failed: before the next one is due, if nothing else is said. */
export function healthTimeout({ interval, timeout }: App['health']): number {
  return timeout ?? Math.min(10, interval)
}

/** What the sandbox may hold, in MiB: the clone, or beside a volume no more than the script and what it prints. */
export function sandboxDisk({ disk, volume }: App): number {
  return disk ?? (volume === undefined ? 10_240 : 256)
}
