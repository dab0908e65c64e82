import { z } from 'zod'
import { sizeSchema } from '../../model/task.js'
import { marathonVersions } from './versions.js'

/** Int32, as the schema of Marathon says (app.raml). */
export const maxInteger = 2_147_483_647

const seconds = z.int().min(0).max(maxInteger)

const constraint = z.array(z.string()).min(2).max(3)

const labels = z.record(z.string().min(1), z.string())

const artifact = z
  .strictObject({
    uri: z.string().min(1).max(1024).describe('Where it is: a URL, or an absolute path of the agent'),
    extract: z.boolean().default(false).describe('Unpack it, if it is an archive'),
    executable: z.boolean().default(false).describe('Make it executable'),
    cache: z.boolean().default(false).describe('Keep it in the cache of the agent'),
    destPath: z.string().min(1).max(1024).optional().describe('Its name in the sandbox'),
  })
  .describe('A further file, and what is done with it')

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
  .strictObject({
    type: z.enum(['root', 'path', 'mount']).default('root').describe('Which disks it may come from'),
    maxSize: sizeSchema.optional().describe('Only for type mount'),
    constraints: z.array(constraint).min(1).optional().describe("Only ['path', 'LIKE' or 'UNLIKE', pattern]"),
  })
  .optional()
  .describe('Which disk the volume of task.volume comes from')

const port = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .describe(
        'Its variables are PORT_<NAME>, and PORT1, PORT2 … in their order: declare in env which one your step reads',
      ),
    port: z.int().min(0).max(65_535).default(0).describe('0 lets Marathon choose'),
    protocol: z.enum(['tcp', 'udp', 'udp,tcp']).default('tcp').describe('The protocol of that port'),
    labels: labels.default({}).describe('Labels of that port'),
  })
  .describe('A further port')

/** What is Marathon's alone in an app (docs/rest-api in the sources of Marathon 1.11), as far as a replica needs it. */
export const marathonSchema = z
  .strictObject({
    release: z
      .enum(marathonVersions)
      .default('1.5')
      .describe('The oldest Marathon that has to take the file; all later ones do, too'),
    id: z.string().min(1).default('/postgres-replication').describe('Path of the app'),
    backoff,
    constraints: z
      .array(constraint)
      .optional()
      .describe("Where tasks may run; default ['hostname', 'UNIQUE'] for more than one instance"),
    fetch: z
      .array(z.union([z.string().min(1).max(1024), artifact]))
      .default([])
      .describe('Further files for the sandbox, as a CA certificate'),
    labels: labels.default({}).describe('Labels of the app'),
    portName: z.string().min(1).default('postgres').describe("Name of PostgreSQL's port"),
    portLabels: labels.default({}).describe('Labels of that port, for service discovery (VIP_0)'),
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
        minimumHealthCapacity: z
          .number()
          .min(0)
          .max(1)
          .describe('How many of the tasks stay healthy meanwhile'),
        maximumOverCapacity: z.number().min(0).max(1).describe('How many more there may be meanwhile'),
      })
      .optional()
      .describe('How a deployment replaces tasks; default by instances, volume, constraints and port'),
    unreachable: z
      .union([
        z.literal('disabled'),
        z
          .strictObject({
            inactiveAfter: seconds.describe('Seconds until another task takes its place'),
            expungeAfter: seconds.describe('Seconds until it is forgotten'),
          })
          .describe('When another task takes the place of one on a lost agent'),
      ])
      .optional()
      .describe("When a task on a lost agent is replaced; 'disabled' with a volume"),
  })
  .describe('Marathon: the app in marathon.json')

/** The part of a model that is Marathon's alone, with every default filled in. */
export type Marathon = z.infer<typeof marathonSchema>
