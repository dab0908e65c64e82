import { z } from 'zod'
import { marathonVersions } from '../marathon/versions.js'

const seconds = z.int().min(0)

const size = z
  .union([
    z.int().min(1),
    z.string().regex(/^[1-9]\d*(MiB|GiB|TiB)$/, "expected MiB as a number, or '100GiB'"),
  ])
  .describe("Size in MiB, or with a unit: '100GiB'")

const constraint = z.array(z.string()).min(2).max(3)

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
    interval: z.int().min(1).default(30).describe('Seconds from the end of one check to the next'),
    timeout: z
      .int()
      .min(1)
      .default(10)
      .describe('A check that takes longer has failed; 0 would wait for ever'),
    maxFailures: z
      .int()
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

/** The Marathon app (docs/rest-api in the sources of Marathon 1.11; every field printed exists since 1.5). */
export const appSchema = z
  .strictObject({
    marathon: z
      .enum(marathonVersions)
      .default('1.5')
      .describe('The oldest Marathon that has to take the file; all later ones do, too'),
    id: z.string().min(1).default('/postgres-replication').describe('Path of the app'),
    instances: z.int().min(0).default(1).describe('How many replicas'),
    cpus: z.number().min(0.001).default(0.5).describe('Shares of CPUs'),
    mem: z.number().min(1).default(512).describe('Memory limit in MiB; a task above it is killed'),
    disk: z.number().min(0).default(10_240).describe('Disk in MiB for the sandbox, which holds the clone'),
    user: z.string().min(1).optional().describe('Unix user of the task; default run.user'),
    killGrace: z
      .int()
      .min(0)
      .default(120)
      .describe('Seconds from SIGTERM to SIGKILL; shutdown must fit into them'),
    health,
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
      .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of a variable'), z.string())
      .default({})
      .describe('Further environment variables; numbers in quotes'),
    labels: z.record(z.string().min(1), z.string()).default({}).describe('Labels of the app'),
    portName: z.string().min(1).default('postgres').describe('Name of the port'),
    hostPort: z.int().min(0).max(65_535).default(0).describe('A fixed port; 0 lets Marathon choose'),
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
