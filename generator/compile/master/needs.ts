import type { Replica } from '../../model/replica.js'

/** What a model asks of its master besides that it may be copied and followed. */
export interface MasterNeeds {
  /** pg_rewind connects to it, to `master.database`, as `rewind.role` or the role that replicates. */
  readonly rewind: boolean
}

/** Reads off a model what it asks of its master. */
export function listNeeds({ run }: Replica): MasterNeeds {
  return { rewind: run.onDiverged === 'rewind' }
}
