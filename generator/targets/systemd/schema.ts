import { z } from 'zod'

/** What is systemd's alone. */
export const systemdSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/, 'a name of letters, digits and _ . -')
      .default('postgres-replica')
      .describe('Name of the unit, of its state directory below /var/lib, and of both files'),
    script: z
      .string()
      .regex(/^\/[\w.+/-]+$/, 'an absolute path of letters, digits and _ . + - /')
      .default('/usr/local/lib/run_rep.sh')
      .describe('Where run_rep.sh is installed'),
    environmentFile: z
      .string()
      .regex(/^\/[\w.+/-]+$/, 'an absolute path of letters, digits and _ . + - /')
      .optional()
      .describe('Where the environment file is installed; default /etc/<name>.env'),
    restartSec: z
      .int()
      .min(0)
      .max(86_400)
      .default(30)
      .describe('Seconds before a task that ended starts anew'),
  })
  .describe('systemd: a unit and its environment file')

/** The part of a model that is systemd's alone, with every default filled in. */
export type Systemd = z.infer<typeof systemdSchema>
