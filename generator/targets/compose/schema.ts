import { z } from 'zod'
import { containerKeys, dnsName } from '../containers/schema.js'

const file = z
  .string()
  .min(1)
  .max(1024)
  .regex(/^[^\p{Cc}]*$/u, 'must be a path without control characters')

/** What is Compose's alone. */
export const composeSchema = z
  .strictObject({
    name: dnsName(57)
      .default('postgres-replica')
      .describe('Name of the project, and of the host of each replica'),
    ...containerKeys,
    password: file
      .optional()
      .describe(
        'The file with the password of master.role on the host, which run.user of the image must be able to read; default ./replicator.password, where the model names neither run.passfile nor a certificate',
      ),
    ports: z
      .array(z.int().min(1).max(65_535))
      .min(1)
      .optional()
      .describe(
        'The ports of the host, one for each replica; default task.port, or where that is 0 any that is free',
      ),
    address: z
      .string()
      .regex(/^([\d.]+|\[[\da-fA-F:]+\])$/, 'must be an IPv4 address, or an IPv6 address in brackets')
      .optional()
      .describe(
        'The address of the host on which these ports are; default all. What is published there passes by most firewalls of the host',
      ),
    volumes: z
      .array(file)
      .default([])
      .describe("Further volumes, as Compose writes them: './certificates:/etc/ssl/db:ro'"),
  })
  .describe('Compose: compose.yaml')

/** The part of a model that is Compose's alone, with every default filled in. */
export type Compose = z.infer<typeof composeSchema>
