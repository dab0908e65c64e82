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
    instances: z
      .enum(['one', 'ports'])
      .default('one')
      .describe(
        'How many replicas a host may have. one: <name>.service; ports: <name>@.service, of which each instance is a replica on the port that it is named for, as <name>@5433',
      ),
    script: path.default('/usr/local/lib/run_rep.sh').describe('Where run_rep.sh is installed'),
    environmentFile: path
      .optional()
      .describe('Where the environment file is installed; default /etc/<name>.env'),
    password: path
      .optional()
      .describe(
        "A file of the host with the password of master.role, which root alone may read: the unit hands it to the script as a credential (since systemd 250). Without it that is in the password file of the model, or of run.user's home directory",
      ),
    restartSec: z
      .int()
      .min(0)
      .max(86_400)
      .default(30)
      .describe('Seconds before a replica that ended is started anew, unless only a person can mend why'),
  })
  .describe('systemd: a unit and its environment file')

/** The part of a model that is systemd's alone, with every default filled in. */
export type Systemd = z.infer<typeof systemdSchema>
