import { z } from 'zod'
import { sizeSchema } from '../../model/task.js'

const path = z
  .string()
  .regex(/^(\/(?!\.{1,2}(\/|$))[\w.+-]+)+$/, 'must be an absolute path of letters, digits and _ . + -')

/** What targets ask of whoever runs the official image of PostgreSQL, or another one, in containers. */
export const containerKeys = {
  image: z
    .string()
    .regex(/^[A-Za-z0-9][\w.:/@-]*$/, 'must be the name of an image')
    .optional()
    .describe('The image; default postgres:N, the official one of the one major in postgresql.majors'),
  uid: z
    .int()
    .min(1)
    .max(2_147_483_647)
    .optional()
    .describe('The number of run.user, and of its group, in the image; default 999, or 70 for one of Alpine'),
  mount: path
    .optional()
    .describe(
      'Where the volume is mounted, in which run.dataDir lies; default where the official image has one: /var/lib/postgresql/data, since 18 /var/lib/postgresql',
    ),
  shm: sizeSchema
    .default('256MiB')
    .describe('Size of /dev/shm, which queries by several processes use; it counts as memory of the task'),
}

/** The names of services, containers and pods: DNS-1035, as both Compose and Kubernetes take them. */
export function dnsName(most: number): z.ZodString {
  return z
    .string()
    .regex(
      /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
      'must be lower case letters, digits and -, first a letter (DNS-1035)',
    )
    .max(most)
}

/** The values of these keys. */
export type ContainerSection = z.infer<z.ZodObject<typeof containerKeys>>
