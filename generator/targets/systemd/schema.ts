import { z } from 'zod'

// systemd.exec(5): an EnvironmentFile= that is not normalised is ignored.
const path = z
  .string()
  .regex(
    /^(\/(?!\.{1,2}(\/|$))[\w.+-]+)+$/,
    'must be an absolute path of letters, digits and _ . + -, without . and ..',
  )

/** What is systemd's alone. */
export const systemdSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,199}$/, 'must be a name of letters, digits and _ . -')
      .default('postgres-replica')
      .describe('Name of the unit, of its state directory below /var/lib, and of both files'),
    script: path.default('/usr/local/lib/run_rep.sh').describe('Where run_rep.sh is installed'),
    environmentFile: path
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
