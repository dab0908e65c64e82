import { join } from 'node:path'
import { serverUser } from './identity.js'
import type { Master } from './master.js'
import { writePassfile } from './passfile.js'
import type { Space } from './space.js'

export type Environment = Readonly<Record<string, string>>

/**
 * The contract for a replica of `master`, with a passfile that fits; `over` wins. Its patience is longer than what a
 * test waits for: a run that waits for its master where it must not is seen.
 */
export function contractFor(space: Space, master: Pick<Master, 'port'>, over: Environment = {}): Environment {
  const user = serverUser()
  return {
    POSTGRES_MASTER: '127.0.0.1',
    POSTGRES_PORT: String(master.port),
    POSTGRES_REPUSER: 'replicator',
    RUN_USER: user.name,
    PGPASSFILE: over.PGPASSFILE ?? writePassfile(join(space.dir, 'passfile'), user),
    PGCONNECT_TIMEOUT: '3',
    MASTER_WAIT: '600',
    EXIT_PAUSE: '0',
    ...over,
  }
}
