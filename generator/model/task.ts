import { z } from 'zod'

/** The whole numbers that every supervisor takes: Int32. */
const whole = z.int().max(2_147_483_647)

const seconds = whole.min(0)

/** A size of memory or disk; the result of parsing is what was written, for `readMebibytes`. */
export const sizeSchema = z
  .union([
    z.int().min(1),
    z.string().regex(/^[1-9]\d*(MiB|GiB|TiB)$/, "expected MiB as a number, or '100GiB'"),
  ])
  .describe("Size in MiB, or with a unit: '100GiB'")

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
      .describe('Failures in a row that end the task; a check that allows 0 would end it at the first'),
  })
  .prefault({})
  .describe('The health check, `run_rep.sh health`')

const readinessTimes = z
  .strictObject({
    interval: whole.min(1).default(60).describe('Seconds from the end of one check to the next'),
    timeout: whole
      .min(15)
      .default(20)
      .describe('Seconds for one check; `ready` may watch for some of them whether replay moves'),
    delay: seconds.default(15).describe('Seconds before the first check'),
  })
  .describe('How often `run_rep.sh ready` is asked, and how long it may take')

/** What `task.readiness: true` stands for. */
export const usualReadiness = readinessTimes.parse({})

const readiness = z
  .union([z.literal(true), readinessTimes])
  .optional()
  .describe('Whether the supervisor asks `run_rep.sh ready`, too: its answer never ends a task')

/** What every supervisor must give a replica, whichever it is. */
export const taskSchema = z
  .strictObject({
    preset: z
      .enum(['ephemeral', 'persistent'])
      .optional()
      .describe(
        'What a restart finds. ephemeral: an empty directory on any host, so it clones; persistent: its data, so it goes on from there. By default what task.volume says',
      ),
    instances: whole.min(0).default(1).describe('How many replicas'),
    cpus: z.number().min(0.001).default(0.5).describe('Shares of CPUs'),
    mem: z
      .number()
      .min(1)
      .max(2_147_483_647)
      .default(512)
      .describe('Memory limit in MiB, as a number (8192 is 8 GiB); a task above it is killed'),
    disk: z
      .number()
      .min(0)
      .optional()
      .describe('Disk in MiB for the sandbox; default 10240 where it holds the clone, 256 beside a volume'),
    volume: sizeSchema
      .optional()
      .describe(
        "How large a volume run.dataDir has that outlives the task: MiB, or '100GiB'; without it every task clones again into its sandbox",
      ),
    port: z.int().min(0).max(65_535).default(0).describe('A fixed port; 0 lets the supervisor choose'),
    user: z.string().min(1).optional().describe('Unix user of the task; default run.user'),
    stopGrace: whole
      .min(0)
      .default(120)
      .describe('Seconds from SIGTERM to SIGKILL; shutdown must fit into them'),
    health,
    readiness,
    env: z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'not the name of a variable'),
        z.union([
          z.string(),
          z
            .strictObject({ secret: z.string().min(1).describe('A name of task.secrets') })
            .describe('A secret of the task as the value of a variable'),
        ]),
      )
      .default({})
      .describe('Further environment variables: text, numbers in quotes, or a name of task.secrets'),
    secrets: z
      .record(
        z.string().min(1),
        z
          .strictObject({ source: z.string().min(1).describe('Its place in the store') })
          .describe('A secret of the store'),
      )
      .default({})
      .describe('Secrets by a name of this model, each with its place in the secret store'),
  })
  .prefault({})
  .describe('What the supervisor gives each replica')

/** What every supervisor gives, with every default filled in. */
export type Task = z.infer<typeof taskSchema>

/** Text, or the name of a secret of the task. */
export type EnvValue = Task['env'][string]

/** After how many seconds a health check has failed: before the next one is due, if nothing else is said. */
export function healthTimeout({ interval, timeout }: Task['health']): number {
  return timeout ?? Math.min(10, interval)
}

/** What the sandbox may hold, in MiB: the clone, or beside a volume no more than the script and what it prints. */
export function sandboxDisk({ disk, volume }: Pick<Task, 'disk' | 'volume'>): number {
  return disk ?? (volume === undefined ? 10_240 : 256)
}

/** A size as the model has it, in MiB. */
export function readMebibytes(size: number | string): number {
  if (typeof size === 'number') return size
  const factor = size.endsWith('TiB') ? 1_048_576 : size.endsWith('GiB') ? 1024 : 1
  return Number.parseInt(size, 10) * factor
}
